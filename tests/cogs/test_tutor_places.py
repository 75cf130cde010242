"""Where the tutor can be asked: forum posts, direct messages, others' threads, channels without threads."""

from pathlib import Path

from playground import default_guild
from playground.faults import Fault
from playground.rate_limits import RATES, Rate, RateLimits
from playground.server import Playground
from playground.world.channels import ANNOUNCEMENT, TEXT, VOICE, Channel
from playground.world.guilds import Member, Role
from playground.world.permissions import Permission
from tests.house import House, finished, handled, open_house


async def test_in_a_direct_message_every_message_is_answered_in_place(house: House) -> None:
    house.openai.say("x is 3.", "And y is 4.")
    minji = await house.discord.student("minji")
    channel = await minji.dm(house.discord.bot.id)
    await minji.says(channel, "x + 1 = 4")
    await finished(minji, channel, "x is 3")
    await minji.says(channel, "y + 1 = 5")
    await finished(minji, channel, "y is 4")
    assert house.user_texts() == ["민지: x + 1 = 4", "민지: y + 1 = 5"]


async def test_direct_messages_have_an_assistant_of_their_own(house: House) -> None:
    house.openai.say("One.", "Two.")
    minji = await house.discord.student("minji")
    await finished(minji, await house.ask(minji, "one?"))
    channel = await minji.dm(house.discord.bot.id)
    await minji.says(channel, "two?")
    await finished(minji, channel, "Two.")
    assistants = house.bot.guild_assistants
    assert await assistants.assistant(house.discord.guild.id) != await assistants.assistant(0)
    assert assistants.known_vector_store(0) is None


async def test_a_forum_post_that_asks_saem_becomes_its_own_thread(house: House) -> None:
    house.openai.say("Ten.", "Twenty.")
    alex = await house.discord.student("alex")
    thread, _ = await alex.posts_in_forum("homework", "Sums", f"{house.mention} 4 + 6?")
    await finished(alex, thread, "Ten.")
    await alex.says(thread, "and twice that?")
    await finished(alex, thread, "Twenty.")


async def test_in_a_forum_post_of_others_it_answers_when_mentioned_and_knows_what_was_said(house: House) -> None:
    house.openai.say("It is 42.")
    alex = await house.discord.student("alex")
    thread, _ = await alex.posts_in_forum("homework", "Six by seven", "What is 6 * 7?")
    await alex.says(thread, "anyone?")
    await alex.says(thread, f"{house.mention} do you know?")
    await finished(alex, thread, "42")
    assert house.user_texts() == ["Alex: What is 6 * 7?", "Alex: anyone?", "Alex: do you know?"]


async def test_in_others_threads_what_is_not_said_to_saem_is_left_alone_and_remembered(house: House) -> None:
    house.openai.say("Here.", "Again.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    thread = await minji.starts_thread(await minji.says("math", "my homework"), "Homework")
    await minji.says(thread, f"{house.mention} are you there?")
    await finished(minji, thread, "Here.")
    aside = await alex.says(thread, "I am too")
    await handled(house, aside.id)
    await minji.says(thread, f"{house.mention} still?")
    await finished(minji, thread, "Again.")
    assert len(house.requests) == 2
    assert house.user_texts()[-2:] == ["[to others] Alex: I am too", "민지: still?"]


async def test_without_permission_to_make_threads_it_answers_in_the_channel(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_forbid_threads) as house:
        house.openai.say("In place.", "Still in place.")
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "where?")
        answer = await finished(alex, "math", "In place.")
        assert answer.raw["message_reference"]["message_id"] == str(question.id)
        assert question.id not in house.discord.world.channels
        more = await alex.says("math", "and now?", reply_to=answer)
        second = await finished(alex, "math", "Still in place.")
        assert second.raw["message_reference"]["message_id"] == str(more.id)
        assert house.user_texts() == ["Alex: where?", "Alex: and now?"]


async def test_where_discord_refuses_the_thread_it_answers_in_the_channel(house: House) -> None:
    house.discord.fail(Fault(kind="status", route="POST */threads", status=403))
    house.openai.say("In place.")
    alex = await house.discord.student("alex")
    await house.ask(alex, "where?")
    await finished(alex, "math", "In place.")


