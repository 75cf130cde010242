"""SQL statements for single rows, each built once and cached, since building one takes longer than running it.

They are for what happens between a question and the first word of its answer; elsewhere the session does it.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import Select, Table, bindparam, delete, insert, inspect, select, update
from sqlalchemy.engine import CursorResult
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession
from sqlalchemy.orm.attributes import set_committed_value
from sqlalchemy.sql.dml import Delete, Insert, Update

from assistants.store.base import Resource

Transaction = AsyncSession | AsyncConnection
R = TypeVar("R", bound=Resource)


async def find_row(transaction: Transaction, table: type[R], row_id: str, *, lock: bool = False) -> R | None:
    """The row with an id; `lock` locks it until the end of the transaction.

    A session writes later changes of the row; a connection does not, and reads no deferred columns.
    """
    key = {"row_id": row_id}
    if isinstance(transaction, AsyncSession):
        row: R | None = await transaction.scalar(_select_entity(table, lock), key)
        return row
    found = (await transaction.execute(_select(table, lock), key)).first()
    return None if found is None else table(**dict(zip(_read(table), found, strict=True)))


async def insert_rows(transaction: Transaction, rows: Sequence[Resource]) -> None:
    """Insert rows that belong to no session, table by table in the order given; their `seq` stays unknown."""
    while rows:
        table = type(rows[0])
        count = next((index for index, row in enumerate(rows) if type(row) is not table), len(rows))
        values = [_values(row) for row in rows[:count]]
        await transaction.execute(_insert(table), values[0] if count == 1 else values)
        rows = rows[count:]


async def change_row(
    transaction: Transaction, row: Resource, values: Mapping[str, Any], *, only_from: Sequence[str] | None = None
) -> bool:
    """Update a row in the database, and `row` itself; false when there was none. `values` are by attribute names.

    `only_from` are the statuses that the row must have.
    """
    statement = _update(type(row), tuple(values), only_from is not None)
    parameters = {f"new_{name}": value for name, value in values.items()} | {"row_id": row.id}
    if only_from is not None:
        parameters["statuses"] = list(only_from)
    result = await transaction.execute(statement, parameters)
    assert isinstance(result, CursorResult)
    if result.rowcount != 1:
        return False
    for name, value in values.items():
        set_committed_value(row, name, value)
    return True


async def delete_row(transaction: Transaction, row: Resource) -> None:
    """Delete the row from the database, if it is there."""
    await transaction.execute(_delete(type(row)), {"row_id": row.id})


@cache
def _columns(table: type[Resource]) -> tuple[tuple[str, str], ...]:
    """Attribute and column names, without `seq`, which the database counts up."""
    attributes = inspect(table).column_attrs
    return tuple((attribute.key, attribute.columns[0].name) for attribute in attributes if attribute.key != "seq")


def _values(row: Resource) -> dict[str, Any]:
    given = vars(row)
    return {column: given.get(attribute) for attribute, column in _columns(type(row))}


@cache
def _read(table: type[Resource]) -> dict[str, str]:
    """Columns by the names of their attributes, without the deferred ones."""
    attributes = inspect(table).column_attrs
    return {attribute.key: attribute.columns[0].name for attribute in attributes if not attribute.deferred}


@cache
def _select(table: type[Resource], lock: bool) -> Select[Any]:
    columns = table.__table__.c
    return _by_id(select(*(columns[name] for name in _read(table).values())), table, lock)


@cache
def _select_entity(table: type[Resource], lock: bool) -> Select[Any]:
    return _by_id(select(table), table, lock)


def _by_id(statement: Select[Any], table: type[Resource], lock: bool) -> Select[Any]:
    statement = statement.where(table.__table__.c.id == bindparam("row_id"))
    # SQLite has no row locks and needs none, since only one transaction can write at a time.
    return statement.with_for_update() if lock else statement


@cache
def _insert(table: type[Resource]) -> Insert:
    assert isinstance(table.__table__, Table)
    return insert(table.__table__)


@cache
def _delete(table: type[Resource]) -> Delete:
    assert isinstance(table.__table__, Table)
    return delete(table.__table__).where(table.__table__.c.id == bindparam("row_id"))


@cache
def _update(table: type[Resource], names: tuple[str, ...], guarded: bool) -> Update:
    assert isinstance(table.__table__, Table)
    columns = table.__table__.c
    names_of = dict(_columns(table))
    statement = update(table.__table__).where(columns.id == bindparam("row_id"))
    if guarded:
        statement = statement.where(columns.status.in_(bindparam("statuses", expanding=True)))
    return statement.values({names_of[name]: bindparam(f"new_{name}") for name in names})
