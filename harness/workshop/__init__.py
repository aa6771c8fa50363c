"""Reads and draws pictures and documents in a process of its own, so that what is hostile in them touches nothing.

Decoders are the most attacked code there is. They run apart, with little memory and little time, and know neither
files nor networks; what comes back is plain words and numbers.
"""

from harness.workshop.bench import Unreadable, Workshop, workshop
from harness.workshop.found import Colour, Document, Picture

__all__ = ["Colour", "Document", "Picture", "Unreadable", "Workshop", "workshop"]
