"""Ids of function calls.

Clients take a call's id for unique, as OpenAI's are. Elsewhere ids are missing, or empty, or the same in every answer
(`call_0`, `functions.weather:0`); then the call gets an id of ours, and the provider gets its own back.
"""

import re
import uuid
from collections.abc import Iterable, Mapping
from typing import Any

from assistants.models.model_protocol import Item

GIVEN_ID = "provider_call_id"
"""The field of a `function_call` item that holds the provider's id, where we have given the call another."""

_UNIQUE = re.compile(r"call_[0-9A-Za-z]{20,}")


def shown_id(given: object) -> str:
    """The id under which clients know a call that the provider calls `given`."""
    if isinstance(given, str) and _UNIQUE.fullmatch(given):
        return given
    return f"call_{uuid.uuid4().hex[:24]}"


def call_item(item: Mapping[str, Any], shown: str) -> Item:
    """A `function_call` item under the id that clients know, the provider's own kept beside it."""
    given = item.get("call_id")
    return {**item, "call_id": shown, **({GIVEN_ID: given} if given and given != shown else {})}


def given_back(items: Iterable[Item]) -> Iterable[Item]:
    """Items as the provider knows them: calls and their outputs under its own ids."""
    given: dict[str, str] = {}
    for item in items:
        if GIVEN_ID in item:
            given[item["call_id"]] = item[GIVEN_ID]
            yield {name: value for name, value in item.items() if name != GIVEN_ID} | {"call_id": item[GIVEN_ID]}
        elif item.get("call_id") in given:
            yield {**item, "call_id": given[item["call_id"]]}
        else:
            yield item
