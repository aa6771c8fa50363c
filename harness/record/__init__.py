"""The bridge between running and reading: one append-only file of all that a run saw."""
