"""What a provider says may quote a question: the log has its status and code, the run its words."""

import json
from pathlib import Path
from typing import Any

import pytest
from openai import AsyncOpenAI
from pydantic import SecretStr
from structlog.testing import capture_logs

from assistants.http_server import serve_on_loopback
from assistants.settings import Settings
from tests.assistants.models.fake_provider import Answer, FakeProvider, lines
from workers import Pool


def refusal(status: int, code: str) -> Answer:
    error = {"message": "you said: my diary", "code": code}
    return Answer(json.dumps({"error": error}).encode(), status, "application/json")


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (refusal(400, "bad_words"), "400 bad_words"),
        (refusal(500, "overheated"), "500 overheated"),
        (lines({"error": {"message": "you said: my diary", "code": 503, "type": "busy"}}), "503 busy"),
    ],
)
async def test_a_providers_words_are_not_logged(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, answer: Answer, told: str
) -> None:
    monkeypatch.setattr("assistants.models.provider_client.FIRST_WAIT", 0.0)
    async with FakeProvider(answer) as provider, Pool(size=1) as pool:
        values: dict[str, Any] = {"data_dir": tmp_path, "embedding_model": "", "model_api": "chat"}
        settings = Settings(_env_file=None, openai_api_key=SecretStr("k"), openai_base_url=provider.url, **values)  # type: ignore[call-arg]
        with capture_logs() as logs:
            async with (
                serve_on_loopback(settings, pool=pool) as address,
                AsyncOpenAI(base_url=address.url, api_key=address.key, max_retries=0) as client,
            ):
                assistant = await client.beta.assistants.create(model="some-model")
                run = await client.beta.threads.create_and_run_poll(
                    assistant_id=assistant.id, thread={"messages": [{"role": "user", "content": "my diary"}]}
                )
    assert run.status == "failed"
    assert run.last_error is not None
    assert "my diary" in run.last_error.message
    (failed,) = [entry for entry in logs if entry["event"] == "run_failed"]
    assert failed["cause"] == told
    assert "diary" not in str([entry for entry in logs if entry["log_level"] != "debug"])
