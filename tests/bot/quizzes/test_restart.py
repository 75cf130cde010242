"""A quiz and SIGKILL: the bot dies in the middle, comes back, and the quiz goes on to its feedback."""

import asyncio
import contextlib
import json
import signal
import sqlite3
import time
from pathlib import Path
from typing import Any

import pytest

from assistants.http_server import serve_on_loopback
from assistants.settings import Settings as ServerSettings
from bot.discord_clock import DISCORD_CLOCK
from playground.pilot import SeenMessage, Student
from tests.bot.quizzes.example_quizzes import CITY_PLAN
from tests.bot.quizzes.playing import begun_at_once, question, quiz_turn, updated
from tests.bot_process import Away, BotProcess, away
from tests.house import bot_in, eventually, settings_for
from tests.scripted_openai import Turn, last_user_text, tool_outputs
from workers import Pool

__all__ = ["away"]

ANSWERS = ["2. 수원시의 생활환경을 개선하기 위해", "4. 인구 증가로 인한 환경 부담", "1. 2025년"]


async def two_clicks(away: Away, minji: Student) -> SeenMessage:
    """Begin the tutorial's quiz and answer two of its three questions."""
    away.openai.turns.append(quiz_turn(CITY_PLAN))
    start = await minji.says("math", f"{away.mention} 도시기본계획으로 퀴즈를 내 주세요.")
    post = await minji.sees(start, contains="배경 및 목적", timeout=20)
    await minji.clicks(post, "2")
    post = await updated(minji, post, "SWOT")
    await minji.clicks(post, "4")
    return await updated(minji, post, "목표연도는 언제인가요?")


async def third_click_and_send(minji: Student, post: SeenMessage) -> None:
    pressed = await minji.clicks(post, "1. 2025년")
    assert pressed.ok
    await minji.clicks(await updated(minji, post, "답을 확인하고 제출하세요."), "제출")


def told(away: Away) -> list[list[str | None]]:
    """The responses that the model was told as outputs, in its last request."""
    return [json.loads(output)["responses"] for output in tool_outputs(away.openai.requests[-1])]


async def killed(process: BotProcess) -> None:
    process.send_signal(signal.SIGKILL)
    await process.wait()


async def test_killed_after_the_second_click_the_third_finishes_the_quiz(away: Away) -> None:
    minji = await away.discord.student("minji")
    async with away.bot_process() as process:
        post = await two_clicks(away, minji)
        await killed(process)
    away.openai.say("세 번째는 틀렸어요. 목표연도는 2030년이에요.")
    async with away.bot_process():
        await third_click_and_send(minji, post)
        await minji.sees(post.channel_id, contains="2030년이에요", timeout=20)
    assert told(away) == [ANSWERS]


async def test_the_same_with_an_assistants_server_that_lives_on(away: Away, tmp_path: Path) -> None:
    minji = await away.discord.student("minji")
    settings = ServerSettings(
        _env_file=None,  # type: ignore[call-arg]
        openai_api_key=away.openai.key,  # type: ignore[arg-type]
        openai_base_url=away.openai.url,
        data_dir=tmp_path / "server",
    )
    async with Pool() as pool, serve_on_loopback(settings, pool=pool) as server:
        environment: dict[str, Any] = {"ASSISTANTS_URL": server.url, "ASSISTANTS_KEY": server.key}
        async with away.bot_process(**environment) as process:
            post = await two_clicks(away, minji)
            await killed(process)
        away.openai.say("목표연도는 2030년이에요.")
        async with away.bot_process(**environment):
            await third_click_and_send(minji, post)
            await minji.sees(post.channel_id, contains="2030년이에요", timeout=20)
    assert told(away) == [ANSWERS]


async def test_the_same_with_a_run_that_expired_meanwhile(away: Away, monkeypatch: pytest.MonkeyPatch) -> None:
    minji = await away.discord.student("minji")
    async with away.bot_process(RUN_EXPIRES_AFTER="3") as process:
        begun = time.monotonic()
        post = await two_clicks(away, minji)
        await killed(process)
    await asyncio.sleep(max(0.0, begun + 4 - time.monotonic()))
    away.openai.say("목표연도는 2030년이에요.")
    # What has expired before a start is spared for a while. The run that begins then has as long as it needs.
    monkeypatch.setattr("assistants.runs.run_tasks.SPARED", 0.0)
    async with bot_in(away.discord, settings_for(away.discord, away.openai, away.directory)):
        await third_click_and_send(minji, post)
        await minji.sees(post.channel_id, contains="2030년이에요", timeout=20)
    heard = last_user_text(away.openai.requests[-1])
    assert json.dumps(ANSWERS, ensure_ascii=False) in heard


async def test_killed_over_the_feedback_it_comes_once_after_the_restart(away: Away) -> None:
    minji = await away.discord.student("minji")
    async with away.bot_process() as process:
        post = await two_clicks(away, minji)
        asked = len(away.openai.requests)
        away.openai.turns.append(Turn("목표 연도가 무엇인지", gate=asyncio.Event()))
        await third_click_and_send(minji, post)
        await eventually(lambda: len(away.openai.requests) > asked)
        await minji.sees(post.channel_id, contains="목표", matching=lambda each: each.id > post.id)
        await killed(process)
    away.openai.reply = lambda _: Turn("목표연도는 2030년이에요.")
    async with away.bot_process():
        await minji.sees(post.channel_id, contains="2030년이에요", timeout=20)
        await asyncio.sleep(1)
    shown = [each for each in minji.messages(post.channel_id) if each.by_bot]
    assert len([each for each in shown if "2030년이에요" in each.text]) == 1
    assert [each.id for each in shown if "수원도시기본계획 퀴즈" in each.text] == [post.id]


