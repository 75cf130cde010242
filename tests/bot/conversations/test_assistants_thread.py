"""The Assistants server loses what it had, is replaced, or is away, and the conversation goes on."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

from pydantic import SecretStr

from assistants.app import create_app
from assistants.http_server import bind, serve_app
from assistants.settings import Settings as ServerSettings
from bot.store.conversation_store import ConversationStore, StoredAnswer, StoredConversation
from bot.store.store import open_store
from playground.server import Playground
from tests.house import House, bot_in, eventually, finished, settings_for
from tests.scripted_openai import ScriptedOpenAI, Turn
from workers import Pool


async def test_a_thread_that_the_server_lost_is_made_anew_with_what_was_said(house: House) -> None:
    house.openai.say("My name is Saem.", "You asked for my name.")
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "what is your name?")
    await finished(alex, question, "My name is Saem.")
    stored = await house.bot.conversation_store.conversation(question.id)
    assert stored is not None
    assert stored.thread_id is not None
    await house.bot.openai.beta.threads.delete(stored.thread_id)
    await alex.says(question.id, "what did I ask?")
    await finished(alex, question, "You asked for my name.")
    assert house.user_texts() == ["Alex: what is your name?", "Alex: what did I ask?"]
    assert "My name is Saem." in str(house.requests[-1])


async def test_an_assistant_that_the_server_lost_is_made_anew(house: House) -> None:
    house.openai.say("One.", "Two.")
    alex = await house.discord.student("alex")
    question = await house.ask(alex, "one?")
    await finished(alex, question, "One.")
    lost = await house.bot.guild_assistants.assistant(house.discord.guild.id)
    await house.bot.openai.beta.assistants.delete(lost)
    await alex.says(question.id, "two?")
    await finished(alex, question, "Two.")
    assert await house.bot.guild_assistants.assistant(house.discord.guild.id) != lost


async def test_a_server_that_was_replaced_knows_nothing_and_the_conversation_goes_on(tmp_path: Path) -> None:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        settings = settings_for(discord, openai, tmp_path)
        alex = await discord.student("alex")
        openai.say("One it is.", "You asked for one.")
        async with bot_in(discord, settings):
            question = await alex.says("math", f"<@{discord.bot.id}> one?")
            await finished(alex, question, "One it is.")
        for ending in ("", "-wal", "-shm"):
            (tmp_path / f"assistants.sqlite3{ending}").unlink(missing_ok=True)
        async with bot_in(discord, settings):
            await alex.says(question.id, "what did I ask?")
            await finished(alex, question, "You asked for one.")
        assert "One it is." in str(openai.requests[-1])


@asynccontextmanager
async def server_elsewhere(openai: ScriptedOpenAI, directory: Path, pool: Pool, port: int = 0) -> AsyncIterator[int]:
    """An Assistants server that is not the bot's own, with the key `elsewhere`; its port."""
    settings = ServerSettings(
        openai_api_key=SecretStr(openai.key), openai_base_url=openai.url, data_dir=directory / "elsewhere"
    )
    with bind("127.0.0.1", port) as listener:
        async with serve_app(create_app(settings, pool=pool, key="elsewhere"), listener):
            yield listener.getsockname()[1]


async def test_whoever_has_an_answer_made_anew_is_told_when_the_server_is_away(tmp_path: Path) -> None:
    async with Playground() as discord, ScriptedOpenAI() as openai, Pool() as pool, AsyncExitStack() as stack:
        alex = await discord.student("alex")
        openai.say("One it is.", "One again.")
        async with server_elsewhere(openai, tmp_path, pool) as port:
            url = f"http://127.0.0.1:{port}/v1"
            settings = settings_for(discord, openai, tmp_path, assistants_url=url, assistants_key="elsewhere")
            await stack.enter_async_context(bot_in(discord, settings))
            question = await alex.says("math", f"<@{discord.bot.id}> one?")
            answer = await finished(alex, question, "One it is.")
        await alex.clicks(answer, "Regenerate")
        failed = await finished(alex, question, "cannot reach the model", button="saem:retry:")
        async with server_elsewhere(openai, tmp_path, pool, port):
            await alex.clicks(failed, "Retry")
            await finished(alex, question, "One again.")
        assert "One it is." not in str(openai.requests[-1])
        assert len([post for post in alex.messages(question.id) if post.by_bot]) == 1


async def test_what_was_asked_while_the_server_was_away_goes_along_with_the_next_question(tmp_path: Path) -> None:
    async with Playground() as discord, ScriptedOpenAI() as openai, Pool() as pool, AsyncExitStack() as stack:
        alex = await discord.student("alex")
        openai.say("Hello.", "It is 7.")
        async with server_elsewhere(openai, tmp_path, pool) as port:
            url = f"http://127.0.0.1:{port}/v1"
            settings = settings_for(discord, openai, tmp_path, assistants_url=url, assistants_key="elsewhere")
            bot = await stack.enter_async_context(bot_in(discord, settings))
            house = House(discord, openai, settings, bot)
            question = await house.ask(alex, "hello")
            await finished(alex, question, "Hello.")
        await alex.says(question.id, "what is 3 + 4?")
        await finished(alex, question, "cannot reach the model", button="saem:retry:")
        async with server_elsewhere(openai, tmp_path, pool, port):
            await alex.says(question.id, "are you there now?")
            await finished(alex, question, "It is 7.")
        assert house.user_texts() == ["Alex: hello", "Alex: what is 3 + 4?", "Alex: are you there now?"]


async def test_an_answer_is_marked_as_interrupted_also_when_the_server_is_away_at_the_start(tmp_path: Path) -> None:
    async with Playground() as discord, ScriptedOpenAI() as openai:
        settings = settings_for(
            discord, openai, tmp_path, assistants_url="http://127.0.0.1:9/v1", assistants_key="elsewhere"
        )
        minji = await discord.student("minji")
        question = await minji.says("general", f"<@{discord.bot.id}> 2 + 3 = ?")
        thread = await minji.starts_thread(question, "2 + 3")
        async with open_store(f"sqlite:///{tmp_path / 'saem.sqlite3'}") as store:
            conversation_store = ConversationStore(store)  # as a process leaves it that was killed over its answer
            conversation = StoredConversation(thread, discord.guild.id, thread, None, True, 0)
            await conversation_store.add_question(
                conversation,
                message_id=question.id,
                channel_id=question.channel_id,
                author_id=minji.id,
                state="waiting",
            )
            await conversation_store.begin_answer(StoredAnswer("answer-left", thread, None, "running"), [question.id])
            await conversation_store.set_run("answer-left", "run_left", thread, "thread_left")
        async with bot_in(discord, settings):
            interrupted = await finished(minji, thread, button="saem:retry:answer-left")
            assert "끊겼어요" in interrupted.text


async def test_a_thread_that_vanishes_while_it_answers_harms_no_other(house: House) -> None:
    house.openai.turns.extend([Turn("one two three four", every=0.2), Turn("Fine here.")])
    teacher = await house.discord.student("teacher")
    question = await house.ask(teacher, "count")
    await teacher.sees(question, contains="one")
    await teacher.client.request("DELETE", f"/channels/{question.id}")
    await finished(teacher, await house.ask(teacher, "and here?"), "Fine here.")
    conversation = await house.bot.conversations.find(question.id)
    assert conversation is not None
    await eventually(lambda: conversation.idle)
