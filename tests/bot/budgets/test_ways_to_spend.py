"""Every call of the SDK that makes a model or its embeddings work stands here, with how it is charged.

Who adds a call adds it here too, once it is charged; a call that is gone leaves this list.
"""

import ast
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[3]
ROOMS = ("bot", "cogs", "assistants")
SPENDING = (
    "threads.runs.stream",
    "runs.create",
    "runs.create_and_poll",
    "threads.create_and_run",
    "threads.create_and_run_poll",
    "threads.create_and_run_stream",
    "runs.submit_tool_outputs",
    "runs.submit_tool_outputs_and_poll",
    "runs.submit_tool_outputs_stream",
    "completions.create",
    "completions.parse",
    "responses.create",
    "responses.stream",
    "responses.parse",
    "embeddings.create",
    "moderations.create",
    "images.generate",
    "images.edit",
    "transcriptions.create",
    "speech.create",
    "vector_stores.search",
    "files.create",
    "files.create_and_poll",
    "files.upload_and_poll",
    "file_batches.create",
)
"""How the SDK's methods end that may cost something."""
CHARGED = {
    ("bot/conversations/assistants_api.py", "threads.runs.stream"): (
        2,
        "an answer: AnswerBeginning.reserve; a run of its own (quiz checks, mending, judges): SeparateRuns.call",
    ),
    ("bot/conversations/assistants_api.py", "threads.create_and_run_stream"): (1, "an answer: AnswerBeginning.reserve"),
    ("bot/conversations/assistants_api.py", "runs.submit_tool_outputs_stream"): (
        1,
        "calls within an answer: its own charge; results of a quiz or a ladder: TokenBudgets.go_on",
    ),
    ("bot/conversations/assistants_api.py", "runs.submit_tool_outputs"): (
        1,
        "a waiting run is closed and cancelled: TokenBudgets.reopen settles it anew",
    ),
    ("bot/moderation/checks.py", "moderations.create"): (1, "free at the provider"),
    ("bot/moderation/checks.py", "completions.create"): (1, "moderator.charging"),
    ("bot/library/vector_store_files.py", "files.create"): (
        3,
        "an upload costs nothing; indexing: Intake._index, QuestionFiles; read again: charged as the file was",
    ),
    ("bot/library/vector_store_files.py", "vector_stores.search"): (1, "/library search: LibraryCog.search"),
    ("bot/tutor/attachments.py", "files.create"): (1, "an upload costs nothing; what reads it is a run"),
    ("assistants/retrieval/embeddings.py", "embeddings.create"): (
        2,
        "searches: a run's embedding_tokens; files: embedding_tokens of the vector store's file",
    ),
}
MODEL_PATHS = {
    "assistants/models/responses_request.py": "/responses",
    "assistants/models/chat_request.py": "/chat/completions",
}
"""The server's own requests to the model: each run's usage counts them."""


def calls() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name.startswith("bot/command_line/"):
                continue  # `saem check` and its like: the host's own tries
            source = path.read_text(encoding="utf-8")
            if not any(each.rpartition(".")[2] + "(" in source for each in SPENDING):
                continue  # to parse all takes seconds
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Call):
                    called = ast.unparse(node.func)
                    found = [each for each in SPENDING if called == each or called.endswith(f".{each}")]
                    if found:
                        yield name, max(found, key=len)


def test_every_call_that_may_cost_something_is_charged() -> None:
    assert dict(Counter(calls())) == {where: count for where, (count, _) in CHARGED.items()}


def test_the_servers_requests_to_the_model_are_those_of_runs() -> None:
    found = {}
    for path in sorted((ROOT / "assistants").rglob("*.py")):
        source = path.read_text(encoding="utf-8")
        if not any(f'"{each}"' in source for each in ("/responses", "/chat/completions", "/embeddings")):
            continue
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.Constant) and node.value in ("/responses", "/chat/completions", "/embeddings"):
                found[path.relative_to(ROOT).as_posix()] = node.value
    assert found == MODEL_PATHS


def test_only_the_assistants_api_and_these_rooms_begin_runs() -> None:
    for room in ("bot", "cogs"):
        for path in (ROOT / room).rglob("*.py"):
            words = path.read_text(encoding="utf-8")
            ways = ("api.stream_new_run(", "api.run_once(", "api.stream_tool_outputs(")
            begins = [each for each in ways if each in words]
            if begins:
                assert path.name in ("run_stream.py", "separate_runs.py"), (path, begins)
