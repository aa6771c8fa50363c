"""What each turn action sends, and what becomes of the conversation."""

import asyncio
from typing import Any

import pytest
from builders.cases import BASE, cases, conducted, loud, verdict_of

from harness.engine.conduct import Conducted, conduct
from harness.engine.targets.embedded import embedded_family
from harness.engine.targets.grounds import RunGrounds
from harness.engine.turns.uploading import flattened, multipart
from harness.findings import Verdict
from harness.mock.operations.multipart import parts as read_parts
from harness.scenario.attachments import Attachment
from harness.source.place import Place

REQUEST = {"type": "mcp_approval_request", "id": "mcpr_1", "name": "roll", "arguments": "{}", "server_label": "dice"}
OTHER = {**REQUEST, "id": "mcpr_2", "server_label": "maps"}


def on_the_endpoint(text: str, number: int = 0) -> Conducted:
    """A scenario's case of this number on the embedded endpoint."""
    case = cases(text, embedded_family()[0])[number]

    async def run() -> Conducted:
        grounds = RunGrounds()
        try:
            return await conduct(case, grounds)
        finally:
            await grounds.close()

    return asyncio.run(run())


def test_requests_about_an_earlier_response():
    """Method and address of each; the conversation goes on from where it was."""
    text = """
    turns:
      - {id: one, user: a}
      - {input_items: one}
      - {cancel: one}
      - {delete: one}
      - {user: b, expect: {status: completed}}
    """
    _, target = conducted(text, *["x"] * 5)

    assert [(each.method, each.url.removeprefix(BASE), bool(each.body)) for each in target.requests] == [
        ("POST", "responses", True),
        ("GET", "responses/resp_1/input_items", False),
        ("POST", "responses/resp_1/cancel", False),
        ("DELETE", "responses/resp_1", False),
        ("POST", "responses", True),
    ]
    assert target.bodies[-1]["previous_response_id"] == "resp_1"


def test_a_stream_is_resumed_behind_a_number():
    text = """
    turns:
      - {id: one, user: a}
      - {resume: {turn: one, after: 5}, expect: {status: completed}}
    """
    done, target = conducted(text, "hello", "hello", delivery="background_stream")

    assert target.requests[1].url == BASE + "responses/resp_1?stream=true&starting_after=5"
    assert ("Accept", "text/event-stream") in target.requests[1].headers
    assert done.conversation.turns[1].final is not None


def test_what_was_not_finished_is_carried_as_it_ended():
    """A response that was read again once it had ended is replayed as it is then."""
    text = """
    turns:
      - {id: one, user: a, request: {background: true}}
      - {retrieve: one}
      - {user: b, expect: {status: completed}}
    """
    early = {"status": "queued", "output": [], "id": "resp_1"}
    late = {"id": "resp_1"}
    _, target = conducted(text, early, late, "B", state="manual")

    assert [item.get("role") for item in target.bodies[-1]["input"]] == ["user", "assistant", "user"]


def test_approvals_are_answered_by_label():
    """Each pending request under the id that it has; those of other servers are left alone."""
    text = "turns:\n  - user: a\n  - {approve: {dice: true}, expect: {status: completed}}\n"
    _, target = conducted(text, [REQUEST, OTHER], "rolled")

    assert target.bodies[1]["input"] == [
        {"type": "mcp_approval_response", "approval_request_id": "mcpr_1", "approve": True}
    ]
    both = text.replace("{dice: true}", "{maps: false, dice: true}")
    _, target = conducted(both, [REQUEST, OTHER], "rolled")
    assert [item["approve"] for item in target.bodies[1]["input"]] == [True, False]


def test_nothing_to_approve_is_found():
    """It is the service that did not ask; nothing more is sent."""
    text = "turns:\n  - user: a\n  - {approve: {dice: true}, expect: {status: completed}}\n"
    done, target = conducted(text, [OTHER])

    assert len(target.requests) == 1
    assert "expect.approve" in loud(done)
    (finding,) = [each for each in done.findings if each.rule == "expect.approve"]
    assert (finding.expected, finding.actual) == (["dice"], ["maps"])


