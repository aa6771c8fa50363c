"""The course of a response: its snapshots before the items, the error event, the terminal snapshot."""

from typing import Any

from harness.findings import Level
from harness.protocol.compare import differences
from harness.protocol.grammar import Step
from harness.protocol.notes import Notes

Event = dict[str, Any]

SETTLED_FROM_THE_START = ("created_at", "model")
"""Fields of a response that say the same in every snapshot; so does the id, under a code of its own."""

MOVES_ON = frozenset(
    {
        "completed_at",
        "content_filters",
        "error",
        "incomplete_details",
        "moderation",
        "output",
        "service_tier",
        "status",
        "tool_usage",
        "usage",
    }
)
"""Fields that real services tell differently at the end."""


class Course:
    """Judges the events of the response itself. `latest` is its last snapshot, `terminal` the type of its end."""

    def __init__(self, notes: Notes, *, resumed: bool) -> None:
        self._notes = notes
        self._resumed = resumed
        self.first: Event | None = None
        self.latest: Event | None = None
        self.terminal: str | None = None
        self.error: Event | None = None
        self._error_at = 0
        self._seen: list[str] = []
        self._begun = False
        self._second_terminal = False
        self.background = False

    # -- before the body -------------------------------------------------------------------------------------------

    def start(self, event: Event, step: Step) -> None:
        """`response.created`, `response.queued`, `response.in_progress`."""
        response, name = event["response"], step.phase
        seen = self._seen
        if name == "created":
            if "created" in seen:
                self._notes.report("order.duplicate_created", "response.created came before")
            elif seen or self._begun:
                self._out_of_order("response.created is not the first event")
        elif name in seen:
            level = Level.NOTE if name == "queued" else None
            self._out_of_order(f"response.{name} came before", level)
        elif self._begun:
            self._out_of_order(f"response.{name} comes after the first item")
        elif name == "queued" and "in_progress" in seen:
            self._out_of_order("response.queued comes after response.in_progress")
        repeated = name in seen
        seen.append(name)
        if not repeated:
            self._snapshot(response)
            self._nothing_yet(response, name)
        if name == "created":
            self.background = response.get("background") is True or response.get("status") == "queued"

    def _out_of_order(self, message: str, level: Level | None = None) -> None:
        if "order.lifecycle" not in self._notes.said:
            self._notes.report("order.lifecycle", message, level=level)

    def _nothing_yet(self, response: Event, name: str) -> None:
        """Before the first item a response has a status of its beginning, no output and no usage."""
        statuses = {"created": ("in_progress", "queued"), "queued": ("queued",), "in_progress": ("in_progress",)}[name]
        wrong: list[tuple[str, Any, Any]] = [
            (field, wanted, response[field])
            for field, wanted, fine in (
                ("status", statuses[0], response.get("status") in statuses),
                ("output", [], not response.get("output")),
                ("usage", None, not response.get("usage")),
                ("error", None, response.get("error") is None),
                ("incomplete_details", None, response.get("incomplete_details") is None),
            )
            if field in response and not fine
        ]
        if wrong:
            field, expected, actual = wrong[0]
            message = f"response.{name} tells a {field} of a later time"
            self._notes.report("order.lifecycle", message, f"/response/{field}", expected=expected, actual=actual)

    def begin(self, failing: bool = False) -> None:
        """The body begins, or the end comes: what should have come before it is due. `failing`: with the end."""
        if self._begun:
            return
        self._begun = True
        notes = self._notes
        if notes.lost or self._resumed:
            return
        if "created" not in self._seen:
            notes.report("order.missing_created", "the stream does not start with response.created", event=0)
        if "in_progress" not in self._seen and not failing:
            self._out_of_order("response.in_progress was left out")
        if self.background and "queued" not in self._seen and not failing and "order.lifecycle" not in notes.said:
            message = "a background response starts without response.queued"
            notes.report("order.lifecycle", message, level=Level.NOTE)

    # -- snapshots -------------------------------------------------------------------------------------------------

    def _snapshot(self, response: Event) -> None:
        first, notes = self.first, self._notes
        self.latest = response
        if first is None:
            self.first = response
            return
        if response == first:
            return
        if response.get("id") != first.get("id"):
            message = "the response has another id than at the start"
            expected, actual = first.get("id"), response.get("id")
            notes.once("order.response_id_changed", message, "/response/id", expected=expected, actual=actual)
        for name in SETTLED_FROM_THE_START:
            if response.get(name) != first.get(name):
                message = f"the response has another {name} than at the start"
                expected, actual = first.get(name), response.get(name)
                pointer = f"/response/{name}"
                notes.once("order.snapshot_changed", message, pointer, expected=expected, actual=actual)
        for name, told in first.items():
            if name in MOVES_ON or name in SETTLED_FROM_THE_START or name == "id" or response.get(name, told) == told:
                continue
            pointer, expected, actual = next(
                differences(told, response[name], f"/response/{name}"), (f"/response/{name}", told, response[name])
            )
            message = f"the response tells another {name} than at the start"
            notes.once("order.snapshot_drift", message, pointer, expected=expected, actual=actual)

    # -- the end ---------------------------------------------------------------------------------------------------

    def end(self, event: Event, step: Step) -> None:
        """`response.completed`, `response.incomplete`, `response.failed`: the first of them."""
        response, status, notes = event["response"], event["response"].get("status"), self._notes
        self.terminal = step.type
        self._snapshot(response)
        if status != step.phase:
            message = f"{step.type} carries a response of another status"
            pointer = "/response/status"
            notes.report("order.terminal_status_mismatch", message, pointer, expected=step.phase, actual=status)
        elif status == "completed":
            for name in ("error", "incomplete_details"):
                if response.get(name) is not None:
                    message = f"a completed response has {name}"
                    pointer, actual = f"/response/{name}", response[name]
                    notes.report("order.terminal_status_mismatch", message, pointer, expected=None, actual=actual)

    def failed(self, event: Event, step: Step) -> None:
        """An `error` event, nested as on the wire or flat as documented."""
        if self.error is None:
            nested = event.get("error")
            self.error = nested if isinstance(nested, dict) else event
            self._error_at = self._notes.at

    def judge_error(self) -> None:
        """At the end: the service said that it could not go on."""
        if self.error is None or "order.after_error" in self._notes.said:
            return
        code, message = self.error.get("code") or self.error.get("type"), self.error.get("message")
        said = f"{code}: {message}" if message else str(code)
        pointer = "/error" if self.error.get("type") != "error" else ""
        self._notes.report(
            "avail.stream_error", f"the service ended the stream: {said}", pointer, actual=code, event=self._error_at
        )
