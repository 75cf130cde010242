"""Who holds which shard, for whoever only looks: `saem demo --bots`."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

_HELD = text(
    "SELECT process.pid, shard.shard_id FROM shards AS shard JOIN shard_processes AS process"
    " ON process.process_id = shard.owner"
    " WHERE shard.expires_at > extract(epoch FROM clock_timestamp()) ORDER BY shard.shard_id"
)


async def shards_by_pid(engine: AsyncEngine) -> Mapping[int, Sequence[int]]:
    """The shards of each process, by its id on its host.

    Raises:
        sqlalchemy.exc.SQLAlchemyError: the database cannot be read, or no bot has made its tables yet.
    """
    async with engine.connect() as connection:
        rows = (await connection.execute(_HELD)).all()
    held: defaultdict[int, list[int]] = defaultdict(list)
    for row in rows:
        held[row.pid].append(row.shard_id)
    return held
