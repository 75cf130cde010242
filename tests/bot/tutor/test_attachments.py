"""Attachments of questions: pictures go to the model with the words, or without any."""

import io
from typing import Any

from PIL import Image

from tests.house import House, finished


def photo(kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", (32, 16), "white").save(buffer, kind)
    return buffer.getvalue()


def images(request: dict[str, Any]) -> list[str]:
    """The images of a request, as data URLs."""
    parts = [part for item in request["input"] if isinstance(item.get("content"), list) for part in item["content"]]
    return [part["image_url"] for part in parts if part["type"] == "input_image"]


async def test_a_picture_goes_to_the_model_as_part_of_the_question(house: House) -> None:
    house.openai.say("It is a white page.")
    alex = await house.discord.student("alex")
    question = await alex.says("math", f"{house.mention} what is this?", files=[("homework.png", photo())])
    await finished(alex, question, "white page")
    assert house.user_texts() == ["Alex: what is this?"]
    assert [each[:22] for each in images(house.requests[-1])] == ["data:image/png;base64,"]


async def test_a_bare_mention_with_a_photo_is_a_question(house: House) -> None:
    house.openai.say("I see.")
    alex = await house.discord.student("alex")
    question = await alex.says("math", house.mention, files=[("a.jpg", photo("JPEG")), ("b.webp", photo("WEBP"))])
    await finished(alex, question, "I see.")
    assert len(images(house.requests[-1])) == 2
    assert house.discord.world.channels[question.id].name


async def test_a_photo_without_a_word_in_the_thread_is_answered(house: House) -> None:
    house.openai.say("Hello.", "A page.")
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "hello")
    await finished(alex, question, "Hello.")
    await alex.says(question.id, files=[("page.png", photo())])
    await finished(alex, question, "A page.")
    assert len(images(house.requests[-1])) == 1


async def test_a_mention_in_reply_to_a_photo_brings_the_photo(house: House) -> None:
    house.openai.say("A page.")
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    shown = await minji.says("math", files=[("page.png", photo())])
    question = await alex.says("math", f"{house.mention} solve this", reply_to=shown)
    await finished(alex, question, "A page.")
    assert len(images(house.requests[-1])) == 1


async def test_what_only_calls_itself_a_picture_is_named_and_the_question_is_answered(house: House) -> None:
    house.openai.say("Nothing to see.")
    alex = await house.discord.student("alex")
    question = await alex.says("math", f"{house.mention} and this?", files=[("virus.png", b"MZ not a picture")])
    answer = await finished(alex, question, "Nothing to see.")
    assert "virus.png" in answer.text
    assert images(house.requests[-1]) == []


async def test_a_voice_message_is_answered_with_what_can_be_done_instead(house: House) -> None:
    house.openai.say("Hello.", "Please write it down.")
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "hello")
    await finished(alex, question, "Hello.")
    await alex.says(question.id, files=[("voice-message.ogg", b"OggS voice")])
    answer = await finished(alex, question, "Please write it down.")
    assert "I cannot listen to or watch voice-message.ogg" in answer.text
    assert "voice-message.ogg" in house.user_texts()[-1]


async def test_the_model_is_told_of_what_could_not_be_fetched(house: House) -> None:
    house.openai.say("Please send it again.")
    house.discord.cdn.vanished = True
    alex = await house.discord.student("alex")
    question = await alex.says("math", house.mention, files=[("homework.png", photo())])
    answer = await finished(alex, question, "Please send it again.")
    assert "I could not fetch homework.png." in answer.text
    assert house.user_texts() == [
        "Alex: (nothing)\n(not received, as the student is told: I could not fetch homework.png.)"
    ]
