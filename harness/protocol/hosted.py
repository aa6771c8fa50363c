"""Hosted tools: the phases that they report while they work, and the partial images of one of them."""

from typing import Any

from harness.findings import Level
from harness.protocol.grammar import PHASES, TEXT, Step
from harness.protocol.notes import Notes
from harness.protocol.output import Output
from harness.protocol.spans import Item

Event = dict[str, Any]


class Hosted:
    """Judges the phases of the items of a stream; how far each has come is the item's `stage`."""

    def __init__(self, notes: Notes, output: Output) -> None:
        self._notes = notes
        self._output = output

    def phase(self, event: Event, step: Step) -> None:
        """A phase of a hosted tool."""
        item = self._output.find(event, step)
        if item is None or "order.hosted_phase" in item.complaints:
            return
        phases = PHASES[step.item]
        place = next(index for index, names in enumerate(phases.places) if step.phase in names)
        if place <= item.stage:
            again = step.phase in phases.again and place < item.stage < len(phases.places) - 1
            if not again:
                self._phase_fault(item, f"the phase {step.phase} comes late or twice", phases.places[item.stage])
            return
        if not item.holed:
            skipped = [names for names in phases.places[item.stage + 1 : place] if names != (TEXT,)]
            if skipped:
                self._phase_fault(item, f"the phase {step.phase} comes too early", skipped[0])
            elif item.text_place != -1 and item.stage <= item.text_place < place and not self._told(item):
                message = f"the phase {step.phase} comes before what it works on is settled"
                self._phase_fault(item, message, (TEXT,), level=Level.NOTE)
        item.stage = place

    def _told(self, item: Item) -> bool:
        return bool(item.texts) and all(text.settled or text.holed for text in item.texts.values())

    def at_text(self, item: Item) -> None:
        """The arguments or code of a call begin to grow: the phases before that must have been there."""
        place = item.text_place
        if place == -1 or item.stage > place:
            return
        if item.stage < place - 1 and not item.holed and "order.hosted_phase" not in item.complaints:
            wanted = PHASES[item.type or ""].places[item.stage + 1]
            self._phase_fault(item, f"the phase {wanted[0]} was left out", wanted)
        item.stage = place

    def _phase_fault(self, item: Item, message: str, wanted: tuple[str, ...], level: Level | None = None) -> None:
        item.complaints.add("order.hosted_phase")
        self._notes.report("order.hosted_phase", message, "/type", expected="|".join(wanted), level=level)

    def image(self, event: Event, step: Step) -> None:
        """`image_generation_call.partial_image`."""
        item = self._output.find(event, step)
        if item is None:
            return
        places = PHASES["image_generation_call"].places
        if item.stage < len(places) - 2 and not item.holed and "order.hosted_phase" not in item.complaints:
            self._phase_fault(item, "a partial image before the phase generating", places[1])
            item.stage = len(places) - 2
        elif item.stage == len(places) - 1 and "order.hosted_phase" not in item.complaints:
            self._notes.report("order.after_done", "a partial image after the image was completed")
        index = event["partial_image_index"]
        if index != item.images and not item.holed:
            message = f"the next partial_image_index is {item.images}"
            pointer = "/partial_image_index"
            self._notes.report("order.partial_index", message, pointer, expected=item.images, actual=index)
        item.images = index + 1
