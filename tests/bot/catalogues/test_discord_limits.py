"""Discord's limits hold in each language: of commands' names and descriptions, and of what stands on controls."""

import ast
import re
import string
from collections.abc import Iterator
from functools import cache
from importlib import import_module

import pytest

from bot.catalogues.catalogue import translated
from bot.sentences import LANGUAGE_NAMES, Locale, Sentence
from tools.translations import called, catalogue_of, sources

COMMAND_NAME, MENU_NAME, COMMAND_TEXT = 32, 32, 100
LIMITS = {
    "SelectOption": {"label": 100, "description": 100},
    "TextInput": {"label": 45, "placeholder": 100},
    "Label": {"text": 45, "description": 100},
    "Embed": {"title": 256},
    "Modal": {"title": 45},
    "": {"label": 80, "placeholder": 150},
}
"""What Discord takes, by the class that is made and its argument; of buttons and menus for all other classes."""
VALUE = 12
"""Characters that a value in braces is taken for, where nobody knows it."""


@cache
def trees() -> list[tuple[str, ast.Module]]:
    return [(path.as_posix(), ast.parse(path.read_bytes())) for path in sources()]


def name_of(function: ast.expr) -> str:
    return function.id if isinstance(function, ast.Name) else getattr(function, "attr", "")


@cache
def calls_and_classes() -> list[tuple[str, ast.Call | ast.ClassDef]]:
    """All of the code's, each with its file: to walk through all code for each language would take seconds each."""
    return [
        (path, node) for path, tree in trees() for node in ast.walk(tree) if isinstance(node, ast.Call | ast.ClassDef)
    ]


@cache
def localized_texts() -> list[tuple[str, str, str]]:
    """What commands are made with: how it is used, its English, its context."""
    return list(_localized_texts())


def _localized_texts() -> Iterator[tuple[str, str, str]]:
    for _, node in calls_and_classes():
        owner = name_of(node.func) if isinstance(node, ast.Call) else ""
        for keyword in node.keywords:
            value = keyword.value
            if called(value) != "localized" or not isinstance(value, ast.Call):
                continue
            menu = owner == "ContextMenu"
            named = owner == "rename" or (
                keyword.arg in ("name", "group_name") and owner not in ("Choice", "ContextMenu", "describe")
            )
            use = "menu" if menu else "name" if named else "text"
            context = next((each.value for each in value.keywords if each.arg == "context"), None)
            yield use, ast.literal_eval(value.args[0]), ast.literal_eval(context) if context else "command"


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_names_and_descriptions_of_commands_are_such_as_discord_takes(language: Locale) -> None:
    found = [
        (use, text if language == "en" else translated(language, text, context))
        for use, text, context in localized_texts()
    ]
    assert len([use for use, _ in found if use == "name"]) > 40
    for use, text in found:
        if use == "name":
            assert re.fullmatch(r"[-_'\w]{1,32}", text), text
            assert text == text.lower(), text
        else:
            assert 1 <= len(text) <= (MENU_NAME if use == "menu" else COMMAND_TEXT), text


@pytest.mark.parametrize("language", LANGUAGE_NAMES)
def test_options_and_subcommands_beside_each_other_have_names_of_their_own(language: Locale) -> None:
    for path, node in calls_and_classes():
        if isinstance(node, ast.Call) and name_of(node.func) == "rename":
            names = [
                translated(language, ast.literal_eval(value.args[0]), _context(value))
                if language != "en"
                else ast.literal_eval(value.args[0])
                for value in (each.value for each in node.keywords)
                if isinstance(value, ast.Call)
            ]
            assert len(set(names)) == len(names), (path, names)


def _context(call: ast.Call) -> str:
    return next((str(ast.literal_eval(each.value)) for each in call.keywords if each.arg == "context"), "command")


def said_on_controls() -> Iterator[tuple[str, int, Sentence]]:
    """Sentences that are given to controls as they are, and how long they may be there."""
    for path, tree in trees():
        modules = {
            alias.asname or alias.name: f"{node.module}.{alias.name}"
            for node in ast.walk(tree)
            if isinstance(node, ast.ImportFrom) and node.module
            for alias in node.names
            if alias.name == "sentences"
        }
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call):
                continue
            made = name_of(node.func)
            limits = LIMITS.get(made, LIMITS[""])
            given = [(each.arg or "", each.value) for each in node.keywords]
            given += [("label", each) for each in node.args if re.search(r"button|press|TurnOff", made, re.IGNORECASE)]
            for argument, value in given:
                limit = limits.get(argument)
                if limit is None or not isinstance(value, ast.Call) or not isinstance(value.func, ast.Attribute):
                    continue
                module = value.func.value
                if isinstance(module, ast.Name) and module.id in modules:
                    sentence = getattr(import_module(modules[module.id]), value.func.attr)
                    if isinstance(sentence, Sentence):
                        yield f"{path}:{node.lineno}", limit, sentence


def test_what_stands_on_controls_is_short_enough_in_each_language() -> None:
    found = list(said_on_controls())
    assert len(found) > 10
    for where, limit, sentence in found:
        for said in sentence.in_each_language():
            fields = {name: "x" * VALUE for _, name, _, _ in string.Formatter().parse(said) if name}
            assert len(re.sub(r"\[\w+\]", "", said).format(**fields)) <= limit, (where, said)


def command_words() -> dict[str, set[str]]:
    """The contexts of each English name of commands, groups and options."""
    found: dict[str, set[str]] = {}
    for use, text, context in localized_texts():
        if use == "name":
            found.setdefault(text, set()).add(context)
    return found


@pytest.mark.parametrize("language", [each for each in LANGUAGE_NAMES if each != "en"])
def test_sentences_name_commands_as_the_language_does(language: str) -> None:
    """`/quiz topic:` is `/퀴즈 주제:` where a Korean Discord shows it so."""
    known = command_words()
    for message in catalogue_of(language):
        english = message.id if isinstance(message.id, str) else message.id[-1]
        words = {
            word
            for code in re.findall(r"`(/[^`]+)`", english)
            for word in re.findall(r"[a-z-]+(?=:)|(?<=[/ ])[a-z-]+(?= |$)", code)
            if word in known
        }
        for form in [message.string] if isinstance(message.string, str) else message.string or ():
            spoken = re.findall(r"[\w-]+", " ".join(re.findall(r"`([^`]+)`", form)))
            for word in words if form else ():
                assert {translated(language, word, context) for context in known[word]} & set(spoken), (word, form)
