"""Uploaded files: their names, their types and sizes, and where messages show them."""

import io

import aiohttp
import orjson
import pytest
from PIL import Image

from playground.pilot import Student
from playground.server import Playground
from tests.playground.rest_client import RestClient


def picture(kind: str, size: tuple[int, int] = (40, 30)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, kind)
    return buffer.getvalue()


def form(body: object, **files: bytes) -> aiohttp.FormData:
    data = aiohttp.FormData(quote_fields=False)
    data.add_field("payload_json", orjson.dumps(body).decode(), content_type="application/json")
    for index, (name, content) in enumerate(files.items()):
        data.add_field(f"files[{index}]", content, filename=name.replace("_", "."))
    return data


@pytest.mark.parametrize(("kind", "mime"), [("PNG", "image/png"), ("JPEG", "image/jpeg"), ("GIF", "image/gif"),
                                            ("WEBP", "image/webp")])  # fmt: skip
async def test_pictures_say_their_size(minji: Student, kind: str, mime: str) -> None:
    post = await minji.drops("#math", (f"a.{kind.lower()}", picture(kind)))
    (file,) = post.attachments
    assert (file["width"], file["height"], file["content_type"]) == (40, 30, mime)


async def test_names_keep_every_script_and_lose_what_links_cannot_carry(minji: Student) -> None:
    post = await minji.drops("#math", ("../수학 (최종)?.pdf", b"%PDF-"), ("plain-1_2.txt", b"x"))
    names = [(file["filename"], file.get("title")) for file in post.attachments]
    assert names[1] == ("plain-1_2.txt", None)
    assert names[0][0] == "수학_최종.pdf"
    assert await minji.client.fetch(post.attachments[0]["url"]) == b"%PDF-"


async def test_an_edit_keeps_removes_and_adds_files(playground: Playground, as_bot: RestClient) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    made = (await as_bot("POST", path, form({"content": "two"}, a_txt=b"a", b_txt=b"b"))).json
    first, second = made["attachments"]
    assert [first["filename"], second["filename"]] == ["a.txt", "b.txt"]
    body = {"attachments": [{"id": second["id"], "description": "kept"}, {"id": "0", "filename": "c.txt"}]}
    edited = (await as_bot("PATCH", f"{path}/{made['id']}", form(body, c_txt=b"c"))).json
    assert [file["filename"] for file in edited["attachments"]] == ["b.txt", "c.txt"]
    assert edited["attachments"][0]["description"] == "kept"
    untouched = (await as_bot("PATCH", f"{path}/{made['id']}", {"content": "three"})).json
    assert len(untouched["attachments"]) == 2
    bare = (await as_bot("PATCH", f"{path}/{made['id']}", {"attachments": []})).json
    assert bare["attachments"] == []


async def test_files_of_components_and_embeds_stand_there_and_not_in_the_list(
    playground: Playground, as_bot: RestClient, minji: Student
) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    gallery = {"type": 12, "items": [{"media": {"url": "attachment://plot.png"}}]}
    body = {"flags": 1 << 15, "components": [gallery, {"type": 13, "file": {"url": "attachment://data.csv"}}]}
    made = (await as_bot("POST", path, form(body, plot_png=picture("PNG"), data_csv=b"1,2"))).json
    assert made["attachments"] == []
    media = made["components"][0]["items"][0]["media"]
    assert (media["width"], media["height"], media["content_type"]) == (40, 30, "image/png")
    assert await minji.client.fetch(media["url"]) == picture("PNG")
    assert (made["components"][1]["name"], made["components"][1]["size"]) == ("data.csv", 3)
    # A client that sends back what it read keeps the file by its link.
    kept = [{"type": 12, "items": [{"media": {"url": media["url"]}}]}]
    again = (await as_bot("PATCH", f"{path}/{made['id']}", {"components": kept})).json
    assert again["components"][0]["items"][0]["media"]["attachment_id"] == media["attachment_id"]
    embed = {"embeds": [{"title": "t", "image": {"url": "attachment://plot.png"}}]}
    shown = (await as_bot("POST", path, form(embed, plot_png=picture("PNG")))).json
    assert shown["attachments"] == []
    assert await minji.client.fetch(shown["embeds"][0]["image"]["url"]) == picture("PNG")
