"""`/progress` and `/delete-progress` with real discord.py in the playground."""

from bot.learning.progress.progress_store import ProgressStore
from tests.bot.learning.reviews.test_review import labels, missed, shown
from tests.bot.quizzes.playing import updated
from tests.house import House


async def test_progress_is_private_can_be_shared_and_be_deleted(house: House) -> None:
    alex, sora = await house.discord.student("alex"), await house.discord.student("sora")
    await (await alex.runs("/progress", where="math")).says("There is nothing here yet")
    await missed(house, alex)
    post = await shown(await alex.runs("/progress", where="math"), "0 of 1 right")
    assert "progress.png" in str(post.raw["components"])
    assert "My progress: 0 of 1 right. One 0 of 1" in str(post.raw["components"])  # for whoever sees no pictures
    assert {"Share here", "Delete …"} <= set(labels(post))
    assert not [each for each in sora.messages() if "progress" in each.text]

    await (await alex.clicks(post, "Share here")).says("Alex's progress")
    public = await sora.sees("math", contains="Alex's progress")
    assert not public.ephemeral
    assert "due" not in public.text

    question = await shown(await alex.runs("/delete-progress", where="math"), "exercises and reviews: 1")
    assert "come back: 1 (decks: 1)" in question.text
    assert (await alex.clicks(question, "Keep it")).ok
    await updated(alex, question, "Nothing was deleted.")
    question = await shown(await alex.clicks(post, "Delete …"), "exercises and reviews: 1")
    assert (await alex.clicks(question, "Delete it all")).ok
    deleted = await updated(alex, question, "Deleted:")
    assert "come back: 1 (decks: 1)" in deleted.text
    assert "finished quizzes with your answers: 1" in deleted.text
    assert "The messages that I posted in channels stay" in deleted.text
    results = await alex.sees(contains="Your answer", matching=lambda each: bool(each.controls))
    practise = next(each for each in results.controls if each.label == "Practise the wrong ones")
    await (await alex.clicks(results, practise.custom_id or "")).says()
    kept = await ProgressStore(house.bot.store).kept_of(alex.id)
    assert not kept.anything
    await (await alex.runs("/review", where="math")).says("You have no cards yet")
    await (await alex.runs("/delete-progress", where="math")).says("I keep nothing of your learning.")
