"""Bodies of messages that Discord refuses, with its error trees, and those that it accepts."""

from typing import Any

import pytest
import structlog

from playground.server import Playground
from tests.playground.rest_client import RestClient

Json = dict[str, Any]

V2 = 1 << 15


def text(content: str) -> Json:
    return {"type": 10, "content": content}


def button(**fields: Any) -> Json:
    return {"type": 2, "style": 1, "label": "A", "custom_id": "a", **fields}


def row(*children: Json) -> Json:
    return {"type": 1, "components": list(children)}


def select(count: int = 1, **fields: Any) -> Json:
    options = [{"label": f"o{number}", "value": str(number)} for number in range(count)]
    return {"type": 3, "custom_id": "s", "options": options, **fields}


def v2(*components: Json) -> Json:
    return {"flags": V2, "components": list(components)}


def at(tree: Any, *path: str) -> list[str]:
    for step in path:
        tree = tree[step]
    return [each["code"] for each in tree["_errors"]]


REFUSED: list[tuple[Json, tuple[str, ...], str]] = [
    ({"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
    ({"content": ["no"]}, ("content",), "STRING_TYPE_CONVERT"),
    ({"content": "x", "nonce": "n" * 26}, ("nonce",), "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "embeds": [{"title": "t" * 257}]}, ("embeds", "0", "title"), "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "d" * 4097}]}, ("embeds", "0", "description"), "BASE_TYPE_MAX_LENGTH"),
    ({"embeds": [{"description": "d" * 4000}, {"description": "d" * 2001}]}, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED"),
    ({"embeds": [{"title": "t", "fields": [{"name": "n", "value": ""}]}]}, ("embeds", "0", "fields", "0", "value"),
     "BASE_TYPE_REQUIRED"),
    ({"embeds": [{"description": "d"}] * 11}, ("embeds",), "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "components": [text("V2 without its flag")]}, ("components", "0", "type"), "UNION_TYPE_CHOICES"),
    ({"content": "x", "components": [row(button(label="l" * 81))]},
     ("components", "0", "components", "0", "label"), "BASE_TYPE_MAX_LENGTH"),
    ({"content": "x", "components": [row(button(custom_id="c" * 101))]},
     ("components", "0", "components", "0", "custom_id"), "BASE_TYPE_BAD_LENGTH"),
    ({"content": "x", "components": [row(button(), button())]},
     ("components", "0", "components", "1", "custom_id"), "COMPONENT_CUSTOM_ID_DUPLICATED"),
    ({"content": "x", "components": [row(button(style=5))]},
     ("components", "0", "components", "0", "url"), "BUTTON_COMPONENT_URL_REQUIRED"),
    ({"content": "x", "components": [row(button(style=9))]},
     ("components", "0", "components", "0", "style"), "BASE_TYPE_CHOICES"),
    ({"content": "x", "components": [row()]}, ("components", "0", "components"), "BASE_TYPE_BAD_LENGTH"),
    ({"content": "x", "components": [row(*[button(custom_id=str(n)) for n in range(6)])]},
     ("components", "0", "components"), "BASE_TYPE_BAD_LENGTH"),
    ({"content": "x", "components": [row(select(), button())]},
     ("components", "0", "components", "1"), "COMPONENT_LAYOUT_WIDTH_EXCEEDED"),
    ({"content": "x", "components": [row(select(26))]},
     ("components", "0", "components", "0", "options"), "BASE_TYPE_BAD_LENGTH"),
    ({"content": "x", "components": [row(button(custom_id=str(n))) for n in range(6)]},
     ("components",), "BASE_TYPE_MAX_LENGTH"),
    ({"content": "both", **v2(text("t"))}, ("content",), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
    ({"embeds": [{"title": "t"}], **v2(text("t"))}, ("embeds",),
     "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"),
    (v2(text("t" * 4001)), ("components", "0", "content"), "BASE_TYPE_BAD_LENGTH"),
    (v2(text("t" * 2001), {"type": 17, "components": [text("t" * 2000)]}), ("components",),
     "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED"),
    (v2(*[text("t")] * 41), ("components",), "BASE_TYPE_MAX_LENGTH"),
    (v2(*[{"type": 17, "components": [text("t")] * 4}] * 9), ("components",),
     "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED"),
    (v2({"type": 9, "components": [text("t")]}), ("components", "0", "accessory"), "BASE_TYPE_REQUIRED"),
    (v2({"type": 12, "items": [{"media": {"url": "https://example.com/a.png"}}] * 11}),
     ("components", "0", "items"), "BASE_TYPE_BAD_LENGTH"),
    (v2({"type": 12, "items": [{"media": {"url": "attachment://gone.png"}}]}),
     ("components", "0", "items", "0", "media", "url"), "UNFURLED_MEDIA_ITEM_REFERENCED_ATTACHMENT_NOT_FOUND"),
    (v2({"type": 17, "components": [{"type": 17, "components": [text("t")]}]}),
     ("components", "0", "components", "0", "type"), "UNION_TYPE_CHOICES"),
    ({"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}}, ("allowed_mentions",),
     "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE"),
    ({"content": "x", "message_reference": {"message_id": "1"}}, ("message_reference",),
     "MESSAGE_REFERENCE_UNKNOWN_MESSAGE"),
]  # fmt: skip


@pytest.mark.parametrize(("body", "path", "code"), REFUSED)
async def test_a_message_that_does_not_fit_is_refused_with_a_tree(
    playground: Playground, as_minji: RestClient, body: Json, path: tuple[str, ...], code: str
) -> None:
    answer = await as_minji("POST", f"/channels/{playground.channel('math').id}/messages", body)
    assert (answer.status, answer.code, answer.json["message"]) == (400, 50035, "Invalid Form Body")
    assert code in at(answer.json["errors"], *path)
    assert playground.messages("#math") == []


async def test_the_tree_reads_as_discords(playground: Playground, as_minji: RestClient) -> None:
    answer = await as_minji("POST", f"/channels/{playground.channel('math').id}/messages", {"content": "x" * 2001})
    assert answer.json == {
        "message": "Invalid Form Body",
        "code": 50035,
        "errors": {
            "content": {"_errors": [{"code": "BASE_TYPE_MAX_LENGTH", "message": "Must be 2000 or fewer in length."}]}
        },
    }


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": "  \n "}, {"flags": V2}, {"embeds": []}])
async def test_an_empty_message_is_50006(playground: Playground, as_minji: RestClient, body: Json) -> None:
    answer = await as_minji("POST", f"/channels/{playground.channel('math').id}/messages", body)
    assert (answer.status, answer.code) == (400, 50006)


ACCEPTED: list[Json] = [
    {"content": "x" * 2000},
    v2(*[text("t" * 100)] * 40),
    v2({"type": 9, "components": [text("t")] * 3, "accessory": button()}),
    v2(
        {"type": 9, "components": [text("t")], "accessory": {"type": 11, "media": {"url": "https://example.com/a.png"}}}
    ),
    v2({"type": 17, "accent_color": 0xFF0000, "components": [text("t"), {"type": 14, "spacing": 2}, row(button())]}),
    {"content": "x", "components": [row(button(style=5, custom_id=None, url="https://example.com"))]},
    {"content": "x", "components": [row(select(25, min_values=0, max_values=25))]},
    {"content": "x", "message_reference": {"message_id": "1", "fail_if_not_exists": False}},
]


@pytest.mark.parametrize("body", ACCEPTED)
async def test_a_message_at_the_limits_is_accepted(playground: Playground, as_minji: RestClient, body: Json) -> None:
    answer = await as_minji("POST", f"/channels/{playground.channel('math').id}/messages", body)
    assert answer.status == 200, answer.json
    assert all("id" in each for each in answer.json["components"])


async def test_the_v2_flag_can_be_set_by_an_edit_and_never_taken_back(
    playground: Playground, as_bot: RestClient
) -> None:
    path = f"/channels/{playground.channel('math').id}/messages"
    plain = (await as_bot("POST", path, {"content": "plain"})).json
    refused = await as_bot("PATCH", f"{path}/{plain['id']}", v2(text("t")))
    assert (refused.status, refused.code) == (400, 50035)
    turned = await as_bot("PATCH", f"{path}/{plain['id']}", {**v2(text("t")), "content": None})
    assert (turned.status, turned.json["flags"], turned.json["content"]) == (200, V2, "")
    back = await as_bot("PATCH", f"{path}/{plain['id']}", {"flags": 0, "content": "plain again"})
    assert back.code == 50035
    still = await as_bot("PATCH", f"{path}/{plain['id']}", {"flags": 0})
    assert still.json["flags"] == V2


async def test_what_the_playground_does_not_have_is_refused_by_name(playground: Playground, as_bot: RestClient) -> None:
    general = next(each for each in playground.guild.channels.values() if each.name == "general")
    answer = await as_bot("POST", f"/channels/{general.id}/messages", {"sticker_ids": ["1"]})
    assert (answer.code, at(answer.json["errors"], "sticker_ids")) == (50035, ["PLAYGROUND_CANNOT"])
    said = await as_bot("POST", f"/channels/{general.id}/messages", {"content": "react to me"})
    custom = await as_bot("PUT", f"/channels/{general.id}/messages/{said.json['id']}/reactions/party:123456/@me")
    assert (custom.status, custom.code) == (404, 10014)
    with structlog.testing.capture_logs() as logged:
        missing = await as_bot("GET", f"/channels/{general.id}/stickers")
    assert (missing.status, missing.json) == (404, {"code": 0, "message": "404: Not Found"})
    assert any(line["event"] == "route.missing" and line["path"].endswith("/stickers") for line in logged)
