"""Files that people write: strict YAML with the place of everything, and diagnostics that point at it."""

from harness.source.place import Diagnostic, Place, Refused, did_you_mean

__all__ = ["Diagnostic", "Place", "Refused", "did_you_mean"]
