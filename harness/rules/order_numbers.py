"""Rules of order about numbers: each event of a stream has the next one. Found while a stream is read."""

from typing import Final

from harness.rules.base import ReadingRule, Rule


class SeqGap(ReadingRule):
    """Each sequence_number is the one before plus one: nothing is left out.

    A gap says that an event was lost between the service and here, whatever it was. Resuming by number starts from a
    wrong place afterwards.

    Shown by defects A30 and A54.
    """

    name = "order.seq_gap"


class SeqRepeat(ReadingRule):
    """A sequence_number is used once.

    An event that is delivered twice doubles a piece of text in every client that does not look at the numbers.

    Shown by defect A55.
    """

    name = "order.seq_repeat"


class SeqBack(ReadingRule):
    """Events come in the order of their numbers.

    Two deltas in each other's place garble the text. The stream is judged on in the order of the numbers, so that
    this is the only finding.

    Shown by defect A57.
    """

    name = "order.seq_back"


class SeqStart(ReadingRule):
    """A fresh stream is numbered from 0.

    A higher start means that the first events were lost, or that the numbers cannot be used for resuming.

    Shown by defect A77.
    """

    name = "order.seq_start"


class SeqMissing(ReadingRule):
    """Every event has a sequence_number.

    One without a number among others that have one cannot be resumed from. A stream of today without any number is
    the same defect.

    Shown by defect A76.
    """

    name = "order.seq_missing"


class SeqAbsent(ReadingRule):
    """A stream of before June 2025 has no numbers at all.

    The field came in spring 2025. Older recordings are judged without it; this note says so.

    Shown by control N44.
    """

    name = "order.seq_absent"


class ResumeDuplicate(ReadingRule):
    """A resumed stream does not repeat what the client already has.

    `starting_after` names the last event that was received. What comes again is added again by clients that trust
    the service; the official helper filters it out and so hides it.

    Shown by defects B19 and B22.
    """

    name = "order.resume_duplicate"


class ResumeGap(ReadingRule):
    """A resumed stream goes on with the very next event.

    Whatever lies between `starting_after` and the first event that comes is lost for good.

    Shown by defect B20.
    """

    name = "order.resume_gap"


NUMBER_RULES: Final[tuple[Rule, ...]] = (
    SeqGap(),
    SeqRepeat(),
    SeqBack(),
    SeqStart(),
    SeqMissing(),
    SeqAbsent(),
    ResumeDuplicate(),
    ResumeGap(),
)
