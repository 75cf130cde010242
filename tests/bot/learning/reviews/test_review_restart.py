"""Every button of learning works after a restart, and forms that were open before it are taken."""

from pathlib import Path

from bot.learning.card import ExerciseContent, new_card
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
            deletion = await shown(await alex.runs("/delete-progress", where="math"), "2 cards")
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
            await (await alex.clicks(results, "Practise the wrong ones")).says("You missed nothing in this quiz")
