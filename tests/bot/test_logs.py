"""Logs: secrets are blacked out of every line."""

import io
import logging
import sys

import pytest
import structlog

from bot.logs import BLACK, Redact, configure_logs


def test_secrets_are_blacked_out_of_every_line(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stderr", written)
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    try:
        configure_logs("INFO", ["super-secret-token"])
        try:
            raise ValueError("with super-secret-token inside")
        except ValueError:
            structlog.get_logger("test").exception("failed", token="super-secret-token")
        logging.getLogger("library").warning("also %s", "super-secret-token")
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)
        structlog.reset_defaults()
    assert written.getvalue().count(BLACK) >= 3
    assert "super-secret-token" not in written.getvalue()


def test_short_secrets_do_not_black_out_everything() -> None:
    assert Redact(["a"]).line("a banana") == "a banana"
