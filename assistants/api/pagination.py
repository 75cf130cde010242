"""Cursor pagination, the same for every list: `limit`, `order`, `after`, `before`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Query
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.errors import NotFoundError
from assistants.store.base import Resource

Row = TypeVar("Row", bound=Resource)


@dataclass(frozen=True, slots=True)
class PageQuery:
    """Which page of a list a request asks for."""

    limit: int = 20
    order: Literal["asc", "desc"] = "desc"
    after: str | None = None
    before: str | None = None


async def page_query(
    limit: Annotated[int, Query(ge=1, le=100, description="How many objects at most.")] = 20,
    order: Annotated[Literal["asc", "desc"], Query(description="By the time of creation.")] = "desc",
    after: Annotated[str | None, Query(description="Id of the object after which the page starts.")] = None,
    before: Annotated[str | None, Query(description="Id of the object before which the page ends.")] = None,
) -> PageQuery:
    """FastAPI dependency: the page that a request's query parameters ask for."""
    return PageQuery(limit, order, after, before)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list, in the order that was asked for."""

    rows: Sequence[Any]
    has_more: bool

    def list_object(self, json_object: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        """The API's list object."""
        data = [json_object(row) for row in self.rows]
        return {
            "object": "list",
            "data": data,
            "first_id": data[0]["id"] if data else None,
            "last_id": data[-1]["id"] if data else None,
            "has_more": self.has_more,
        }


async def read_page(
    session: AsyncSession, table: type[Row], wanted: PageQuery, *conditions: ColumnElement[bool], noun: str
) -> Page:
    """The page of `table` that `wanted` asks for, among the rows that meet `conditions`.

    Raises:
        NotFoundError: `after` or `before` is no id in this list; the message calls a row `noun`.
    """
    ascending = wanted.order == "asc"
    where = list(conditions)
    for cursor, later in ((wanted.after, ascending), (wanted.before, not ascending)):
        if cursor:
            seq = await _position(session, table, cursor, conditions, noun)
            where.append(table.seq > seq if later else table.seq < seq)
    # With `before` alone the page ends right before that object, so it is read backwards.
    backwards = bool(wanted.before) and not wanted.after
    read_ascending = ascending != backwards
    query = (
        select(table)
        .where(*where)
        .order_by(table.seq.asc() if read_ascending else table.seq.desc())
        .limit(wanted.limit + 1)
    )
    rows = list((await session.scalars(query)).all())
    page = rows[: wanted.limit]
    return Page(page[::-1] if backwards else page, has_more=len(rows) > wanted.limit)


async def _position(
    session: AsyncSession, table: type[Row], id_: str, conditions: Sequence[ColumnElement[bool]], noun: str
) -> int:
    if "\0" not in id_:
        seq = await session.scalar(select(table.seq).where(table.id == id_, *conditions))
        if seq is not None:
            return seq
    raise NotFoundError.of(noun, id_)
