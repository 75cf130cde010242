"""`saem import` and `saem export` as processes."""

import asyncio
import json
from pathlib import Path

from tests.bot.command_line.saem_process import saem, start
from tests.migrated import server_database

THREADS = 1_500


def dump(path: Path, threads: int = THREADS) -> Path:
    """Threads with two messages each."""
    with path.open("w", encoding="utf-8") as lines:
        for number in range(threads):
            thread = {"id": f"thread_{number}", "object": "thread", "created_at": 1_700_000_000 + number}
            lines.write(json.dumps(thread) + "\n")
            for half, role in enumerate(("user", "assistant")):
                text = {"type": "text", "text": {"value": f"{number}/{half}", "annotations": []}}
                message = {"id": f"msg_{number}_{half}", "object": "thread.message", "role": role, "content": [text]}
                lines.write(json.dumps({**message, "created_at": 1_700_000_000, "thread_id": thread["id"]}) + "\n")
    return path


async def test_a_killed_import_goes_on_and_gives_all_of_it_back(tmp_path: Path) -> None:
    given = dump(tmp_path / "given.jsonl")
    database = server_database(tmp_path / "data")
    process = await start("import", given.name, directory=tmp_path, DATA_DIR="data")
    wal = database.with_name(database.name + "-wal")
    while not wal.exists() or wal.stat().st_size < 400_000:  # some threads are there
        assert process.returncode is None
        await asyncio.sleep(0.01)
    process.kill()
    out, _ = await process.communicate()
    assert out == b""

    code, out_again, err = await saem("import", given.name, directory=tmp_path, DATA_DIR="data")
    exported, _, _ = await saem("export", "out", directory=tmp_path, DATA_DIR="data")

    assert (code, exported, err) == (0, 0, "")
    new, here = out_again.splitlines()
    some = int(here.split("Here already: ")[1].split(" ")[0].replace(",", ""))
    assert 0 < some < THREADS
    assert new == f"New: {THREADS - some:,} threads, {2 * (THREADS - some):,} messages."
    written = [json.loads(line) for line in (tmp_path / "out" / "assistants.jsonl").read_text().splitlines()[1:]]
    assert [each["id"] for each in written] == [json.loads(line)["id"] for line in given.read_text().splitlines()]


async def test_what_is_left_out_is_told_and_the_exit_code_says_so(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"id": "thread_1", "object": "thread", "created_at": 5}\nnot JSON\n')
    server_database(tmp_path / "data")
    code, out, err = await saem("import", "a.jsonl", directory=tmp_path, DATA_DIR="data")
    assert code == 1
    assert err.startswith("a.jsonl, line 2: The line is not JSON")
    assert out == "New: 1 thread.\nLeft out: 1, each with a line above.\n"


async def test_a_server_elsewhere_is_not_imported_into(tmp_path: Path) -> None:
    environment = {"ASSISTANTS_URL": "http://127.0.0.1:9/v1", "ASSISTANTS_KEY": "k"}
    code, out, err = await saem("export", "out", directory=tmp_path, **environment)
    assert (code, out) == (78, "")
    assert err.startswith("saem: ASSISTANTS_URL names another Assistants server")
    assert not (tmp_path / "out").exists()
