"""Ids as the service spells them: a prefix for the kind, then hex; items of a response share half of its digits.

Drawn from a seed, so that a room with the same name and seed spells the same ids again.
"""

import random
from typing import Final

PREFIXES: Final = {
    "message": "msg_",
    "reasoning": "rs_",
    "function_call": "fc_",
    "function_call_output": "fc_",  # recorded: outputs are listed under the prefix of calls
    "custom_tool_call": "ctc_",
    "custom_tool_call_output": "ctco_",
    "web_search_call": "ws_",
    "file_search_call": "fs_",
    "code_interpreter_call": "ci_",
    "image_generation_call": "ig_",
    "mcp_list_tools": "mcpl_",
    "mcp_call": "mcp_",
    "mcp_approval_request": "mcpr_",
    "mcp_approval_response": "mcpa_",
    "shell_call": "sh_",
    "shell_call_output": "sho_",
    "apply_patch_call": "apc_",
    "apply_patch_call_output": "apco_",
    "local_shell_call": "lsh_",
    "computer_call": "cu_",
    "compaction": "cmp_",
}
"""Prefix of an item's id by its type, as recorded."""

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"


class Ids:
    """Draws the ids of one room; the same seed draws the same ids in the same order."""

    def __init__(self, seed: str) -> None:
        self.random = random.Random(seed)  # noqa: S311 (names, not secrets)
        self._shared = ""

    def response(self) -> str:
        """The id of a new response; items drawn from now on share its first half."""
        self._shared = f"{self.random.getrandbits(96):024x}"
        return f"resp_{self._shared}{self.random.getrandbits(104):026x}"

    def item(self, kind: str) -> str:
        """The id of an item of this type."""
        return f"{PREFIXES.get(kind, 'item_')}{self._shared}{self.random.getrandbits(104):026x}"

    def call(self) -> str:
        """A `call_id`, which joins a call to its output."""
        return "call_" + "".join(self.random.choices(LETTERS, k=24))

    def conversation(self) -> str:
        """The id of a conversation."""
        return f"conv_{self.random.getrandbits(192):048x}"

    def file(self, purpose: str) -> str:
        """The id of an uploaded file; Azure names those for assistants after their purpose."""
        prefix = "assistant" if purpose == "assistants" else "file"
        return f"{prefix}-{self.random.getrandbits(96):024x}"

    def container(self) -> str:
        """The id of a code interpreter's container."""
        return f"cntr_{self.random.getrandbits(192):048x}"

    def container_file(self) -> str:
        """The id of a file in a container."""
        return f"cfile_{self.random.getrandbits(128):032x}"

    def uuid(self) -> str:
        """A version 4 uuid, for request ids."""
        bits = f"{self.random.getrandbits(128):032x}"
        variant = "89ab"[int(bits[16], 16) & 3]
        return f"{bits[:8]}-{bits[8:12]}-4{bits[13:16]}-{variant}{bits[17:20]}-{bits[20:]}"
