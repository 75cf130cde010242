"""Replies as a student sees them, through real discord.py and a Discord on loopback."""

import asyncio
import re

import discord
import pytest

from bot.replies.formula_pictures import FormulaPictures
from bot.replies.reply import Reply
from bot.replies.splitter import Part, Splitter
from playground.faults import Fault
from playground.pilot import SeenMessage
from playground.world.permissions import Permission
from tests.bot.replies.conftest import Harness
from tests.bot.replies.test_outbox import threads
from workers import Pool

TEXT, GALLERY, FILE = 10, 12, 13


def types(message: SeenMessage) -> list[int]:
    """The kinds of a message's components, top to bottom."""
    return [component["type"] for component in message.raw["components"]]


def button(label: str) -> discord.ui.Button[discord.ui.LayoutView]:
    return discord.ui.Button(label=label, custom_id=f"test:{label}")


async def test_the_first_words_are_shown_at_once_with_the_running_buttons(harness: Harness) -> None:
    reply = harness.reply(buttons=[button("Stop")])
    reply.feed("Let us ")
    messages = await harness.seen(reply, lambda messages: "Let us" in messages[0].text)
    assert [control.label for control in messages[0].controls] == ["Stop"]
    reply.feed("begin.")
    await reply.finish()
    assert harness.messages(reply)[0].text == "Let us begin."


async def test_the_end_shows_the_whole_text_with_its_buttons_and_footer(harness: Harness) -> None:
    reply = harness.reply(buttons=[button("Stop")])
    for number in range(300):
        reply.feed(f"word{number} ")
        await asyncio.sleep(0)
    await reply.finish(buttons=[button("Again")], footer="gpt-6-luna")
    [message] = await harness.seen(reply, lambda messages: "word299" in messages[0].text)
    assert message.text.startswith(" ".join(f"word{number}" for number in range(300)))
    assert [control.label for control in message.controls] == ["Again"]
    assert "-# gpt-6-luna" in message.text


async def test_nobody_is_pinged_whatever_the_model_writes(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed(f"@everyone @here <@{harness.student.id}> <@&1> hello")
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: "hello" in messages[0].text)
    assert message.raw["mentions"] == []
    assert message.raw["mention_everyone"] is False
    assert message.raw["mention_roles"] == []


async def test_a_long_answer_becomes_several_messages_that_hold_all_of_it(harness: Harness) -> None:
    text = "\n\n".join(f"Paragraph {number}. " + "It goes on and on. " * 20 for number in range(25))
    reply = harness.reply()
    reply.feed(text)
    await reply.finish(buttons=[button("Again")])
    messages = await harness.seen(reply, lambda messages: len(messages) == 3 and messages[-1].controls)
    assert " ".join(" ".join(message.text for message in messages).split()) == " ".join(text.split())
    assert [bool(message.controls) for message in messages] == [False, False, True]


async def test_what_is_longer_than_four_messages_ends_in_a_file(harness: Harness) -> None:
    text = "".join(f"{number} lines of prose.\n" for number in range(3_000))
    reply = harness.reply()
    reply.feed(text)
    await reply.finish()
    messages = await harness.seen(reply, lambda messages: len(messages) == 4 and FILE in types(messages[-1]))
    [file] = [component["file"] for component in messages[-1].raw["components"] if component["type"] == FILE]
    assert "/answer.md?" in file["url"]
    rest = (await harness.client.http.get_from_cdn(file["url"])).decode()
    shown = "\n".join(message.text for message in messages) + "\n" + rest
    assert shown.split() == text.split()


