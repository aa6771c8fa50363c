"""What happens inside an item: parts and texts open, grow, settle and close."""

from typing import Any

from harness.findings import Level
from harness.protocol.compare import differences
from harness.protocol.grammar import LEVELS, PART_TEXTS, Step
from harness.protocol.hosted import Hosted
from harness.protocol.notes import Notes
from harness.protocol.output import Output, empty
from harness.protocol.spans import Item, Part, Text, is_broken
from harness.protocol.vocabulary import ANNOTATIONS, json_type

Event = dict[str, Any]


class Inside:
    """Judges the events inside items. `tail` is the text that grew last, and the names its event gave it."""

    def __init__(self, notes: Notes, output: Output, hosted: Hosted) -> None:
        self._notes = notes
        self._output = output
        self._hosted = hosted
        self.tail: Text | None = None
        self.tail_type = ""
        self.tail_names: tuple[Any, Any, str, Any] = (None, None, "", None)

    # -- parts -----------------------------------------------------------------------------------------------------

    def part_added(self, event: Event, step: Step) -> None:
        """`content_part.added`, `reasoning_summary_part.added`."""
        item = self._output.find(event, step)
        if item is None:
            return
        notes, level = self._notes, step.level
        index, told = event[level.index], event["part"]
        kind = told.get("type")
        if type(kind) is not str:
            notes.report("wire.bad_type", "a part has a type", "/part/type", expected="string", actual=json_type(kind))
            kind = ""
        wanted = item.count(level.name)
        if (level.name, index) in item.parts:
            if not item.holed:
                notes.report("order.duplicate_part", "this part was announced already", f"/{level.index}", actual=index)
            return
        if index != wanted and not item.holed:
            message = f"the next {level.index} is {wanted}"
            notes.report("order.wrong_index", message, f"/{level.index}", expected=wanted, actual=index)
            index = wanted
        before = item.open_part(level.name)
        if before is not None:
            before.overlapped = notes.at
        empty(notes, kind, told, "/part")
        self._open_part(item, step, index, kind)

    def _open_part(self, item: Item, step: Step, index: int, kind: str) -> Part:
        level = LEVELS["summary" if "summary" in step.level.name else "part"]
        usual = step.level.name if step.level.name in PART_TEXTS.values() else "text"
        name = PART_TEXTS.get(kind, "summary text" if level.name == "summary" else usual)
        text = Text(LEVELS[name], index)
        text.holed = item.holed
        part = Part(level, index, kind, text)
        item.parts[level.name, index] = part
        item.texts[name, index] = text
        return part

    def part_done(self, event: Event, step: Step) -> None:
        """`content_part.done`, `reasoning_summary_part.done`."""
        item = self._output.find(event, step)
        if item is None:
            return
        notes, told = self._notes, event["part"]
        self.tail = None
        part = self._part(item, event, step)
        if part is None:
            return
        if part.closed:
            if not part.text.late:
                notes.report("order.duplicate_done", "this part is closed already", f"/{step.level.index}")
            return
        part.closed, part.done = True, told
        if part.overlapped is not None and not item.holed:
            message = "a part was announced before the one before it was closed"
            notes.report("order.items_overlap", message, event=part.overlapped)
        if part.type and told.get("type") != part.type:
            message = "the part was announced with another type"
            notes.report("order.item_mismatch", message, "/part/type", expected=part.type, actual=told.get("type"))
            item.complaints.add("text.item_mismatch")
            part.text.holed = True
            part.done = None
            return
        self._part_repeats(item, part, told)

    def _part_repeats(self, item: Item, part: Part, told: Event) -> None:
        notes, text = self._notes, part.text
        if not text.settled:
            if not text.holed:
                message = f"a part was closed before its {text.level.name} was settled"
                notes.report("order.missing_done", message, actual=[text.level.name])
            text.settled = True
            text.voices.append(text.sum())
        value = told.get(text.level.value)
        if text.holed and len(text.voices) == 1:
            text.voices.append(value)
        elif value not in text.voices:
            message = f"the closed part has another {text.level.name} than was streamed"
            pointer = f"/part/{text.level.value}"
            notes.report("text.part_mismatch", message, pointer, expected=text.voices[-1], actual=value)
            item.complaints.add("text.part_mismatch")
            text.voices.append(value)
        self._annotations(item, text, told)

    def _annotations(self, item: Item, text: Text, told: Event) -> None:
        annotations = told.get("annotations")
        if annotations is None or item.holed or item.complaints & {"order.annotation_index"}:
            return
        difference = next(differences(text.annotations, annotations, "/part/annotations"), None)
        if difference is not None:
            pointer, expected, actual = difference
            message = "the annotations of the closed part are not those that were streamed"
        else:
            outside = next((place for place in _outside(annotations, told.get("text"))), None)
            if outside is None:
                return
            pointer, expected, actual = outside
            message = "an annotation points outside the text"
        item.complaints.add("order.annotations_differ")
        self._notes.report("order.annotations_differ", message, pointer, expected=expected, actual=actual)

    def _part(self, item: Item, event: Event, step: Step) -> Part | None:
        """The part that an event is about; where it names none, the one that it most likely means."""
        level = LEVELS["summary" if "summary" in step.level.name else "part"]
        index = event[level.index]
        part = item.parts.get((level.name, index))
        if part is not None:
            return part
        notes, wanted = self._notes, item.count(level.name)
        part = item.open_part(level.name)
        if part is not None and not item.holed:
            message = f"no part was announced under this {level.index}"
            notes.report("order.wrong_index", message, f"/{level.index}", expected=part.index, actual=index)
            return part
        if not item.holed and not notes.blind:
            message = "an event of a part that was not announced"
            notes.report("order.orphan_event", message, f"/{level.index}", expected=wanted, actual=index)
        return self._open_part(item, step, wanted if not item.holed else index, "")

    # -- texts -----------------------------------------------------------------------------------------------------

    def _text(self, item: Item, event: Event, step: Step) -> Text | None:
        level = step.level
        if level.inside != "item":
            part = self._part(item, event, step)
            if part is None:
                return None
            if part.text.level is not level and not part.type:
                del item.texts[part.text.level.name, part.index]
                part.text = item.texts[level.name, part.index] = Text(level, part.index)
            if part.text.level is not level:
                if "order.item_mismatch" not in item.complaints:
                    item.complaints.add("order.item_mismatch")
                    message = f"{step.type} in a part of another type"
                    self._notes.report("order.item_mismatch", message, "/type", expected=part.type)
                return None
            return part.text
        index = event[level.index] if level.index else 0
        text = item.texts.get((level.name, index))
        if text is None:
            text = self._open_text(item, step, index)
        return text

    def _open_text(self, item: Item, step: Step, index: int) -> Text:
        level, notes = step.level, self._notes
        mine = [text for text in item.texts.values() if text.level is level]
        if level.index and index != len(mine) and not item.holed:
            message = f"the next {level.index} is {len(mine)}"
            expected = mine[-1].index if mine else 0
            notes.report("order.wrong_index", message, f"/{level.index}", expected=expected, actual=index)
            if mine:
                return mine[-1]
        elif level.name == "command" and not item.holed and not notes.blind:
            message = "an event of a command that was not announced"
            notes.report("order.orphan_event", message, f"/{level.index}", actual=index)
        return self._new_text(item, step, index)

    def _new_text(self, item: Item, step: Step, index: int) -> Text:
        text = item.texts[step.level.name, index] = Text(step.level, index)
        text.holed = item.holed
        self._hosted.at_text(item)
        return text

    def command_added(self, event: Event, step: Step) -> None:
        """`shell_call_command.added`."""
        item = self._output.find(event, step)
        if item is None:
            return
        index = event[step.level.index]
        pointer = f"/{step.level.index}"
        mine = [text for text in item.texts.values() if text.level is step.level]
        if any(text.index == index for text in mine):
            self._notes.report("order.duplicate_part", "this command was announced already", pointer, actual=index)
            return
        if index != len(mine) and not item.holed:
            message = f"the next command_index is {len(mine)}"
            self._notes.report("order.wrong_index", message, pointer, expected=len(mine), actual=index)
            index = len(mine)
        if event["command"]:
            message = "a command is announced with its text already there"
            self._notes.report("text.opened_full", message, "/command", expected="", actual=event["command"])
        self._new_text(item, step, index)

    def grow(self, event: Event, step: Step) -> None:
        """A delta: adds to a text."""
        item = self._output.find(event, step)
        text = None if item is None else self._text(item, event, step)
        if item is None or text is None:
            return
        if text.settled:
            if not text.late:
                text.late = True
                self._notes.report("order.after_done", f"the {text.level.name} was settled already")
            return
        delta = event["delta"]
        if not delta:
            self._notes.once("text.empty_delta", "a delta adds nothing", "/delta", level=Level.NOTE)
        text.pieces.append(delta)
        logprobs = event.get("logprobs")
        if isinstance(logprobs, list):
            text.logprobs += logprobs
        self.tail = text
        field = step.level.index or "output_index"
        self.tail_type = step.type
        self.tail_names = (event["output_index"], event.get("item_id"), field, event[field])

    def more_logprobs(self, logprobs: Any) -> None:
        """Adds to the log probabilities of the text that grows."""
        if self.tail is not None and isinstance(logprobs, list):
            self.tail.logprobs += logprobs

    def settle(self, event: Event, step: Step) -> None:
        """A `….done` that says the whole of a text."""
        item = self._output.find(event, step)
        text = None if item is None else self._text(item, event, step)
        if item is None or text is None:
            return
        notes, level = self._notes, step.level
        self.tail = None
        if text.settled:
            if not text.late:
                notes.report("order.duplicate_done", f"the {level.name} was settled already")
            return
        text.settled = True
        value = text.whole(event[level.value])
        total = text.sum()
        if isinstance(total, str) and is_broken(total):
            message = "half a surrogate pair is left when the deltas are joined"
            notes.report("wire.lone_surrogate", message, f"/{level.value}", actual=ascii(total))
            text.holed = True
        if text.holed or (level.name in notes.profile.whole_at_once and not text.pieces):
            text.voices.append(value)
            return
        text.voices.append(total)
        told = event.get("logprobs") or []
        if value != total:
            message = f"the deltas do not add up to the {level.name}"
            notes.report(level.code, message, f"/{level.value}", expected=total, actual=value)
            item.complaints.add(level.code)
            text.voices.append(value)
            text.logprobs = told
        elif text.logprobs != told:
            message = "the log probabilities of the deltas do not add up"
            notes.report("text.done_mismatch", message, "/logprobs")
            text.logprobs = told

    def annotate(self, event: Event, step: Step) -> None:
        """`output_text.annotation.added`."""
        item = self._output.find(event, step)
        text = None if item is None else self._text(item, event, step)
        if item is None or text is None:
            return
        if text.settled and not text.late:
            text.late = True
            self._notes.report("order.after_done", "the text of this annotation was settled already")
        index, wanted = event["annotation_index"], len(text.annotations)
        if index != wanted and not text.holed and "order.annotation_index" not in item.complaints:
            message = f"the next annotation_index is {wanted}"
            self._notes.report("order.annotation_index", message, "/annotation_index", expected=wanted, actual=index)
            item.complaints.add("order.annotation_index")
        text.annotations.append(event["annotation"])


def _outside(annotations: Any, text: Any) -> list[tuple[str, Any, Any]]:
    """Annotations whose places do not lie in the text in order, by pointer."""
    found: list[tuple[str, Any, Any]] = []
    if not isinstance(annotations, list) or not isinstance(text, str):
        return found
    for number, annotation in enumerate(annotations):
        if not isinstance(annotation, dict):
            continue
        least = 0
        for name in ANNOTATIONS.get(str(annotation.get("type")), ()):
            value = annotation.get(name, least)
            if type(value) is int and not least <= value <= len(text):
                found.append((f"/part/annotations/{number}/{name}", f"{least}…{len(text)}", value))
            least = value if type(value) is int else least
    return found
