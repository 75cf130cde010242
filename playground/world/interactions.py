"""Interactions: what a student did with a command, button, select or form, and how far the bot's answer has come.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import base64
import secrets
from dataclasses import dataclass, field
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
"""Seconds in which a bot must answer."""
TOKEN_LIFE: Final = 15 * 60.0
"""Seconds that an interaction's token works."""


REMEMBERED: Final = 24 * 3600.0
"""Seconds after which an interaction is forgotten: its token is then unknown, and no longer merely spent."""


class Kind(IntEnum):
    """Interaction types."""

    PING = 1
    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    MODAL = 5


class State(Enum):
    """How far an interaction has come."""

    WAITING = "waiting"
    ACKNOWLEDGED = "acknowledged"
    FAILED = "failed"


@dataclass(slots=True, eq=False)
class Interaction:
    """One interaction. `data` is what the bot is told; `metadata` stands on the messages that answer it."""

    id: int
    token: str
    kind: Kind
    application: Application
    user: User
    channel: Channel
    created_at: float
    data: Json
    metadata: Json
    nonce: str | int | None = None
    command: ApplicationCommand | None = None
    source: Message | None = None
    """The message whose component was used, also by way of a form."""
    state: State = State.WAITING
    original: Message | None = None
    messages: set[int] = field(default_factory=set)
    """Ids of the messages that this interaction's token may change."""
    timer: Timer | None = None


@dataclass(frozen=True, slots=True)
class Form:
    """A modal that a student was shown."""

    id: int
    interaction: Interaction
    custom_id: str
    title: str
    components: list[Json]


class Interactions:
    """All interactions, by id and by token."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._by_id: dict[int, Interaction] = {}
        self._by_token: dict[str, Interaction] = {}
        self.forms: dict[int, Form] = {}

    def open(self, interaction: Interaction) -> None:
        """Begin: the bot has three seconds from now."""
        self._by_id[interaction.id] = self._by_token[interaction.token] = interaction
        interaction.timer = self._world.clock.after(DEADLINE, lambda: self._give_up(interaction))
        self._world.clock.after(REMEMBERED, lambda: self._forget(interaction))

    def new_id(self) -> tuple[int, str]:
        """Return an id and a token for an interaction."""
        number = self._world.snowflakes.next()
        raw = f"interaction:{number}:{secrets.token_hex(32)}"
        return number, base64.urlsafe_b64encode(raw.encode()).decode().rstrip("=")

    def to_answer(self, interaction_id: int, token: str) -> Interaction:
        """Return an interaction that waits for its answer; 10062 when it is too late, 40060 when it has one."""
        interaction = self._by_id.get(interaction_id)
        if interaction is None or interaction.token != token or interaction.state is State.FAILED:
            raise unknown("interaction", 10062)
        if interaction.state is State.ACKNOWLEDGED:
            raise ApiError(400, 40060, "Interaction has already been acknowledged.")
        return interaction

    def acknowledged(self, interaction: Interaction) -> None:
        """Note that the bot answered in time."""
        interaction.state = State.ACKNOWLEDGED
        if interaction.timer is not None:
            interaction.timer.cancel()

    def tell_end(self, interaction: Interaction) -> None:
        """Tell the student that the bot answered."""
        if interaction.kind is not Kind.AUTOCOMPLETE:
            self.tell(interaction, "INTERACTION_SUCCESS")

    def by_token(self, application_id: int, token: str) -> Interaction:
        """Return the interaction of a webhook path; 10015 before its answer, 50027 after its fifteen minutes."""
        interaction = self._by_token.get(token)
        if interaction is None or interaction.application.id != application_id:
            raise unknown("Webhook", 10015)
        if self._world.clock.now() - interaction.created_at > TOKEN_LIFE:
            raise ApiError(401, 50027, "Invalid Webhook Token")
        if interaction.state is not State.ACKNOWLEDGED:
            raise unknown("Webhook", 10015)
        return interaction

    def tell(self, interaction: Interaction, event: str, **extra: Any) -> None:
        """Tell the student, and nobody else, how their interaction goes."""
        payload: Json = {"id": str(interaction.id), "nonce": interaction.nonce, **extra}
        self._world.emit(event, payload, only={interaction.user.id})

    def _forget(self, interaction: Interaction) -> None:
        del self._by_id[interaction.id], self._by_token[interaction.token]
        self.forms = {each.id: each for each in self.forms.values() if each.interaction is not interaction}

    def _give_up(self, interaction: Interaction) -> None:
        if interaction.state is State.WAITING:
            interaction.state = State.FAILED
            self.tell(interaction, "INTERACTION_FAILURE", reason_code=2)
