"""What the `finish_reason` of a chat completion means, by whatever name a provider calls it.

A name that is not known is no success: then the answer may be half of one. Sources: OpenAI, Azure, Mistral, DeepSeek
(`insufficient_system_resource`), Zhipu (`sensitive`, `network_error`, `model_context_window_exceeded`), Gemini
(`SAFETY`, `RECITATION`, …), Anthropic (`end_turn`, `refusal`), Ollama (`load`), vLLM (`abort`), TGI (`eos_token`).
"""

import re
from typing import Final, Literal

from assistants.models.model_protocol import FinishReason

Ending = FinishReason | Literal["unreadable_call", "failed"]

_COMPLETED: Final = frozenset(
    [
        *("stop", "stopped", "stop_sequence", "stop_token", "stop_str", "end", "end_turn", "end_of_turn", "pause_turn"),
        *("eos", "eos_token", "eos_found", "eot", "eot_id", "im_end", "complete", "completed", "done", "finish"),
        *("finished", "success", "normal", "ok", "tool_calls", "tool_call", "tool_use", "function_call"),
        *("function_calls", "load", "unload"),
    ]
)
_CUT: Final = frozenset(
    [
        *("length", "max_tokens", "max_token", "max_length", "model_length", "max_output_tokens", "token_limit"),
        *("max_completion_tokens", "max_new_tokens", "model_context_window_exceeded", "context_length_exceeded"),
        *("context_window_exceeded", "truncated", "length_capped", "output_limit"),
    ]
)
_FILTERED: Final = frozenset(
    [
        *("content_filter", "content_filtered", "contentfilter", "safety", "sensitive", "sensitive_content", "refusal"),
        *("recitation", "blocklist", "prohibited_content", "spii", "image_safety", "language", "moderation", "flagged"),
        *("guardrail", "guardrail_intervened", "guardrails", "risk_content", "blocked", "policy_violation"),
    ]
)


def ending(reason: object) -> Ending | None:
    """What `reason` says of the answer's end; None if it says nothing (null, an empty string)."""
    if isinstance(reason, dict):  # SGLang: {"type": "length", "length": 100}
        reason = reason.get("type")
    name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", str(reason or "")).lower()
    name = re.sub(r"[\W_]+", "_", name).strip("_").removeprefix("finish_reason_")
    if name in {"", "null", "none"}:
        return None
    if name in _COMPLETED:
        return "completed"
    if name in _CUT:
        return "max_output_tokens"
    if name in _FILTERED:
        return "content_filter"
    return "unreadable_call" if "malformed" in name or name == "unexpected_tool_call" else "failed"
