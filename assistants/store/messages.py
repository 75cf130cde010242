"""Messages of a thread, in order."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Integer, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistants.store.base import Json, Resource


class Message(Resource):
    """A row per message.

    `tokens` estimates what the message weighs in a prompt, so that a long thread is cut without reading it;
    `calls` holds the function calls (and their outputs) that the model made on the way to this answer.
    """

    __tablename__ = "messages"
    __table_args__ = (Index(None, "thread_id", "seq"),)

    tokens: Mapped[int] = mapped_column(Integer, sort_order=-1)
    thread_id: Mapped[str] = mapped_column(Text, ForeignKey("threads.id", ondelete="CASCADE"))
    role: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    assistant_id: Mapped[str | None] = mapped_column(Text)
    run_id: Mapped[str | None] = mapped_column(Text, index=True)
    incomplete_details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    completed_at: Mapped[int | None] = mapped_column(BigInteger)
    incomplete_at: Mapped[int | None] = mapped_column(BigInteger)
    content: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    attachments: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", Json)
    calls: Mapped[list[dict[str, Any]] | None] = mapped_column(Json, deferred=True)
