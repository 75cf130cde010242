"""Where Saem answers, and whom: threads and categories, deleted channels and roles, and presses that ask something."""

from types import SimpleNamespace
from typing import Any
from unittest.mock import AsyncMock, Mock

import discord
import pytest

from bot import sentences
from bot.learning.cards.card_buttons import MakeCardsButton
from bot.quizzes.requests.quiz_me import QuizMe
from bot.store.server_settings import CHANNELS, ROLES, ServerSettings
from bot.tutor.answer_buttons import Regenerate, Retry
from bot.tutor.answer_places import AnswerPlaces, NotHereError

GUILD, CATEGORY, CHANNEL, OTHER, GONE, ROLE = 5, 9, 10, 11, 99, 20


def places(channels: str = "", roles: str = "") -> AnswerPlaces:
    """What a server with these settings answers."""
    settings = ServerSettings(SimpleNamespace(dialect="sqlite"))  # type: ignore[arg-type]
    settings._values = {(GUILD, 0, CHANNELS.name): channels, (GUILD, 0, ROLES.name): roles}
    return AnswerPlaces(settings)


def guild() -> Any:
    """A server with a category, a channel in it, another channel, and a role."""
    in_category = SimpleNamespace(id=CHANNEL, category_id=CATEGORY)
    alone = SimpleNamespace(id=OTHER, category_id=None)
    channels = [SimpleNamespace(id=CATEGORY), in_category, alone]
    return SimpleNamespace(id=GUILD, channels=channels, roles=[SimpleNamespace(id=GUILD), SimpleNamespace(id=ROLE)])


def thread(parent_id: int, category_id: int | None) -> Any:
    """A thread in a channel that may be in a category."""
    return SimpleNamespace(id=50, parent_id=parent_id, parent=SimpleNamespace(id=parent_id, category_id=category_id))


def member(*roles: int, manager: bool = False) -> Any:
    """A member with these roles."""
    permissions = discord.Permissions(manage_guild=manager)
    return Mock(spec=discord.Member, roles=[SimpleNamespace(id=each) for each in roles], guild_permissions=permissions)


@pytest.mark.parametrize(
    ("chosen", "answered"),
    [
        ("", {"channel", "other", "thread", "other thread"}),
        (str(CHANNEL), {"channel", "thread"}),
        (str(OTHER), {"other", "other thread"}),
        (str(CATEGORY), {"channel", "thread"}),
        (f"{CHANNEL},{GONE}", {"channel", "thread"}),
        (f"{GONE},98", {"channel", "other", "thread", "other thread"}),
    ],
)
def test_threads_follow_their_channel_and_channels_their_category(chosen: str, answered: set[str]) -> None:
    here = guild()
    rooms = {
        "channel": here.channels[1],
        "other": here.channels[2],
        "thread": thread(CHANNEL, CATEGORY),
        "other thread": thread(OTHER, None),
    }
    assert {name for name, room in rooms.items() if places(chosen).answers_in(here, room)} == answered


@pytest.mark.parametrize(
    ("chosen", "somebody", "answered"),
    [
        ("", member(), True),
        (str(ROLE), member(), False),
        (str(ROLE), member(ROLE), True),
        (str(ROLE), member(manager=True), True),
        (str(GONE), member(), True),
        (f"{GONE},{ROLE}", member(GONE), False),
        (str(GUILD), member(GUILD), True),
        (str(ROLE), SimpleNamespace(id=1), True),  # somebody whose roles are not known
    ],
)
def test_roles_choose_who_is_answered_but_managers_always_are(chosen: str, somebody: Any, *, answered: bool) -> None:
    assert places(roles=chosen).answers_to(guild(), somebody) is answered


def test_the_refusal_says_whether_it_is_the_place_or_the_person() -> None:
    here = guild()
    with pytest.raises(NotHereError) as place:
        places(str(OTHER)).check(here, here.channels[1], member())
    with pytest.raises(NotHereError) as person:
        places(str(OTHER), str(ROLE)).check(here, here.channels[1], member())
    assert [each.value.sentence for each in (place, person)] == [sentences.NOT_HERE, sentences.NOT_FOR_YOU]
    places(str(OTHER), str(ROLE)).check(here, here.channels[2], member(ROLE))
    places(str(OTHER), str(ROLE)).check(None, here.channels[1], member())


@pytest.mark.parametrize("button", [Regenerate, Retry, QuizMe, MakeCardsButton])
async def test_buttons_that_ask_saem_something_tell_in_private_that_it_does_not_answer_there(button: Any) -> None:
    here = guild()
    interaction: Any = Mock(spec=discord.Interaction, guild=here, channel=here.channels[1], user=member())
    interaction.client = SimpleNamespace(answer_places=places(str(OTHER)), conversations=None)
    interaction.locale, interaction.guild_id, interaction.command = "en-US", GUILD, None
    interaction.response = Mock(is_done=Mock(return_value=False), send_message=AsyncMock(), defer=AsyncMock())
    await button("answer-1234").callback(interaction)
    interaction.response.send_message.assert_awaited_once()
    call = interaction.response.send_message.await_args
    assert call.args[0] == sentences.NOT_HERE("en")
    assert call.kwargs["ephemeral"] is True
