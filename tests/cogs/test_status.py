"""`/saem status`: the bot's owner sees how it is; nobody else does."""

from bot.logs import error_counts
from playground.pilot import Student
from tests.house import House


async def test_the_owner_alone_is_told(house: House) -> None:
    owner = await house.discord.student(house.discord.application.owner.username)
    minji = await house.discord.student("minji")
    error_counts.counts.add("answer.failed (503 server_error)")
    await owner.runs("/saem status", where="math")
    seen = await owner.sees("math", contains="How Saem is")
    assert seen.ephemeral
    assert "✅ Saem " in seen.text
    assert "holds shard 0" in seen.text
    assert "answer.failed (503 server" in seen.text
    assert str(house.discord.guild.id) not in seen.text
    dm = await minji.dm(house.discord.bot.id)
    await minji.runs("/saem status", where=dm)
    refused = await minji.sees(dm, contains="쌤의 소유자만")
    assert refused.text == "쌤의 소유자만 볼 수 있어요."
    assert "saem" not in await offered(minji, house.discord.channel("math").id)
    assert "saem" in await offered(owner, house.discord.channel("math").id)


async def offered(student: Student, channel_id: int) -> set[str]:
    """The commands that Discord offers to somebody in a channel."""
    index = await student.client.request("GET", f"/channels/{channel_id}/application-command-index")
    return {each["name"] for each in index["application_commands"]}
