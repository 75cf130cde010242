"""Assistants: a model with instructions and tools."""

from typing import Any

from sqlalchemy import Float, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistants.errors import NotFoundError
from assistants.store.base import Json, Resource
from assistants.store.cached_statements import Transaction, find_row


class Assistant(Resource):
    """A row per assistant; the JSON columns hold what the client sent, as the API shows it."""

    __tablename__ = "assistants"

    name: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    model: Mapped[str] = mapped_column(Text)
    instructions: Mapped[str | None] = mapped_column(Text)
    tools: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    tool_resources: Mapped[dict[str, Any]] = mapped_column(Json)
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", Json)
    temperature: Mapped[float | None] = mapped_column(Float(53))
    top_p: Mapped[float | None] = mapped_column(Float(53))
    response_format: Mapped[Any] = mapped_column(Json)
    reasoning_effort: Mapped[str | None] = mapped_column(Text)


async def find_assistant(transaction: Transaction, assistant_id: str) -> Assistant:
    """The assistant.

    Raises:
        NotFoundError: there is none.
    """
    row = await find_row(transaction, Assistant, assistant_id)
    if row is None:
        raise NotFoundError.of("assistant", assistant_id)
    return row
