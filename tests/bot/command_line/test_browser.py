"""When the owner's browser is opened."""

import os
import pty
import sys
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bot.command_line import browser
from bot.command_line.browser import open_in_browser, why_not

SCREEN = {"DISPLAY": ":0"}
SSH = {"SSH_CONNECTION": "10.0.0.1 5 10.0.0.2 22"}


@pytest.mark.parametrize(
    ("environment", "platform", "terminal", "container", "opens"),
    [
        (SCREEN, "linux", True, False, True),
        ({"WAYLAND_DISPLAY": "wayland-0"}, "linux", True, False, True),
        ({}, "linux", True, False, False),
        ({}, "darwin", True, False, True),
        ({}, "win32", True, False, True),
        (SSH, "darwin", True, False, False),
        ({"SSH_TTY": "/dev/pts/1"}, "win32", True, False, False),
        (SSH | SCREEN, "linux", True, False, True),
        (SCREEN | {"CI": "true"}, "linux", True, False, False),
        (SCREEN, "linux", False, False, False),
        (SCREEN, "linux", True, True, False),
        (SCREEN | {"KUBERNETES_SERVICE_HOST": "10.0.0.1"}, "linux", True, False, False),
    ],
)
def test_where_somebody_sits_before_a_screen(
    environment: dict[str, str], platform: str, terminal: bool, container: bool, opens: bool
) -> None:
    assert (why_not(environment, platform=platform, terminal=terminal, container=container) is None) == opens


@contextmanager
def terminal(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A terminal on a machine that is no container."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, "w") as out:
        monkeypatch.setattr(sys, "stdout", out)
        monkeypatch.setattr(browser, "CONTAINER_FILES", ())
        monkeypatch.setattr(webbrowser, "_tryorder", None)  # so that BROWSER is read anew
        yield
    os.close(ours)


def _browser(folder: Path, name: str) -> tuple[Path, Path]:
    """A program that writes down what it is given."""
    program, heard = folder / name, folder / "heard"
    program.write_text(f'#!/bin/sh\necho "$1" > {heard}\n')
    program.chmod(0o755)
    return program, heard


def test_the_owners_browser_gets_the_address(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, heard = _browser(tmp_path, "my-browser")
    monkeypatch.setenv("BROWSER", str(program))
    with terminal(monkeypatch):
        assert open_in_browser("http://127.0.0.1:8080/", SCREEN)
    assert heard.read_text() == "http://127.0.0.1:8080/\n"


def test_a_browser_of_text_does_not_take_the_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program, heard = _browser(tmp_path, "lynx")
    monkeypatch.setenv("BROWSER", str(program))
    with terminal(monkeypatch):
        assert not open_in_browser("http://127.0.0.1:8080/", SCREEN)
    assert not heard.exists()


def test_without_a_browser_nothing_happens(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("BROWSER", raising=False)
    monkeypatch.delenv("DISPLAY", raising=False)
    with terminal(monkeypatch):
        assert not open_in_browser("http://127.0.0.1:8080/", SCREEN)
