"""The button "Quiz me" under an answer."""

from tests.bot.quizzes.playing import question, quiz_turn, record
from tests.house import House, finished
from tests.scripted_openai import Turn


async def test_quiz_me_under_an_answer_asks_about_what_was_said(house: House) -> None:
    house.openai.turns += [Turn("A half is 1/2."), quiz_turn(), Turn("Well done.")]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "what is a half?")
    answer = await finished(alex, start, "A half")
    await alex.clicks(answer, "Quiz me")
    post = await question(alex, "What is 1/2 + 1/3?", start)
    assert [text.removeprefix("Alex: ") for text in house.user_texts()] == [
        "what is a half?",
        "Quiz me on this question and its answer:\n\n  what is a half?\n\n  Answer:\n\n  A half is 1/2.",
    ]
    assert (await record(house, post)).session.host == alex.id


async def test_buttons_of_other_answers_go_on_working_when_an_answer_loses_its_own(house: House) -> None:
    house.openai.turns += [Turn("x = 1 first"), Turn("x = 2 second"), quiz_turn()]
    alex = await house.discord.student("alex")
    first = await house.ask(alex, "one")
    kept = await finished(alex, first, "first")
    other = await house.ask(alex, "two")
    await finished(alex, other, "second")
    await alex.says(first.id, "three")  # its answer takes the buttons from the one before
    await question(alex, "What is 1/2 + 1/3?", first)
    house.openai.turns.append(Turn("x = 2 second, anew"))
    again = await finished(alex, other, "second")
    assert (await alex.clicks(again, "Regenerate")).ok
    await finished(alex, other, "second, anew")
    assert kept.id


async def test_what_the_model_says_to_quiz_me_is_a_follow_up_of_the_press(house: House) -> None:
    house.openai.turns += [Turn("A half is 1/2."), *[Turn("There is nothing to ask about that.")] * 2]
    alex = await house.discord.student("alex")
    start = await house.ask(alex, "what is a half?")
    answer = await finished(alex, start, "A half")
    before = dict(house.discord.stats.requests)
    assert (await alex.clicks(answer, "Quiz me")).ok
    said = await finished(alex, start, "nothing to ask")
    assert said.channel_id == answer.channel_id
    assert not said.ephemeral
    assert said.raw["message_reference"]["message_id"] == str(answer.id)
    assert not [route for route in house.calls_since(before) if route.startswith("POST /channels/")]


async def test_it_does_not_stand_under_what_one_cannot_be_asked_about(house: House) -> None:
    alex = await house.discord.student("alex")
    for said in ("I'm sorry, but I can't help with that.", "Hello Alex! What shall we do today?"):
        house.openai.turns.append(Turn(said))
        start = await house.ask(alex, "can you do that?")
        answer = await finished(alex, start, said[:10])
        assert [each.label for each in answer.controls] == ["Regenerate"]
    house.openai.turns.append(Turn("The derivative of x is 1, and that of", incomplete="max_output_tokens"))
    start = await house.ask(alex, "derivative of x?")
    answer = await finished(alex, start, "The derivative")
    assert "Quiz me" not in [each.label for each in answer.controls]
