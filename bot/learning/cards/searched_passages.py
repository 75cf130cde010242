"""The passages that a run's `file_search` found, by the marks with which the model cites them.

The text of an answer comes with annotations that say what its marks stand for; the arguments of a function do not. What
the search found is read from the run's steps.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import openai
import structlog
from openai import AsyncOpenAI

log = structlog.get_logger(__name__)

MARK: Final = re.compile(r"【(\d{1,6}):(\d{1,4})†[^【】]{0,80}】")
"""A mark: which search of the run, and which of its passages."""
ANY_MARK: Final = re.compile(r"\s*【[^【】\n]{0,90}†[^【】\n]{0,90}】")
_CONTENT: Final = "step_details.tool_calls[*].file_search.results[*].content"
_TEN: Final = 10
"""Our server counts a run's searches from a multiple of ten, so that marks of two runs are not the same."""


@dataclass(frozen=True, slots=True)
class SearchedPassage:
    """A passage of a file: its text, and its page where files have pages."""

    file_id: str
    file_name: str
    text: str
    page: int | None = None


class SearchedPassages:
    """The passages of one run."""

    def __init__(self, found: Mapping[tuple[int, int], SearchedPassage]) -> None:
        self._found = found

    def of_mark(self, text: str) -> SearchedPassage | None:
        """The passage that the first mark in `text` stands for."""
        mark = MARK.search(text)
        return self._found.get((int(mark[1]) % _TEN, int(mark[2]))) if mark is not None else None

    def of_file(self, name: str) -> SearchedPassage | None:
        """The first passage of the only file that `name` names; None if it names none, or two."""
        wanted = name.strip().casefold()
        named = {each.file_id: each for each in reversed(list(self._found.values())) if _names(wanted, each.file_name)}
        return next(iter(named.values())) if len(named) == 1 else None

    def __bool__(self) -> bool:
        return bool(self._found)


NO_PASSAGES: Final = SearchedPassages({})


async def searched_passages(client: AsyncOpenAI, thread_id: str, run_id: str) -> SearchedPassages:
    """What the searches of a run have found so far; nothing if the server does not say."""
    found: dict[tuple[int, int], SearchedPassage] = {}
    searches = 0
    try:
        steps: Any = client.beta.threads.runs.steps
        async for step in steps.list(run_id, thread_id=thread_id, include=[_CONTENT], order="asc", limit=100):
            if step.step_details.type != "tool_calls":
                continue
            for call in step.step_details.tool_calls:
                if call.type != "file_search":
                    continue
                for place, result in enumerate(call.file_search.results or ()):
                    found[searches, place] = _passage(result)
                searches += 1
    except openai.OpenAIError as error:
        log.info("passages.unknown", run=run_id, cause=error)
    return SearchedPassages(found)


def _passage(result: Any) -> SearchedPassage:
    page = (result.model_extra or {}).get("page")
    text = "\n".join(part.text for part in result.content or () if part.text)
    return SearchedPassage(result.file_id, result.file_name, text, page if isinstance(page, int) else None)


def _names(wanted: str, file_name: str) -> bool:
    return bool(wanted) and re.match(rf"{re.escape(file_name.casefold())}(?!\w)", wanted) is not None
