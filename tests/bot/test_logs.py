"""Logs: no secret, no link to a file and nothing that people wrote stands in them."""

import contextlib
import io
import logging
import sys
from collections.abc import Iterator

import aiohttp
import httpx2 as httpx
import openai
import pydantic
import pytest
import structlog
import yarl

from bot.hourly_counts import HourlyCounts
from bot.logs import BLACK, LONGEST_CAUSE, ErrorCounts, Redact, configure_logs, describe, describe_causes, error_counts
from database.outage_log import OutagesOnce
from database.outages import NotConnectedError

LINK = "https://cdn.discordapp.com/attachments/12/34/my%20diary.pdf?ex=6650&is=6651&hm=abcdef0123"


def _status_error(code: str) -> openai.APIStatusError:
    response = httpx.Response(500, request=httpx.Request("GET", "http://x"))
    return openai.InternalServerError("Minji asks", response=response, body={"code": code})


@pytest.fixture
def written(monkeypatch: pytest.MonkeyPatch) -> Iterator[io.StringIO]:
    """What is written to standard error, with logs configured for the secret `super-secret-token`."""
    stream = io.StringIO()
    monkeypatch.setattr(sys, "stderr", stream)
    root, handlers, level = logging.getLogger(), logging.getLogger().handlers[:], logging.getLogger().level
    configure_logs("INFO", ["super-secret-token"])
    yield stream
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def test_secrets_are_blacked_out_of_every_line(written: io.StringIO) -> None:
    try:
        raise ValueError("with super-secret-token inside")
    except ValueError:
        structlog.get_logger("test").exception("failed", token="super-secret-token")
    logging.getLogger("library").warning("also %s", "super-secret-token")
    assert written.getvalue().count(BLACK) >= 3
    assert "super-secret-token" not in written.getvalue()


def test_short_secrets_do_not_black_out_everything() -> None:
    assert Redact(["a"]).log_line("a banana") == "a banana"


def test_a_link_that_is_printed_for_the_owner_stays_whole() -> None:
    link = "https://discord.com/oauth2/authorize?client_id=1&scope=bot"
    assert Redact(()).line(link) == link


def test_links_to_files_are_no_use_to_who_reads_a_log(written: io.StringIO) -> None:
    try:
        raise ValueError(f"could not read {LINK}")
    except ValueError:
        structlog.get_logger("test").exception("failed", url=LINK, cause=repr(yarl.URL(LINK)))
    logging.getLogger("library").warning("also %s, and more", LINK)
    log = written.getvalue()
    assert log.count("attachments/12/34/…") == 4
    assert not any(part in log for part in ("diary", "hm=", "ex="))
    assert "and more" in log


def test_interactions_tokens_are_blacked_out() -> None:
    token = "aW50ZXJhY3Rpb246MTIzNDU2Nzg5MDEyMzQ1Njc4OTA6eHh4"
    for path in (f"/webhooks/123/{token}/messages/@original", f"/interactions/456/{token}/callback"):
        line = Redact(()).log_line(f"POST https://discord.com/api/v10{path} responded with 429")
        assert token not in line
        assert "responded with 429" in line
    assert Redact(()).log_line("/webhooks/123/messages") == "/webhooks/123/messages"


class Answer(pydantic.BaseModel):
    """Something with a field that can be wrong."""

    count: int


def status_error(status: int, body: object) -> openai.APIStatusError:
    response = httpx.Response(status, request=httpx.Request("POST", "http://here/v1/threads"))
    return openai.APIStatusError("it said: my diary", response=response, body=body)


def connection_error() -> openai.APIConnectionError:
    error = openai.APIConnectionError(request=httpx.Request("POST", "http://here/v1/threads"))
    error.__cause__ = TimeoutError("it took 3 s")
    return error


def validation_error() -> pydantic.ValidationError:
    with pytest.raises(pydantic.ValidationError) as raised:
        Answer.model_validate({"count": "my diary"})
    return raised.value


def response_error() -> aiohttp.ClientResponseError:
    info = aiohttp.RequestInfo(yarl.URL(LINK), "GET", None, yarl.URL(LINK))  # type: ignore[arg-type]
    return aiohttp.ClientResponseError(info, (), status=403, message="Forbidden")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (status_error(400, {"code": "invalid_prompt", "message": "my diary"}), "400 invalid_prompt"),
        (status_error(404, {"type": "invalid_request_error"}), "404 invalid_request_error"),
        (status_error(502, None), "502 APIStatusError"),
        (connection_error(), "TimeoutError: it took 3 s"),
        (validation_error(), "ValidationError: 1 fields of Answer do not fit"),
        (response_error(), "403 Forbidden"),
        (ValueError("it is odd"), "ValueError: it is odd"),
        (TimeoutError(), "TimeoutError"),
        (OSError("x" * 1_000), "OSError: " + "x" * LONGEST_CAUSE),
    ],
)
def test_an_exception_is_told_without_what_people_wrote(written: io.StringIO, error: Exception, told: str) -> None:
    assert describe(error) == told
    structlog.get_logger("test").warning("failed", cause=error)
    assert told in written.getvalue()
    assert "diary" not in written.getvalue()


