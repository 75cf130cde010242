"""Cursor pagination, the same for every list: `limit`, `order`, `after`, `before`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from fastapi import Query
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from assistants.errors import NotFoundError
from assistants.store.base import Resource
from assistants.store.deleted_objects import deleted_seq

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
    session: AsyncSession,
    table: type[Row],
    wanted: PageQuery,
    *within: ColumnElement[bool],
    filters: Sequence[ColumnElement[bool]] = (),
    noun: str,
    list_id: str | None = None,
) -> Page:
    """The page that `wanted` asks for: of the rows of `table` `within` a list those that pass `filters`.

    A cursor goes on from where its object stands, also when that does not pass `filters` (any more), and from where it
    stood when it was deleted (`list_id` as in `deleted_objects`, the table's name when None).

    Raises:
        NotFoundError: `after` or `before` is no id in this list; the message calls a row `noun`.
    """
    ascending = wanted.order == "asc"
    where = [*within, *filters]
    for cursor, later in ((wanted.after, ascending), (wanted.before, not ascending)):
        if cursor:
            seq, deleted = await _position(session, table, cursor, within, list_id or table.__tablename__)
            if seq is None:
                raise NotFoundError.of(noun, cursor)
            # SQLite may give the `seq` of the newest row again after it was deleted: to a newer one.
            newer = table.seq >= seq if deleted else table.seq > seq
            where.append(newer if later else table.seq < seq)
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
    session: AsyncSession, table: type[Row], id_: str, within: Sequence[ColumnElement[bool]], list_id: str
) -> tuple[int | None, bool]:
    """The `seq` of the object `id_` in a list, None where there was none; and whether it was deleted."""
    if "\0" in id_:
        return None, False
    seq = await session.scalar(select(table.seq).where(table.id == id_, *within))
    if seq is not None:
        return seq, False
    return await deleted_seq(session, list_id, id_), True
