"""The panel as it is built: what it tells, what its selects show, and Discord's limits in both languages."""

from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import discord
import pytest

from bot.sentences import Locale
from bot.settings_panel.panel import CHOICES, CONTRIBUTORS, LIBRARY, PAGE_OF, PAGES, LibraryState, Panel
from bot.settings_panel.panel_components import SettingsId, digest, parse_settings_id, shown_values
from bot.settings_panel.setting_wording import wording_of
from bot.store.server_settings import (
    CHANNELS,
    INSTRUCTIONS,
    MODEL,
    MODERATORS_CHANNEL,
    PERSONA,
    RETENTION_DAYS,
    ROLES,
    ServerSetting,
    ServerSettings,
)

GUILD = 5
HERE, GONE = 10, 99


def panel(
    *chosen: tuple[ServerSetting, str],
    library: LibraryState | None = None,
    models: tuple[str, ...] = (),
    locale: Locale = "en",
    channels: int = 3,
    host_days: int = 0,
) -> Panel:
    """A panel of a server with the channels and roles 10, 11, 12 …, and what was chosen."""
    settings = ServerSettings(SimpleNamespace(dialect="sqlite"))  # type: ignore[arg-type]
    settings._values = {(GUILD, 0, setting.name): value for setting, value in chosen}
    there = [SimpleNamespace(id=HERE + each) for each in range(channels)]
    guild: Any = SimpleNamespace(id=GUILD, name="Class_*", channels=there, text_channels=there, roles=there)
    state = library if library is not None else LibraryState([], None)
    return Panel(guild, settings, state, locale, models=models, usual_model="gpt-6-luna", host_days=host_days)


def components(payload: Any) -> Iterator[dict[str, Any]]:
    """All components of a message, however deep."""
    for each in payload:
        yield each
        yield from components(each.get("components", ()))


def sent(built: Panel, page: int, note: str | None = None) -> list[dict[str, Any]]:
    """The components of a page as they go to Discord."""
    view: Any = built.view(page, note)
    return list(components(view.to_components()))


def texts(built: Panel, page: int, note: str | None = None) -> list[str]:
    """The texts of a page."""
    return [each["content"] for each in sent(built, page, note) if each["type"] == 10]


@pytest.mark.parametrize("locale", ["en", "ko"])
@pytest.mark.parametrize("page", range(len(PAGES)))
def test_the_fullest_panel_keeps_discords_limits(locale: Locale, page: int) -> None:
    ids = ",".join(str(10**18 + each) for each in range(25))
    models = tuple(f"provider/model-{number}-{'x' * 70}" for number in range(40))
    full = panel(
        (PERSONA, "*" * 1_000), (INSTRUCTIONS, "\\" * 4_000), (CHANNELS, ids), (ROLES, ids), (MODEL, models[3]),
        library=LibraryState(range(HERE, HERE + 25), 7), models=models, locale=locale, channels=40,
    )  # fmt: skip
    view = full.view(page, "note " * 60)
    assert view.total_children_count <= 40
    assert view.content_length() <= 4_000
    custom_ids = [each["custom_id"] for each in sent(full, page) if "custom_id" in each]
    assert len(set(custom_ids)) == len(custom_ids)
    assert all(parse_settings_id(each) is not None for each in custom_ids)
    for each in sent(full, page):
        assert len(each.get("custom_id", "")) <= 100
        assert len(each.get("placeholder", "")) <= 150
        assert len(each.get("label", "")) <= 80
        assert len(each.get("options", [])) <= 25
        assert len(each.get("default_values", [])) <= each.get("max_values", 1)
        for option in each.get("options", []):
            assert 1 <= len(option["label"]) <= 100
            assert 1 <= len(option["value"]) <= 100
            assert len(option.get("description") or "") <= 100


def test_each_select_shows_what_counts_and_tells_it_back_when_it_is_used() -> None:
    built = panel(
        (CHANNELS, f"{HERE},{GONE}"), (ROLES, str(GONE)), (MODEL, "mini"), (MODERATORS_CHANNEL, "11"),
        library=LibraryState([12], 10), models=("mini", "maxi"),
    )  # fmt: skip
    expected = {
        "language": {""}, "model": {"mini"}, "mode": {"answer"}, "channels": {"10"}, "roles": set(), "count": {"3"},
        "difficulty": {""}, "source": {""}, "play": {"each"}, "retention": {""}, LIBRARY: {"12"}, CONTRIBUTORS: {"10"},
        "moderators": {"11"},
    }  # fmt: skip
    found = {}
    for each in (each for page in range(len(PAGES)) for each in built.view(page).walk_children()):
        inner: Any = each.item if isinstance(each, discord.ui.DynamicItem) else each
        shown = shown_values(inner)
        if shown is not None:
            pressed = parse_settings_id(inner.custom_id)
            assert pressed is not None
            found[pressed.what] = shown
    assert found == expected
    assert {name: built.shown(name) for name in expected} == expected
    assert set(CHOICES) | {LIBRARY, CONTRIBUTORS} == set(expected)


def test_what_is_gone_is_told_and_a_model_that_the_host_offers_no_more_does_not_count() -> None:
    built = panel(
        (CHANNELS, f"{HERE},{GONE}"), (ROLES, f"{GONE},98"), (MODEL, "old"), (MODERATORS_CHANNEL, str(GONE)),
        library=LibraryState([], GONE), models=("mini",),
    )  # fmt: skip
    lines = built.lines()
    assert lines["channels"] == "Answers in: <#10> (1 deleted)"
    assert lines["roles"] == "Answers: everybody (2 deleted)"
    assert lines["model"] == "Model: the host's choice (gpt-6-luna)"
    assert lines["moderators"] == "Moderators read in: no channel (1 deleted)"
    assert lines[CONTRIBUTORS] == "Files are added by: who manages the server (1 deleted)"
    assert lines[LIBRARY] == "Channels of the library: no channel"
    assert built.shown("model") == {""}
    many = panel((CHANNELS, ",".join(str(HERE + each) for each in range(10))), channels=10)
    assert many.lines()["channels"].endswith("<#17> +2")