def test_other_values_and_the_traceback_stay_as_they_are(written: io.StringIO) -> None:
    error = ValueError("it is odd")
    event = {"event": "failed", "count": 3, "exc_info": error}
    assert describe_causes(None, "", event) == event
    try:
        raise error
    except ValueError as raised:
        structlog.get_logger("test").error("failed", count=3, exc_info=raised)
    assert "Traceback" in written.getvalue()
    assert "count=3" in written.getvalue()


@pytest.mark.usefixtures("written")
@pytest.mark.parametrize("level", ["DEBUG", "INFO", "ERROR"])
def test_libraries_that_log_every_step_are_quiet(capsys: pytest.CaptureFixture[str], level: str) -> None:
    configure_logs(level)
    logging.getLogger("openai").info("all that was asked")
    logging.getLogger("discord").info("shard connected")
    logging.getLogger("discord").warning("shard lost")
    log = capsys.readouterr().err
    assert "all that was asked" not in log
    assert ("shard connected" in log) == (level == "DEBUG")
    assert ("shard lost" in log) == (level != "ERROR")


def test_what_fails_while_the_database_is_away_is_a_line_once_a_minute_and_counted(written: io.StringIO) -> None:
    now = [0.0]
    processor, log = OutagesOnce(lambda: now[0]), structlog.get_logger("test")
    error = NotConnectedError("connect", None, ConnectionRefusedError("nobody listens"))
    kept = []
    for second in range(0, 130, 10):
        now[0] = second
        with contextlib.suppress(structlog.DropEvent):
            kept.append(processor(log, "error", {"event": "message.failed", "exc_info": error}))
    assert [each.get("times") for each in kept] == [None, 5, 5]
    assert {each["exc_info"] for each in kept} == {None}
    assert processor(log, "error", {"event": "message.failed", "exc_info": ValueError()})["exc_info"] is not None
    for _ in range(5):
        try:
            raise error
        except NotConnectedError:
            log.exception("question.failed")
    assert written.getvalue().count("question.failed") == 1
    assert "nobody listens" in written.getvalue()
    assert "Traceback" not in written.getvalue()


@pytest.mark.parametrize(
    ("method", "event", "counted"),
    [
        (
            "error",
            {"event": "answer.failed", "cause": ValueError("what Minji said")},
            {"answer.failed (ValueError)": 1},
        ),
        ("exception", {"event": "x.y", "exc_info": OSError(28, "disk", "/home/minji")}, {"x.y (OSError ENOSPC)": 1}),
        ("error", {"event": "x.y", "exc_info": (KeyError, KeyError("minji"), None)}, {"x.y (KeyError)": 1}),
        ("error", {"event": "x.y", "error": _status_error("no words, please")}, {"x.y (500 InternalServerError)": 1}),
        ("error", {"event": "x.y", "cause": _status_error("server_error")}, {"x.y (500 server_error)": 1}),
        ("error", {"event": "x.y", "cause": "words"}, {"x.y": 1}),
        ("critical", {"event": "Minji asks why"}, {"other": 1}),
        ("warning", {"event": "x.y", "cause": ValueError("x")}, {}),
    ],
)
def test_errors_are_counted_by_event_and_kind_without_their_words(
    method: str, event: dict[str, object], counted: dict[str, int]
) -> None:
    counts = ErrorCounts(HourlyCounts())
    assert counts(None, method, event) is event
    assert counts.counts.counts() == counted


def test_errors_of_the_bot_and_of_libraries_are_counted(written: io.StringIO, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(error_counts, "counts", HourlyCounts())
    away = NotConnectedError("connect", None, OSError(111, "refused"), hide_parameters=True)
    for _ in range(3):  # said once, counted three times
        structlog.get_logger("test").error("store.failed", exc_info=away)
    logging.getLogger("library.part").error("Minji said %s", "x", exc_info=ValueError("y"))
    assert error_counts.counts.counts() == {
        "store.failed (ConnectionRefusedError ECONNREFUSED)": 3,
        "library.part (ValueError)": 1,
    }
    assert written.getvalue().count("store.failed") == 1
