"""The parts of an item: announced, found again, and closed as what was streamed in them."""

from collections.abc import Iterator
from typing import Any

from harness.protocol.compare import differences
from harness.protocol.grammar import LEVELS, PART_TEXTS, Step
from harness.protocol.notes import Notes
from harness.protocol.output import Output, empty
from harness.protocol.spans import Item, Part, Text
from harness.protocol.vocabulary import ANNOTATIONS, json_type

Event = dict[str, Any]


class Parts:
    """Judges the events that open and close the parts of items."""

    def __init__(self, notes: Notes, output: Output) -> None:
        self._notes = notes
        self._output = output

    def added(self, event: Event, step: Step) -> None:
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

    def done(self, event: Event, step: Step) -> None:
        """`content_part.done`, `reasoning_summary_part.done`."""
        item = self._output.find(event, step)
        if item is None:
            return
        notes, told = self._notes, event["part"]
        part = self.about(item, event, step)
        if part.closed:
            if not part.text.late:
                notes.report("order.duplicate_done", "this part is closed already", f"/{step.level.index}")
            return
        part.closed, part.done = True, told
        if part.overlapped is not None and not item.holed:
            message = "a part was announced before the one before it was closed"
            notes.report("order.items_overlap", message, event=part.overlapped)
        if part.type and told.get("type") != part.type:
            if "order.item_mismatch" not in item.complaints:
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
            outside = next(_outside(text.annotations, told.get("text")), None)
            if outside is None:
                return
            pointer, expected, actual = outside
            message = "an annotation points outside the text"
        item.complaints.add("order.annotations_differ")
        self._notes.report("order.annotations_differ", message, pointer, expected=expected, actual=actual)

    def about(self, item: Item, event: Event, step: Step) -> Part:
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


def _outside(annotations: list[Event], text: Any) -> Iterator[tuple[str, Any, Any]]:
    """Annotations whose places do not lie in the text in order, by pointer."""
    if not isinstance(text, str):
        return
    for number, annotation in enumerate(annotations):
        least = 0
        for name in ANNOTATIONS.get(str(annotation.get("type")), ()):
            value = annotation.get(name, least)
            if type(value) is int and not least <= value <= len(text):
                yield f"/part/annotations/{number}/{name}", f"{least}…{len(text)}", value
            least = value if type(value) is int else least
