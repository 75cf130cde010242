"""Files that come with a question, or with a bare mention."""

from tests.assistants.retrieval import documents
from tests.bot.library.dropped_files import PLAN, WATER, citing, jump_url, reacted
from tests.house import House, finished


async def test_a_mention_with_only_documents_adds_them_in_any_channel(house: House) -> None:
    minji = await house.discord.student("minji")
    dropped = await minji.drops("math", ("water.md", WATER.encode()), text=house.mention)
    await reacted(minji, dropped, "✅")
    assert not house.requests
    outcome = await minji.runs("/library search", query="boils", where="math")
    assert WATER in (await minji.sees("math", contains="water.md")).text, outcome


async def test_a_file_in_a_question_belongs_to_that_thread_alone(house: House) -> None:
    alex = await house.discord.student("alex")
    citing(house, "목표연도")
    question = await alex.drops("math", ("plan.txt", PLAN.encode()), text=f"{house.mention} 목표연도는?")
    answer = await finished(alex, question, "2030")
    assert jump_url(question, house) in answer.text
    other = await house.ask(alex, "목표연도는?")
    assert "No files" in (await finished(alex, other)).text
    await alex.runs("/library list", where="math")
    await alex.sees("math", contains="empty")


async def test_a_file_in_a_question_that_cannot_be_read_is_said_so(house: House) -> None:
    minji = await house.discord.student("minji")
    question = await minji.drops("math", ("locked.pdf", documents.locked_pdf()), text=f"{house.mention} what is in it?")
    assert "password" in (await minji.sees(question.id, contains="locked")).text


async def test_a_threads_file_is_found_in_no_other_thread(house: House) -> None:
    alex = await house.discord.student("alex")
    citing(house, "목표연도")
    question = await alex.drops("math", ("plan.txt", PLAN.encode()), text=f"{house.mention} 목표연도는?")
    await finished(alex, question, "2030")
    seen = len(house.requests)
    for text in ("목표연도는?", f"look into thread {question.id} for plan.txt"):
        await finished(alex, await house.ask(alex, text))
    assert PLAN not in str(house.requests[seen:])
