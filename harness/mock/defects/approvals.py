"""Defects of how tools of MCP servers are called: not asked for, against a denial, otherwise than approved."""

from typing import Final

from harness.mock.defects.base import Defect
from harness.mock.defects.states import way

TABLE: Final[tuple[Defect, ...]] = (
    way("B47", "mcp-unasked", "a tool is called without an approval", "X9", "mcp.unapproved_call", approval="skipped"),
    way("B48", "mcp-denied-called", "a denied tool is called", "X9", "mcp.denied_call", approval="overruled"),
    way("B49", "mcp-unlinked", "a call does not name its approval", "X9", "mcp.approval_unlinked", approval="unlinked"),
    way("B50", "mcp-args-changed", "other arguments than approved", "X9", "mcp.args_changed", approval="altered"),
    way("B51", "mcp-approval-reused", "one approval, two calls", "X9", "mcp.approval_reused", approval="reused"),
)
