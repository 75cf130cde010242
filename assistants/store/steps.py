"""Run steps: what a run did, one message or one batch of tool calls each."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assistants.errors import NotFoundError
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


async def find_step(session: AsyncSession, thread_id: str, run_id: str, step_id: str) -> Step:
    """The step.

    Raises:
        NotFoundError: the run has no such step.
    """
    query = select(Step).where(Step.id == step_id, Step.run_id == run_id, Step.thread_id == thread_id)
    row = await session.scalar(query)
    if row is None:
        raise NotFoundError.of("run step", step_id)
    return row


async def open_steps(session: AsyncSession, run_id: str) -> list[Step]:
    """The run's steps that are still in progress, oldest first."""
    query = select(Step).where(Step.run_id == run_id, Step.status == "in_progress").order_by(Step.seq)
    return list((await session.scalars(query)).all())