def test_a_select_that_could_not_show_all_and_a_choice_of_no_models_are_left_out() -> None:
    crowded = panel(library=LibraryState(range(HERE, HERE + 26), None), channels=30)
    page = PAGE_OF[LIBRARY]
    names = {each["custom_id"] for each in sent(crowded, page) if "custom_id" in each}
    assert "settings:library" not in names
    assert not [each for each in sent(crowded, 0) if each.get("custom_id") == "settings:model"]
    assert "settings:contributors" in names
    assert f"<#{HERE}>" in crowded.lines()[LIBRARY]
    full = panel(library=LibraryState(range(HERE, HERE + 25), None), channels=30)
    assert [each for each in sent(full, page) if each.get("custom_id") == "settings:library"]


def test_saem_answers_in_channels_of_all_kinds_but_files_and_reports_are_in_text_channels() -> None:
    kinds = {each["custom_id"]: set(each["channel_types"]) for page in (1, 2) for each in sent(panel(), page)
             if "channel_types" in each}  # fmt: skip
    text, voice, category, news, forum = 0, 2, 4, 5, 15
    assert kinds == {
        "settings:channels": {text, voice, category, news, forum},
        "settings:library": {text, news},
        "settings:moderators": {text, news},
    }


def test_every_setting_stands_on_one_page_and_a_note_above_all() -> None:
    built = panel()
    assert sorted(PAGE_OF) == sorted(built.lines())
    assert texts(built, 1, "Somebody was here.")[0].splitlines()[:2] == [
        "### ⚙️ Settings of Class\\_\\*",
        "> Somebody was here.",
    ]
    for page, (_, sections) in enumerate(PAGES):
        told = [text.splitlines() for text in texts(built, page)[1:]]
        assert told == [[built.lines()[name] for name in part] for part in sections]
    assert texts(built, 77) == texts(built, 0)


@pytest.mark.parametrize("page", range(len(PAGES)))
def test_each_page_leads_to_the_others_and_to_the_history(page: int) -> None:
    found = {each["custom_id"]: each for each in sent(panel(), page) if each["type"] == 2}
    ways = ["settings:panel", "settings:panel:1", "settings:panel:2"]
    assert [found[each]["disabled"] for each in ways] == [number == page for number in range(3)]
    assert not found["settings:history"]["disabled"]


@pytest.mark.parametrize(("state", "button"), [("on", "Turn calculator off"), ("off", "Turn calculator on")])
def test_a_switch_says_what_its_press_does(state: str, button: str) -> None:
    built = panel((CHOICES["mode"], "guide"), (ServerSetting("calculator", ("on", "off")), state))
    labels = {each["custom_id"]: each["label"] for each in sent(built, 0) if each["type"] == 2}
    other = "off" if state == "on" else "on"
    assert labels[f"settings:calculator_{other}"] == button
    assert labels["settings:code_off"] == "Turn code off"


def test_custom_ids_are_read_as_they_are_written() -> None:
    for each in (
        SettingsId("mode"),
        SettingsId("history", 3),
        SettingsId("wishes_form", seen=digest("a") + digest("")),
    ):
        assert parse_settings_id(str(each)) == each
    assert str(SettingsId("history", 0)) == "settings:history"
    for strange in ("settings:", "settings:Mode", "settings:history:12345", "quiz:mode", "settings:form:abc"):
        assert parse_settings_id(strange) is None
    assert digest(" a\n") == digest("a") != digest("b")


def test_a_setting_of_another_release_and_a_value_that_there_is_no_more_are_told_as_they_are_stored() -> None:
    assert wording_of("new_thing").tell("a*b", "en") == "new thing: a\\*b"
    assert wording_of("new_thing").tell(None, "ko") == "new thing: 없음"
    assert wording_of("language").tell("xx", "en") == "Language: xx"
    assert wording_of("calculator").tell(None, "en") == "Calculator: on"
    assert wording_of("quiz_questions").tell("1", "en") == "Length of a quiz: 1 question"
    assert wording_of("model").tell(None, "en") == "Model: the host's choice"
    assert wording_of("roles").tell("7,8", "en") == "Answers: <@&7> <@&8>"


@pytest.mark.parametrize(
    ("host", "own", "told", "offered"),
    [
        (0, "", "the host's choice (as long as their Discord thread)", ["-", "1", "3", "7", "14", "30", "60", "90"]),
        (30, "", "the host's choice (30 days)", ["-", "1", "3", "7", "14"]),
        (30, "7", "7 days", ["-", "1", "3", "7", "14"]),
        (30, "5", "5 days", ["-", "1", "3", "5", "7", "14"]),
        (30, "30", "the host's choice (30 days)", ["-", "1", "3", "7", "14"]),  # the host has shortened its own
        (1, "", "the host's choice (1 day)", ["-"]),
    ],
)
def test_a_server_keeps_conversations_no_longer_than_the_host(
    host: int, own: str, told: str, offered: list[str]
) -> None:
    built = panel(*([(RETENTION_DAYS, own)] if own else []), host_days=host)
    assert built.lines()["retention"] == f"Conversations are kept after their last message: {told}"
    select = next(each for each in sent(built, 1) if each.get("custom_id") == "settings:retention")
    assert [each["value"] for each in select["options"]][: len(offered)] == offered
    chosen = [each["value"] for each in select["options"] if each["default"]]
    assert chosen == [next(iter(built.shown("retention"))) or "-"]
