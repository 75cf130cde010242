"""The library's tables in the bot's database: files, channels and guilds."""

from datetime import datetime
from typing import Literal

from sqlalchemy import Index, String, text, true
from sqlalchemy.orm import Mapped, mapped_column

from bot.store.base import Base, now

Kind = Literal["library", "thread", "picture"]
"""`library`: in its guild's library. `thread`: it came with a question, and is in that conversation alone; `picture`:
such a file that the model looks at, and that nobody searches."""

State = Literal["waiting", "ready", "failed", "leaving"]
"""`leaving`: the file is gone from Discord, and is about to be deleted from the Assistants server."""


class LibraryFileRow(Base):
    """A file that came with a message. The same content twice in a channel shares one `file_id`."""

    __tablename__ = "library_files"
    __table_args__ = (
        Index("ix_library_files_guild_state", "guild_id", "kind", "state"),
        Index("ix_library_files_state", "state"),
        Index("ix_library_files_channel_id", "channel_id"),
        Index(
            "ix_library_files_not_shown",
            "state",
            sqlite_where=text("marked IS 0"),
            postgresql_where=text("marked IS false"),
        ),
    )

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
    """The file's id on the Assistants server."""
    reason: Mapped[str | None]
    """Why the file failed: a key of `sentences.REASONS`, or what the Assistants server says. Of a ready file:
    what was not read of it (`sentences.UNREAD_PAGES`)."""
    read_as: Mapped[str | None] = mapped_column(String(16))
    """What its sender chose: the encoding of a text, or `page` for a picture; None: nothing."""
    marked: Mapped[bool] = mapped_column(default=False, server_default=true())
    """Whether people were shown that the file is ready or has failed."""
    created_at: Mapped[datetime] = mapped_column(default=now)


class LibraryChannelRow(Base):
    """A channel that somebody decided to watch or not to watch, or that was read."""

    __tablename__ = "library_channels"

    channel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    watched: Mapped[bool | None]
    """None: its name decides."""
    seen_message_id: Mapped[int | None]
    """The files of all messages up to this one were added."""


class LibraryThreadRow(Base):
    """A thread that files came in: who can open it is known from its parent, also when Discord has archived it."""

    __tablename__ = "library_threads"

    thread_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(index=True)
    parent_id: Mapped[int]
    private: Mapped[bool]


class LibraryGuildRow(Base):
    """What a guild's moderators chose."""

    __tablename__ = "library_guilds"

    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    contributor_role_id: Mapped[int | None]
    """The role that may add files; None: everyone."""


class LibraryUploadRow(Base):
    """What one student uploaded in one guild on one day (UTC); guild 0 stands for direct messages."""

    __tablename__ = "library_uploads"

    day: Mapped[str] = mapped_column(String(10), primary_key=True)
    guild_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    author_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """0: files that were in a channel already."""
    files: Mapped[int]
    bytes: Mapped[int]


class LibraryDirectRow(Base):
    """The guild whose library serves in somebody's direct messages, as they chose."""

    __tablename__ = "library_direct"

    channel_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    user_id: Mapped[int]
    guild_id: Mapped[int]
