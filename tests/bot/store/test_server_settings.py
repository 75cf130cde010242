"""What servers and channels have set, on both databases."""

import pytest

from bot.store.server_settings import CALCULATOR, ServerSetting, ServerSettings
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
