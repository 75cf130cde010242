"""Who takes and who gives shards, so that all live processes have equally many (or one more).

Each process decides for itself from the same rows, and comes to the same result as the others: nobody leads.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

LEFT_LYING = 3.0
"""Seconds after which a shard without an owner is taken by whoever sees it: who should have it does not come."""


@dataclass(frozen=True, slots=True)
class ProcessView:
    """A process that lives."""

    process_id: str
    closing: bool = False


@dataclass(frozen=True, slots=True)
class ShardView:
    """A shard; it is free when its lease was given back, or has run out."""

    shard_id: int
    owner: str | None
    lapsed: bool = False
    """Its lease has run out: its owner is dead, or could not renew it."""
    free_for: float = 0.0
    """Seconds since it is free."""
    resumable: bool = False
    """Its session is known, so that nobody needs to identify."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What one process does now."""

    take: tuple[int, ...] = ()
    give: int | None = None


def plan(
    process_id: str,
    processes: Sequence[ProcessView],
    shards: Sequence[ShardView],
    *,
    identifies: int,
    spares_lapsed: bool = False,
) -> Plan:
    """What a process takes and gives. Of shards that must identify it takes `identifies` at most, as Discord lets few
    do that at a time: who comes a little later then needs no handover.

    Free shards go to those that have the fewest. When none is free, who has at least two more than another gives one;
    the next one when that is taken. A process that closes takes none (it gives all by itself). Who `spares_lapsed`
    leaves shards to owners that may come back and renew their leases.
    """
    takers = sorted(each.process_id for each in processes if not each.closing)
    if process_id not in takers:
        return Plan()
    held = Counter(dict.fromkeys(takers, 0))
    free = [each for each in shards if each.owner is None or (each.lapsed and not spares_lapsed)]
    held.update(each.owner for each in shards if each.owner is not None and each.owner in held and each not in free)
    if free:
        free.sort(key=lambda each: each.shard_id)
        return Plan(take=_to_take(process_id, takers, held, free, identifies))
    return Plan(give=_to_give(process_id, takers, held, shards))


def _to_take(
    process_id: str, takers: Sequence[str], held: Counter[str], free: Sequence[ShardView], identifies: int
) -> tuple[int, ...]:
    taken = []
    for shard in free:
        taker = min(takers, key=lambda each: (held[each], each))
        held[taker] += 1
        if (taker == process_id or shard.free_for > LEFT_LYING) and (shard.resumable or identifies > 0):
            taken.append(shard.shard_id)
            identifies -= not shard.resumable
    return tuple(taken)


def _to_give(process_id: str, takers: Sequence[str], held: Counter[str], shards: Sequence[ShardView]) -> int | None:
    giver = min(takers, key=lambda each: (-held[each], each))
    if giver != process_id or held[giver] < min(held.values()) + 2:
        return None
    return max(each.shard_id for each in shards if each.owner == process_id)
