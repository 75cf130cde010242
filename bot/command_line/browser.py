"""The owner's browser, where there is one that may be opened without being asked for."""

import sys
import webbrowser
from collections.abc import Mapping
from pathlib import Path
from typing import Final

CONTAINER_FILES: Final = (Path("/.dockerenv"), Path("/run/.containerenv"))
"""Files by which Docker and Podman mark their containers."""
TEXT_BROWSERS: Final = frozenset({"www-browser", "links", "elinks", "lynx", "w3m"})
"""Browsers that would take the terminal over."""


def why_not(environment: Mapping[str, str], *, platform: str, terminal: bool, container: bool) -> str | None:
    """Why no browser is opened, in a few words; None where one may be.

    `terminal`: somebody reads what is printed. `container`: this process runs in one.
    """
    shown = environment.get("DISPLAY") or environment.get("WAYLAND_DISPLAY")
    if not terminal:
        return "nobody sits at this terminal"
    if environment.get("CI"):
        return "this is a test's machine"
    if container or "KUBERNETES_SERVICE_HOST" in environment:
        return "this is a container"
    if (environment.get("SSH_CONNECTION") or environment.get("SSH_TTY")) and not shown:
        return "this is a connection from another machine"
    if platform not in {"darwin", "win32", "cygwin"} and not shown:
        return "there is no screen"
    return None


def open_in_browser(url: str, environment: Mapping[str, str]) -> bool:
    """Open an address in the owner's browser; whether it was opened. It may take a second: call it in a thread."""
    container = any(each.exists() for each in CONTAINER_FILES)
    if why_not(environment, platform=sys.platform, terminal=sys.stdout.isatty(), container=container) is not None:
        return False
    try:
        browser = webbrowser.get()
    except webbrowser.Error:  # there is none
        return False
    if Path(getattr(browser, "name", "")).name in TEXT_BROWSERS:
        return False
    return browser.open(url)
