"""Threads: conversations."""

from typing import Any

from sqlalchemy.orm import Mapped, mapped_column

from assistants.store.base import Json, Resource


class Thread(Resource):
    """A row per thread; locking it (`for_update`) is what makes its messages and runs take turns."""

    __tablename__ = "threads"

    tool_resources: Mapped[dict[str, Any]] = mapped_column(Json)
    metadata_: Mapped[dict[str, str]] = mapped_column("metadata", Json)
