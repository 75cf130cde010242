"""The services of a playground, which every request gets."""

from collections.abc import Callable
from dataclasses import dataclass

from playground.cdn import Cdn
from playground.faults import PendingFaults
from playground.gateway.gateway import Gateway
from playground.rate_limits import RateLimits
from playground.stats import Stats
from playground.world.interactions import InteractionRegistry
from playground.world.world import World


@dataclass(slots=True)
class Services:
    """One of each; the Playground makes them."""

    world: World
    gateway: Gateway
    rate_limits: RateLimits
    faults: PendingFaults
    stats: Stats
    cdn: Cdn
    interactions: InteractionRegistry
    save: Callable[[], None] = lambda: None
    """Saves what has changed; does nothing where nothing is kept."""
    latency: float = 0.0
    """Seconds that every request takes longer, half before and half after its effect."""
