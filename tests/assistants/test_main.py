"""`python -m assistants`, as a process."""

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from openai import OpenAI

from assistants.__main__ import StartError, read_settings, serve
from assistants.settings import Settings
from database.errors import StoreError
from tests.assistants.conftest import KEY

ROOT = Path(__file__).parents[2]


@contextmanager
def alone(data_dir: Path, **settings: str) -> Iterator[tuple["subprocess.Popen[str]", str]]:
    """Start the process; yield it and its base URL when it has printed that."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("OPEN", "ASSISTANTS"))}
    environment |= {"DATA_DIR": str(data_dir), "ASSISTANTS_PORT": "0", "MODEL_API": "offline"} | settings
    environment |= {"PYTHONPATH": str(ROOT)}
    process = subprocess.Popen(
        [sys.executable, "-m", "assistants"],
        cwd=data_dir,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process, _address(process)
    finally:
        process.kill()
        process.communicate(timeout=20)


def _address(process: "subprocess.Popen[str]") -> str:
    assert process.stdout is not None
    for line in process.stdout:
        if line.startswith("Assistants API on "):
            return line.split()[-1]
    return ""


def test_the_first_tutorial_runs_against_the_process(tmp_path: Path) -> None:
    with alone(tmp_path, ASSISTANTS_KEY=KEY) as (process, url):
        with OpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
            assistant = client.beta.assistants.create(name="Math Tutor", model="gpt-4o")
            thread = client.beta.threads.create()
            message = client.beta.threads.messages.create(
                thread.id, role="user", content="I want to solve '3x + 11 = 14'. Teacher, can you help?"
            )
            run = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
            answers = client.beta.threads.messages.list(thread.id, order="asc", after=message.id).data
        assert run.status == "completed"
        (part,) = answers[0].content
        assert part.type == "text"
        assert "x = 1" in part.text.value

        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0


def test_a_killed_process_leaves_runs_that_the_next_one_sees_to(tmp_path: Path) -> None:
    with (
        alone(tmp_path, ASSISTANTS_KEY=KEY) as (process, url),
        OpenAI(base_url=url, api_key=KEY, max_retries=0) as client,
    ):
        assistant = client.beta.assistants.create(name="Math Tutor", model="gpt-4o")
        thread = client.beta.threads.create(messages=[{"role": "user", "content": "Solve 3x + 11 = 14, please."}])
        with client.beta.threads.runs.stream(thread_id=thread.id, assistant_id=assistant.id) as stream:
            for event in stream:
                if event.event == "thread.message.delta":
                    process.kill()
                    break
            run = stream.current_run
            assert run is not None
    with alone(tmp_path, ASSISTANTS_KEY=KEY) as (_, url), OpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
        run = client.beta.threads.runs.retrieve(run.id, thread_id=thread.id)
        assert run.status == "failed"
        assert run.last_error is not None
        assert run.last_error.code == "server_error"
        message = client.beta.threads.messages.list(thread.id).data[0]
        assert message.status == "incomplete"
        again = client.beta.threads.runs.create_and_poll(thread_id=thread.id, assistant_id=assistant.id)
        assert again.status == "completed"


def test_a_client_that_leaves_in_the_middle_of_a_request_is_no_fault(tmp_path: Path) -> None:
    with alone(tmp_path, ASSISTANTS_KEY=KEY) as (process, url):
        address = urlsplit(url)
        assert address.hostname
        assert address.port
        with socket.create_connection((address.hostname, address.port)) as half:
            head = f"POST /v1/assistants HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {KEY}\r\nContent-Length: 20\r\n"
            half.sendall(head.encode() + b'\r\n{"model"')
        with OpenAI(base_url=url, api_key=KEY, max_retries=0) as client:
            assert client.beta.assistants.list().data == []
        process.send_signal(signal.SIGTERM)
        _, logged = process.communicate(timeout=20)
    assert logged == ""


def test_a_traceback_shows_no_variables() -> None:
    program = f"""
