"""Interactions: commands, components and modals, between students and a bot without a library."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from playground.pilot import Client, ErrorResponse, NotSeen, Outcome, Student
from playground.server import Playground
from tests.playground.conftest import eventually
from tests.playground.rest_client import RestClient, RestResponse

Json = dict[str, Any]

QUIZ: Json = {
    "name": "quiz",
    "name_localizations": {"ko": "퀴즈"},
    "description": "Practise",
    "description_localizations": {"ko": "연습하기"},
    "options": [
        {"type": 3, "name": "topic", "description": "what about", "required": True, "autocomplete": True},
        {"type": 4, "name": "count", "description": "how many", "min_value": 1, "max_value": 10},
        {"type": 3, "name": "level", "description": "how hard", "choices": [{"name": "easy", "value": "e"}]},
        {"type": 11, "name": "file", "description": "from this"},
        {"type": 6, "name": "who", "description": "for whom"},
    ],
}
LIBRARY: Json = {
    "name": "library",
    "description": "Files",
    "options": [{"type": 1, "name": "remove", "description": "r", "options": [
        {"type": 3, "name": "name", "description": "n", "required": True}]}],
}  # fmt: skip
EXPLAIN: Json = {"name": "Explain this", "type": 3}
WHO: Json = {"name": "Who is it", "type": 2}


class Bot:
    """A bot that answers what it is told to, over the raw protocol."""

    def __init__(self, playground: Playground, rest: RestClient) -> None:
        self.playground = playground
        self.rest = rest
        self.heard: list[Json] = []
        self.client = Client(playground.api_url, playground.gateway_url, playground.bot_token, intents=1)
        self.client.listen(self._hear)

    def _hear(self, event: str, data: Json) -> None:
        if event == "INTERACTION_CREATE":
            self.heard.append(data)

    async def asked(self, count: int = 1) -> Json:
        await eventually(lambda: len(self.heard) >= count)
        return self.heard[count - 1]

    async def answers(self, interaction: Json, kind: int, data: Json | None = None, query: str = "") -> RestResponse:
        path = f"/interactions/{interaction['id']}/{interaction['token']}/callback{query}"
        return await self.rest("POST", path, {"type": kind, "data": data or {}})

    def hook(self, interaction: Json, rest: str = "") -> str:
        return f"/webhooks/{interaction['application_id']}/{interaction['token']}{rest}"


@pytest_asyncio.fixture
async def bot(playground: Playground, as_bot: RestClient) -> AsyncIterator[Bot]:
    bot = Bot(playground, as_bot)
    answer = await as_bot("PUT", f"/applications/{playground.application.id}/commands", [QUIZ, LIBRARY, EXPLAIN, WHO])
    assert answer.status == 200, answer.json
    await bot.client.open()
    yield bot
    await bot.client.close()


async def run(student: Student, bot: Bot, command: str = "quiz", **options: Any) -> tuple[asyncio.Task[Outcome], Json]:
    before = len(bot.heard)
    task = asyncio.create_task(student.runs(command, **(options or {"topic": "fractions"})))
    return task, await bot.asked(before + 1)


async def test_a_command_reaches_the_bot_whole(playground: Playground, bot: Bot, minji: Student) -> None:
    task, asked = await run(
        minji, bot, "/퀴즈", topic="분수", count=3, level="easy", who=playground.user("junho"), file=("a.txt", b"x")
    )
    assert (asked["type"], asked["version"], asked["locale"], asked["guild_locale"]) == (2, 1, "ko", "en-US")
    assert asked["data"]["name"] == "quiz"
    options = {each["name"]: each["value"] for each in asked["data"]["options"]}
    assert (options["topic"], options["count"], options["level"]) == ("분수", 3, "e")
    junho = str(playground.user("junho").id)
    assert asked["data"]["resolved"]["users"][junho]["username"] == "junho"
    assert "user" not in asked["data"]["resolved"]["members"][junho]
    file = asked["data"]["resolved"]["attachments"][options["file"]]
    assert await minji.client.fetch(file["url"]) == b"x"
    assert asked["member"]["user"]["username"] == "minji"
    assert int(asked["member"]["permissions"]) & 1 << 11
    assert int(asked["app_permissions"]) & 1 << 11
    assert asked["channel"]["id"] == asked["channel_id"]
    assert asked["context"] == 0
    await bot.answers(asked, 4, {"content": "here it is"})
    outcome = await task
    assert outcome.end == "answered"
    message = outcome.message.raw
    assert (message["type"], message["webhook_id"], message["application_id"]) == (
        20,
        asked["application_id"],
        asked["application_id"],
    )
    assert message["interaction_metadata"]["name"] == "quiz"
    assert message["interaction_metadata"]["user"]["id"] == str(minji.id)


async def test_names_and_descriptions_come_in_the_students_language(bot: Bot, playground: Playground) -> None:
    alex = await playground.student("alex")
    minji = await playground.student("minji")
    path = f"/guilds/{playground.guild.id}/application-command-index"
    korean, english = await minji.client.request("GET", path), await alex.client.request("GET", path)
    assert korean["application_commands"][0]["name_localized"] == "퀴즈"
    assert korean["application_commands"][0]["description_localized"] == "연습하기"
    assert "name_localized" not in english["application_commands"][0]
    assert "name_localizations" not in english["application_commands"][0]


async def test_the_pilot_refuses_what_the_picker_would(bot: Bot, minji: Student) -> None:
    for command, options, words in (
        ("/quizz", {}, "no command"),
        ("/quiz", {}, "required options are missing: ['topic']"),
        ("/quiz", {"topic": "x", "colour": "red"}, "no option 'colour'"),
        ("/library add", {}, "no subcommand 'add'"),
    ):
        with pytest.raises(NotSeen, match=words.replace("[", r"\[").replace("]", r"\]")):
            await minji.runs(command, **options)
    with pytest.raises(ErrorResponse) as caught:
        await minji.runs("/quiz", topic="x", count=11)
    assert caught.value.code == 50035


async def test_subcommands_nest(bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot, "/library remove", name="notes.pdf")
    (sub,) = asked["data"]["options"]
    assert (sub["type"], sub["name"], sub["options"][0]["value"]) == (1, "remove", "notes.pdf")
    await bot.answers(asked, 4, {"content": "gone"})
    assert (await task).message.raw["interaction_metadata"]["name"] == "library remove"


async def test_an_answer_after_three_seconds_is_too_late(playground: Playground, bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot)
    playground.clock.advance(3.1)
    assert (await task).end == "failed"
    late = await bot.answers(asked, 4, {"content": "sorry"})
    assert (late.status, late.code, late.json["message"]) == (404, 10062, "Unknown interaction")


async def test_a_second_answer_is_40060(bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot)
    assert (await bot.answers(asked, 4, {"content": "one"})).status == 204
    again = await bot.answers(asked, 4, {"content": "two"})
    assert (again.status, again.code) == (400, 40060)
    await task


async def test_an_answer_that_does_not_fit_can_be_given_again(bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot)
    wrong = await bot.answers(asked, 4, {"content": "x" * 2001})
    assert wrong.json["errors"]["data"]["content"]["_errors"][0]["code"] == "BASE_TYPE_MAX_LENGTH"
    assert (await bot.answers(asked, 7, {"content": "there is no message to update"})).code == 50035
    assert (await bot.answers(asked, 4, {"content": "x"})).status == 204
    assert (await task).ok


async def test_only_one_student_sees_an_ephemeral_response(
    playground: Playground, bot: Bot, minji: Student, junho: Student
) -> None:
    task, asked = await run(minji, bot)
    answer = await bot.answers(asked, 4, {"content": "only you", "flags": 64}, "?with_response=true")
    resource = answer.json["resource"]
    assert (answer.status, resource["type"], resource["message"]["content"]) == (200, 4, "only you")
    assert answer.json["interaction"]["response_message_ephemeral"] is True
    message = (await task).message
    assert message.ephemeral
    await minji.says("#general", "for all")
    await junho.wait_for(lambda: junho.messages("#general"))
    assert [post.content for post in junho.messages()] == ["for all"]
    assert [post.content for post in await minji.reads("#general")] == ["for all"]
    gone = await bot.rest("PATCH", f"/channels/{message.channel_id}/messages/{message.id}", {"content": "x"})
    assert gone.code == 10008
    edited = await bot.rest("PATCH", bot.hook(asked, "/messages/@original"), {"content": "still only you"})
    assert edited.json["content"] == "still only you"


async def test_a_deferred_response_says_thinking_and_then_its_text_without_edited(
    bot: Bot, minji: Student, junho: Student
) -> None:
    early_task, asked = await run(minji, bot)
    early = await bot.rest("PATCH", bot.hook(asked, "/messages/@original"), {"content": "too early"})
    assert (early.status, early.code) == (404, 10015)
    await bot.answers(asked, 5)
    outcome = await early_task
    assert outcome.message.thinking
    await junho.wait_for(junho.messages)
    assert junho.messages()[0].thinking
    edited = await bot.rest("PATCH", bot.hook(asked, "/messages/@original"), {"content": "first words"})
    assert (edited.json["flags"], edited.json["edited_timestamp"]) == (0, None)
    assert (await outcome.says("first words")).id == outcome.message.id
    again = await bot.rest("PATCH", bot.hook(asked, "/messages/@original"), {"content": "second"})
    assert again.json["edited_timestamp"] is not None
    follow = await bot.rest("POST", bot.hook(asked), {"content": "and more", "flags": 64})
    assert follow.json["interaction_metadata"]["original_response_message_id"] == edited.json["id"]
    assert follow.json["flags"] & 64
    await outcome.says("and more")
    assert (await bot.rest("DELETE", bot.hook(asked, "/messages/@original"))).status == 204
    assert (await bot.rest("GET", bot.hook(asked, "/messages/@original"))).code == 10008


async def test_the_first_follow_up_replaces_thinking(bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot)
    await bot.answers(asked, 5, {"flags": 64})
    outcome = await task
    first = await bot.rest("POST", bot.hook(asked), {"content": "here"})
    assert int(first.json["id"]) == outcome.message.id
    assert first.json["flags"] == 64
    second = await bot.rest("POST", bot.hook(asked), {"content": "there"})
    assert second.json["id"] != first.json["id"]


async def test_a_token_lives_fifteen_minutes(playground: Playground, bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot)
    await bot.answers(asked, 4, {"content": "x"})
    await task
    playground.clock.advance(14 * 60)
    assert (await bot.rest("POST", bot.hook(asked), {"content": "in time"})).status == 200
    playground.clock.advance(2 * 60)
    late = await bot.rest("POST", bot.hook(asked), {"content": "late"})
    assert (late.status, late.code) == (401, 50027)


def v2(*rows: Json) -> Json:
    return {"flags": 1 << 15, "components": [{"type": 10, "content": "Which?"}, *rows]}


BUTTONS: Json = {"type": 1, "components": [
    {"type": 2, "style": 1, "label": "A", "custom_id": "a"},
    {"type": 2, "style": 1, "label": "B", "custom_id": "b", "disabled": True},
]}  # fmt: skip
SELECT: Json = {"type": 1, "components": [{"type": 3, "custom_id": "pick", "max_values": 2, "options": [
    {"label": "One", "value": "1"}, {"label": "Two", "value": "2"}, {"label": "Three", "value": "3"}]}]}  # fmt: skip


async def test_a_button_updates_its_message(playground: Playground, bot: Bot, minji: Student) -> None:
    channel = playground.channel("math").id
    await bot.rest("POST", f"/channels/{channel}/messages", v2(BUTTONS))
    message = await minji.sees("#math", contains="Which?")
    click = asyncio.create_task(minji.clicks(message, "A"))
    asked = await bot.asked()
    assert (asked["type"], asked["data"]["custom_id"], asked["data"]["component_type"]) == (3, "a", 2)
    assert asked["message"]["id"] == str(message.id)
    await bot.answers(asked, 7, {"components": [{"type": 10, "content": "Right!"}]})
    assert (await click).end == "answered"
    assert minji.now(message).text == "Right!"
    with pytest.raises(NotSeen, match="no control 'A'"):
        await minji.clicks(message, "A")


async def test_a_disabled_button_and_wrong_values_are_refused(
    playground: Playground, bot: Bot, minji: Student, as_minji: RestClient
) -> None:
    channel = playground.channel("math").id
    made = (await bot.rest("POST", f"/channels/{channel}/messages", v2(BUTTONS, SELECT))).json
    body = {
        "type": 3,
        "application_id": str(playground.application.id),
        "channel_id": str(channel),
        "guild_id": str(playground.guild.id),
        "message_id": made["id"],
        "session_id": "s",
    }
    for data in (
        {"component_type": 2, "custom_id": "b"},
        {"component_type": 2, "custom_id": "nowhere"},
        {"component_type": 3, "custom_id": "pick", "values": ["4"]},
        {"component_type": 3, "custom_id": "pick", "values": []},
        {"component_type": 3, "custom_id": "pick", "values": ["1", "2", "3"]},
    ):
        answer = await as_minji("POST", "/interactions", {**body, "data": data})
        assert (answer.status, answer.code) == (400, 50035), data
    assert bot.heard == []
    message = await minji.sees("#math", contains="Which?")
    task = asyncio.create_task(minji.selects(message, "pick", "Two", "3"))
    asked = await bot.asked()
    assert asked["data"]["values"] == ["2", "3"]
    await bot.answers(asked, 6)
    assert (await task).ok
    # A silent acknowledgement can still edit the message and follow up.
    edited = await bot.rest("PATCH", bot.hook(asked, "/messages/@original"), {"components": v2()["components"]})
    assert (edited.status, edited.json["id"]) == (200, made["id"])
    follow = (await bot.rest("POST", bot.hook(asked), {"content": "thanks"})).json
    assert (follow["type"], follow["message_reference"]["message_id"]) == (19, made["id"])


async def test_a_modal_is_shown_submitted_and_answered(playground: Playground, bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot)
    form: Json = {
        "custom_id": "form",
        "title": "Your answer",
        "components": [
            {"type": 18, "label": "x =", "component": {"type": 4, "custom_id": "x", "style": 1, "max_length": 5}},
            {"type": 18, "label": "Sure?", "component": {"type": 21, "custom_id": "sure", "options": [
                {"label": "yes", "value": "y"}, {"label": "no", "value": "n"}]}},
            {"type": 1, "components": [
                {"type": 4, "custom_id": "why", "label": "Why", "style": 2, "required": False}]},
        ],
    }  # fmt: skip
    assert (await bot.answers(asked, 9, {**form, "title": "t" * 46})).code == 50035
    assert (await bot.answers(asked, 9, form)).status == 204
    shown = await task
    assert shown.modal is not None
    assert shown.modal.title == "Your answer"
    with pytest.raises(ErrorResponse):
        await minji.submits(shown, x="too long", sure="y")
    with pytest.raises(NotSeen, match="no field"):
        await minji.submits(shown, y="1")
    handed = asyncio.create_task(minji.submits(shown, **{"x =": "1", "sure": "y"}))
    submitted = await bot.asked(2)
    assert submitted["type"] == 5
    assert submitted["data"]["custom_id"] == "form"
    first, second, third = submitted["data"]["components"]
    assert first["component"]["value"] == "1"
    assert second["component"]["value"] == "y"
    assert third["components"][0]["value"] == ""
    await bot.answers(submitted, 4, {"content": "thanks", "flags": 64})
    metadata = (await handed).message.raw["interaction_metadata"]
    assert metadata["triggering_interaction_metadata"]["name"] == "quiz"


async def test_a_deferred_update_closes_the_modal_of_a_command(bot: Bot, minji: Student) -> None:
    task, asked = await run(minji, bot)
    field = {"type": 4, "custom_id": "x", "label": "x", "style": 1}
    await bot.answers(asked, 9, {"custom_id": "f", "title": "t", "components": [{"type": 1, "components": [field]}]})
    handed = asyncio.create_task(minji.submits(await task, x="1"))
    submitted = await bot.asked(2)
    assert (await bot.answers(submitted, 7, {"content": "there is no message"})).code == 50035
    assert (await bot.answers(submitted, 6)).status == 204
    assert (await handed).ok
    follow = await bot.rest("POST", bot.hook(submitted), {"content": "got it"})
    assert (follow.status, follow.json["content"]) == (200, "got it")
    assert (await bot.rest("PATCH", bot.hook(submitted, "/messages/@original"), {"content": "x"})).code == 10008


async def test_autocomplete_choices_come_while_typing(bot: Bot, minji: Student) -> None:
    task = asyncio.create_task(minji.completes("/quiz", "topic", "fra", count=2))
    asked = await bot.asked()
    assert asked["type"] == 4
    focused = [each for each in asked["data"]["options"] if each.get("focused")]
    assert [(each["name"], each["value"]) for each in focused] == [("topic", "fra")]
    assert (await bot.answers(asked, 4, {"content": "no"})).code == 50035
    assert (await bot.answers(asked, 8, {"choices": [{"name": "n", "value": "v"}] * 26})).code == 50035
    await bot.answers(asked, 8, {"choices": [{"name": "fractions", "value": "fractions"}]})
    assert await task == [{"name": "fractions", "value": "fractions"}]


async def test_context_menus_carry_their_target(playground: Playground, bot: Bot, minji: Student) -> None:
    post = await minji.says("#math", "what is this?")
    task = asyncio.create_task(minji.uses("Explain this", post))
    asked = await bot.asked()
    assert (asked["data"]["type"], asked["data"]["target_id"]) == (3, str(post.id))
    assert asked["data"]["resolved"]["messages"][str(post.id)]["content"] == "what is this?"
    await bot.answers(asked, 4, {"content": "that"})
    outcome = await task
    assert outcome.message.raw["type"] == 23
    assert outcome.message.raw["interaction_metadata"]["target_message_id"] == str(post.id)
    task = asyncio.create_task(minji.uses("Who is it", playground.user("junho")))
    asked = await bot.asked(2)
    assert (asked["data"]["type"], asked["data"]["target_id"]) == (2, str(playground.user("junho").id))
    await bot.answers(asked, 4, {"content": "junho"})
    await task


async def test_commands_work_in_a_dm(playground: Playground, bot: Bot, minji: Student) -> None:
    dm = await minji.dm(playground.bot.id)
    task = asyncio.create_task(minji.runs("/quiz", where=dm, topic="x"))
    asked = await bot.asked()
    assert "member" not in asked
    assert "guild_id" not in asked
    assert (asked["user"]["username"], asked["context"], asked["authorizing_integration_owners"]) == (
        "minji",
        1,
        {"0": "0"},
    )
    await bot.answers(asked, 4, {"content": "privately"})
    assert (await task).message.content == "privately"


async def test_commands_are_kept_replaced_and_removed(playground: Playground, bot: Bot) -> None:
    path = f"/applications/{playground.application.id}/commands"
    before = (await bot.rest("GET", f"{path}?with_localizations=true")).json
    assert before[0]["name_localizations"] == {"ko": "퀴즈"}
    playground.clock.advance(30)
    after = (await bot.rest("PUT", path, [QUIZ, {"name": "help", "description": "h"}])).json
    assert [each["name"] for each in after] == ["quiz", "help"]
    assert (after[0]["id"], after[0]["version"]) == (before[0]["id"], before[0]["version"])
    guild = f"/applications/{playground.application.id}/guilds/{playground.guild.id}/commands"
    local = (await bot.rest("POST", guild, {"name": "here", "description": "only here"})).json
    assert local["guild_id"] == str(playground.guild.id)
    assert (await bot.rest("PATCH", f"{guild}/{local['id']}", {"description": "new"})).json["description"] == "new"
    assert (await bot.rest("DELETE", f"{guild}/{local['id']}")).status == 204
    assert (await bot.rest("GET", guild)).json == []


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"name": "UPPER", "description": "d"}, ("name",), "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "a b", "description": "d"}, ("name",), "APPLICATION_COMMAND_INVALID_NAME"),
        ({"name": "ok"}, ("description",), "BASE_TYPE_REQUIRED"),
        ({"name": "ok", "description": "d" * 101}, ("description",), "BASE_TYPE_BAD_LENGTH"),
        ({"name": "ok", "description": "d", "options": [{"type": 3, "name": "a", "description": "d"},
          {"type": 3, "name": "b", "description": "d", "required": True}]},
         ("options", "1"), "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID"),
        ({"name": "ok", "description": "d", "options": [{"type": 3, "name": "a", "description": "d"}] * 2},
         ("options", "1", "name"), "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS"),
        ({"name": "ok", "description": "d", "name_localizations": {"xx": "n"}},
         ("name_localizations", "xx"), "BASE_TYPE_CHOICES"),
        ({"name": "ok", "description": "d", "options": [{"type": 3, "name": f"o{n}", "description": "d" * 100,
          "choices": [{"name": "n" * 100, "value": f"{m}" * 50} for m in range(10)]} for n in range(7)]},
         (), "APPLICATION_COMMAND_TOO_LARGE"),
    ],
)  # fmt: skip
async def test_commands_that_do_not_fit_are_refused(
    playground: Playground, as_bot: RestClient, body: Json, path: tuple[str, ...], code: str
) -> None:
    answer = await as_bot("PUT", f"/applications/{playground.application.id}/commands", [body])
    assert answer.code == 50035
    tree = answer.json["errors"]["0"]
    for step in path:
        tree = tree[step]
    assert [each["code"] for each in tree["_errors"]] == [code]


async def test_commands_for_moderators_are_not_shown_to_students(playground: Playground, bot: Bot) -> None:
    path = f"/applications/{playground.application.id}/commands"
    await bot.rest("PUT", path, [{"name": "settings", "description": "s", "default_member_permissions": "32"}])
    minji, teacher = await playground.student("minji"), await playground.student("teacher")
    with pytest.raises(NotSeen):
        await minji.runs("/settings")
    task = asyncio.create_task(teacher.runs("/settings"))
    await bot.answers(await bot.asked(), 4, {"content": "ok"})
    assert (await task).ok


async def test_a_missing_permission_to_use_commands_is_50013(
    playground: Playground, bot: Bot, as_minji: RestClient
) -> None:
    playground.guild.roles[playground.guild.id].permissions &= ~(1 << 31)
    command = next(iter(playground.application.commands.values()))
    body = {
        "type": 2,
        "application_id": str(playground.application.id),
        "guild_id": str(playground.guild.id),
        "channel_id": str(playground.channel("math").id),
        "session_id": "s",
        "data": {"id": str(command.id), "type": 1, "name": "quiz", "options": []},
    }
    assert (await as_minji("POST", "/interactions", body)).code == 50013
