"""What people typed in a form that was sent, however its fields are nested."""

from collections.abc import Iterator, Mapping
from typing import Any

import discord


def typed_in(interaction: discord.Interaction[Any]) -> dict[str, str]:
    """What was typed in a form, by the `custom_id`s of its fields, in their order."""
    data: Mapping[str, Any] = interaction.data or {}
    return dict(_values(data.get("components", ())))


def _values(components: Any) -> Iterator[tuple[str, str]]:
    """Fields stand in rows or in labels."""
    for each in components:
        if isinstance(each.get("value"), str):
            yield str(each.get("custom_id")), each["value"]
        inner = each.get("component")
        yield from _values([inner] if inner is not None else each.get("components", ()))
