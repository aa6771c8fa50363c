"""Defects of single fields of events: missing, of another type, numbers that do not count."""

from typing import Final

from harness.mock.defects import streams
from harness.mock.defects.base import Defect
from harness.mock.defects.mutations import mutation
from harness.mock.defects.streams import on_delta, setting, without
from harness.mock.writing import Event


def numbering_from_five(events: list[Event]) -> None:
    streams.renumber(events, 5)


def number_as_text(event: Event) -> None:
    event["sequence_number"] = str(event["sequence_number"])


def index_as_text(event: Event) -> None:
    event["output_index"] = str(event["output_index"])


FOREIGN: Final = on_delta(setting("item_id", "msg_" + "f" * 50))
UNNUMBERED: Final = on_delta(without("sequence_number"))
NO_TYPE, BAD_TYPE, INDEX = "wire.missing_type", "wire.bad_type", "order.wrong_index"

TABLE: Final[tuple[Defect, ...]] = (
    mutation("A46", "type-missing", "an event without type", on_delta(without("type")), NO_TYPE),
    mutation("A47", "type-number", "an event whose type is a number", on_delta(setting("type", 7)), NO_TYPE),
    mutation("A69", "output-index-wrong", "a delta of output_index 7", on_delta(setting("output_index", 7)), INDEX),
    mutation("A70", "content-index-wrong", "a delta of content_index 3", on_delta(setting("content_index", 3)), INDEX),
    mutation("A71", "item-id-foreign", "a delta of a foreign item", FOREIGN, "order.item_mismatch"),
    mutation("A74", "output-index-text", "output_index as text", on_delta(index_as_text), BAD_TYPE),
    mutation("A75a", "delta-number", "a delta that is a number", on_delta(setting("delta", 7)), BAD_TYPE),
    mutation("A75b", "delta-absent", "a delta event without a delta", on_delta(without("delta")), BAD_TYPE),
    mutation("A76", "number-missing", "one event without a number", UNNUMBERED, "order.seq_missing"),
    mutation("A77", "numbers-from-five", "the numbers start at 5", numbering_from_five, "order.seq_start"),
    mutation("A78", "number-text", "a number as text", on_delta(number_as_text), BAD_TYPE),
)
