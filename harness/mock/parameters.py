"""What may be asked for: every parameter of a create request, its types, ranges, choices and lengths, as data."""

import re
from collections.abc import Mapping
from typing import Final

PARAMETERS: Final[Mapping[str, tuple[type, ...]]] = {
    "model": (str,),
    "input": (str, list),
    "instructions": (str,),
    "previous_response_id": (str,),
    "conversation": (str, dict),
    "include": (list,),
    "store": (bool,),
    "background": (bool,),
    "stream": (bool,),
    "stream_options": (dict,),
    "tools": (list,),
    "tool_choice": (str, dict),
    "parallel_tool_calls": (bool,),
    "max_tool_calls": (int,),
    "max_output_tokens": (int,),
    "temperature": (float, int),
    "top_p": (float, int),
    "top_logprobs": (int,),
    "presence_penalty": (float, int),
    "frequency_penalty": (float, int),
    "reasoning": (dict,),
    "text": (dict,),
    "truncation": (str,),
    "context_management": (list,),
    "metadata": (dict,),
    "prompt": (dict,),
    "prompt_cache_key": (str,),
    "prompt_cache_retention": (str,),
    "prompt_cache_options": (dict,),
    "service_tier": (str,),
    "safety_identifier": (str,),
    "user": (str,),
}
"""Every parameter of a create request and the JSON types that it takes; null stands for its default."""

RANGES: Final[Mapping[str, tuple[float, float]]] = {
    "temperature": (0, 2),
    "top_p": (0, 1),
    "presence_penalty": (-2, 2),
    "frequency_penalty": (-2, 2),
    "top_logprobs": (0, 20),
    "max_output_tokens": (16, 1_000_000_000),
    "max_tool_calls": (1, 1_000_000_000),
}

CHOICES: Final[Mapping[str, tuple[str, ...]]] = {
    "truncation": ("auto", "disabled"),
    "service_tier": ("auto", "default", "flex", "scale", "priority"),
    "prompt_cache_retention": ("in_memory", "in-memory", "24h"),
}

LENGTHS: Final[Mapping[str, int]] = {"prompt_cache_key": 64, "safety_identifier": 128}
"""The most characters that a parameter may have."""

LIMITED: Final = frozenset((*RANGES, *CHOICES, *LENGTHS))
"""Parameters of which not every value of the right type will do; most requests have none of them."""

NESTED: Final = frozenset({"include", "tools", "tool_choice", "text", "metadata"})
"""Parameters that have something inside to be checked, whatever the model."""

INCLUDES: Final = (
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    "message.output_text.logprobs",
)

NOT_WHEN_REASONING: Final[Mapping[str, str]] = {
    "temperature": "temperature",
    "top_p": "top_p",
    "presence_penalty": "penalties",
    "frequency_penalty": "penalties",
    "top_logprobs": "logprobs",
}
"""Parameters that a reasoning model refuses whatever their value (reasoning page), and the feature that takes each."""

EFFORTS: Final = ("none", "minimal", "low", "medium", "high", "xhigh", "max")
"""Every effort that some model takes."""

TOOL_TYPES: Final = (
    "function",
    "file_search",
    "web_search",
    "web_search_2025_08_26",
    "web_search_preview",
    "web_search_preview_2025_03_11",
    "computer",
    "computer_use_preview",
    "mcp",
    "code_interpreter",
    "image_generation",
    "local_shell",
    "shell",
    "apply_patch",
    "custom",
    "namespace",
    "tool_search",
    "programmatic_tool_calling",
)
"""Every kind of tool that there is, whether the endpoint runs it or not."""

FUNCTION: Final[Mapping[str, tuple[type, ...]]] = {"description": (str,), "parameters": (dict,), "strict": (bool,)}
"""Fields of a function beside its name; null stands for none."""

NAME: Final = re.compile(r"[a-zA-Z0-9_-]{1,64}")
"""What functions, custom tools and formats may be called."""
