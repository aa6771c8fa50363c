"""A small interpreter of the simulated model's own code: a bounded part of Python, evaluated and never executed."""

from harness.mock.interpreter.evaluating import Outcome, run
from harness.mock.interpreter.folder import HOME, Folder
from harness.mock.interpreter.tables import Table, table_of, typed
from harness.mock.interpreter.wrong import Wrong

__all__ = ["HOME", "Folder", "Outcome", "Table", "Wrong", "run", "table_of", "typed"]
