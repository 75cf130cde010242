"""Run steps: what a run did, one message or one batch of tool calls each."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text
from sqlalchemy.orm import Mapped, mapped_column

from assistants.store.base import Json, Resource


class Step(Resource):
    """A row per step."""

    __tablename__ = "steps"
    __table_args__ = (Index(None, "run_id", "seq"),)

    run_id: Mapped[str] = mapped_column(Text, ForeignKey("runs.id", ondelete="CASCADE"))
    thread_id: Mapped[str] = mapped_column(Text)
    assistant_id: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    expired_at: Mapped[int | None] = mapped_column(BigInteger)
    cancelled_at: Mapped[int | None] = mapped_column(BigInteger)
    failed_at: Mapped[int | None] = mapped_column(BigInteger)
    completed_at: Mapped[int | None] = mapped_column(BigInteger)
    last_error: Mapped[dict[str, Any] | None] = mapped_column(Json)
    usage: Mapped[dict[str, Any] | None] = mapped_column(Json)
    step_details: Mapped[dict[str, Any]] = mapped_column(Json)
