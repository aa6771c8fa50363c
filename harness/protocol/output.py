"""The output of a response while it is streamed: its items, as they are announced, found again, and closed."""

from typing import Any

from harness.findings import Level
from harness.protocol import closing
from harness.protocol.grammar import BEGINS, CLOSED_AT_ONCE, OWN_CALL_ID, Move, Step
from harness.protocol.notes import Notes
from harness.protocol.spans import Item, word
from harness.protocol.vocabulary import ITEMS, json_type

Event = dict[str, Any]


class Output:
    """The items of a stream, by the index and id under which they were announced.

    `order` are all of them in the order of being announced, `open` those not yet closed. In a stream that was
    resumed, `resumed`, an item may have been announced before it began.
    """

    def __init__(self, notes: Notes, *, resumed: bool) -> None:
        self._notes = notes
        self.resumed = resumed
        self.order: list[Item] = []
        self.open: list[Item] = []
        self._by_index: dict[int, Item] = {}
        self._by_id: dict[str, Item] = {}
        self._call_ids: set[str] = set()
        self._early: dict[int, tuple[int, Event]] = {}  # items that were closed before they were announced
        self._next = 0

    # -- announcing ------------------------------------------------------------------------------------------------

    def added(self, event: Event, step: Step) -> None:
        """`response.output_item.added`."""
        notes, index, told = self._notes, event["output_index"], event["item"]
        kind, id_ = told.get("type"), told.get("id")
        if type(kind) is not str:
            notes.report("wire.bad_type", "an item has a type", "/item/type", expected="string", actual=json_type(kind))
            kind = None
        item = Item(index, told, id_ if type(id_) is str else None, kind)
        if kind is None:
            item.complaints.add("order.item_mismatch")  # said just now: no type is the announced one
        early = self._early.pop(index, None)
        self.settle_early()
        taken = self._by_index.get(index)
        if taken is not None and taken.id == item.id:
            notes.report("order.duplicate_index", "this item was announced already", "/output_index", actual=index)
            return
        if early is not None:
            message = "output_item.done of this item came before output_item.added"
            notes.report("order.done_before_added", message, "/output_index", event=early[0])
            item.excused = item.holed = True
            item.done = early[1]
        self._index(item, index)
        self._identity(item)
        self._beginning(item, told)
        for other in self.open:
            other.overlapped = notes.at
        self.order.append(item)
        self.open.append(item)
        notes.blind = False

    def _index(self, item: Item, index: int) -> None:
        notes, wanted = self._notes, self._next
        pointer = "/output_index"
        if index in self._by_index:
            message = "this output_index is taken by another item"
            notes.report("order.duplicate_index", message, pointer, expected=wanted, actual=index)
            item.any_index = True
            index = wanted
        elif index > wanted and not notes.blind and not (self.resumed and not self.order):
            message = "an output_index was skipped"
            notes.report("order.index_gap", message, pointer, expected=wanted, actual=index, level=Level.NOTE)
        elif index < wanted:
            message = "an item comes under a lower output_index than the one before"
            notes.report("order.wrong_index", message, pointer, expected=wanted, actual=index)
            item.any_index = True
        self._by_index[index] = item
        self._next = max(wanted, index) + 1

    def _identity(self, item: Item) -> None:
        notes = self._notes
        if item.id is not None:
            if item.id in self._by_id and "order.duplicate_index" not in notes.said:
                item.complaints.add("order.item_mismatch")
                notes.report("order.item_mismatch", "another item has this id already", "/item/id", actual=item.id)
            self._by_id[item.id] = item
        call_id = (item.added or {}).get("call_id")
        if item.type in OWN_CALL_ID and type(call_id) is str:
            if call_id in self._call_ids and not item.any_index:
                message = "another call has this call_id already"
                notes.report("tool.duplicate_call_id", message, "/item/call_id", actual=call_id)
            self._call_ids.add(call_id)

    def _beginning(self, item: Item, told: Event) -> None:
        notes = self._notes
        empty(notes, item.type, told, "/item")
        status = word(told, "status")
        fine = status in (None, "in_progress") or item.type in CLOSED_AT_ONCE
        if not fine and (item.type, status) not in notes.profile.announced_as:
            message = "an item that was just announced is not in progress"
            notes.report("order.added_status", message, "/item/status", expected="in_progress", actual=status)
        known = ITEMS.get(item.type or "")
        if known and known.prefix and item.id is not None and not item.id.startswith(known.prefix):
            message = f"the id of a {item.type} begins with {known.prefix}"
            notes.once("reply.id_prefix", message, "/item/id", expected=known.prefix, actual=item.id)

    # -- finding ---------------------------------------------------------------------------------------------------

    def find(self, event: Event, step: Step) -> Item | None:
        """The open item that an event is about; None where there is none or the event does not belong there."""
        if self._early:
            if event["output_index"] in self._early:
                return None  # closed before it was announced: that is one finding, once it is clear which
            self.settle_early()
        item = self._by_index.get(event["output_index"])
        id_ = event.get("item_id")
        if type(id_) is not str:
            id_ = None
        if item is None or item.closed:
            item = self._elsewhere(item, event, step, id_)
        elif id_ is not None and id_ != item.id and not item.any_id:
            item = self._foreign(item, event, id_)
        if item is None or not self._fits(item, step):
            return None
        return item

    def _foreign(self, item: Item, event: Event, id_: Any) -> Item:
        other = self._by_id.get(id_)
        if other is not None and other is not item and not other.closed:
            self._wrong_index(other, event)
            return other
        if item.id is not None and "order.item_mismatch" not in item.complaints:
            message = "the event names another item than the one at its output_index"
            self._complain(item, "order.item_mismatch", message, "/item_id", item.id, id_)
        item.any_id = True
        return item

    def _wrong_index(self, item: Item, event: Event) -> None:
        if item.any_index:
            return
        message = "the event names an open item, but another output_index"
        self._complain(item, "order.wrong_index", message, "/output_index", item.index, event["output_index"])

    def _complain(self, item: Item, code: str, message: str, pointer: str, expected: Any, actual: Any) -> None:
        item.complaints.add(code)
        self._notes.report(code, message, pointer, expected=expected, actual=actual)

    def _elsewhere(self, closed: Item | None, event: Event, step: Step, id_: Any) -> Item | None:
        notes, index = self._notes, event["output_index"]
        other = self._by_id.get(id_) if type(id_) is str else None
        if other is not None and not other.closed:
            self._wrong_index(other, event)
            return other
        if closed is not None:
            if closed.holed or "order.after_done" in closed.complaints:
                return None
            closed.complaints.add("order.after_done")
            if self.open:
                notes.report("order.orphan_event", "the item of this event is closed, another is open", "/output_index")
                return self._likely(step)
            if step.move in (Move.SETTLE, Move.CLOSE):
                notes.report("order.duplicate_done", "the item of this event is closed already", "/output_index")
            else:
                notes.report("order.after_done", "the item of this event is closed already", "/output_index")
            return None
        if notes.blind or self._announced_before():
            return self._unannounced(index, id_, step, holed=True)
        if self.open and index != self._next:
            message = "no item was announced under this output_index"
            notes.report("order.wrong_index", message, "/output_index", actual=index)
            return self._likely(step)
        message = "an event of an item that was not announced"
        notes.report("order.orphan_event", message, "/output_index", actual=index)
        return self._likely(step) if self.open else self._unannounced(index, id_, step)

    def _announced_before(self) -> bool:
        """Whether an unknown item may have been announced before the stream was resumed: until one is seen whole."""
        return self.resumed and all(item.added is None and not item.closed for item in self.order)

    def _likely(self, step: Step) -> Item | None:
        """The open item that a stray event most likely belongs to, so that its text is not found wanting too."""
        item = self.open[-1]
        return item if item.type in step.level.items and step.move is Move.GROW else None

    def _unannounced(self, index: int, id_: Any, step: Step, *, holed: bool = False) -> Item:
        kinds = {step.item} if step.item else step.level.items
        kind = next(iter(kinds)) if len(kinds) == 1 else None
        item = Item(index, None, id_ if type(id_) is str else None, kind)
        item.holed = holed
        self._by_index[index] = item
        if item.id is not None:
            self._by_id[item.id] = item
        self._next = max(self._next, index + 1)
        self.order.append(item)
        self.open.append(item)
        return item

    def _fits(self, item: Item, step: Step) -> bool:
        if step.item:
            fits = item.type in (step.item, None)
        else:
            fits = not step.level.items or item.type is None or item.type in step.level.items
        if not fits and "order.item_mismatch" not in item.complaints:
            item.complaints.add("order.item_mismatch")
            wanted = step.item or " or ".join(sorted(step.level.items))
            message = f"{step.type} in an item of another type"
            self._notes.report("order.item_mismatch", message, "/type", expected=wanted, actual=item.type)
        return fits

    # -- closing ---------------------------------------------------------------------------------------------------

    def done(self, event: Event, step: Step) -> None:
        """`response.output_item.done`."""
        notes, index, told = self._notes, event["output_index"], event["item"]
        item = self._by_index.get(index)
        other = self._by_id.get(told.get("id")) if type(told.get("id")) is str else None
        if item is None or item.closed:
            if other is not None and not other.closed:
                self._wrong_index(other, event)
                item = other
            elif item is not None:
                if "order.after_done" not in item.complaints and not item.holed:
                    notes.report("order.duplicate_done", "this item is closed already", "/output_index")
                return
            elif notes.blind or self._announced_before():
                item = self._unannounced(index, told.get("id"), step, holed=True)
            elif self.open and index != self._next:
                notes.report("order.wrong_index", "no item was announced under this output_index", "/output_index")
                item = self.open[-1]
            else:
                self._early[index] = (notes.at, told)
                return
        elif other is not None and other is not item and not other.closed:
            self._wrong_index(other, event)
            item = other
        self._close(item, told)

    def _close(self, item: Item, told: Event) -> None:
        notes = self._notes
        closing.judge(notes, item, told)
        item.done = told
        item.closed = True
        self.open.remove(item)
        if item.overlapped is not None and not item.holed and not self._among_others(item):
            message = "an item was announced before the one before it was closed"
            notes.report("order.items_overlap", message, event=item.overlapped)
        notes.blind = False

    def _among_others(self, item: Item) -> bool:
        """Whether it is of a type of which several may be open at once, and there are several."""
        several = sum(1 for other in self.order if other.type == item.type) > 1
        return several and item.type in self._notes.profile.overlaps

    def settle_early(self) -> None:
        """Items that were closed without ever being announced: what was left out is their announcement."""
        for index, (at, told) in sorted(self._early.items()):
            message = "an item was closed that was not announced"
            self._notes.report("order.orphan_event", message, "/output_index", event=at, actual=index)
            kind = told.get("type")
            item = Item(index, None, None, kind if type(kind) is str else None)
            item.closed = item.holed = True
            item.done = told
            self._by_index[index] = item
            self._next = max(self._next, index + 1)
            self.order.append(item)
        self._early.clear()

    def lose(self) -> None:
        """An event was lost: whatever is open may lack something."""
        for item in self.open:
            item.lose()

    def unclosed(self) -> list[Item]:
        """The items that should have been closed by now."""
        return [item for item in self.open if not item.excused and not item.holed]


def empty(notes: Notes, kind: str | None, told: Event, pointer: str) -> None:
    """Judges that what is announced holds nothing yet."""
    for name, nothing in BEGINS.get(kind or "", {}).items():
        value = told.get(name, nothing)
        if value != nothing:
            message = f"a {kind} is announced with its {name} already there"
            notes.report("text.opened_full", message, f"{pointer}/{name}", expected=nothing, actual=value)
