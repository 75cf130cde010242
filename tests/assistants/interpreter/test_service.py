"""The tool where the sandbox is a service: as in the container, whose part bubblewrap plays."""

from pathlib import Path

import pytest

from assistants.interpreter import kernels
from tests.assistants.conftest import running
from tests.assistants.interpreter.test_code_interpreter import PLOT, answer, told
from tests.workers.service.container import container, needs_container
from workers.service import client

pytestmark = needs_container


async def test_runs_go_on_when_the_service_starts_anew_and_are_told_when_it_is_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kernels, "SPARE", False)
    monkeypatch.setattr(client, "CONNECT_SECONDS", 1.0)
    (tmp_path / "volume").mkdir()
    async with running(tmp_path / "data", interpreter_socket=tmp_path / "volume" / "socket") as server:
        thread = await server.thread("Try.")
        async with container(tmp_path / "volume"):
            message, _ = await answer(
                server, thread.id, f"kept = 1\nopen('/mnt/data/notes.txt', 'w').write('kept')\n{PLOT}"
            )
            assert message.content[0].type == "image_file"
        await answer(server, thread.id, "kept", "kept")  # the first call may be what finds that the kernel has ended
        assert "interpreter service" in told(server)
        assert "does not answer" in told(server)
        async with container(tmp_path / "volume"):
            await answer(server, thread.id, "print(open('notes.txt').read()); kept")
        assert told(server).startswith("kept\n")
        assert "NameError" in told(server)
