"""Imports and exports into a data directory, and what they said."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import SecretStr

from assistants.settings import Settings
from assistants.transfer.report import Report
from assistants.transfer.transfer import export_to, import_from
from tests.migrated import server_database

THREAD = {"id": "thread_1", "object": "thread", "created_at": 1_700_000_000, "metadata": {"channel": "maths"}}


def message(number: int, text: str = "", **fields: Any) -> dict[str, Any]:
    """A message of a dump; odd ones are the student's."""
    return {
        "id": f"msg_{number}",
        "object": "thread.message",
        "created_at": 1_700_000_000 + number,
        "thread_id": "thread_1",
        "role": "user" if number % 2 else "assistant",
        "content": [{"type": "text", "text": {"value": text or f"text {number}", "annotations": []}}],
        **fields,
    }


def lines(path: Path, objects: Sequence[object]) -> Path:
    """A file of JSON lines; strings stand as they are."""
    path.parent.mkdir(parents=True, exist_ok=True)
    text = "\n".join(each if isinstance(each, str) else json.dumps(each) for each in objects)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def settings(data: Path, database_url: str | None = None) -> Settings:
    url = None if database_url is None else SecretStr(database_url)
    return Settings(_env_file=None, data_dir=data, embedding_model="", database_url=url)  # type: ignore[call-arg]


async def imported(
    data: Path, path: Path, files: Path | None = None, *, replace: bool = False, database_url: str | None = None
) -> tuple[Report, list[str]]:
    """What an import counted, and what it said."""
    said: list[str] = []
    if database_url is None:
        server_database(data)
    report = await import_from(settings(data, database_url), path, files, replace=replace, say=said.append)
    return report, said


async def exported(data: Path, folder: Path, *, database_url: str | None = None) -> list[dict[str, Any]]:
    """The objects of an export into `folder`, without its first line."""
    if database_url is None:
        server_database(data)
    await export_to(settings(data, database_url), folder, say=lambda _: None)
    written = (folder / "assistants.jsonl").read_bytes().splitlines()
    return [json.loads(line) for line in written[1:]]


async def texts(data: Path, folder: Path) -> list[str]:
    """The texts of all messages of an export, in order."""
    objects = await exported(data, folder)
    return [each["content"][0]["text"]["value"] for each in objects if each["object"] == "thread.message"]
