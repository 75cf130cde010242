"""The tables of shards: what the processes of a bot tell one another. Times are seconds of the database's clock."""

from sqlalchemy import Float, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base


class ShardProcessRow(Base):
    """A process of the bot that lives, or lived until lately."""

    __tablename__ = "shard_processes"

    process_id: Mapped[str] = mapped_column(primary_key=True)
    host: Mapped[str]
    pid: Mapped[int]
    """The operating system's id of it, on its host."""
    started_at: Mapped[float] = mapped_column(Float)
    heartbeat_at: Mapped[float] = mapped_column(Float)
    closing: Mapped[bool] = mapped_column(default=False)
    """It gives its shards away and takes none."""


class ShardRow(Base):
    """A shard: who has it until when, and the session with which another can go on."""

    __tablename__ = "shards"

    shard_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    owner: Mapped[str | None]
    expires_at: Mapped[float] = mapped_column(Float, default=0.0)
    """Until when the owner has it; without an owner, since when it is free."""
    session_id: Mapped[str | None]
    sequence: Mapped[int | None]
    """The last event that was handled for certain; what came after it is sent again to who resumes."""
    resume_gateway_url: Mapped[str | None]


class ShardGuildRow(Base):
    """A guild as the session of its shard knows it, for who resumes that."""

    __tablename__ = "shard_guilds"

    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shard_id: Mapped[int] = mapped_column(index=True)
    payload: Mapped[bytes] = mapped_column(LargeBinary)
    """See `guild_payloads.packed`."""


class ShardClusterRow(Base):
    """What holds for all shards together; there is one row."""

    __tablename__ = "shard_cluster"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    shard_count: Mapped[int]
    max_concurrency: Mapped[int]
    """Into how many buckets Discord divides the shards; one shard of each may identify in five seconds."""
    starts_left: Mapped[int]
    """Sessions that may be begun until `starts_reset_at`."""
    starts_reset_at: Mapped[float] = mapped_column(Float)


class IdentifyBucketRow(Base):
    """When the next shard of a bucket may identify."""

    __tablename__ = "identify_buckets"

    bucket: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    next_at: Mapped[float] = mapped_column(Float)