async def test_a_reply_that_mentions_saem_brings_what_it_replies_to(house: House) -> None:
    house.openai.say("It is 5.")
    minji, alex = await house.discord.student("minji"), await house.discord.student("alex")
    asked = await minji.says("math", "what is 2 + 3?")
    question = await alex.says("math", f"{house.mention} can you help?", reply_to=asked)
    await finished(alex, question, "It is 5.")
    assert house.user_texts() == ["Alex: (on “what is 2 + 3?”) can you help?"]


async def test_a_reply_to_what_saem_says_itself_brings_that(house: House) -> None:
    house.openai.say("You get questions with buttons.")
    alex = await house.discord.student("alex")
    await alex.says("math", house.mention)
    said = await alex.sees("math", contains="/quiz")
    question = await alex.says("math", "what does that do?", reply_to=said)
    await finished(alex, question, "with buttons")
    assert len(house.user_texts()) == 1
    assert house.user_texts()[0].startswith("Alex: (on “Hi, I'm Saem")


async def test_without_permission_to_read_the_history_it_answers_without_a_reply(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_forbid_threads_and_history) as house:
        house.openai.say("In place.")
        alex = await house.discord.student("alex")
        await house.ask(alex, "where?")
        answer = await finished(alex, "math", "In place.")
        assert "message_reference" not in answer.raw
        await house.ask(alex, "")
        await alex.sees("math", contains="I'm Saem")


async def test_without_permission_to_attach_files_formulas_and_the_end_of_a_long_answer_are_told_of_in_words(
    tmp_path: Path,
) -> None:
    paragraphs = [f"Paragraph {number}. {'word ' * 150}\n\n" for number in range(25)]
    async with open_house(tmp_path, furnish=_forbid_files) as house:
        house.openai.say("So\n$$\\frac{a}{b} = 2$$\nholds.", "".join(paragraphs))
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "why?")
        answer = await finished(alex, question, "holds.")
        await alex.sees(question, matching=lambda post: post.id == answer.id and "a/b = 2" in post.text)
        assert {component["type"] for component in answer.raw["components"]} == {10, 1}
        await alex.says(question.id, "at length?")
        last = await finished(alex, question, "… +")
        assert "Paragraph 15" in last.text


async def test_in_the_chat_of_a_voice_channel_it_answers_in_place(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_add_voice_channel) as house:
        house.openai.say("In place.", "Still in place.")
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "where?", "talk")
        answer = await finished(alex, "talk", "In place.")
        assert answer.raw["message_reference"]["message_id"] == str(question.id)
        await alex.says("talk", "not for Saem")
        await alex.says("talk", "and now?", reply_to=answer)
        await finished(alex, "talk", "Still in place.")
        assert house.user_texts() == ["Alex: where?", "Alex: and now?"]


async def test_a_mention_in_an_announcement_channel_opens_a_thread(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_add_announcement_channel) as house:
        house.openai.say("In a thread.", "Still there.")
        teacher = await house.discord.student("teacher")
        question = await house.ask(teacher, "where?", "news")
        await finished(teacher, question.id, "In a thread.")
        await teacher.says(question.id, "and now?")
        await finished(teacher, question.id, "Still there.")


async def test_a_mention_of_the_bots_own_role_is_a_mention(house: House) -> None:
    house.openai.say("Yes?")
    alex = await house.discord.student("alex")
    question = await alex.says("math", f"<@&{_bot_role(house.discord).id}> hello")
    await finished(alex, question, "Yes?")
    assert house.user_texts() == ["Alex: hello"]


async def test_everyones_role_is_named_with_one_at_sign(house: House) -> None:
    house.openai.say("Hello, everyone.")
    alex = await house.discord.student("alex")
    everyone = f"<@&{house.discord.guild.id}>"
    question = await house.ask(alex, f"{everyone} and @everyone, hello")
    await finished(alex, question, "Hello, everyone.")
    assert house.discord.world.channels[question.id].name == "@everyone and @everyone, hello"
    assert house.user_texts() == ["Alex: @everyone and @everyone, hello"]


