"""Corners of the fields of an answer: its usage, reasons and times, and the settings that it repeats."""

from dataclasses import replace

from builders import streams as s
from builders.corners import Add
from builders.replies import of, plain

from harness.reply import Reply


def settings(corner: Add) -> None:
    told = s.response("completed")["usage"]
    for about, more in (
        ("nothing", {"input_tokens": 0, "output_tokens": 0, "total_tokens": 0}),
        ("less than nothing", {"input_tokens": -1, "total_tokens": 11}),
        ("no total", {"total_tokens": None}),
        ("as many cached as there are", {"input_tokens_details": {"cached_tokens": 31}}),
        ("more cached than there are", {"input_tokens_details": {"cached_tokens": 32}}),
        ("less than none cached", {"input_tokens_details": {"cached_tokens": -1}}),
        ("all of it thought", {"output_tokens_details": {"reasoning_tokens": 12}}),
        ("more thought than said", {"output_tokens_details": {"reasoning_tokens": 13}}),
        ("cached of nobody knows how many", {"input_tokens": None, "input_tokens_details": {"cached_tokens": 5}}),
        ("less than none of nobody knows", {"input_tokens": None, "input_tokens_details": {"cached_tokens": -5}}),
        ("no details", {"input_tokens_details": None}),
    ):
        corner(f"usage that tells {about}", of(plain(usage={**told, **more})))
    for reason in (None, {}, {"reason": ""}, {"reason": 7}, {"reason": "content_filter"}):
        corner(f"incomplete for {reason}", of(plain(status="incomplete", incomplete_details=reason)))
    for error in ({}, "no", {"code": "x", "message": "m"}):
        corner(f"failed for {error}", of(plain(status="failed", error=error)))
    dated = {"date": "Thu, 28 May 2026 20:26:40 GMT"}
    for created in (
        s.CREATED_AT - 300,
        s.CREATED_AT - 301,
        s.CREATED_AT + 300,
        s.CREATED_AT + 301,
        1_000_000_000,
        True,
    ):
        reply_ = plain(headers=dated, created_at=created, completed_at=None)
        corner(f"created at {created}", of(reply_))
        slow = Reply(replace(reply_.exchange, ended_at=1.5))
        corner(f"created at {created}, and answered later", of(slow))
    for about, asked_, fields in (
        ("a number for a truth value", {"store": True}, {"store": 1}),
        ("a truth value for a number", {"temperature": 1}, {"temperature": True}),
        ("one and one as a fraction", {"temperature": 1}, {"temperature": 1.0}),
        ("metadata with more", {"metadata": {"a": "b"}}, {"metadata": {"a": "b", "c": "d"}}),
        ("metadata with less", {"metadata": {"a": "b", "c": None}}, {"metadata": {}}),
        ("no word of it", {"prompt_cache_key": "k"}, {}),
        ("text that is none", {"text": {"verbosity": "low"}}, {"text": None}),
        ("another verbosity", {"text": {"verbosity": "low"}}, {"text": {"verbosity": "high"}}),
        ("another format", {"text": {"format": {"type": "text"}}}, {"text": {"format": {"type": "json_object"}}}),
        ("the tier as asked", {"service_tier": "flex"}, {"service_tier": "flex"}),
        ("no tier", {"service_tier": "flex"}, {"service_tier": ...}),
        ("another conversation", {"conversation": {"id": "conv_1"}}, {"conversation": {"id": "conv_2"}}),
        ("no conversation", {"conversation": "conv_1"}, {"conversation": None}),
        (
            "a parent with a conversation",
            {"conversation": "conv_1"},
            {"conversation": {"id": "conv_1"}, "previous_response_id": "resp_0"},
        ),
        ("the parent", {"previous_response_id": "resp_0"}, {"previous_response_id": "resp_0"}),
        ("another parent", {"previous_response_id": "resp_0"}, {"previous_response_id": "resp_9"}),
        ("something that is no response", {"store": False}, {"object": "answer"}),
    ):
        corner(f"asked for one thing, told {about}", of(plain(asked_, **fields)))
    sealed = {"include": ["reasoning.encrypted_content"]}
    bare = {"id": "rs_1", "type": "reasoning", "summary": []}
    for about, items, status in (
        ("sealed", [{**bare, "encrypted_content": "gAAAA"}], "completed"),
        ("of which one is not", [{**bare, "encrypted_content": "gAAAA"}, {**bare, "id": "rs_2"}], "completed"),
        ("sealed by nothing", [{**bare, "encrypted_content": ""}], "incomplete"),
        ("not sealed, and failed", [bare], "failed"),
    ):
        more = {"incomplete_details": {"reason": "content_filter"}, "error": None}
        corner(f"thoughts {about}", of(plain(sealed, output=items, status=status, **more)))
    corner("thoughts that nobody wanted sealed", of(plain({"include": ["x"]}, output=[bare])))


ALL = (settings,)
