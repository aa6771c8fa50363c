"""Rules of what runs in the background: polled, cancelled, resumed."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from harness.reply import Reply
from harness.rules.story import TERMINAL, Created, Step, Story
from harness.rules.telling import Amiss, StoryRule

RANK: Final[Mapping[str, int]] = {"queued": 0, "in_progress": 1, **dict.fromkeys(TERMINAL, 2)}
"""In which order statuses may follow one another."""


def _background(story: Story) -> Iterator[Created]:
    """The requests that were to run in the background."""
    return (made for made in story.created if made.body.get("background") is True)


def _shown(story: Story, made: Created) -> list[Reply]:
    """Every reply that shows a response, from its creation on."""
    later = [step.reply for step in story.after(made, "retrieve", "cancel") if step.reply.id == made.id]
    return [reply for reply in (made.reply, *later) if reply.status in RANK]


class CancelledTwice(StoryRule):
    """A second cancel is answered as the first one was.

    Whoever repeats a cancel whose answer was lost must be able to go on.

    Shown by defect B13.
    """

    name = "state.cancel_not_idempotent"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        first: dict[str, Step] = {}
        for step in story.of("cancel"):
            earlier = first.get(step.about or "")
            if earlier is None:
                if step.http == 200 and step.reply.status == "cancelled" and step.about:
                    first[step.about] = step
                continue
            if step.reply.status in TERMINAL - {"cancelled"}:
                continue  # that it ended otherwise is the finding of another rule
            same = step.http == 200 and step.reply.status == earlier.reply.status
            message = "a second cancel is not answered as the first"
            yield None if same else Amiss(step.reply, "/status", message, "cancelled", step.reply.status or step.http)


class EndedStaysSo(StoryRule):
    """A response that ended stays as it ended.

    Shown by defect B14.
    """

    name = "state.terminal_changed"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.by_id.values():
            ended: str | None = None
            for reply in _shown(story, made):
                if ended is not None and (reply.operation != "cancel" or reply.status in TERMINAL):
                    message = f"a response that was {ended} is {reply.status} later"
                    yield None if reply.status == ended else Amiss(reply, "/status", message, ended, reply.status)
                elif ended is None and reply.status in TERMINAL:
                    ended = reply.status


class StatusGoesForward(StoryRule):
    """A response is queued, then in progress, then ended; it never goes back.

    Shown by defect B17.
    """

    name = "state.status_backward"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in story.by_id.values():
            before: str | None = None
            for reply in _shown(story, made):
                status = reply.status or ""
                if before in TERMINAL:
                    break  # the finding of another rule
                if before is not None:
                    message = f"a response went back from {before} to {status}"
                    back = RANK[status] < RANK[before]
                    yield Amiss(reply, "/status", message, before, status) if back else None
                before = status


class BackgroundIsStored(StoryRule):
    """What runs in the background has to be stored: with `store: false` it is refused.

    Nobody could ask for its outcome.

    Shown by defect B15.
    """

    name = "state.background_without_store"

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in _background(story):
            if not made.stored:
                message = "background was accepted without storage"
                yield Amiss(made.reply, "/background", message, 400, made.step.http) if made.accepted else None


class BackgroundAnswersAtOnce(StoryRule):
    """A request that runs in the background is answered at once, before the work is done.

    A note: a program that set `background` to get away from a time limit runs into it all the same.

    Shown by defect B16.
    """

    name = "state.background_blocking"

    at_once: Final = 0.1

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        for made in _background(story):
            if made.accepted and not made.reply.streamed:
                took = made.reply.exchange.ended_at
                blocked = made.reply.status in TERMINAL and took > self.at_once
                message = f"a background request was answered after {took:.1f} s, when all was done"
                yield Amiss(made.reply, "/status", message, "queued", made.reply.status) if blocked else None


class ReplayIsTheSame(StoryRule):
    """A resumed stream repeats the events as they were sent the first time.

    Event by event under the same number. Padding is left out of replays, and encrypted content is encrypted anew.

    Shown by defect B21.
    """

    name = "state.replay_differs"

    volatile: Final = frozenset({"obfuscation", "encrypted_content", "logprobs"})

    def chances(self, story: Story) -> Iterator[Amiss | None]:
        sent: dict[tuple[str, int], str] = {}
        for step in story.of("create", "retrieve"):
            if not step.reply.streamed or step.reply.id is None:
                continue
            if self._counts_anew(step):
                continue  # the finding of another rule
            differs, compared = None, False
            for at, event in enumerate(step.reply.events):
                number = event.get("sequence_number")
                if type(number) is not int:
                    continue
                spelled = json.dumps(self._settled(event), sort_keys=True)
                before = sent.setdefault((step.reply.id, number), spelled)
                compared = compared or before is not spelled
                if before != spelled and differs is None:
                    message = f"the event numbered {number} has another content than before"
                    differs = Amiss(step.reply, "", message, before[:400], spelled[:400], at)
            if compared:
                yield differs

    @staticmethod
    def _counts_anew(step: Step) -> bool:
        """Whether a resumed stream begins at a number that came already."""
        after, events = step.asked("starting_after"), step.reply.events
        number = events[0].get("sequence_number") if events else None
        return after is not None and after.isdecimal() and type(number) is int and number <= int(after)

    def _settled(self, value: Any) -> Any:
        if isinstance(value, dict):
            return {name: self._settled(inner) for name, inner in value.items() if name not in self.volatile}
        return [self._settled(inner) for inner in value] if isinstance(value, list) else value


BACKGROUND_RULES: Final = (
    CancelledTwice(),
    EndedStaysSo(),
    StatusGoesForward(),
    BackgroundIsStored(),
    BackgroundAnswersAtOnce(),
    ReplayIsTheSame(),
)
"""Rules of family `state` about what runs in the background."""