async def test_what_other_bots_and_passers_by_write_is_left_alone(house: House) -> None:
    alex = await house.discord.student("alex")
    await alex.says("math", "just talking")
    await alex.says("general", "@everyone hi")
    house.openai.say("Heard you.")
    await finished(alex, await house.ask(alex, "hello?"), "Heard you.")
    assert len(house.requests) == 1


async def test_without_the_message_content_intent_mentions_and_direct_messages_work(tmp_path: Path) -> None:
    async with open_house(tmp_path, playground={"message_content": False}) as house:
        house.openai.say("Heard.", "Heard again.", "In private.")
        alex = await house.discord.student("alex")
        question = await house.ask(alex, "hello?")
        await finished(alex, question, "Heard.")
        await alex.says(question.id, "can you hear this?")
        await alex.sees(question.id, matching=lambda post: "mention me" in post.text or "멘션하지 않으면" in post.text)
        await alex.says(question.id, f"{house.mention} and this?")
        await finished(alex, question, "Heard again.")
        channel = await alex.dm(house.discord.bot.id)
        await alex.says(channel, "and here?")
        await finished(alex, channel, "In private.")


async def test_no_message_of_one_guild_reaches_another(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_add_guild) as house:
        house.openai.say("Noted.", "I do not know.")
        alex = await house.discord.student("alex")
        await finished(alex, await house.ask(alex, "the password is swordfish"), "Noted.")
        question = await alex.says(OTHER_CHANNEL, f"{house.mention} what is the password?")
        await finished(alex, question, "I do not know.")
        assert "swordfish" not in str(house.requests[-1])
        assistants = house.bot.guild_assistants
        assert await assistants.assistant(house.discord.guild.id) != await assistants.assistant(OTHER_GUILD)


OTHER_GUILD = default_guild.EPOCH_ID + 500
OTHER_CHANNEL = default_guild.EPOCH_ID + 501


def _add_guild(playground: Playground) -> None:
    world = playground.world
    guild = default_guild.build_guild(world, OTHER_GUILD, "Another school", playground.user("teacher"))
    alex = playground.user("alex")
    guild.members[alex.id] = Member(alex, world.clock.now())
    default_guild.invite_bot(world, guild, playground.application)
    channel = Channel(id=OTHER_CHANNEL, type=TEXT, name="room", guild_id=guild.id)
    guild.channels[channel.id] = world.channels[channel.id] = channel


def _forbid_threads(playground: Playground) -> None:
    create_public_threads = 1 << 35
    for role in playground.guild.roles.values():
        role.permissions &= ~create_public_threads


def _forbid_threads_and_history(playground: Playground) -> None:
    _forbid_threads(playground)
    for role in playground.guild.roles.values():
        role.permissions &= ~Permission.READ_MESSAGE_HISTORY


def _forbid_files(playground: Playground) -> None:
    for role in playground.guild.roles.values():
        role.permissions &= ~Permission.ATTACH_FILES


def _add_voice_channel(playground: Playground) -> None:
    playground.add_channel("talk", VOICE)


def _add_announcement_channel(playground: Playground) -> None:
    playground.add_channel("news", ANNOUNCEMENT)


def _bot_role(playground: Playground) -> Role:
    return next(role for role in playground.guild.roles.values() if role.bot_id == playground.bot.id)


async def test_when_a_channel_may_have_no_more_threads_it_answers_in_the_channel(tmp_path: Path) -> None:
    async with open_house(tmp_path, furnish=_allow_three_threads) as house:
        house.openai.say("One.", "Two.", "Three.")
        alex = await house.discord.student("alex")
        await finished(alex, await house.ask(alex, "first"), "One.")
        await finished(alex, await house.ask(alex, "second"), "Two.")
        third = await house.ask(alex, "third")
        answer = await finished(alex, "math", "Three.")
        assert answer.raw["message_reference"]["message_id"] == str(third.id)


def _allow_three_threads(playground: Playground) -> None:
    rates = {**RATES, "threads.create": Rate(3, 300.0, shared=True)}
    playground.services.rate_limits = RateLimits(playground.clock.now, rates)
