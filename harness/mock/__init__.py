"""A stand-in for the Responses API: real HTTP on loopback, stateful, deterministic; knows nothing of scenarios.

`MockServer` serves it inside a running event loop. Every case of a run gets a `Room` of its own: an address, a
key, a store, ids, a clock, a script and defects that touch no other room.
"""

from harness.mock.rooms import Room, Rooms
from harness.mock.server import MockServer

__all__ = ["MockServer", "Room", "Rooms"]
