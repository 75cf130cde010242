"""What servers and channels have set, on both databases."""

import asyncio

import pytest

from bot.store.server_settings import CALCULATOR, GREETED, ServerSetting, ServerSettings
from bot.store.store import Store

MODE = ServerSetting("mode", ("answer", "guide"))
GUILD, OTHER, CHANNEL, THREAD = 1, 2, 10, 11


async def test_a_server_has_the_default_until_somebody_chooses(store: Store) -> None:
    settings = ServerSettings(store)
    await settings.load()
    assert settings.value(CALCULATOR, GUILD) == "on"
    assert settings.chosen(CALCULATOR, GUILD) is None
    await settings.choose(CALCULATOR, "off", GUILD)
    assert settings.value(CALCULATOR, GUILD) == "off"
    assert settings.value(CALCULATOR, OTHER) == "on"
    assert settings.value(MODE, GUILD) == "answer"


async def test_the_values_that_whole_servers_have_chosen_are_known(store: Store) -> None:
    settings = ServerSettings(store)
    assert settings.in_all_servers(MODE) == set()
    await settings.choose(MODE, "guide", GUILD)
    await settings.choose(MODE, "answer", OTHER, CHANNEL)
    await settings.choose(ServerSetting("mode", ("answer", "guide", "new")), "new", OTHER)
    await settings.choose(CALCULATOR, "off", OTHER)
    assert settings.in_all_servers(MODE) == {"guide"}


async def test_what_was_chosen_last_is_there_after_a_restart(store: Store) -> None:
    settings = ServerSettings(store)
    await settings.choose(CALCULATOR, "off", GUILD)
    await settings.choose(CALCULATOR, "on", GUILD)
    await settings.choose(CALCULATOR, "off", OTHER)
    restarted = ServerSettings(store)
    await restarted.load()
    assert (restarted.value(CALCULATOR, GUILD), restarted.value(CALCULATOR, OTHER)) == ("on", "off")


async def test_the_nearest_place_that_has_a_value_counts(store: Store) -> None:
    settings = ServerSettings(store)
    await settings.choose(MODE, "guide", GUILD)
    assert settings.value(MODE, GUILD, THREAD, CHANNEL) == "guide"
    await settings.choose(MODE, "answer", GUILD, CHANNEL)
    assert settings.value(MODE, GUILD, THREAD, CHANNEL) == "answer"
    await settings.choose(MODE, "guide", GUILD, THREAD)
    assert settings.value(MODE, GUILD, THREAD, CHANNEL) == "guide"
    await settings.clear(MODE, GUILD, THREAD)
    await settings.clear(MODE, GUILD, THREAD)
    restarted = ServerSettings(store)
    await restarted.load()
    for each in (settings, restarted):
        assert each.value(MODE, GUILD, THREAD, CHANNEL) == "answer"
        assert each.chosen(MODE, GUILD, THREAD) is None
        assert each.chosen(MODE, GUILD) == "guide"


async def test_a_value_that_there_is_not_is_refused_or_ignored(store: Store) -> None:
    settings = ServerSettings(store)
    with pytest.raises(ValueError, match="calculator is one of on, off, not 'maybe'"):
        await settings.choose(CALCULATOR, "maybe", GUILD)
    with pytest.raises(ValueError, match="direct messages"):
        await settings.choose(CALCULATOR, "off", 0)
    await settings.choose(ServerSetting("calculator", ("on", "off", "some")), "some", GUILD)
    assert settings.value(CALCULATOR, GUILD) == "on"
    await settings.choose(MODE, "guide", 0, CHANNEL)
    assert settings.value(MODE, 0, CHANNEL) == "guide"


async def test_who_changed_what_is_noted_the_newest_first(store: Store) -> None:
    settings = ServerSettings(store)
    await settings.choose(CALCULATOR, "off", GUILD, by=7)
    await settings.choose(CALCULATOR, "off", GUILD, by=8)  # no change
    await settings.choose(CALCULATOR, "on", GUILD)  # nobody's
    await settings.clear(CALCULATOR, GUILD, by=9)
    await settings.clear(CALCULATOR, GUILD, by=8)  # no change
    await settings.choose(MODE, "guide", GUILD, CHANNEL, by=7)
    await settings.choose(MODE, "guide", OTHER, by=8)
    await settings.note("watched", "on", GUILD, CHANNEL, by=8)
    found = await settings.changes(GUILD, 10)
    assert [(each.name, each.channel_id, each.value, each.changed_by) for each in found] == [
        ("watched", CHANNEL, "on", 8),
        ("mode", CHANNEL, "guide", 7),
        ("calculator", 0, None, 9),
        ("calculator", 0, "off", 7),
    ]
    assert await settings.changes(GUILD, 1, skip=1) == found[1:2]
    assert await settings.last_change("calculator", GUILD) == found[2]
    assert await settings.last_change("mode", GUILD) is None


async def test_two_who_change_at_once_leave_the_same_in_memory_and_in_the_database(store: Store) -> None:
    settings = ServerSettings(store)
    await settings.choose(MODE, "guide", GUILD)
    changes = [settings.choose(MODE, "answer", GUILD, by=1), settings.choose(MODE, "guide", GUILD, by=2)]
    await asyncio.gather(*changes, settings.choose(CALCULATOR, "off", GUILD, by=3))
    restarted = ServerSettings(store)
    await restarted.load()
    for each in (settings, restarted):
        assert (each.value(MODE, GUILD), each.value(CALCULATOR, GUILD)) == ("guide", "off")
    assert {(each.changed_by, each.value) for each in await settings.changes(GUILD, 9)} == {
        (1, "answer"),
        (2, "guide"),
        (3, "off"),
    }


async def test_of_several_that_claim_a_value_one_does(store: Store) -> None:
    first, second = ServerSettings(store), ServerSettings(store)
    claims = await asyncio.gather(*(each.claim(GREETED, "17", GUILD) for each in (first, second, first)))
    assert sorted(claims) == [False, False, True]
    assert not await ServerSettings(store).claim(GREETED, "17", GUILD)
    assert await first.claim(GREETED, "17", OTHER)
    assert await second.claim(GREETED, "18", GUILD)
    assert second.value(GREETED, GUILD) == "18"
    with pytest.raises(ValueError, match="greeted cannot be 'soon'"):
        await first.claim(GREETED, "soon", GUILD)


async def test_other_processes_are_told_of_each_change_and_read_that_guild(store: Store) -> None:
    here, there = ServerSettings(store), ServerSettings(store)
    here.tell = there.load
    await there.choose(MODE, "guide", OTHER)
    await here.choose(MODE, "guide", GUILD)
    await here.choose(CALCULATOR, "off", GUILD)
    assert (there.value(MODE, GUILD), there.value(CALCULATOR, GUILD)) == ("guide", "off")
    await here.clear(MODE, GUILD)
    assert there.value(MODE, GUILD) == "answer"
    assert there.value(MODE, OTHER) == "guide"
    assert here.value(MODE, OTHER) == "answer"  # it has not been told
    await here.load()
    assert here.value(MODE, OTHER) == "guide"
