"""The declarative base of all tables, their column types, and `Resource`, a row with an id."""

from typing import Any

import orjson
from sqlalchemy import BigInteger, Integer, MetaData, Text
from sqlalchemy.engine import Dialect
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from sqlalchemy.types import TypeDecorator


class Json(TypeDecorator[Any]):
    """JSON as text: the same in both databases; PostgreSQL takes NUL characters in it, since they are escaped."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, _dialect: Dialect) -> str | None:
        """Python to column; None is NULL."""
        return None if value is None else orjson.dumps(value).decode()

    def process_result_value(self, value: Any, _dialect: Dialect) -> Any:
        """Column to Python."""
        return None if value is None else orjson.loads(value)


BigKey = BigInteger().with_variant(Integer, "sqlite")
"""The type of numeric primary keys: SQLite counts one up by itself only when it is a plain INTEGER."""


class Base(DeclarativeBase):
    """Base of all tables."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Resource(Base):
    """A row with an id that clients see; `seq` is the order of creation, for which `created_at` is too coarse."""

    __abstract__ = True

    seq: Mapped[int] = mapped_column(BigKey, primary_key=True, autoincrement=True, sort_order=-3)
    id: Mapped[str] = mapped_column(Text, unique=True, sort_order=-2)
    created_at: Mapped[int] = mapped_column(BigInteger, sort_order=-1)