async def test_a_groups_questions_go_on_closing_after_the_restart(away: Away) -> None:
    alex = await away.discord.student("alex")
    away.openai.turns.append(quiz_turn())
    async with away.bot_process() as process:
        await alex.runs("/quiz", where="math", topic="fractions", mode="together")
        post = await begun_at_once(alex)
        await alex.clicks(post, "5/6")
        await killed(process)
    with pytest.MonkeyPatch.context() as patched:
        real = time.time
        patched.setattr(DISCORD_CLOCK, "seconds", lambda: real() + 35.0)  # half a minute later
        async with bot_in(away.discord, settings_for(away.discord, away.openai, away.directory)):
            closed = await updated(alex, post, "✓ 5/6")
            assert "`██████████` 1" in closed.text
            await alex.clicks(closed, "Next")
            await question(alex, "Which fraction is the largest?")


async def test_killed_before_the_model_answered_quiz_is_asked_for_again(away: Away) -> None:
    alex = await away.discord.student("alex")
    away.openai.turns.append(Turn("never whole", gate=asyncio.Event()))
    async with away.bot_process() as process:
        await alex.runs("/quiz", where="math", topic="fractions", mode="together")
        await eventually(lambda: any("input" in request for request in away.openai.requests))
        await killed(process)
    away.openai.turns.append(quiz_turn())
    async with away.bot_process():
        # The next process begins the run again, or marks the answer as interrupted: either way there is a quiz.
        shown = await alex.sees(
            matching=lambda post: any(each.label in {"Retry", "Start now", "Pause"} for each in post.controls),
            timeout=20,
        )
        if any(each.label == "Retry" for each in shown.controls):
            await alex.clicks(shown, "Retry")
        await alex.sees(contains="closes <t:", timeout=30)


async def test_killed_in_the_lobby_who_joined_is_in_and_the_first_question_opens(away: Away) -> None:
    alex, sora = await away.discord.student("alex"), await away.discord.student("sora")
    away.openai.turns.append(quiz_turn())
    async with away.bot_process() as process:
        await alex.runs("/quiz", where="math", topic="fractions", mode="together")
        lobby = await question(alex, "Nobody has joined yet.")
        await (await sora.clicks(lobby, "Join")).says("You are in!")
        await killed(process)
    async with away.bot_process():
        # A slow machine starts it again when the eight seconds of the lobby are over.
        await alex.wait_for(
            lambda: any(text in alex.now(lobby).text for text in ("Joined (1):** Sora", "What is 1/2 + 1/3?")),
            timeout=30,
            what="the lobby with Sora, or the first question",
        )
        if "Joined" in alex.now(lobby).text:
            await (await sora.clicks(lobby, "Join")).says("already")
        await alex.wait_for(lambda: "What is 1/2 + 1/3?" in alex.now(lobby).text, timeout=30, what="the first question")
    with contextlib.closing(sqlite3.connect(away.directory / "saem.sqlite3")) as database:
        assert database.execute("SELECT name FROM quiz_players").fetchall() == [("Sora",)]


async def test_every_other_button_works_after_a_restart(away: Away) -> None:
    """Pause, resume and end of a group's quiz; skip, back, a change from the summary, a look at a question, cancel."""
    alex, minji, sora = [await away.discord.student(name) for name in ("alex", "minji", "sora")]
    settings = settings_for(away.discord, away.openai, away.directory)
    async with bot_in(away.discord, settings) as bot:
        quiz_cog: Any = bot.get_cog("QuizCog")
        quiz_cog.quizmaster.lobby_for = quiz_cog.quizmaster.open_for = 600.0
        posts = []
        for student in (alex, minji):
            away.openai.turns.append(quiz_turn())
            start = await student.says("math", f"{away.mention} quiz me on fractions")
            posts.append(await question(student, "1/2 + 1/3", start))
        solo, cancelled = posts
        away.openai.turns.append(quiz_turn())
        await sora.runs("/quiz", where="math", topic="fractions", mode="together")
        group = await question(sora, "Join")
    away.openai.reply = lambda _: Turn("Well done.")
    async with bot_in(away.discord, settings):
        await sora.clicks(group, "Start now")
        group = await updated(sora, group, "1/2 + 1/3")
        await sora.clicks(group, "Pause")
        group = await updated(sora, group, "Paused")
        await alex.clicks(solo, "Skip")
        solo = await updated(alex, solo, "Question 2 of 3")
        await alex.clicks(solo, "Back")
        solo = await updated(alex, solo, "Question 1 of 3")
        for number in (2, 3):
            await alex.clicks(solo, "Skip")
            solo = await updated(alex, solo, f"Question {number} of 3")
        await alex.clicks(solo, "Yes")
        solo = await updated(alex, solo, "Check your answers")
    async with bot_in(away.discord, settings):
        await sora.clicks(group, "Resume")
        group = await sora.sees(
            group.channel_id, matching=lambda each: each.id == group.id and "Paused" not in each.text
        )
        await sora.clicks(group, "5/6")
        await sora.clicks(group, "End")
        await sora.sees(group.channel_id, contains="Results")
        await alex.selects(solo, "Change an answer…", "0")
        solo = await updated(alex, solo, "Question 1 of 3")
        await alex.clicks(solo, "5/6")
        solo = await updated(alex, solo, "Check your answers")
        await alex.clicks(solo, "Send")
        solo = await updated(alex, solo, "of 3 right")
        await minji.clicks(cancelled, "Cancel")
        await updated(minji, cancelled, "cancelled")
    async with bot_in(away.discord, settings):
        looked = await (await alex.selects(solo, "Look at a question…", "0")).says("5/6")
        assert looked.ephemeral
