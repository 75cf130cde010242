"""The contract's ranges, by field; what the SDK's types say only in prose."""

from assistants.api.json_body import METADATA, address, length, numbers, pattern
from assistants.api.request_schema import Limits

NAME = r"^[a-zA-Z0-9_-]{1,64}$"
"""What a function may be called, and a JSON schema."""


def under(path: str, limits: Limits) -> dict[str, object]:
    """`limits`, for an object that stands at `path`."""
    return {f"{path}.{field}": constraint for field, constraint in limits.items()}


STORE: Limits = {
    **METADATA,
    "chunking_strategy.static.max_chunk_size_tokens": numbers(100, 4096),
    "chunking_strategy.static.chunk_overlap_tokens": numbers(0, 2048),
}

RESOURCES: Limits = {
    "tool_resources.code_interpreter.file_ids": length(20),
    "tool_resources.file_search.vector_store_ids": length(1),
    "tool_resources.file_search.vector_stores": length(1),
    **under("tool_resources.file_search.vector_stores", STORE),
}

TOOLS: Limits = {
    "tools.function.name": pattern(NAME),
    "tools.file_search.max_num_results": numbers(1, 50),
    "tools.file_search.ranking_options.score_threshold": numbers(0.0, 1.0),
}

SAMPLING: Limits = {
    "temperature": numbers(0.0, 2.0),
    "top_p": numbers(0.0, 1.0),
    "response_format.json_schema.name": pattern(NAME),
}

ASSISTANT: Limits = {
    **METADATA,
    **RESOURCES,
    **TOOLS,
    **SAMPLING,
    "model": length(256, 1),
    "name": length(256),
    "description": length(512),
    "instructions": length(256_000),
    "tools": length(128),
}

MESSAGE: Limits = {
    **METADATA,
    "content": length(256_000, 1),
    "content.text": length(256_000),
    "content.image_url.url": address(20 << 20),
    "attachments.file_id!": None,
}

THREAD: Limits = {**METADATA, **RESOURCES, **under("messages", MESSAGE)}

RUN: Limits = {
    **METADATA,
    **TOOLS,
    **SAMPLING,
    "model": length(256, 1),
    "instructions": length(256_000),
    "additional_instructions": length(256_000),
    **under("additional_messages", MESSAGE),
    "tools": length(20),
    "max_prompt_tokens": numbers(256, 1 << 31),
    "max_completion_tokens": numbers(256, 1 << 31),
    "truncation_strategy.last_messages": numbers(1, 1 << 31),
}

THREAD_AND_RUN: Limits = {**RUN, **RESOURCES, **under("thread", THREAD)}

OUTPUTS: Limits = {"tool_outputs.tool_call_id!": None}
