"""The sender of a file says how it is to be read: in which encoding, or as a picture of a page."""

import json

import pytest

from assistants.retrieval.formats import encodings, refusals
from bot.library import sentences as say
from bot.library.reading_choices import readings_of
from bot.library.vector_store_files import IndexedFile
from tests.assistants.retrieval.formats.scans import needs_ocr, picture, png, scan
from tests.bot.library.dropped_files import citing, reacted, reactions, said_by_bot
from tests.house import House, finished

TEXT = "數學考試"


async def test_a_text_of_several_readings_is_read_as_its_sender_says(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    dropped = await alex.drops("library", ("exam.txt", TEXT.encode("big5")))
    await reacted(alex, dropped, "⚠️")
    asked = await alex.sees("library", contains="how its letters are encoded")
    assert "✅" not in reactions(alex, dropped)
    right = next(control for control in asked.controls if TEXT in (control.label or ""))
    refused = await minji.clicks(asked, right.custom_id or "")
    assert "파일을 올린 사람" in (await refused.says()).text
    await alex.clicks(asked, right.custom_id or "")
    await reacted(alex, dropped, "✅")
    assert "⚠️" not in reactions(alex, dropped)
    citing(house, TEXT, "Found{mark}.")
    answer = await finished(minji, await house.ask(minji, "What is the exam?"), "Found")
    assert "exam.txt" in answer.text
    stored = await house.bot.cogs["LibraryCog"].library.library_store.of_message(dropped.id)  # type: ignore[attr-defined]
    assert [record.read_as for record in stored] == ["big5"]


async def test_a_text_in_a_question_is_read_as_whoever_asked_says(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    citing(house, TEXT, "Found{mark}.", nothing="Nothing there.")
    question = await alex.drops("math", ("exam.txt", TEXT.encode("big5")), text=f"{house.mention} what exam?")
    asked = await alex.sees(question.id, contains="how its letters are encoded")
    right = next(control for control in asked.controls if TEXT in (control.label or ""))
    refused = await minji.clicks(asked, right.custom_id or "")
    assert "파일을 올린 사람" in (await refused.says()).text
    await alex.clicks(asked, right.custom_id or "")
    await alex.wait_for(lambda: "Regenerate" in alex.now(asked).text, what="the reading")
    assert not alex.now(asked).controls
    await alex.says(question.id, "and now?")
    answer = await finished(alex, question, "Found")
    assert "exam.txt" in answer.text
    await alex.edits(question, f"{house.mention} which exam?")
    again = await finished(alex, question, "Found")
    assert len([post for post in alex.messages(question) if "how its letters are encoded" in post.text]) == 0, again


@needs_ocr
async def test_a_picture_is_a_page_when_its_sender_says_so(house: House) -> None:
    alex, minji = await house.discord.student("alex"), await house.discord.student("minji")
    page = png(picture(["The otter eats nine crabs a day.", "The quick brown fox jumps over the lazy dog."]))
    dropped = await alex.drops("library", ("photo.png", page))
    offer = await alex.sees("library", contains="picture of a page")
    assert reactions(alex, dropped) == set()
    button = offer.controls[0]
    assert "photo.png" in (button.label or "")
    refused = await minji.clicks(offer, button.custom_id or "")
    assert "파일을 올린 사람" in (await refused.says()).text
    await alex.clicks(offer, button.custom_id or "")
    await reacted(alex, dropped, "✅")
    citing(house, "otter crabs", "Nine{mark}.")
    answer = await finished(minji, await house.ask(minji, "How many crabs does the otter eat?"), "Nine")
    assert "photo.png, p. 1, read by OCR" in answer.text
    await alex.deletes(dropped)
    await alex.wait_for(lambda: len(said_by_bot(alex, dropped.channel_id)) >= 1, what="the offer to stay")


@needs_ocr
async def test_a_scan_is_read_page_by_page_and_its_citation_says_so(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.reading_progress.SHOWN_AFTER", 0.0)
    monkeypatch.setattr("bot.library.reading_progress.UPDATED_EVERY", 0.05)
    alex = await house.discord.student("alex")
    pages = [[f"Page {number} tells of the otter.", "The quick brown fox jumps over it."] for number in range(1, 5)]
    dropped = await alex.drops("library", ("scan.pdf", scan(*pages)))
    await alex.sees("library", contains="**scan.pdf**, page 2 of 4", timeout=60)
    await reacted(alex, dropped, "✅", timeout=60)
    citing(house, "page 3 otter", "It does{mark}.")
    answer = await finished(alex, await house.ask(alex, "What does page 3 tell of?"), "It does")
    assert "read by OCR" in answer.text


def test_the_bot_knows_every_encoding_that_the_server_may_ask_about() -> None:
    assert say.UNSURE_ENCODING_OF_SERVER == refusals.UNSURE
    for encoding in encodings.CHOICES:
        assert say.encoding_name(encoding, "ko") != encoding
    reason = refusals.UNSURE + json.dumps([["big5", TEXT]])
    assert readings_of(reason) == [("big5", TEXT)]
    assert "UTF-8" in say.reason(reason, "en")
    assert readings_of("The file is empty.") == readings_of(None) == readings_of(refusals.UNSURE + "…") == ()


@needs_ocr
async def test_pages_that_could_not_be_read_are_told_to_the_sender(house: House) -> None:
    alex = await house.discord.student("alex")
    lines = ["Page 1 tells of the otter.", "The quick brown fox jumps over the lazy dog."]
    file = ("notes.pdf", scan(lines, ["~"], ["~"]))
    dropped = await alex.drops("library", file)
    await reacted(alex, dropped, "✅", timeout=60)
    told = await alex.sees("library", contains="could not read these scanned pages: 2–3", timeout=60)
    assert "notes.pdf" in told.text
    await alex.runs("/library list", where="math")
    assert "pages: 2–3" in (await alex.sees("math", contains="notes.pdf")).text
    question = await alex.drops("math", file, text=f"{house.mention} what is in it?")
    assert "notes.pdf" in (await alex.sees(question.id, contains="scanned pages: 2–3", timeout=60)).text


async def test_where_nothing_reads_pictures_people_are_told_how_to_get_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.library.reading_choices.shutil.which", lambda _: None)
    alex = await house.discord.student("alex")
    await alex.drops("library", ("photo.png", png(picture(["The otter eats nine crabs a day."]))))
    said = await alex.sees("library", contains="apt install tesseract-ocr")
    assert not said.controls


def test_page_numbers_are_told_as_people_write_them() -> None:
    assert IndexedFile(1, [2, 5, 6, 7]).reason == f"{say.UNREAD_PAGES}2, 5–7"
    assert IndexedFile(1).reason is None
    assert (IndexedFile(1, range(2, 99, 2)).reason or "").endswith("40, …")
