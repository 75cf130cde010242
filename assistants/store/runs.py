"""Runs: an assistant at work on a thread."""

from typing import Any

from sqlalchemy import BigInteger, Boolean, Float, ForeignKey, Index, Integer, Text, bindparam, select, text, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm import Mapped, mapped_column, undefer

from assistants.errors import NotFoundError
from assistants.store import run_status
from assistants.store.base import Json, Resource
from assistants.store.cached_statements import Transaction, change_row

ACTIVE = f"status IN ({', '.join(repr(status) for status in run_status.NEXT if status in run_status.ACTIVE)})"


class Run(Resource):
    """A row per run; the database itself keeps a thread from having two active ones.

    `items` are the model's output items and the outputs of its calls, which are sent to it again while the run lasts.
    `owner` is the process that works on the run; `lease_until` (seconds) is when its lease ends. `restarts` is how
    often the run was begun again since a process that worked on it had died.
    """

    __tablename__ = "runs"
    __table_args__ = (
        Index(None, "thread_id", "seq"),
        Index(
            "uq_runs_one_active_per_thread",
            "thread_id",
            unique=True,
            sqlite_where=text(ACTIVE),
            postgresql_where=text(ACTIVE),
        ),
        Index("ix_runs_active_expires_at", "expires_at", sqlite_where=text(ACTIVE), postgresql_where=text(ACTIVE)),
    )

    thread_id: Mapped[str] = mapped_column(Text, ForeignKey("threads.id", ondelete="CASCADE"))
    assistant_id: Mapped[str] = mapped_column(Text)
    status: Mapped[run_status.Status] = mapped_column(Text)
    started_at: Mapped[int | None] = mapped_column(BigInteger)
    expires_at: Mapped[int | None] = mapped_column(BigInteger)
    cancelled_at: Mapped[int | None] = mapped_column(BigInteger)
    failed_at: Mapped[int | None] = mapped_column(BigInteger)
    completed_at: Mapped[int | None] = mapped_column(BigInteger)
    required_action: Mapped[dict[str, Any] | None] = mapped_column(Json)
    last_error: Mapped[dict[str, Any] | None] = mapped_column(Json)
    incomplete_details: Mapped[dict[str, Any] | None] = mapped_column(Json)
    usage: Mapped[dict[str, Any] | None] = mapped_column(Json)
    model: Mapped[str] = mapped_column(Text)
    instructions: Mapped[str] = mapped_column(Text)
    tools: Mapped[list[dict[str, Any]]] = mapped_column(Json)
    tool_resources: Mapped[dict[str, Any]] = mapped_column(Json)
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", Json)
    temperature: Mapped[float | None] = mapped_column(Float(53))
    top_p: Mapped[float | None] = mapped_column(Float(53))
    reasoning_effort: Mapped[str | None] = mapped_column(Text)
    max_prompt_tokens: Mapped[int | None] = mapped_column(Integer)
    max_completion_tokens: Mapped[int | None] = mapped_column(Integer)
    truncation_strategy: Mapped[dict[str, Any]] = mapped_column(Json)
    tool_choice: Mapped[Any] = mapped_column(Json)
    parallel_tool_calls: Mapped[bool] = mapped_column(Boolean)
    response_format: Mapped[Any] = mapped_column(Json)
    owner: Mapped[str | None] = mapped_column(Text)
    lease_until: Mapped[int | None] = mapped_column(BigInteger)
    restarts: Mapped[int | None] = mapped_column(Integer)
    items: Mapped[list[dict[str, Any]]] = mapped_column(Json, deferred=True)


class RunStatusChangedError(Exception):
    """Something else has changed the run's status, or another process works on it, so this change was not made."""


_BY_ID = select(Run).where(Run.id == bindparam("run_id"), Run.thread_id == bindparam("thread_id"))
_BY_ID_WITH_ITEMS = _BY_ID.options(undefer(Run.items))
_TABLE = Run.__table__.c
_ACTIVE_ID = select(_TABLE.id).where(_TABLE.thread_id == bindparam("thread_id"), text(ACTIVE))


async def find_run(session: AsyncSession, thread_id: str, run_id: str, *, with_items: bool = False) -> Run:
    """The run.

    Raises:
        NotFoundError: the thread has no such run.
    """
    query = _BY_ID_WITH_ITEMS if with_items else _BY_ID
    row = await session.scalar(query, {"run_id": run_id, "thread_id": thread_id})
    if row is None:
        raise NotFoundError.of("run", run_id)
    return row


async def active_run(transaction: Transaction, thread_id: str) -> str | None:
    """The id of the thread's active run, if there is one."""
    found: str | None = await transaction.scalar(_ACTIVE_ID, {"thread_id": thread_id})
    return found


async def change_status(transaction: Transaction, run: Run, to: run_status.Status, **changes: Any) -> None:
    """Change the run's status to `to`, with further `changes` of the row.

    Raises:
        RunStatusChangedError: the run has a status that `to` may not follow.
    """
    if not await change_row(transaction, run, {"status": to, **changes}, only_from=run_status.before(to)):
        raise RunStatusChangedError(f"{run.id} cannot become {to}")


_RENEW_LEASE = (
    update(Run.__table__)  # type: ignore[arg-type]
    .where(_TABLE.id == bindparam("run_id"), _TABLE.owner == bindparam("me"))
    .values(lease_until=bindparam("until"))
)


async def renew_lease(connection: AsyncConnection, run_id: str, owner: str, until: int) -> None:
    """Renew a process's lease on a run, which is its own until the end of the transaction.

    Raises:
        RunStatusChangedError: the run belongs to another process, or is gone.
    """
    result = await connection.execute(_RENEW_LEASE, {"run_id": run_id, "me": owner, "until": until})
    if result.rowcount != 1:
        raise RunStatusChangedError(f"{run_id} does not belong to this process")
