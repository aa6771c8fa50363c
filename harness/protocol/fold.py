"""Events → the response that they spell."""

from typing import Any

from harness.protocol.course import Course
from harness.protocol.output import Output


class Fold:
    """What the events fed so far spell, read off the state that they are judged by."""

    __slots__ = ("_course", "_output")

    def __init__(self, course: Course, output: Output) -> None:
        self._course = course
        self._output = output

    @property
    def response(self) -> dict[str, Any] | None:
        """The response as the events tell it, or None before the first snapshot.

        The fields are those of the latest snapshot, `output` is what the items say: closed ones as they were closed,
        open ones as they were announced and have grown since.
        """
        latest = self._course.latest
        if latest is None:
            return None
        items = sorted(self._output.order, key=lambda item: item.index)
        return {**latest, "output": [told for item in items if (told := item.spelled()) is not None]}
