"""What is remembered of files: where each came from, and what became of it."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, String, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, now

Kind = Literal["library", "thread"]
"""In its guild's library, or in one conversation alone."""

State = Literal["waiting", "ready", "failed", "leaving"]
"""`leaving`: it is gone from Discord, and is about to be deleted from the server."""


class LibraryFileRow(Base):
    """A file that came with a message. The same content twice in a guild shares one `file_id`."""

    __tablename__ = "library_files"
    __table_args__ = (Index("ix_library_files_guild_state", "guild_id", "kind", "state"),)

    attachment_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[Kind] = mapped_column(String(8), primary_key=True)
    guild_id: Mapped[int]
    """0 in direct messages."""
    channel_id: Mapped[int]
    message_id: Mapped[int] = mapped_column(index=True)
    author_id: Mapped[int]
    filename: Mapped[str]
    size: Mapped[int]
    state: Mapped[State] = mapped_column(String(8))
    sha256: Mapped[str | None] = mapped_column(String(64))
    file_id: Mapped[str | None] = mapped_column(index=True)
    """Of the Assistants server."""
    reason: Mapped[str | None]
    """Why it failed: the name of a sentence, or the server's own words."""
    marked: Mapped[bool] = mapped_column(default=False, server_default=true())
    """Whether people were shown what became of it."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class LibraryChannelRow(Base):
    """A channel that somebody decided about, or that was watched so far."""

    __tablename__ = "library_channels"

    channel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    watched: Mapped[bool | None]
    """None: its name decides."""
    seen_message_id: Mapped[int | None]
    """Everything up to this message was taken in."""


class LibraryGuildRow(Base):
    """A guild's choices."""

    __tablename__ = "library_guilds"

    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contributor_role_id: Mapped[int | None]
    """Who may add files; None: everyone."""