async def test_an_answer_that_fails_keeps_its_text_and_says_why_even_inside_a_code_block(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("Look:\n```python\nprint(1)")
    await reply.fail("The model broke off.", buttons=[button("Retry")])
    [message] = await harness.seen(reply, lambda messages: messages[0].controls)
    assert message.text == "Look:\n```python\nprint(1)\n```\n⚠️ The model broke off."


@pytest.mark.parametrize("rest", ["\\[\n", "so \\(x = \\frac{1", "$$\nx^2", "\\begin{cases} x"])
async def test_an_answer_that_breaks_off_in_a_formula_shows_no_part_of_it(harness: Harness, rest: str) -> None:
    reply = harness.reply()
    reply.feed(f"Let's solve it:\n\n{rest}")
    await reply.fail("Stopped.")
    [message] = await harness.seen(reply, lambda messages: "Stopped" in messages[0].text)
    assert not set("\\$") & set(message.text)
    assert message.text.startswith("Let's solve it:")


async def test_an_empty_answer_sends_no_empty_message(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed(" \n \n")
    await reply.finish()
    assert reply.message_ids == []
    assert not reply.undeliverable


async def test_finishing_again_takes_the_buttons_away(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("x = 1")
    await reply.finish(buttons=[button("Again")], footer="model")
    await reply.finish(footer="model")
    [message] = await harness.seen(reply, lambda messages: not messages[0].controls)
    assert message.text == "x = 1\n-# model"


async def test_buttons_taken_away_before_the_end_is_shown_cost_none_of_its_words(harness: Harness) -> None:
    """Discord refuses the edit of an archived thread; only where the whole text stands already is it left as it is."""
    [channel] = await threads(harness, 1)
    reply = Reply(harness.outbox, channel)
    reply.feed("before ")
    await harness.seen(reply, lambda messages: True)
    await harness.client.http.edit_channel(channel.id, archived=True)
    reply.feed("after")
    ending = asyncio.create_task(reply.finish(buttons=[button("Again")]))
    await asyncio.sleep(0)
    await reply.finish()
    await ending
    [message] = await harness.seen(reply, lambda messages: messages[0].text == "before after")
    assert not message.controls
    await harness.client.http.edit_channel(channel.id, archived=True)
    await reply.finish(footer="later")
    assert harness.messages(reply)[0].text == "before after"
    assert harness.discord.world.channels[channel.id].thread.archived  # type: ignore[union-attr]


async def test_a_reply_that_is_withdrawn_changes_nothing_more(drawing_harness: Harness) -> None:
    reply = drawing_harness.reply()
    reply.feed("It is \\[ \\frac{a}{b} \\] then.")
    drawing_harness.discord.fail(Fault(kind="slow", route="POST */messages", seconds=0.5))
    ending = asyncio.create_task(reply.finish(buttons=[button("Again")]))
    await asyncio.sleep(0.1)
    await reply.withdraw()
    await ending
    assert len(reply.message_ids) == 1  # the call under way was waited for
    before = drawing_harness.discord.stats.requests.copy()
    reply.feed("more")
    reply.picture("plot.png", b"")
    await reply.finish(footer="late")
    await reply.fail("late")
    await reply.wait_for_pictures()
    await asyncio.sleep(0.1)
    assert drawing_harness.discord.stats.requests == before


async def test_a_reply_whose_channel_is_not_there_yet_is_withdrawn_at_once(harness: Harness) -> None:
    making: asyncio.Future[discord.PartialMessageable] = asyncio.get_running_loop().create_future()
    reply = Reply(harness.outbox, making)
    reply.feed("never said")
    await asyncio.wait_for(reply.withdraw(), 1)
    making.set_result(harness.channel())
    await asyncio.sleep(0.2)
    assert reply.message_ids == []
    assert not harness.student.messages("math")


async def test_a_reply_goes_on_in_the_messages_that_it_is_given(harness: Harness) -> None:
    half = harness.reply()
    half.feed("one ")
    [old] = await harness.seen(half, lambda messages: True)
    reply = harness.reply(goes_on_in=[old.id])
    reply.feed("word " * 1500)
    await reply.finish()
    messages = await harness.seen(reply, lambda messages: sum(each.text.count("word") for each in messages) == 1500)
    assert messages[0].id == old.id
    assert len(messages) > 1


async def test_formulas_are_pictures_in_reading_order_with_their_latex_as_alt_text(drawing_harness: Harness) -> None:
    reply = drawing_harness.reply()
    reply.feed("The solutions of \\(ax^2+bx+c=0\\) are\n\\[ x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a} \\]\nas one sees.")
    await reply.finish()
    [message] = await drawing_harness.seen(reply, lambda messages: "as one sees" in messages[0].text)
    await reply.wait_for_pictures()
    [message] = await drawing_harness.seen(reply, lambda messages: GALLERY in types(messages[0]))
    before, gallery, after = message.raw["components"]
    assert before["content"] == "The solutions of ax² + bx + c = 0 are"
    assert gallery["items"][0]["description"] == "x = \\frac{-b \\pm \\sqrt{b^2-4ac}}{2a}"
    assert after["content"] == "as one sees."


async def test_a_formula_that_is_not_drawn_yet_stands_on_a_line_of_its_own_with_no_hole_below(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("Solve\n$$x + 1 = 2$$\n\n1. Subtract 1: $$x + 1 = 1$$")
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: "Subtract" in messages[0].text)
    assert message.text == "Solve\nx + 1 = 2\n\n1. Subtract 1: \nx + 1 = 1"


async def test_what_stands_round_a_picture_in_a_sentence_reads_well_by_itself(drawing_harness: Harness) -> None:
    reply = drawing_harness.reply()
    reply.feed(
        "> The number \\(\\binom{n}{k}\\), which counts\n> \n> \\[ \\frac{n!}{k!(n-k)!} \\]\n>\n> subsets.\n- \\[ x \\]"
    )
    await reply.finish()
    await reply.wait_for_pictures()
    [message] = await drawing_harness.seen(reply, lambda messages: types(messages[0]).count(GALLERY) == 3)
    shown = [each.get("content") or each["items"][0]["description"] for each in message.raw["components"]]
    assert shown == ["> The number", "\\binom{n}{k}", "which counts", "\\frac{n!}{k!(n-k)!}", "> subsets.", "x"]


async def test_a_formula_that_cannot_be_read_is_shown_as_code(drawing_harness: Harness) -> None:
    reply = drawing_harness.reply()
    reply.feed("So\n\\[ \\unheardof{x} \\]\nholds.")
    await reply.finish()
    await reply.wait_for_pictures()
    [message] = await drawing_harness.seen(reply, lambda messages: "holds" in messages[0].text)
    assert "```latex\n\\unheardof{x}\n```" in message.text
    assert GALLERY not in types(message)


@pytest.mark.parametrize(
    ("latex", "text"),
    [
        (r"\text{ราคา} = \frac{a}{b}", "ราคา = a/b"),
        (r"\text{السعر} = \frac{a}{b}", "السعر = a/b"),
        (r"👍🏽 + \frac{a}{b} = 3", "👍🏽 + a/b = 3"),
        ("x + " * 600 + r"\frac{a}{b}", "x + " * 600 + "a/b"),
        (r"\begin{cases} x \\ \text{ไทย} \end{cases}", "{ x; ไทย"),
    ],
    ids=["Thai", "Arabic", "emoji", "too wide", "a system"],
)
async def test_a_formula_that_cannot_be_drawn_stays_the_text_that_it_was_while_it_was_written(
    drawing_harness: Harness, latex: str, text: str
) -> None:
    reply = drawing_harness.reply()
    reply.feed(f"So\n\\[ {latex} \\]\n")
    [before] = await drawing_harness.seen(reply, lambda messages: text in messages[0].text)
    reply.feed("holds.")
    await reply.finish()
    await reply.wait_for_pictures()
    [message] = await drawing_harness.seen(reply, lambda messages: "holds" in messages[0].text)
    assert message.text == before.text + "\nholds."
    assert GALLERY not in types(message)


async def test_a_drawing_that_never_ends_does_not_keep_the_answer_back(harness: Harness) -> None:
    async with Pool(size=1) as pool:
        harness.formula_pictures = FormulaPictures(pool, job="tests.bot.replies.endless_drawing:draw", seconds=3)
        reply = harness.reply()
        reply.feed(
            "The first:\n\\[ \\int_0^\\infty \\frac{1}{x} \\]\ndiverges, the second \\(\\binom{n}{k}\\) does not."
        )
        await reply.finish(buttons=[button("Again")])
        [message] = harness.messages(reply)
        assert "does not." in message.text  # before any picture
        assert [control.label for control in message.controls] == ["Again"]
        await reply.wait_for_pictures()
        [message] = await harness.seen(reply, lambda messages: GALLERY in types(messages[0]))
        assert "The first:\n∫₀^∞ 1/x\ndiverges" in message.text
        assert "does not." in message.text


@pytest.mark.parametrize(
    "latex",
    [
        "{" * 10_000 + "x" + "}" * 10_000,
        "\\sqrt{" * 600 + "x" + "}" * 600,
        "x+" * 10_000 + "x",
        "\\frac{a}{b" * 20,
        "\\unheardof{x}",
        "\\end{align} \\right) }}} & ^_^",
    ],
    ids=["10,000 deep", "600 roots", "20,000 characters", "unclosed", "unknown", "nonsense"],
)
async def test_hostile_latex_is_shown_whole_as_its_source(drawing_harness: Harness, latex: str) -> None:
    reply = drawing_harness.reply()
    reply.feed(f"Before.\n\\[{latex}\\]\nAfter.")
    await reply.finish(buttons=[button("Again")])
    await reply.wait_for_pictures()
    messages = await drawing_harness.seen(reply, lambda messages: messages[-1].controls)
    shown = "".join(message.text for message in messages)
    for component in (each for message in messages for each in message.raw["components"] if each["type"] == FILE):
        shown += (await drawing_harness.client.http.get_from_cdn(component["file"]["url"])).decode()
    assert not any(GALLERY in types(message) for message in messages)
    assert re.sub(r"\s", "", latex) in re.sub(r"\s", "", shown)
    assert "After." in shown


async def test_a_formula_is_not_shown_by_halves(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("We have \\(x^2 + \\fra")
    [message] = await harness.seen(reply, lambda messages: True)
    assert message.text == "We have"
    reply.feed("c{1}{2}\\) here")
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: "here" in messages[0].text)
    assert message.text == "We have x² + ½ here"


async def test_pictures_of_the_model_stand_where_they_came(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("Before.\n\n")
    reply.picture("plot.png", b"\x89PNG plot")
    reply.feed("After.")
    await reply.finish()
    [message] = await harness.seen(
        reply, lambda messages: "After" in messages[0].text and GALLERY in types(messages[0])
    )
    assert types(message) == [TEXT, GALLERY, TEXT]


def filenames(message: SeenMessage) -> list[str]:
    """The files of a message's components, top to bottom."""
    found = []
    for component in message.raw["components"]:
        media = [item["media"] for item in component.get("items", ())] or [component.get("file")]
        found += [each["url"].partition("?")[0].rpartition("/")[2] for each in media if each]
    return found


async def test_pictures_and_files_of_the_model_have_alt_texts_and_names_that_discord_finds(harness: Harness) -> None:
    reply = harness.reply()
    reply.picture("plot.png", b"\x89PNG plot", "Plot: *squares*")
    reply.feed("Here.")
    assert reply.file("성적 표.csv", b"a,b") == "file.csv"
    assert reply.file("../a b(2).csv", b"a,b") == "a_b_2.csv"
    assert reply.file("a_b_2.csv", b"a,b") == "a_b_2-2.csv"
    assert reply.file("page.html", b"<script>") == "page.html"
    assert reply.file(".profile", b"x") == "file.profile"
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: FILE in types(messages[0]))
    assert types(message) == [GALLERY, TEXT, FILE, FILE, FILE, FILE, FILE]
    assert message.raw["components"][0]["items"][0]["description"] == "Plot: *squares*"
    assert filenames(message) == ["plot.png", "file.csv", "a_b_2.csv", "a_b_2-2.csv", "page.html", "file.profile"]


async def test_more_than_ten_files_and_more_than_discord_takes_come_in_further_messages(harness: Harness) -> None:
    reply = harness.reply(file_limit=1_000)
    reply.feed("Many.")
    for number in range(8):
        reply.picture(f"p{number}.png", b"\x89PNG", "p")
    for number in range(12):
        reply.file(f"f{number}.txt", b"x")
    reply.file("large.bin", b"x" * 990)
    reply.file("also.bin", b"x" * 20)
    await reply.finish(buttons=[button("Again")])
    messages = await harness.seen(reply, lambda messages: len(messages) == 4 and messages[-1].controls)
    shown = [filenames(message) for message in messages]
    assert [len(each) for each in shown] == [10, 10, 1, 1]
    assert sorted(name for each in shown for name in each) == sorted(
        [f"p{n}.png" for n in range(8)] + [f"f{n}.txt" for n in range(12)] + ["large.bin", "also.bin"]
    )
    assert [bool(message.controls) for message in messages] == [False, False, False, True]


async def test_a_file_stays_when_only_the_words_change_and_is_not_sent_again(harness: Harness) -> None:
    reply = harness.reply()
    reply.picture("plot.png", b"\x89PNG" + b"x" * 50_000, "p")
    reply.feed("One. ")
    await harness.seen(reply, lambda messages: GALLERY in types(messages[0]))
    first = harness.discord.world.channels[harness.channel().id].messages[reply.message_ids[0]].attachments
    reply.feed("Two.")
    await reply.finish(buttons=[button("Again")])
    [message] = await harness.seen(reply, lambda messages: messages[0].controls)
    assert filenames(message) == ["plot.png"]
    now = harness.discord.world.channels[harness.channel().id].messages[reply.message_ids[0]].attachments
    assert [each.id for each in now] == [each.id for each in first]


async def test_where_an_edit_may_not_name_old_files_they_are_sent_again(harness: Harness) -> None:
    reply = harness.reply()
    reply.picture("plot.png", b"\x89PNG", "p")
    reply.feed("One. ")
    await harness.seen(reply, lambda messages: GALLERY in types(messages[0]))
    harness.discord.fail(Fault(kind="status", route="PATCH *", status=400, times=1))
    reply.feed("Two.")
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: "Two." in messages[0].text)
    assert filenames(message) == ["plot.png"]


async def test_the_status_stands_below_the_words_until_the_end(harness: Harness) -> None:
    reply = harness.reply(buttons=[button("Stop")])
    reply.show_status("⏳ working")
    [message] = await harness.seen(reply, lambda messages: "-# ⏳ working" in messages[0].text)
    assert [control.label for control in message.controls] == ["Stop"]
    reply.feed("It is ")
    await harness.seen(reply, lambda messages: "It is" in messages[0].text and "⏳" in messages[0].text)
    reply.feed("2.")
    await reply.finish()
    reply.show_status("⏳ again")
    [message] = await harness.seen(reply, lambda messages: "It is 2." in messages[0].text)
    assert "⏳" not in message.text


async def test_where_nothing_may_be_attached_the_answer_says_so(harness: Harness) -> None:
    for role in harness.discord.guild.roles.values():
        role.permissions &= ~Permission.ATTACH_FILES
    reply = harness.reply(without_files="No files here.")
    reply.picture("plot.png", b"\x89PNG", "p")
    reply.feed("See above.")
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: "See above." in messages[0].text)
    assert types(message) == [TEXT, TEXT]
    assert "-# No files here." in message.text


async def test_the_final_state_arrives_after_failed_edits(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("one ")
    await harness.seen(reply, lambda messages: True)
    harness.discord.fail(Fault(kind="disconnect", route="PATCH *", times=1))
    harness.discord.fail(Fault(kind="status", route="PATCH *", status=503, times=1))
    reply.feed("two ")
    await asyncio.sleep(0.5)
    reply.feed("three")
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: "three" in messages[0].text)
    assert message.text == "one two three"


async def test_an_answer_whose_message_was_deleted_falls_silent(harness: Harness) -> None:
    reply = harness.reply()
    reply.feed("one ")
    [message] = await harness.seen(reply, lambda messages: True)
    await harness.client.http.delete_message(message.channel_id, message.id)
    reply.feed("two ")
    await reply.finish()
    assert reply.undeliverable


async def test_a_channel_that_comes_later_gets_all_that_was_said_till_then(harness: Harness) -> None:
    making: asyncio.Future[discord.PartialMessageable] = asyncio.get_running_loop().create_future()
    reply = Reply(harness.outbox, making)
    reply.feed("said early ")
    await asyncio.sleep(0.05)
    assert reply.message_ids == []
    making.set_result(harness.channel())
    reply.feed("and late")
    await reply.finish()
    [message] = await harness.seen(reply, lambda messages: "late" in messages[0].text)
    assert message.text == "said early and late"


async def test_a_channel_that_could_not_be_made_is_told_to_who_finishes(harness: Harness) -> None:
    making: asyncio.Future[discord.PartialMessageable] = asyncio.get_running_loop().create_future()
    reply = Reply(harness.outbox, making)
    reply.feed("hello")
    making.set_exception(PermissionError("no threads here"))
    with pytest.raises(PermissionError, match="no threads here"):
        await reply.finish()


@pytest.mark.parametrize("lone", ["\\(", "$", "\\[", "$$ ", "**a ", "[", "|", "{", "<p>", "<div>", "`a "])
async def test_fifty_thousand_hostile_characters_at_once_do_not_hold_up_other_tasks(
    harness: Harness, lone: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    longest = 0
    feed = Splitter.feed

    def seen(splitter: Splitter, text: str) -> list[Part]:
        nonlocal longest
        longest = max(longest, len(text))
        return feed(splitter, text)

    monkeypatch.setattr(Splitter, "feed", seen)
    reply = harness.reply()
    text = (lone * 50_000)[:50_000]
    reply.feed(text)
    await reply.finish(buttons=[button("Again")])
    messages = await harness.seen(reply, lambda messages: messages[-1].controls)
    assert len(messages) <= 4
    assert 0 < longest <= 1_000
    assert reply.text == text
