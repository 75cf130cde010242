"""The greeting: one message to whoever invites Saem, once for each time that it joins."""

from pathlib import Path

from bot.sentences import Locale
from bot.settings_panel import sentences as say
from playground.pilot.student import Student
from playground.server import Playground
from tests.bot.library.closed_channels import owner_of
from tests.house import House, bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI

ENGLISH: Locale = "en"
GREETING = "Three things to try"


def greetings(student: Student) -> list[str]:
    """The greetings that somebody has seen."""
    return [post.text for post in student.messages() if GREETING in post.text or "세 가지를" in post.text]


async def test_a_server_that_invites_saem_is_greeted_once_with_a_button_for_its_managers(house: House) -> None:
    owner = await owner_of(house)
    guild = house.discord.add_guild("Class 3", locale="ko", just_invited=True)
    assert guild.system_channel_id is not None
    greeting = await owner.sees(guild.system_channel_id, contains="세 가지를")
    assert f"<@{house.discord.bot.id}>" in greeting.text
    assert not greeting.raw["mentions"] or greeting.raw["mentions"][0]["id"] != str(owner.id)
    opened = await owner.clicks(greeting, "설정하기")
    await opened.says("Class 3")
    before = len(greetings(owner))
    house.discord.gateway.drop(resumable=False)
    await owner.sees(await house.ask(owner, "hello"), contains="hello")
    assert len(greetings(owner)) == before == 1
    assert not [post for post in owner.messages("general") if GREETING in post.text]  # joined long ago


async def test_who_may_not_manage_the_server_is_told_so(house: House) -> None:
    alex = await house.discord.student("alex")
    general = next(each for each in house.discord.world.channels.values() if each.name == "general")
    joined = house.discord.guild.members[house.discord.bot.id]
    joined.joined_at = house.discord.clock.now()
    bot_guild = house.bot.get_guild(house.discord.guild.id)
    assert bot_guild is not None
    bot_guild.me.joined_at = house.bot.get_cog("SettingsCog").bot.user.created_at.now(tz=None).astimezone()  # type: ignore[union-attr]
    await house.bot.get_cog("SettingsCog").greeting.greet(bot_guild)  # type: ignore[union-attr]
    greeting = await alex.sees(general.id, contains=GREETING)
    pressed = await alex.clicks(greeting, "Set up")
    await pressed.says(say.NOT_YOURS(ENGLISH))


async def test_a_server_joined_while_saem_was_away_is_greeted_at_the_start_and_never_again(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI() as openai:
        guild = local.add_guild("Class 4", just_invited=True)
        owner = await local.student(local.application.owner.username)
        for _ in range(2):
            async with bot_in(local, settings_for(local, openai, tmp_path)) as bot:
                await bot.wait_until_ready()
                await owner.sees(guild.system_channel_id, contains=GREETING)
        assert len(greetings(owner)) == 1


async def test_where_saem_may_not_write_the_owner_gets_it_in_a_direct_message(house: House) -> None:
    owner = await owner_of(house)
    guild = house.discord.add_guild("Class 5")
    guild.system_channel_id = None
    guild.members[house.discord.bot.id].joined_at = house.discord.clock.now()
    house.discord.gateway.drop(resumable=False)
    dm = await owner.dm(house.discord.bot.id)
    greeting = await owner.sees(dm, contains=GREETING, timeout=20)
    assert "Class 5" in greeting.text
    assert "`/settings panel` opens its settings there" in greeting.text
    (button,) = greeting.raw["components"][0]["components"]
    assert button["label"] == "Set up"
    first = next(each for each in house.discord.world.channels.values() if each.guild_id == guild.id and each.type == 0)
    assert button["url"] == f"https://discord.com/channels/{guild.id}/{first.id}"
