"""#general: many messages in it, and its address in the page."""

from playground.pilot import SeenMessage, Student
from playground.server import Playground


async def many(junho: Student, count: int) -> list[SeenMessage]:
    return [await junho.says("#general", f"message number {number}") for number in range(count)]


def place(discord: Playground, post: SeenMessage | None = None) -> str:
    path = f"/channels/{discord.guild.id}/{discord.channel('general').id}"
    return f"{path}/{post.id}" if post else path
