"""One kind of refusal is left out, and no other: each defect of refusals over the operations, without any rule."""

import pytest
from builders.endpoint import Visitor, visiting

from harness.mock.defects.refusals import TABLE

OBJECT = {"type": "object", "properties": {"a": {"type": "string"}}}
WRONG = {
    "F01": {"max_tokens": 5},
    "F02": {"truncation": "sometimes"},
    "F03": {"top_logprobs": 99},
    "F04": {"metadata": {"k" * 65: "v"}},
    "F05": {"text": {"format": {"type": "json_schema", "name": "a", "schema": OBJECT}}},
    "F06": {"reasoning": {"effort": "boundless"}},
    "F07": {"tools": [{"type": "function"}]},
    "F08": {"previous_response_id": "resp_a", "conversation": "conv_a"},
    "F09": {"model": "nobody"},
}
"""Row → what it lets pass, where that is a part of the body; F10 is a wrong key, F11 the end of what has ended."""
ROWS = [defect.id for defect in TABLE]


def statuses(defect: str) -> dict[str, int]:
    """Row → the status with which its wrong request is answered under a defect."""

    async def ask(visitor: Visitor) -> dict[str, int]:
        hello = {"model": "gpt-5-mini", "input": "Hi"}
        found = {row: (await visitor.send("POST", "/responses", {**hello, **asked}))[0] for row, asked in WRONG.items()}
        found["F10"], _, _ = await visitor.send("POST", "/responses", hello, api_key="no key of theirs")
        finished = await visitor.create("Hi")
        found["F11"], _, _ = await visitor.send("POST", f"/responses/{finished['id']}/cancel")
        return found

    return visiting(ask, defects=(defect,))


@pytest.mark.parametrize("row", ROWS)
def test_its_own_kind_passes_and_no_other(row: str):
    passed = {name for name, status in statuses(row).items() if status == 200}

    assert passed == {row} - {"F08"}  # both are taken, and neither is there
