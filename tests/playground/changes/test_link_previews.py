"""Previews of links."""

from playground.pilot import Student
from playground.server import Playground


async def test_links_unfurl_without_being_edits(playground: Playground, minji: Student) -> None:
    playground.world.pages["https://example.com/maths"] = {"title": "Maths", "description": "All of it"}
    post = await minji.says("#math", "see https://example.com/maths and <https://example.com/quiet>")
    shown = await minji.wait_for(lambda: minji.now(post).raw["embeds"])
    assert [(each["type"], each["title"]) for each in shown] == [("article", "Maths")]
    assert not minji.now(post).edited
    await minji.edits(post, "no link any more")
    assert minji.now(post).edited or await minji.wait_for(lambda: minji.now(post).edited)