@pytest.mark.parametrize(
    ("state", "asked"),
    [
        ("chained", {"model": "d-1", "previous_response_id": "resp_1"}),
        (
            "manual",
            {
                "model": "d-1",
                "input": [
                    {"type": "message", "role": "user", "content": "a"},
                    *[{"type": "compaction", "encrypted_content": "x"}],
                ],
            },
        ),
    ],
)
def test_compact_asks_as_the_state_carries_and_goes_on_from_the_window(state: str, asked: dict[str, Any]):
    """Only what the operation takes is sent; the next turn begins with the window, and chains on from there."""
    window = [{"type": "compaction", "encrypted_content": "x"}]
    text = """
    request: {temperature: 1, instructions: be brief}
    turns:
      - {id: one, user: a}
      - {compact: {}}
      - {user: b, expect: {status: completed}}
      - {user: c, expect: {status: completed}}
    """
    compacted = {"object": "response.compaction", "id": "resp_c", "output": window}
    _, target = conducted(text, window, compacted, "B", "C", state=state)

    assert target.requests[1].url == BASE + "responses/compact"
    assert target.bodies[1] == {**asked, "instructions": "be brief"}
    assert target.bodies[2]["input"][0] == window[0]
    assert len(target.bodies[2]["input"]) == 2
    assert "previous_response_id" not in target.bodies[2]
    assert target.bodies[3].get("previous_response_id") == ("resp_3" if state == "chained" else None)


def test_tokens_are_counted_of_what_would_be_sent():
    text = """
    request: {temperature: 1, reasoning: {effort: low}}
    tools: [{type: function, name: look}]
    turns:
      - {id: one, user: a}
      - {count_tokens: {user: b}}
      - {user: c, expect: {status: completed}}
    """
    _, target = conducted(text, "A", "x", "C")

    assert target.requests[1].url == BASE + "responses/input_tokens"
    assert target.bodies[1] == {
        "model": "d-1",
        "reasoning": {"effort": "low"},
        "tools": [{"type": "function", "name": "look"}],
        "input": [{"type": "message", "role": "user", "content": "b"}],
        "previous_response_id": "resp_1",
    }
    assert target.bodies[2]["previous_response_id"] == "resp_1"


@pytest.mark.parametrize(
    ("call", "method", "url", "body"),
    [
        ("{method: GET, path: 'files?limit=2'}", "GET", "files?limit=2", b""),
        ("{method: POST, path: /conversations, body: {a: [1]}}", "POST", "conversations", b'{"a":[1]}'),
        ("{method: DELETE, path: 'files/${id}'}", "DELETE", "files/resp_1", b""),
    ],
)
def test_a_call_goes_below_the_base(call: str, method: str, url: str, body: bytes):
    text = f"turns:\n  - {{user: a, capture: {{id: $.id}}}}\n  - {{call: {call}, expect: {{path: {{$.id: x}}}}}}\n"
    _, target = conducted(text, "A", "x")

    request = target.requests[1]
    assert (request.method, request.url, request.body) == (method, BASE + url, body)


def test_what_was_captured_leads_nowhere_else():
    """The service cannot send the harness elsewhere by an id of its making: errored, and nothing is sent."""
    text = "turns:\n  - {user: a, capture: {id: $.id}}\n"
    text += "  - {call: {method: GET, path: 'files/${id}'}, expect: {status: completed}}\n"
    done, target = conducted(text, {"id": "../../admin"})

    assert len(target.requests) == 1
    assert verdict_of(done) is Verdict.ERRORED
    assert "climbs" in str(done.error)


def test_a_wait_is_no_request():
    """And on the endpoint its clock is put forward: 40 days are over at once, and what was kept is not any more."""
    text = """
    turns:
      - {id: one, user: a}
      - {wait: 959h}
      - {retrieve: one, expect: {error: {status: 404}}}
    """
    done = on_the_endpoint(text)

    assert [len(taken.replies) for taken in done.conversation.turns] == [1, 0, 1]
    assert (loud(done), done.error) == ([], None)


