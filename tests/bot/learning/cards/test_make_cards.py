"""Cards from the model's call to the student's deck, through real Discord, and over a restart."""

import asyncio
import json
import signal
from pathlib import Path

from bot.conversations.tools import ToolCall
from bot.learning.card import FlashContent
from bot.learning.card_store import CardStore
from playground.pilot import Student
from playground.server import Playground
from tests.bot.learning.cards.making import CARDS, SET, cards_turn, cog, shown_cards, updated
from tests.bot_process import Away, away
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn, tool_outputs

__all__ = ["away"]


async def decks_of(house: House, student: Student) -> list[tuple[str, list[tuple[str, str]]]]:
    store = CardStore(house.bot.store)
    found = []
    for deck in await store.decks_of(student.id, 0):
        cards = await store.cards_in(deck.id, student.id)
        contents = [card.content for card in cards]
        found.append((deck.name, [(each.front, each.back) for each in contents if isinstance(each, FlashContent)]))
    return found


async def test_cards_are_turned_over_edited_left_out_and_kept(house: House) -> None:
    house.openai.turns += [cards_turn(), Turn("Three cards for you.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "make me flash cards on fractions")
    post = await shown_cards(alex, start, "½")
    await alex.sees(start, contains="Three cards for you.")
    output = json.loads(tool_outputs(house.requests[-1])[0])
    assert (output["status"], output["count"]) == ("shown", 3)
    assert "Card 1 of 3 · front" in post.text
    assert "5" not in post.text
    assert [each.label for each in post.controls] == [
        "Previous", "Show back", "Next", "Keep these cards (3)", "Leave out", "Edit…",
    ]  # fmt: skip
    await alex.clicks(post, "Show back")
    post = await updated(alex, post, "Card 1 of 3 · back")
    await alex.wait_for(lambda: "back-formula-0.png" in str(alex.now(post).raw["components"]), what="the drawn formula")
    await alex.clicks(post, "Next")
    post = await updated(alex, post, "Numerator")
    assert "formula" not in str(post.raw["components"])
    form = (await alex.clicks(post, "Edit…")).modal
    assert form is not None
    await alex.submits(form, front="Top number", back="numerator\n@everyone")
    post = await updated(alex, post, "Top number")
    await alex.clicks(post, "Next")
    post = await updated(alex, post, "Denominator")
    await alex.clicks(post, "Leave out")
    post = await updated(alex, post, "left out")
    kept = await alex.clicks(post, "Keep these cards (2)")
    assert kept.ok
    said = await alex.sees(post.channel_id, contains="I keep 2 cards for you in **Fractions**")
    assert said.ephemeral
    assert await decks_of(house, alex) == [
        ("Fractions", [(CARDS[0]["front"], CARDS[0]["back"]), ("Top number", "numerator\n@everyone")])
    ]
    await alex.clicks(post, "Take in again")
    post = await alex.sees(
        post.channel_id, matching=lambda each: any(one.label == "Keep these cards (3)" for one in each.controls)
    )
    await alex.clicks(post, "Keep these cards (3)")
    await alex.sees(post.channel_id, contains="is up to date: 3 cards")
    assert len((await decks_of(house, alex))[0][1]) == 3


async def test_what_others_press_opens_a_copy_of_theirs(house: House) -> None:
    """Nobody turns a set under the hands of whoever asked for it, and everybody keeps as many as the button says."""
    house.openai.turns += [cards_turn(), Turn("Three cards for you.")]
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    start = await house.ask(alex, "make me flash cards on fractions")
    post = await shown_cards(alex, start, "½")
    await alex.clicks(post, "Leave out")
    post = await updated(alex, post, "left out")
    shown = post.text
    await minji.clicks(post, "Keep these cards (2)")
    await minji.sees(post.channel_id, contains="카드 2장을")
    assert [len(cards) for _, cards in await decks_of(house, minji)] == [2]

    await minji.clicks(post, "Next")
    mine = await minji.sees(post.channel_id, contains="Numerator", matching=lambda each: each.ephemeral)
    assert "카드 2/3 · 앞면 · 내 카드" in mine.text
    assert mine.id not in {each.id for each in alex.messages(post.channel_id)}
    await minji.clicks(mine, "뒷면 보기")
    mine = await updated(minji, mine, "above")
    await minji.clicks(mine, "빼기")
    mine = await updated(minji, mine, "제외됨")
    form = await minji.clicks(post, "Edit…")  # under the set that all see
    await minji.submits(form, front="½와 ⅓을 더하면?", back="⅚")
    edited = await minji.sees(post.channel_id, contains="½와 ⅓을", matching=lambda each: each.ephemeral)
    await minji.clicks(edited, "다시 넣기")
    edited = await minji.sees(
        post.channel_id, matching=lambda each: any(one.label == "이 카드 보관하기(2장)" for one in each.controls)
    )
    await minji.clicks(edited, "이 카드 보관하기(2장)")
    await minji.sees(post.channel_id, contains="새로 맞췄어요")
    fronts = [front for _, cards in await decks_of(house, minji) for front, _ in cards]
    assert sorted(fronts) == ["Denominator", "½와 ⅓을 더하면?"]

    assert alex.now(post).text == shown, "nobody else has turned or changed it"
    await alex.clicks(post, "Take in again")
    post = await alex.sees(
        post.channel_id, matching=lambda each: any(one.label == "Keep these cards (3)" for one in each.controls)
    )
    assert "½ + ⅓" in post.text


async def test_the_model_is_told_which_cards_were_kept(house: House) -> None:
    house.openai.turns += [cards_turn(), Turn("Three cards."), Turn("Well kept."), Turn("Yes.")]
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    start = await house.ask(alex, "make me flash cards on fractions")
    post = await shown_cards(alex, start, "½")
    await alex.sees(start, contains="Three cards.")
    await minji.clicks(post, "Keep these cards (3)")
    await minji.sees(post.channel_id, contains="보관했어요")
    await alex.clicks(post, "Leave out")
    post = await updated(alex, post, "left out")
    await alex.clicks(post, "Keep these cards (2)")
    await alex.sees(post.channel_id, contains="I keep 2 cards")
    await alex.says(start.id, "which did I keep?")
    await alex.sees(start, contains="Well kept.")
    told = [text for text in house.user_texts() if text.startswith("[results] make_cards")]
    kept = json.loads(told[0].partition("\n\n")[2])
    assert len(told) == 1, "what others keep is theirs to tell"
    assert kept == {"kept": ["Numerator", "Denominator"], "left_out": [CARDS[0]["front"]]}
    await alex.says(start.id, "and now?")
    await alex.sees(start, contains="Yes.")
    assert len([text for text in house.user_texts() if text.startswith("[results] make_cards")]) == 1


async def test_every_button_works_over_a_restart(tmp_path: Path) -> None:
    """The bot ends after the cards are shown; each button and the form are taken by the next one."""
    async with Playground() as discord, ScriptedOpenAI(cards_turn(), Turn("Here they are.")) as openai:
        alex = await discord.student("alex")
        settings = settings_for(discord, openai, tmp_path)
        async with bot_in(discord, settings):
            start = await alex.says("math", f"<@{discord.bot.id}> flash cards on fractions")
            post = await shown_cards(alex, start, "½")
            await alex.sees(start, contains="Here they are.")
            openai.turns.append(Turn("A half is 1/2 = 0.5, and a third is 1/3."))
            await alex.says(start.id, "what is a half?")
            answer = await finished(alex, start, "A half is")
        async with bot_in(discord, settings):
            await alex.clicks(post, "Show back")
            post = await updated(alex, post, "· back")
            await alex.clicks(post, "Next")
            post = await updated(alex, post, "Numerator")
            await alex.clicks(post, "Previous")
            post = await updated(alex, post, "½")
            await alex.clicks(post, "Leave out")
            post = await updated(alex, post, "left out")
            form = await alex.clicks(post, "Edit…")
        async with bot_in(discord, settings) as bot:
            await alex.submits(form, front="A half and a third?", back="5/6")
            post = await updated(alex, post, "A half and a third?")
            await alex.clicks(post, "Keep these cards (2)")
            await alex.sees(post.channel_id, contains="I keep 2 cards")
            (deck,) = await CardStore(bot.store).decks_of(alex.id, 0)
            assert (deck.name, deck.cards) == ("Fractions", 2)
            openai.turns += [cards_turn({"cards": [{"front": "Anew", "back": "b"}]}), Turn("Again.")]
            assert (await alex.clicks(answer, "Make cards")).ok
            await shown_cards(alex, start, "Anew")


async def test_killed_before_the_model_answered_cards_are_asked_for_again(away: Away) -> None:
    alex = await away.discord.student("alex")
    away.openai.turns.append(Turn("never whole", gate=asyncio.Event()))
    async with away.bot_process() as process:
        await alex.runs("/cards", where="math", topic="fractions", cards=4)
        await eventually(lambda: any("input" in request for request in away.openai.requests))
        process.send_signal(signal.SIGKILL)
        await process.wait()
    away.openai.turns += [cards_turn(), Turn("Three cards.")]
    async with bot_in(away.discord, settings_for(away.discord, away.openai, away.directory)):
        # The next process begins the run again, or marks the answer as interrupted: either way there are cards.
        shown = await alex.sees(
            matching=lambda post: any(each.label in {"Retry", "Show back"} for each in post.controls), timeout=20
        )
        if any(each.label == "Retry" for each in shown.controls):
            await alex.clicks(shown, "Retry")
        post = await shown_cards(alex, shown.channel_id)
        assert "fractions" in post.text
        assert any("make_cards once with 4 cards" in str(body) for body in away.openai.requests)
        await alex.clicks(post, "Keep these cards (3)")
        await alex.sees(post.channel_id, contains="I keep 3 cards for you in **fractions**")


async def test_a_call_that_the_last_process_took_is_answered_once(
    house: House,
) -> None:
    """The process ended after it had shown the cards and before it had stored the output."""
    house.openai.turns += [cards_turn(), Turn("Three cards.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "cards on fractions, please")
    post = await shown_cards(alex, start, "½")
    await alex.sees(start, contains="Three cards.")
    made = cog(house).make_cards
    stored = await cog(house).store.get((post.controls[0].custom_id or "").split(":")[1])
    assert stored is not None
    call = ToolCall(stored.call_id, "make_cards", json.dumps(SET), start.id, 1, post.channel_id, "a", "t", "r", alex.id)
    assert json.loads(await made.output_so_far(call))["count"] == 3
    assert len([each for each in alex.messages(post.channel_id) if "½" in each.text]) == 1


async def test_what_is_wrong_goes_back_and_what_is_right_is_shown_in_the_end(house: House) -> None:
    wrong = {"cards": [{"front": "x" * 10_000, "back": "y"}, {"front": "", "back": "z"}, *CARDS[1:], CARDS[1]]}
    house.openai.turns += [cards_turn(wrong), cards_turn(wrong), cards_turn(wrong), Turn("Two cards.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "cards, please")
    await shown_cards(alex, start, "Numerator")
    await alex.sees(start, contains="Two cards.")
    outputs = [json.loads(each) for each in tool_outputs(house.requests[-1])]
    assert [each["status"] for each in outputs] == ["invalid", "invalid", "shown"]
    assert outputs[0]["problems"] == [
        "Card 1: `front` is 10000 characters long; at most 1000 are possible. Make several cards of it.",
        "Card 2: `front` is empty.",
    ]
    assert (outputs[2]["count"], outputs[2]["doubles_left_out"]) == (2, 1)
    assert outputs[2]["not_shown"] == outputs[0]["problems"]


async def test_no_cards_at_all_get_a_sentence(house: House) -> None:
    house.openai.turns += [*[cards_turn({"cards": []})] * 3, Turn("I could not.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "cards, please")
    await alex.sees(start, contains="I could not make cards of that.")
    await alex.sees(start, contains="I could not.")


async def test_a_flood_of_sets_is_refused_before_anything_is_made(house: House) -> None:
    limits = cog(house).limits
    limits._by_student = 2
    alex = await house.discord.student("alex")
    for _ in range(2):
        house.openai.turns += [cards_turn(), Turn("Here.")]
        outcome = await alex.runs("cards", where="math", topic="fractions")
        assert outcome.ok
    before = len(house.requests)
    refused = await alex.runs("cards", where="math", topic="fractions")
    assert "Sets of cards that you have asked for in the last five minutes: 2" in (await refused.says()).text
    assert len(house.requests) >= before
    empty = await alex.runs("cards", where="math", topic="  !! ")
    assert "Tell me what the cards are to be about" in (await empty.says()).text


async def test_make_cards_under_an_answer_and_the_command_ask_the_model_for_that(house: House) -> None:
    house.openai.turns += [Turn("A half is \\(\\frac{1}{2}\\)."), cards_turn(), Turn("Here they are.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "what is a half?")
    answer = await finished(alex, start, "A half")
    assert (await alex.clicks(answer, "Make cards")).ok
    await shown_cards(alex, start, "½ +")
    await alex.sees(start, contains="Here they are.")
    asked = house.user_texts(1)[-1].removeprefix("Alex: ")
    assert asked.startswith("Please make flash cards on this question and its answer:")
    assert "what is a half?" in asked
    assert house.requests[1]["tool_choice"] == {"type": "function", "name": "make_cards"}

    house.openai.turns += [cards_turn(), Turn("And these.")]
    assert (await alex.runs("cards", where="math", topic="분수", cards=4)).ok
    post = await alex.sees(contains="And these.")
    thread = house.discord.world.channels[post.channel_id]
    assert thread.name == "카드: 분수"
    shown = await shown_cards(alex, post.channel_id)
    assert "카드 1/3 · 앞면" in shown.text
    assert "분수" in shown.text
    assert "make_cards once with 4 cards" in str(house.requests[-2])
