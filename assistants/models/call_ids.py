"""Ids of function calls: unique ones for clients, and the provider's own for the provider.

Clients expect a call's id to be unique, as OpenAI's are. Other providers give no id, an empty one, or the same one in
every answer (`call_0`, `functions.weather:0`). Then the call gets an id of ours, and the provider gets its own back.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from assistants.models.model_protocol import Item

PROVIDER_CALL_ID = "provider_call_id"
"""The field of a `function_call` item that holds the provider's id, where we have given the call another."""

_UNIQUE = re.compile(r"call_[0-9A-Za-z]{20,}")


def client_call_id(given: object) -> str:
    """The id that clients see for a call that has the id `given` at the provider: that one, or a new one if needed."""
    if isinstance(given, str) and _UNIQUE.fullmatch(given):
        return given
    return f"call_{uuid.uuid4().hex[:24]}"


def call_item(item: Mapping[str, Any], shown: str) -> Item:
    """A `function_call` item with the id that clients see; the provider's own id is kept beside it."""
    given = item.get("call_id")
    return {**item, "call_id": shown, **({PROVIDER_CALL_ID: given} if given and given != shown else {})}


def with_provider_ids(items: Iterable[Item]) -> Iterable[Item]:
    """The items for the provider: calls and their outputs have its own ids again."""
    given: dict[str, str] = {}
    for item in items:
        if PROVIDER_CALL_ID in item:
            given[item["call_id"]] = item[PROVIDER_CALL_ID]
            rest = {name: value for name, value in item.items() if name != PROVIDER_CALL_ID}
            yield {**rest, "call_id": item[PROVIDER_CALL_ID]}
        elif item.get("call_id") in given:
            yield {**item, "call_id": given[item["call_id"]]}
        else:
            yield item