@pytest.mark.parametrize(
    ("tamper", "state", "status"),
    [
        ("{auth: none}", "chained", 401),
        ("{auth: garbage}", "manual", 401),
        ("{deployment: unknown}", "chained", 404),
        ("{use_id: unknown}", "chained", 400),
        ("{flip: encrypted_content}", "stateless", 400),
    ],
)
def test_what_is_broken_is_refused(tamper: str, state: str, status: int):
    """By the endpoint, as a service should; and without the tampering it is not."""
    text = f"""
    modes: {{state: [{state}]}}
    needs: [reasoning]
    turns:
      - {{user: What is 17 * 23?}}
      - {{user: And 19 * 3?, tamper: {tamper}, expect: {{error: {{status: {status}}}}}}}
    """
    done = on_the_endpoint(text)

    assert (loud(done), done.error) == ([], None)
    assert "expect.error" in loud(on_the_endpoint(text.replace(f"tamper: {tamper}, ", "")))


def test_a_credential_that_is_none_is_in_no_header_but_its_own():
    """What goes out instead is drawn anew each time."""
    text = "turns:\n  - {user: a, tamper: {auth: garbage}, expect: {error: {status: 401}}}\n"
    one, other = (on_the_endpoint(text).conversation.turns[0].replies[0].exchange.request for _ in range(2))

    names = [name for name, _ in one.headers]
    assert names.count("api-key") == names.count("Authorization") == 1
    assert dict(one.headers)["api-key"] != dict(other.headers)["api-key"]


def test_reasoning_is_dropped_from_what_is_replayed():
    text = """
    modes: {state: [manual]}
    turns:
      - {user: a}
      - {user: b, tamper: {drop: reasoning}, expect: {status: completed}}
    """
    thought = {"type": "reasoning", "id": "rs_1", "summary": []}
    _, target = conducted(text.replace("modes: {state: [manual]}", ""), [thought], "B", state="manual")

    assert [item.get("type") for item in target.bodies[1]["input"]] == ["message", "message"]


def test_outputs_change_their_places():
    """Each is still under its own call's id; everything else stays where it was."""
    calls = [
        {"type": "function_call", "name": "look", "call_id": f"c{n}", "arguments": f'{{"at": {n}}}'} for n in (1, 2, 3)
    ]
    text = """
    tools: [{type: function, name: look, returns: "at ${arguments.at}"}]
    turns:
      - {user: a, tamper: {reorder: tool_outputs}, expect: {status: completed}}
    """
    for state, before in (("chained", 0), ("manual", 4)):
        _, target = conducted(text, calls, "B", state=state)

        outputs = target.bodies[1]["input"][before:]
        assert [(item["call_id"], item["output"]) for item in outputs] == [
            ("c3", "at 3"),
            ("c2", "at 2"),
            ("c1", "at 1"),
        ]


def test_nothing_to_break_is_no_verdict_on_the_endpoint():
    text = "turns:\n  - {user: a, tamper: {drop: reasoning}, expect: {error: {status: 400}}}\n"
    done, _ = conducted(text, "A", state="manual")

    assert done.error == "turn turn-1: there was nothing to break for `tamper: {drop: reasoning}`"


FILES = """
turns:
  - user: Describe it.
    attach: [{image: attachments/dot.png, via: [data_uri, file_id, url], detail: low}]
    expect: {status: completed}
"""


@pytest.mark.parametrize(
    ("number", "uploads", "sign"), [(0, 0, "data:image/png"), (1, 1, "file"), (2, 0, "http://127")]
)
def test_an_attachment_in_each_way(number: int, uploads: int, sign: str):
    """One part of the message, after its text; an upload first where it goes by id; the endpoint answers all."""
    done = on_the_endpoint(FILES, number)

    assert (loud(done), done.error) == ([], None)
    (taken,) = done.conversation.turns
    assert len(taken.replies) == uploads + 1
    text, image = (taken.replies[-1].request or {})["input"][0]["content"]
    assert text == {"type": "input_text", "text": "Describe it."}
    assert (image["type"], image["detail"]) == ("input_image", "low")
    assert str(image.get("image_url") or image.get("file_id")).startswith(sign)


