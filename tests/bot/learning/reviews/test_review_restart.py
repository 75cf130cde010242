"""Every button of learning works after a restart, and forms that were open before it are taken."""

from pathlib import Path

from bot.learning.card import ExerciseContent, FlashContent, new_card
from playground.server import Playground
from tests.bot.learning.reviews.test_review import ASKED, DAY, missed, pressing, shown
from tests.bot.quizzes.playing import updated
from tests.house import House, bot_in, settings_for
from tests.scripted_openai import ScriptedOpenAI


async def test_buttons_and_forms_outlive_a_restart(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI() as openai:
        settings = settings_for(local, openai, tmp_path)
        alex = await local.student("alex")
        async with bot_in(local, settings) as bot:
            results = await missed(House(local, openai, settings, bot), alex)
            cards = bot.get_cog("ReviewCog").card_store  # type: ignore[union-attr]
            deck = await cards.mistakes_deck(alex.id, 0.0)
            exercise = ExerciseContent(problem="Solve 2x = 6.", answer="x = 3", solution="Divide by 2.")
            await cards.add_cards([new_card(exercise, deck=deck, channel_id=0, at=1.0)])
            local.world.clock.advance(DAY)
            review = await shown(await alex.runs("/review", where="math"), ASKED)
            progress = await shown(await alex.runs("/progress", where="math"), "0 of 1 right")
            reminder = await shown(await alex.runs("/reminder", where="math", hour=3, timezone="UTC"), "at 3:00")
            deletion = await shown(await alex.runs("/delete-progress", where="math"), "come back: 2")
        async with bot_in(local, settings):
            assert (await alex.clicks(review, pressing(review, "answer:2"))).ok
            review = await updated(alex, review, "✓ Right")
            assert (await alex.clicks(review, "Hard")).ok
            review = await updated(alex, review, "Comes back")
            assert (await alex.clicks(review, "Next")).ok
            review = await updated(alex, review, "Solve 2x = 6.")
            form = await alex.clicks(review, "My answer…")
            await (await alex.clicks(results, "Practise the wrong ones")).says(ASKED)
            await (await alex.clicks(progress, "Share here")).says("Alex's progress")
            await (await alex.clicks(reminder, "Turn off")).says("I do not remind you any more.")
        async with bot_in(local, settings):
            assert (await alex.submits(form, **{"Your answer": "3"})).ok
            assert "The answer: x = 3" in (await updated(alex, review, "✓ Right")).text
            assert (await alex.clicks(deletion, "Delete it all")).ok
            await updated(alex, deletion, "Deleted:")
            await (await alex.clicks(review, "Next")).says("This review is over.")
            await (await alex.clicks(results, "Practise the wrong ones")).says("a quiz that I do not know any more")


async def test_the_other_buttons_of_a_review_outlive_it_too(tmp_path: Path) -> None:
    """Begin, not known, turned over and judged by oneself, put away and brought back, stopped."""
    async with Playground() as local, ScriptedOpenAI() as openai:
        settings = settings_for(local, openai, tmp_path)
        alex = await local.student("alex")
        async with bot_in(local, settings) as bot:
            await missed(House(local, openai, settings, bot), alex)
            cards = bot.get_cog("ReviewCog").card_store  # type: ignore[union-attr]
            deck = await cards.mistakes_deck(alex.id, 0.0)
            flash = [FlashContent(front=f"front {number}", back=f"back {number}") for number in (1, 2)]
            await cards.add_cards(
                [new_card(each, deck=deck, channel_id=0, at=1.0 + at) for at, each in enumerate(flash)]
            )
            local.world.clock.advance(DAY)
            progress = await shown(await alex.runs("/progress", where="math"), "0 of 1 right")
        async with bot_in(local, settings):
            assert (await alex.clicks(progress, "Review now")).ok
            review = await updated(alex, progress, ASKED)
            assert (await alex.clicks(review, "I don't know")).ok
            review = await updated(alex, review, "✗")
            assert (await alex.clicks(review, "Put away")).ok
            review = await updated(alex, review, "was put away")
        async with bot_in(local, settings):
            assert (await alex.clicks(review, "Bring it back")).ok
            review = await updated(alex, review, "comes back after all")
            for number, judged in ((1, "I knew it"), (2, "I didn't")):
                assert (await alex.clicks(review, "Turn over")).ok
                review = await updated(alex, review, f"back {number}")
                assert (await alex.clicks(review, judged)).ok
                review = await updated(alex, review, "Comes ")
                assert (await alex.clicks(review, "Next" if number == 1 else "Stop")).ok
            await updated(alex, review, "1 right")


async def test_practise_ahead_and_keep_it_outlive_a_restart(tmp_path: Path) -> None:
    async with Playground() as local, ScriptedOpenAI() as openai:
        settings = settings_for(local, openai, tmp_path)
        alex = await local.student("alex")
        async with bot_in(local, settings) as bot:
            await missed(House(local, openai, settings, bot), alex)
            nothing_due = await shown(await alex.runs("/review", where="math"), "Nothing is due now")
            deletion = await shown(await alex.runs("/delete-progress", where="math"), "come back: 1")
        async with bot_in(local, settings):
            assert (await alex.clicks(deletion, "Keep it")).ok
            await updated(alex, deletion, "Nothing was deleted.")
            assert (await alex.clicks(nothing_due, "Practise anyway")).ok
            ahead = await updated(alex, nothing_due, ASKED)
        async with bot_in(local, settings):
            assert (await alex.clicks(ahead, pressing(ahead, "answer:2"))).ok
            await updated(alex, ahead, "✓ Right")
