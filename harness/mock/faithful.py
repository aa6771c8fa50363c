"""What the embedded endpoint does as the service does, operation by operation, and what it makes simpler, and why.

The page docs/endpoint.md is made of these tables; a test holds that every operation that is served stands here.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Faith:
    """What is as documented or recorded; what is not; why."""

    faithful: str
    simplified: str = "nothing known"
    why: str = ""


BY_OPERATION: Final[Mapping[str, Faith]] = {
    "POST /responses": Faith(
        "every request field is checked and echoed, plain, streamed, in background, both; chains, conversations and "
        "items in the input; functions, strict schemas, formats, reasoning, compaction, limits, refusals, quotas; "
        "hosted tools, pictures, documents and drawing as below",
        "shell and patches run only from a script's `items`; a background response waits for its tools before it is "
        "acknowledged",
        "they need a world of their own; what is ready is stored at once",
    ),
    "GET /responses/{id}": Faith(
        "equals the answer or the last snapshot in every field; its events again with `stream` and `starting_after`",
        "a background response is finished after two polls, not after some time",
        "tests must not wait",
    ),
    "DELETE /responses/{id}": Faith("the recorded body; afterwards 404, and 400 for what would continue from it"),
    "POST /responses/{id}/cancel": Faith(
        "background responses only; status cancelled, no output, no usage; may be repeated",
        "a stream that is already under way is not cut short",
        "events that are ready are sent at once",
    ),
    "GET /responses/{id}/input_items": Faith(
        "the items of the chain with ids and status, newest first, `order`, `limit` and `after`; attachments without "
        "their bytes, pictures with their address where `include[]` asks for it",
        "other values of `include[]`, and `before`, change nothing",
        "what they show belongs to hosted tools; `before` stands in one source alone",
    ),
    "POST /responses/compact": Faith(
        "user messages word for word under new ids, then one sealed item; a later request understands it, an altered "
        "one is refused",
        "the seal holds what the simulated model remembers, not a summary in words",
        "what a real summary says cannot be known",
    ),
    "POST /responses/input_tokens": Faith(
        "the same count as the bill of the same request", "tokens are estimated", "see below"
    ),
    "POST /conversations": Faith("items and metadata; id, object, created_at, metadata in the answer"),
    "GET /conversations/{id}": Faith("the recorded object; 404 for an unknown one"),
    "POST /conversations/{id}": Faith("replaces the metadata"),
    "DELETE /conversations/{id}": Faith("the recorded body; its list of items goes with it, responses stay"),
    "GET /conversations/{id}/items": Faith(
        "pages like those of input items", "`include[]` changes nothing", "as above"
    ),
    "POST /conversations/{id}/items": Faith("up to twenty items in one request; the list of what was added"),
    "GET /conversations/{id}/items/{item}": Faith("one item; 404 for an unknown one"),
    "DELETE /conversations/{id}/items/{item}": Faith("the conversation that is left"),
    "POST /files": Faith(
        "multipart with purpose, size limit and expiry; below `/openai/v1` and `/openai`; read into the model's "
        "context by id: pictures of purpose `vision` or `assistants`, documents of purpose `assistants`",
        "contents are kept in memory",
        "a room is gone with its case",
    ),
    "GET /files": Faith("newest first, by purpose, in pages"),
    "GET /files/{id}": Faith("the object of the upload; gone once it has expired by the room's clock"),
    "DELETE /files/{id}": Faith("the documented body"),
    "GET /files/{id}/content": Faith("the bytes as they were sent"),
    "POST /containers": Faith("name, expiry after the last use, files by id; the documented object"),
    "GET /containers": Faith("newest first, in pages"),
    "GET /containers/{id}": Faith(
        "the object; its status is `expired` after twenty minutes without use, or an hour, by the room's clock"
    ),
    "DELETE /containers/{id}": Faith("the documented body; 404 from then on"),
    "POST /containers/{id}/files": Faith(
        "a form with `file`, or the `file_id` of an upload; every documented type of file, and no other"
    ),
    "GET /containers/{id}/files": Faith("what was put in and what code made, newest first, in pages"),
    "GET /containers/{id}/files/{file}": Faith("path, bytes, and whether the user or the assistant made it"),
    "DELETE /containers/{id}/files/{file}": Faith("the documented body"),
    "GET /containers/{id}/files/{file}/content": Faith("the bytes"),
    "GET /models": Faith(
        "deployments and known models", "one date of creation for all", "when each was registered is not known"
    ),
    "GET /models/{id}": Faith("one of them; 404 for an unknown one", "as above", "as above"),
    "WebSocket /responses": Faith(
        "`response.create` messages, one response at a time, the last one remembered though it is not stored, an hour",
        "no compression, no preview messages",
        "clients that ask for compression go on without it",
    ),
}
"""By method and path below the base address."""

BY_SUBJECT: Final[Mapping[str, Faith]] = {
    "the model": Faith(
        "deterministic by seed; knows only what is in its context, so that a service that loses state is found out",
        "understands orders of a few kinds: recall, form, tools and schemas from the prompt, arithmetic, refusals",
        "it is there to test clients and state, not wit",
    ),
    "tokens": Faith(
        "parts add up, more context costs more, limits cut where they should",
        "one token for every four bytes",
        "the tokenisers of the newest models are not public",
    ),
    "strict schemas": Faith(
        "of formats and strict functions: an object at the root, every object closed and all of its properties "
        "required, 100 properties, five levels; refused in the recorded form, with the place",
        "keywords that are listed as not supported (`minimum`, `format`, …) are taken",
        "OpenAI was recorded to take them, and no refusal of Azure is known",
    ),
    "the code interpreter": Faith(
        "a container by id, or one for each chain; files of the request in it; code, outputs where they are included, "
        "files made in it cited in the next message; nothing is kept after twenty minutes without use",
        "the model writes and works out arithmetic, linear equations and questions about tables; no charts, no loops",
        "its code is evaluated by an interpreter of its own that executes nothing",
    ),
    "remote MCP": Faith(
        "really connects, over streamable HTTP with the official package, with the headers and the token given; lists, "
        "asks for approval unless told otherwise, calls once for an approval and not after a denial; `never`, rules by "
        "tool, `allowed_tools`, several servers; failures fail the call (`error`, `output: null`), unlisted tools the "
        "request (424); headers and addresses are not shown again",
        "addresses of this machine alone, whatever the scheme; no connectors, no server-sent events of the older kind",
        "nothing leaves the machine; the body of the 424 is known from reports of users, not from a recording",
    ),
    "searching the web and files": Faith(
        "items, phases, citations in place, sources and results where they are included, `allowed_domains`, "
        "`max_num_results`",
        "finds a handful of texts of invented places; one vector store, `vs_harness`; locations, filters and ranking "
        "change nothing",
        "an answer that knows of those places has searched; vector stores have operations of their own",
    ),
    "custom tools": Faith(
        "called with free text, answered by the client, paired",
        "of grammars only patterns are kept to",
        "grammars need a grammar's parser",
    ),
    "computer use": Faith(
        "one action a response, a screenshot for each call, safety checks that must be acknowledged",
        "the model follows the prompt verb by verb (click, type, press, scroll, wait), and knows the size of a screen",
        "a test scripts the screens, not the model",
    ),
    "pictures": Faith(
        "by data, file id and address; PNG, JPEG, WEBP and still GIF by their bytes, whole and undamaged; 100 of "
        "them, less than 50 MB each and in all; tokens by size and `detail` as in the guide to vision; the model "
        "knows format, size and main colours from the pixels",
        "addresses of this machine alone, no redirects; of text it knows only what stands in the file beside the "
        "pixels (a description, a comment); 64 million pixels at most",
        "nothing leaves the machine; it cannot read writing, and decoders are kept on a short leash, in a process of "
        "their own",
    ),
    "documents": Faith(
        "PDFs by data and file id, the text of each page truly extracted; plain texts; less than 50 MB each and in "
        "all; damaged and encrypted ones refused, other kinds too, in the recorded form",
        "what a page looks like costs tokens and is not looked at; 1,000 pages, two million characters; the model "
        "finds sentences like `the code is 7` and lines like `code: 7`",
        "as above",
    ),
    "image generation": Faith(
        "needs the header with a deployment of an image model; size, format, background, quality and compression as "
        "asked; item, echo and events as recorded; streams refused as documented, or had with an issue of that name",
        "coloured ground, shapes, the prompt's words; nothing is edited, a mask is not looked at; image models are "
        "deployed under their own names too; its own tokens are not billed",
        "a test can tell from it what was asked for; editing over several turns is documented as not supported",
    ),
    "encrypted content": Faith(
        "authenticated: restores the model's state, refused when altered, never the same twice on the wire",
        "shorter than the service's",
        "only its opacity matters",
    ),
    "quotas": Faith(
        "requests and tokens a minute for each deployment, 429 with both waits, both bodies in use",
        "a minute is one window, not several of one or ten seconds",
        "the smaller windows are documented without numbers",
    ),
    "keys": Faith(
        "`api-key` or Bearer; both sent, both must be right; Azure's own 401",
        "no tokens of Entra, scopes or roles",
        "there is nobody to ask on loopback",
    ),
    "time": Faith(
        "creation, expiry and 30 days' retention by the room's clock", "which a test may move", "nobody waits"
    ),
    "content filters": Faith(
        "notes on prompt and completion; blocked by a script, in both documented forms",
        "what is safe is not judged",
        "a test says what shall be blocked",
    ),
    "transport": Faith(
        "HTTP/1.1 with keep-alive; chunked event streams, events that are ready together in one chunk; strict heads, "
        "ten seconds for them; bodies up to 96 MiB; 512 connections",
        "no TLS, no HTTP/2; this machine alone, no web pages",
        "nothing leaves the machine",
    ),
}
"""What concerns every operation."""