def test_a_file_inside_the_request_keeps_its_name():
    text = "turns: [{user: Read., attach: [{file: attachments/note.txt}], expect: {text: a}}]\n"
    _, target = conducted(text, "A")

    part = target.bodies[0]["input"][0]["content"][1]
    assert part["filename"] == "note.txt"
    assert part["file_data"].startswith("data:text/plain;base64,")


def test_E30_a_limit_that_is_broken_on_purpose_is_noted():
    """The case says which, at the line that names the file; it keeps no case from passing."""
    text = "turns:\n  - {user: Look., attach: [{image: attachments/note.svg}], expect: {error: {status: 400}}}\n"
    done, _ = conducted(text, (400, {"message": "no", "code": "bad", "type": "x", "param": "input"}))

    (note,) = [each for each in done.findings if each.rule == "expect.attach"]
    assert (note.level, note.turn) == ("note", "turn-1")
    assert note.message == "`attachments/note.svg` is image/svg+xml, where PNG, JPEG, WebP and GIF are documented"
    assert verdict_of(done) is Verdict.PASSED


def test_an_upload_that_is_refused_ends_the_turn():
    """One finding; no message goes out without its file."""
    text = FILES.replace("[data_uri, file_id, url]", "file_id")
    done, target = conducted(text, (400, {"message": "no", "code": "bad", "type": "x", "param": "purpose"}))

    assert [request.url for request in target.requests] == [BASE + "files"]
    assert loud(done) == ["expect.answered"]


def test_upload_use_and_delete():
    """The file's id is captured and its bytes are read back; after that it is gone."""
    text = """
    turns:
      - {id: up, upload: {file: attachments/note.txt, purpose: assistants}, capture: {id: $.id, bytes: $.bytes}}
      - {call: {method: GET, path: "files/${id}"}, expect: {path: {$.bytes: "${bytes}", $.filename: att-1.txt}}}
      - {call: {method: GET, path: "files/${id}/content"}, expect: {text: {contains: "4417"}}}
      - {delete_file: up, expect: {path: {$.deleted: true}}}
      - {call: {method: GET, path: "files/${id}"}, expect: {error: {status: 404}}}
      - {user: Hi, expect: {status: completed}}
    """
    done = on_the_endpoint(text)

    assert (loud(done), done.error) == ([], None)
    assert set(done.applied_expectations.values()) == {1}
    assert done.conversation.turns[2].replies[0].exchange.body == b"The parcel number is 4417.\n"


def attachment(content: bytes = b"a", name: str = "a.txt") -> Attachment:
    return Attachment("file", name, content, "text/plain", "0" * 64, Place("a.yaml", 1, 1))


def test_a_form_is_read_back_as_it_was_written():
    """Whatever the file holds, its own boundary among it."""
    content = b"\r\n--harness-" + b"0" * 32 + b"--\r\n\x00\xff"
    request = multipart("http://x/files", 'a"\r\nb.txt', attachment(content), {"purpose": "assistants"})

    fields = read_parts(request.body)
    assert (fields["file"].content, fields["purpose"].text) == (content, "assistants")
    assert b"\r\nb.txt" not in request.body
    assert request == multipart("http://x/files", 'a"\r\nb.txt', attachment(content), {"purpose": "assistants"})


def test_inner_fields_of_a_form():
    assert flattened({"purpose": "x", "expires_after": {"anchor": "created_at", "seconds": 3600}, "none": None}) == {
        "purpose": "x",
        "expires_after[anchor]": "created_at",
        "expires_after[seconds]": "3600",
    }


def test_a_script_is_for_the_turn_where_it_stands():
    """Whatever was created before it, and how many rounds a turn took."""
    text = """
    tools:
      - {type: function, name: roll, description: Rolls dice., parameters: {type: object, properties: {}}, returns: 4}
    turns:
      - {user: Roll the dice.}
      - {compact: {}}
      - {user: a, mock: {reply: scripted}, expect: {text: scripted}}
      - {user: Say hello., expect: {text: {not: {equals: scripted}}}}
    """
    done = on_the_endpoint(text)

    assert [each for each in loud(done) if each.startswith("expect")] == []
