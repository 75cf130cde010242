"""Interactions: the uses of commands, buttons, selects and modals, and whether the bot has responded yet.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import base64
import secrets
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from typing import Any, Final

from playground.clock import Timer
from playground.errors import ApiError, unknown
from playground.world.applications import Application, ApplicationCommand
from playground.world.channels import Channel
from playground.world.messages import Message
from playground.world.users import User
from playground.world.world import World

Json = dict[str, Any]

DEADLINE: Final = 3.0
"""Seconds in which a bot must respond."""
TOKEN_LIFE: Final = 15 * 60.0
"""Seconds that an interaction's token works."""


REMEMBERED: Final = 24 * 3600.0
"""Seconds after which an interaction is forgotten. Its token is then unknown (10015) instead of expired (50027)."""


class InteractionType(IntEnum):
    """Interaction types."""

    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class InteractionState(Enum):
    """Whether the bot has responded."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction. `data` is what the bot gets; `metadata` is on each message that responds to it."""

    id: int
    token: str
    type: InteractionType
    application: Application
    user: User
    channel: Channel
    created_at: float
    data: Json
    metadata: Json
    nonce: str | int | None = None
    command: ApplicationCommand | None = None
    source_message: Message | None = None
    """The message whose component the student used, also if a modal came in between."""
    state: InteractionState = InteractionState.WAITING
    original_response: Message | None = None
    timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class OpenModal:
    """A modal that a student has open."""

    id: int
    interaction: Interaction
    custom_id: str
    title: str
    components: list[Json]


class InteractionRegistry:
    """All interactions of the last day, by id and by token."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self.open_modals: dict[int, OpenModal] = {}

    def open(self, interaction: Interaction) -> None:
        """Add an interaction; the bot has three seconds from now to respond."""
        self._by_id[interaction.id] = self._by_token[interaction.token] = interaction
        interaction.timer = self._world.clock.after(DEADLINE, lambda: self._fail_if_waiting(interaction))
        self._world.clock.after(REMEMBERED, lambda: self._forget(interaction))

    def all(self) -> Iterable[Interaction]:
        """Return the interactions of the last day."""
        return self._by_id.values()

    def reopen(self, interaction: Interaction) -> None:
        """Add an interaction of before the playground was started again; its times go on."""
        clock = self._world.clock
        self._by_id[interaction.id] = self._by_token[interaction.token] = interaction
        if interaction.state is InteractionState.WAITING:
            interaction.timer = clock.at(interaction.created_at + DEADLINE, lambda: self._fail_if_waiting(interaction))
        clock.at(interaction.created_at + REMEMBERED, lambda: self._forget(interaction))

    def new_id(self) -> tuple[int, str]:
        """Return an id and a token for a new interaction."""
        number = self._world.snowflakes.next()
        raw = f"interaction:{number}:{secrets.token_hex(32)}"
        return number, base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    def waiting(self, interaction_id: int, token: str) -> Interaction:
        """Return an interaction that waits for its response; 10062 when it is too late, 40060 when it has one."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.state is InteractionState.FAILED:
            raise unknown("interaction", 10062)
        if interaction.state is InteractionState.ACKNOWLEDGED:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        return interaction

    def acknowledge(self, interaction: Interaction) -> None:
        """Note that the bot responded in time."""
        interaction.state = InteractionState.ACKNOWLEDGED
        if interaction.timer is not None:
            interaction.timer.cancel()

    def tell_success(self, interaction: Interaction) -> None:
        """Tell the student that the bot responded."""
        if interaction.type is not InteractionType.AUTOCOMPLETE:
            self.tell_student(interaction, "INTERACTION_SUCCESS")

    def by_token(self, application_id: int, token: str) -> Interaction:
        """Return the interaction of a webhook path; 10015 before its response, 50027 after fifteen minutes."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.application.id != application_id:
            raise unknown("Webhook", 10015)
        if self._world.clock.now() - interaction.created_at > TOKEN_LIFE:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if interaction.state is not InteractionState.ACKNOWLEDGED:
            raise unknown("Webhook", 10015)
        return interaction

    def tell_student(self, interaction: Interaction, event: str, **extra: Any) -> None:
        """Send an event about an interaction to its student only."""
        payload: Json = {"id": str(interaction.id), "nonce": interaction.nonce, **extra}
        self._world.emit(event, payload, only={interaction.user.id})

    def _forget(self, interaction: Interaction) -> None:
        del self._by_id[interaction.id], self._by_token[interaction.token]
        self.open_modals = {each.id: each for each in self.open_modals.values() if each.interaction is not interaction}

    def _fail_if_waiting(self, interaction: Interaction) -> None:
        if interaction.state is InteractionState.WAITING:
            interaction.state = InteractionState.FAILED
            self.tell_student(interaction, "INTERACTION_FAILURE", reason_code=2)
