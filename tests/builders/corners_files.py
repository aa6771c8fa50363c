"""Corners of files: what was attached and counted, what was cited, what was stored and read again."""

from typing import Any

from builders.corners import Add, one
from builders.tellings import (
    CHAINED,
    DOCUMENT,
    FORM,
    UPLOADED,
    ask,
    cancel,
    cited,
    delete,
    demanded,
    get,
    image,
    message,
    other,
    polled,
    ran,
    response,
    showing,
    telling,
    thought,
    usage,
)
from builders.tellings import held as files


def attached(corner: Add) -> None:
    page = {"type": "input_file", "filename": "a.pdf", "file_data": DOCUMENT}
    for counted in (12, 13):
        corner(f"a document of {counted} tokens", one(showing(page), tell={"usage": usage(counted)}))
    for about, more in (
        ("with instructions", {"instructions": "Be brief."}),
        ("with tools", {"tools": [{"type": "web_search"}]}),
        ("in a chain", {"previous_response_id": "resp_0"}),
    ):
        corner(f"a document {about}", one(showing(page), tell={"usage": usage(5)}, **more))
    corner(
        "a document that broke off",
        one(
            showing(page),
            tell={"usage": usage(5), "status": "incomplete", "incomplete_details": {"reason": "content_filter"}},
        ),
    )
    corner("a document without a count", one(showing(page), tell={"usage": None}))
    for length in (300, 301):
        corner(f"a document beside {length} bytes", one(showing(page, text="w" * length), tell={"usage": usage(20)}))
    for length in (2_999, 3_000):
        text = "data:text/plain;base64,".ljust(length, "A")
        corner(
            f"a file of {length} letters",
            one(showing({"type": "input_file", "file_data": text}), tell={"usage": usage(5)}),
        )
    corner("a picture by its address", one(showing(image("https://a.example/" + "a" * 4000)), tell={"usage": usage(5)}))
    corner(
        "a file by its id", one(showing({"type": "input_file", "file_id": "file-abcdef12"}), tell={"usage": usage(5)})
    )
    asked = ask(1, showing(page), tell={"usage": usage(900)})
    corner("a document in the turn before", telling(asked, ask(2, "And?", tell={"usage": usage(5)}, **CHAINED)))

    for about, before, after in (("beginning", 0, 20_000), ("middle", 9_000, 9_000), ("end", 20_000, 0)):
        sent = b"x" * before + FORM + b"x" * after
        uploaded = other("POST", "/files", {"id": "file-abcdef12"}, sent)
        corner(f"an unknown purpose at the {about}", demanded(uploaded))


def citing(corner: Add) -> None:
    note = {"file_id": "file-zzzzzz99", "filename": "a"}
    known = {"file_id": "file-abcdef12", "filename": "a"}
    search = {"id": "fs_1", "type": "file_search_call", "status": "completed", "queries": ["q"]}
    for about, results in (("found", [{"file_id": "file-zzzzzz99"}, 7]), ("found nowhere", []), ("not told", None)):
        corner(
            f"a citation of what was {about}",
            telling(UPLOADED, ask(1, "?", {**search, "results": results}, cited("file_citation", **note))),
        )
    corner("a citation where no file is known", one("?", cited("file_citation", **note)))
    corner(
        "a citation of a file that was sent",
        telling(ask(1, showing({"type": "input_file", "file_id": "file-zzzzzz99"}), cited("file_citation", **note))),
    )
    corner(
        "two citations, one of them unknown",
        telling(UPLOADED, ask(1, "?", cited("file_citation", **known), cited("file_citation", **note))),
    )
    corner("a citation of a page", telling(UPLOADED, ask(1, "?", cited("url_citation", url="https://a.example"))))
    corner("a citation of a path", telling(UPLOADED, ask(1, "?", cited("file_path", **note))))
    corner(
        "a citation in what was read again",
        telling(UPLOADED, ask(1), get(1, response(1, cited("file_citation", **note)))),
    )
    made = {"id": "cfile_1", "object": "container.file", "path": "/mnt/data/plot.png", "source": "assistant"}
    quoted = cited("container_file_citation", file_id="cfile_1", container_id="cntr_1")
    strange = cited("container_file_citation", file_id="cfile_9", container_id="cntr_1")
    for about, items, there in (
        ("one made, one cited", [ran(), quoted], [made]),
        ("two made, one cited", [ran(), quoted], [made, {**made, "id": "cfile_2", "path": None}]),
        ("one made, another cited", [ran(), strange], [made]),
        ("none made", [ran(), message("Done.")], []),
        ("one put there", [ran(), message("Done.")], [{**made, "source": "user"}]),
    ):
        corner(f"in a container: {about}", telling(ask(1, "Plot.", *items), files(*there)))
    corner("in a container that was not used: one cited", one("Plot.", quoted))
    listing = other("GET", "/files", {"object": "list", "data": [{"id": "file-zzzzzz99"}]})
    corner("a citation of a file that was listed", telling(listing, ask(1, "?", cited("file_citation", **note))))


def kept(corner: Add) -> None:
    answered = ask(1, "i", thought(), message("A."))

    def again(*items: Any, **fields: Any) -> Any:
        return get(1, response(1, *items, **fields))

    for about, row in (
        ("as it was", again(thought(), message("A."))),
        ("without its thought", again(message("A."))),
        (
            "with an altered annotation",
            again(thought(), {**message("A."), "content": [{**message("A.")["content"][0], "annotations": [1]}]}),
        ),
        (
            "with other odds",
            again(thought(), {**message("A."), "content": [{**message("A.")["content"][0], "logprobs": [1]}]}),
        ),
        (
            "with a field less",
            again(thought(), {name: value for name, value in message("A.").items() if name != "role"}),
        ),
        ("under another id", again(thought(), message("A.", "msg_9"))),
        ("while it is made", again(thought(), message("A."), status="in_progress")),
        ("as failed", again(status="failed", error={"code": "x", "message": "m"})),
        ("not at all", get(1, 500)),
    ):
        corner(f"read again {about}", telling(answered, row))
    corner(
        "read again before the answer ended",
        telling(polled("queued", "in_progress", "completed"), get(1, response(1, message("B.")))),
    )
    for many in (30, 29.9):
        corner(f"gone after {many} days", telling(ask(1), get(1), get(1, 404, started=many * 86_400.0)))
    for many in (59.9, 60.0, 86_399.0):
        corner(f"not there after {many} s", telling(ask(1), get(1, 404, started=many)))
    corner(
        "refused, and asked for",
        telling(ask(1, tell={"status": "failed", "error": {"code": "x", "message": "m"}}), get(1, 404, started=61.0)),
    )
    corner(
        "deleted, and listed",
        telling(ask(1), delete(1), other("GET", "/responses/resp_1/input_items", {"object": "list", "data": []})),
    )
    corner("read, then deleted", telling(ask(1), get(1), delete(1)))
    corner("another deleted", telling(ask(1), ask(2), delete(2), get(1)))
    corner("cancelled by another's id", telling(polled("queued"), cancel(2)))
    twice = ask(1, "Ho.", message("Answer 1.", "msg_1"), tell={"created_at": 1_780_000_001})
    corner("one id, and another time", telling(ask(1), twice))
    corner(
        "one id three times",
        telling(ask(1), ask(1, "Ho.", message("Other.", "msg_7")), ask(1, "Ho.", message("Other.", "msg_7"))),
    )


ALL = (attached, citing, kept)
