"""`saem conformance`: where the key comes from, what is printed, and the exit codes."""

import asyncio
import io
import json
import signal
from pathlib import Path

import pytest

from bot.__main__ import main
from bot.command_line.conformance import KEY_VARIABLE
from tests.assistants.conftest import KEY, running
from tests.assistants.scripted_model import Hold, Script, ScriptedModel
from tests.bot.command_line.saem_process import saem, start

NOWHERE = "http://127.0.0.1:9/v1"


async def test_a_right_server_passes_and_its_key_is_read_from_a_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text(KEY + "\n", encoding="utf-8")
    async with running(tmp_path / "data") as server:
        code, out, err = await saem(
            "conformance", server.url, "--key-file", "key", "--only", "threads", directory=tmp_path
        )
    assert (code, err) == (0, "")
    assert "✓ createThread " in out
    assert out.splitlines()[-1] == f"{server.url}: 4 passed, 0 failed, 0 skipped."


async def test_the_report_as_json_has_no_other_lines_and_no_key(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        code, out, err = await saem(
            "conformance", server.url, "--only", " getThread", "--json", directory=tmp_path, CONFORMANCE_KEY=KEY
        )
    assert (code, err) == (0, "")
    report = json.loads(out)
    assert report["passed"] == 1
    assert report["checks"][0]["outcome"] == "passed"
    assert KEY not in out


async def test_a_key_in_the_command_is_warned_of_and_a_wrong_one_is_a_sentence(tmp_path: Path) -> None:
    async with running(tmp_path / "data") as server:
        code, out, err = await saem("conformance", server.url, "sk-wrong-key", directory=tmp_path)
    assert (code, out) == (2, "")
    warning, refusal = err.splitlines()
    assert KEY_VARIABLE in warning
    assert refusal.startswith("saem: The server refuses the key: 401")
    assert "sk-wrong-key" not in err


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([NOWHERE], f"nothing answers at {NOWHERE}"),
        (["127.0.0.1:8100"], "begins with http:// or https://"),
        ([NOWHERE, "--only", "speech"], "No check is called 'speech'"),
        ([NOWHERE, "--key-file", "nowhere"], "The key's file nowhere cannot be read: No such file or directory."),
    ],
)
def test_what_cannot_be_checked_is_a_sentence(
    arguments: list[str], sentence: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(KEY_VARIABLE, "sk-key-of-nobody")
    assert main(["conformance", *arguments]) == 2
    printed = capsys.readouterr()
    assert sentence in printed.err
    assert printed.err.count("\n") == 1
    assert printed.out == ""


def test_a_missing_key_is_a_sentence(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY_VARIABLE, raising=False)
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["conformance", NOWHERE]) == 2
    assert "There is no key." in capsys.readouterr().err


@pytest.mark.parametrize("seconds", ["0", "-1", "soon", "nan", "inf", "86400"])
def test_times_are_seconds(seconds: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["conformance", NOWHERE, "--wait", seconds])
    assert ended.value.code == 2
    assert "seconds are a number above 0" in capsys.readouterr().err


async def test_an_interrupted_check_removes_what_it_made(tmp_path: Path) -> None:
    asked = asyncio.Event()

    def never(_request: object) -> Script:
        asked.set()
        return [Hold(asyncio.Event())]

    async with running(tmp_path / "data", ScriptedModel(otherwise=never)) as server:
        process = await start("conformance", server.url, "--only", "createRun", directory=tmp_path, CONFORMANCE_KEY=KEY)
        await asyncio.wait_for(asked.wait(), 30)
        process.send_signal(signal.SIGINT)
        await process.communicate()
        assert process.returncode == 130
        assert (await server.client.beta.assistants.list()).data == []
