"""Discord's connections break and its server fails, and the tutor goes on."""

from playground.faults import Fault as DiscordFault
from tests.house import House, finished


async def test_connections_that_break_while_discord_is_asked_are_outlived(house: House) -> None:
    house.openai.say("Here I am.", "Here I am again.")
    minji = await house.discord.student("minji")
    thread = await minji.starts_thread(await minji.says("math", "my homework"), "Homework")
    house.discord.fail(DiscordFault("disconnect", "GET */messages", times=3))
    await minji.says(thread, f"{house.mention} are you there?")
    await finished(minji, thread, "Here I am.")
    house.discord.faults.clear()
    await minji.says(thread, f"{house.mention} still?")
    await finished(minji, thread, "Here I am again.")


async def test_discords_server_errors_are_outlived(house: House) -> None:
    house.openai.say("Here it is.")
    house.discord.fail(DiscordFault(kind="status", route="POST */messages", status=503))
    alex = await house.discord.student("teacher")
    house.discord.faults.clear()
    question = await house.ask(alex, "hello")
    house.discord.fail(DiscordFault(kind="status", route="PATCH */messages/*", status=503))
    await finished(alex, question, "Here it is.")
