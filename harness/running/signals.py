"""SIGINT and SIGTERM: the first ends a run in order, the second at once.

In order: nothing more is asked, what is under way has two seconds, the record is closed, the report is written, and the
exit status is 2. At once: 130; what was finished is on record all the same, because each line is written as it is made.
"""

import os
import signal
import threading
from collections.abc import Callable
from types import FrameType
from typing import Any, Final

AT_ONCE: Final = 130
SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)


class Signals:
    """Hears both signals from `listen` until `restore`, in the main thread alone.

    Args:
        pass_on: is called at the first signal; other processes of the run are told there.
        worker: this process is told by another one to end, and may be told twice.
    """

    def __init__(self, pass_on: Callable[[int], None] | None = None, *, worker: bool = False) -> None:
        self._pass_on, self._worker = pass_on, worker
        self._before: dict[signal.Signals, Any] = {}
        self.heard = False

    def listen(self) -> None:
        """Begins to listen, unless somebody else does already; a second time does nothing."""
        if self._before or threading.current_thread() is not threading.main_thread():
            return
        usual = {signal.SIGINT: signal.default_int_handler, signal.SIGTERM: signal.SIG_DFL}
        for one in SIGNALS:
            if signal.getsignal(one) is usual[one] or signal.getsignal(one) == usual[one]:
                self._before[one] = signal.signal(one, self._hear)

    def restore(self) -> None:
        """Stops listening."""
        for one, before in self._before.items():
            signal.signal(one, before)
        self._before.clear()

    def _hear(self, number: int, frame: FrameType | None) -> None:
        if self.heard:
            if not self._worker:
                os._exit(AT_ONCE)
            return
        self.heard = True
        if self._pass_on is not None:
            self._pass_on(number)
        raise KeyboardInterrupt
