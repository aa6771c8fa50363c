"""What grows inside an item: its texts, arguments, commands; each opens, grows and settles."""

from typing import Any

from harness.findings import Level
from harness.protocol.grammar import Step
from harness.protocol.hosted import Hosted
from harness.protocol.notes import Notes
from harness.protocol.output import Output
from harness.protocol.parts import Parts
from harness.protocol.spans import Item, Text, is_broken

Event = dict[str, Any]


class Inside:
    """Judges the events that texts grow by. `tail` is the text that grew last, and the names its event gave it."""

    def __init__(self, notes: Notes, output: Output, parts: Parts, hosted: Hosted) -> None:
        self._notes = notes
        self._output = output
        self._parts = parts
        self._hosted = hosted
        self.tail: Text | None = None
        self.tail_type = ""
        self.tail_names: tuple[Any, Any, str, Any] = (None, None, "", None)

    def _text(self, item: Item, event: Event, step: Step) -> Text | None:
        level = step.level
        if level.inside != "item":
            part = self._parts.about(item, event, step)
            if part.text.level is not level and not part.type:
                del item.texts[part.text.level.name, part.index]
                part.text = item.texts[level.name, part.index] = Text(level, part.index)
            if part.text.level is not level:
                part.text.holed = True
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
            growing = mine[-1] if mine and not mine[-1].settled else None
            if "order.wrong_index" not in item.complaints:
                item.complaints.add("order.wrong_index")
                message = f"the next {level.index} is {len(mine)}"
                expected = len(mine) if growing is None else growing.index
                notes.report("order.wrong_index", message, f"/{level.index}", expected=expected, actual=index)
            if growing is not None:
                return growing
            index = len(mine)
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
            if "order.annotation_index" not in item.complaints:
                self._notes.report("order.after_done", "the text of this annotation was settled already")
        index, wanted = event["annotation_index"], len(text.annotations)
        if index != wanted and not text.holed and "order.annotation_index" not in item.complaints:
            message = f"the next annotation_index is {wanted}"
            self._notes.report("order.annotation_index", message, "/annotation_index", expected=wanted, actual=index)
            item.complaints.add("order.annotation_index")
        text.annotations.append(event["annotation"])