import structlog
from assistants.__main__ import _log_to_stderr
_log_to_stderr("INFO")
def serve(key):
    raise RuntimeError("broken")
try:
    serve("{KEY}".upper())
except RuntimeError:
    structlog.get_logger().exception("crashed")
"""
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert "RuntimeError: broken" in done.stderr
    assert KEY.upper() not in done.stderr


def test_without_a_key_one_is_made_and_kept_for_its_owner_alone(tmp_path: Path) -> None:
    with alone(tmp_path) as (_, url):
        path = tmp_path / "assistants.key"
        key = path.read_text().strip()
        assert path.stat().st_mode & 0o077 == 0
        with OpenAI(base_url=url, api_key=key, max_retries=0) as client:
            assert client.beta.assistants.list().data == []


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"ASSISTANTS_PORT": "many"}, "ASSISTANTS_PORT"),
        ({"DATABASE_URL": "postgresql://user:secret@127.0.0.1:9/none", "ASSISTANTS_KEY": KEY}, "DATABASE_URL"),
    ],
)
def test_a_bad_setting_is_one_sentence_and_a_failure(tmp_path: Path, settings: dict[str, str], said: str) -> None:
    with alone(tmp_path, **settings) as (process, url):
        assert url == ""
        assert process.stderr is not None
        lines = process.stderr.read().strip().splitlines()
        assert process.wait(20) == 1
    assert said in lines[-1]
    assert not any("Traceback" in line or "secret" in line for line in lines)


@pytest.mark.parametrize(
    "settings",
    [
        {"MODEL_API": "telepathy"},
        {"RUN_EXPIRES_AFTER": "0"},
        {"ASSISTANTS_HOST": "192.0.2.1"},
        {"DATA_DIR": "/dev/null/data"},
        {"DATABASE_URL": "mysql://user:secret@127.0.0.1/db"},
        {"DATABASE_URL": "sqlite://"},
        {"DATABASE_URL": "sqlite:///:memory:"},
        {"DATABASE_URL": "a secret of the owner"},
    ],
)
async def test_the_sentence_names_the_setting_and_shows_no_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in {"ASSISTANTS_PORT": "0", "ASSISTANTS_KEY": KEY, "MODEL_API": "offline", **settings}.items():
        monkeypatch.setenv(name, value)
    ((name, value),) = settings.items()
    with pytest.raises((StartError, StoreError)) as refused:
        await serve(read_settings())
    assert name in str(refused.value) or value in str(refused.value)
    assert "secret" not in str(refused.value)
    assert len(str(refused.value).splitlines()) == 1


def test_models_that_have_left_the_api_are_answered_by_another() -> None:
    settings = Settings(_env_file=None, model="gpt-6-luna", model_aliases="gpt-4o=gpt-9, tutor=")  # type: ignore[call-arg, arg-type]

    assert settings.resolve_model("gpt-4o") == "gpt-9"
    assert settings.resolve_model("tutor") == "gpt-6-luna"
    assert settings.resolve_model("gpt-4o-mini") == "gpt-4o-mini"
    assert Settings(_env_file=None).resolve_model("gpt-4-turbo") == "gpt-6-luna"  # type: ignore[call-arg]
    assert Settings(_env_file=None, model_aliases="none").resolve_model("gpt-4o") == "gpt-4o"  # type: ignore[call-arg, arg-type]


def test_an_empty_setting_is_no_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "DATABASE_URL", "MODEL_API", "EMBEDDING_MODEL"):
        monkeypatch.setenv(name, "")

    settings = Settings(_env_file=None)  # type: ignore[call-arg]

    assert settings.openai_api_key is None
    assert settings.openai_base_url is None
    assert settings.database_url is None
    assert settings.model_api is None
    assert settings.embedding_model == ""


def test_the_tutorials_name_for_the_key_is_understood(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    monkeypatch.setenv("OPEN_API_KEY", "sk-secret")

    settings = Settings(_env_file=None)  # type: ignore[call-arg]

    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sk-secret"
    assert "sk-secret" not in repr(settings)
