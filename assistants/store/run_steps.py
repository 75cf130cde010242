"""Run steps: each is one message, or the tool calls of one completion."""

from typing import Any

from sqlalchemy import BigInteger, ForeignKey, Index, Text, bindparam, func, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, mapped_column

from assistants.errors import NotFoundError
from assistants.store.base import Json, Resource


class RunStep(Resource):
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


_BY_ID = select(RunStep).where(
    RunStep.id == bindparam("step_id"),
    RunStep.run_id == bindparam("run_id"),
    RunStep.thread_id == bindparam("thread_id"),
)
_OPEN = (
    select(RunStep).where(RunStep.run_id == bindparam("run_id"), RunStep.status == "in_progress").order_by(RunStep.seq)
)


async def find_step(session: AsyncSession, thread_id: str, run_id: str, step_id: str) -> RunStep:
    """The step.

    Raises:
        NotFoundError: the run has no such step.
    """
    row = await session.scalar(_BY_ID, {"step_id": step_id, "run_id": run_id, "thread_id": thread_id})
    if row is None:
        raise NotFoundError.of("run step", step_id)
    return row


async def open_steps(session: AsyncSession, run_id: str) -> list[RunStep]:
    """The run's steps in progress, oldest first."""
    return list((await session.scalars(_OPEN, {"run_id": run_id})).all())


async def finished_calls(session: AsyncSession, run_id: str) -> list[dict[str, Any]]:
    """The details of the run's finished tool_calls steps, oldest first."""
    query = select(RunStep.step_details).where(
        RunStep.run_id == run_id, RunStep.type == "tool_calls", RunStep.status == "completed"
    )
    return list((await session.scalars(query.order_by(RunStep.seq))).all())


async def newest_step(session: AsyncSession, run_id: str) -> RunStep | None:
    """The run's newest step."""
    newest: RunStep | None = await session.scalar(
        select(RunStep).where(RunStep.run_id == run_id).order_by(RunStep.seq.desc()).limit(1)
    )
    return newest


async def count_call_steps(session: AsyncSession, run_id: str) -> int:
    """How many tool_calls steps the run has."""
    query = select(func.count()).where(RunStep.run_id == run_id, RunStep.type == "tool_calls")
    return int(await session.scalar(query) or 0)
