"""The API's limits on fields of request bodies (lengths, ranges, patterns), which the SDK's types say only in prose."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from annotated_types import GroupedMetadata, Interval, Len
from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from assistants.api.request_schema import Limits
from assistants.retrieval.attribute_filters import check
from assistants.retrieval.images import is_image_address


def number(minimum: float | None = None, maximum: float | None = None) -> Any:
    """A number's inclusive range; give floats for numbers and ints for integers."""
    return Interval(ge=minimum, le=maximum)


def length(maximum: int | None = None, minimum: int = 0) -> Any:
    """The length of a string, array or object."""
    return Len(minimum, maximum)


def pattern(expression: str) -> Any:
    """A regular expression that the whole string must match."""
    return Field(pattern=expression)


@dataclass(frozen=True, slots=True)
class _Both(GroupedMetadata):
    """Two constraints as one."""

    first: object
    second: object

    def __iter__(self) -> Iterator[object]:
        yield self.first
        yield self.second


def image_url(maximum: int) -> Any:
    """A web address or a `data:` URL of an image, of at most so many characters."""
    shape: dict[str, Any] = {"pattern": r"^(https?://[a-z0-9]|data:image/(png|jpeg|jpg|gif|webp);base64,)"}
    return _Both(Field(max_length=maximum, json_schema_extra=shape), AfterValidator(_image_address))


def _image_address(url: str) -> str:
    if not is_image_address(url):
        raise PydanticCustomError(
            "image_address",
            "expected an http:// or https:// address, or a data: URL with a PNG, JPEG, WebP or GIF image in base64",
        )
    return url


def valid_filters(filters: dict[str, Any]) -> dict[str, Any]:
    """The filters, if they are valid ones.

    Raises:
        InvalidRequestError: they are not.
    """
    check(filters)
    return filters


NAME = r"^[a-zA-Z0-9_-]{1,64}$"
"""The name of a function or of a JSON schema."""


def under(path: str, limits: Limits) -> dict[str, object]:
    """`limits` for an object that stands at `path`."""
    return {f"{path}.{field}": constraint for field, constraint in limits.items()}


METADATA: Limits = {"metadata": length(16), "metadata{key}": length(64), "metadata{value}": length(512)}

CHUNKING: Limits = {
    "chunking_strategy.static.max_chunk_size_tokens": number(100, 4096),
    "chunking_strategy.static.chunk_overlap_tokens": number(0, 2048),
}

TOOL_RESOURCES: Limits = {
    "tool_resources.code_interpreter.file_ids": length(20),
    "tool_resources.file_search.vector_store_ids": length(1),
    "tool_resources.file_search.vector_stores": length(1),
    **under("tool_resources.file_search.vector_stores", {**METADATA, **CHUNKING}),
}

TOOLS: Limits = {
    "tools.function.name": pattern(NAME),
    "tools.file_search.max_num_results": number(1, 50),
    "tools.file_search+": {"filters": dict[str, Any]},
    "tools.file_search.filters": AfterValidator(valid_filters),
    "tools.file_search.ranking_options.score_threshold": number(0.0, 1.0),
}

SAMPLING: Limits = {
    "temperature": number(0.0, 2.0),
    "top_p": number(0.0, 1.0),
    "response_format.json_schema.name": pattern(NAME),
}

ASSISTANT: Limits = {
    **METADATA,
    **TOOL_RESOURCES,
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
    "content.image_url.url": image_url(20 << 20),
    "attachments.file_id!": None,
}

THREAD: Limits = {**METADATA, **TOOL_RESOURCES, **under("messages", MESSAGE)}

RUN: Limits = {
    **METADATA,
    **TOOLS,
    **SAMPLING,
    "model": length(256, 1),
    "instructions": length(256_000),
    "additional_instructions": length(256_000),
    **under("additional_messages", MESSAGE),
    "tools": length(20),
    "max_prompt_tokens": number(256, 1 << 31),
    "max_completion_tokens": number(256, 1 << 31),
    "truncation_strategy.last_messages": number(1, 1 << 31),
}

THREAD_AND_RUN: Limits = {**RUN, **TOOL_RESOURCES, **under("thread", THREAD)}

TOOL_OUTPUTS: Limits = {"tool_outputs.tool_call_id!": None}

ATTRIBUTES: Limits = {"attributes": length(16), "attributes{key}": length(64)}

_EXPIRY: Limits = {"expires_after.days": number(1, 365), "name": length(256)}

NEW_VECTOR_STORE: Limits = {
    **METADATA,
    **CHUNKING,
    **_EXPIRY,
    "file_ids": length(500),
    "description": length(512),
}

VECTOR_STORE: Limits = {**METADATA, **_EXPIRY}

SEARCH: Limits = {"max_num_results": number(1, 50), "ranking_options.score_threshold": number(0.0, 1.0)}

VECTOR_STORE_FILE: Limits = {**CHUNKING, **ATTRIBUTES}

FILE_BATCH: Limits = {
    **VECTOR_STORE_FILE,
    **under("files", VECTOR_STORE_FILE),
    "file_ids": length(2000, 1),
    "files": length(2000, 1),
}
