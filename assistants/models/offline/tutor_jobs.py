"""The jobs of the offline model in worker processes: what takes too long, crashes or fails costs a sentence alone."""

import asyncio
from typing import Any

import structlog

from assistants.models.offline.sentences import say
from maths.reading.language import Language
from workers import JobCrashed, JobFailed, JobTimedOut, Pool, WorkerNotStarted

log = structlog.get_logger(__name__)

SOLVING = 5.0
"""Seconds that a problem may take."""
MOST_FOR_A_LIST = 30.0
"""Seconds for a list of exercises of which one takes longer than a problem may."""
MAKING = 15.0
"""Seconds that the questions of a quiz may take."""
MEMORY = 512 << 20


class TutorJobs:
    """Runs the jobs of one answer in worker processes of `pool`; sentences are in `language`."""

    def __init__(self, pool: Pool, language: Language) -> None:
        self._pool = pool
        self._language = language

    async def on_quiz(self, name: str, *arguments: Any) -> Any:
        """A job about quizzes in a worker process; None if it failed."""
        return await self.run(f"assistants.models.offline.quiz_work:{name}", *arguments)

    async def run(self, job: str, *arguments: Any) -> Any:
        """A job in a worker process; None if it failed."""
        try:
            return await self._pool.run(job, *arguments, timeout=MAKING, memory=MEMORY)
        except (JobTimedOut, JobCrashed, JobFailed) as error:
            log.warning("offline.quiz_failed", job=job, error=str(error))
            return None

    async def tutor(self, messages: list[list[str]], language: Language | None) -> dict[str, Any]:
        """The tutor's reply to messages, or a sentence that says why there is none; `language`: as it is asked for."""
        try:
            reply: dict[str, Any] = await self._pool.run(
                "assistants.models.offline.tutor:reply", messages, language, timeout=SOLVING, memory=MEMORY
            )
        except (JobTimedOut, JobCrashed) as error:
            said = await self._exercises(messages, language) or self._too_much(error)
            return {"text": said, "understood": "maths"}
        except JobFailed as error:
            # Both quote what the student wrote.
            log.warning("offline.failed", kind=str(error).partition(":")[0])
            log.debug("offline.failed_because", error=str(error), traceback=error.traceback)
            return {"text": self._say("unsolved"), "understood": "maths"}
        return reply

    def _too_much(self, error: JobTimedOut | JobCrashed) -> str:
        """Why a job that was stopped gave nothing."""
        if isinstance(error, JobTimedOut):
            return self._say("too_slow")
        log.warning("offline.crashed", error=str(error))
        if isinstance(error, WorkerNotStarted):
            return self._say("unsolved")
        return self._say("far_too_large")

    async def _exercises(self, messages: list[list[str]], language: Language | None) -> str:
        """The answers to a list of exercises, each from a job of its own: one that takes too long costs no other its
        answer. Empty if the message is no list.
        """
        job = "assistants.models.offline.tutor"
        try:
            labels = await self._pool.run(f"{job}:exercises", messages, language, timeout=SOLVING, memory=MEMORY)
        except (JobTimedOut, JobCrashed, JobFailed):
            return ""
        ends_at = asyncio.get_running_loop().time() + MOST_FOR_A_LIST

        async def answered(place: int) -> str:
            left = min(SOLVING, ends_at - asyncio.get_running_loop().time())
            arguments = (messages, language, place)
            try:
                if left <= 0:
                    raise JobTimedOut(MOST_FOR_A_LIST)
                done = await self._pool.run(f"{job}:reply_to_exercise", *arguments, timeout=left, memory=MEMORY)
            except (JobTimedOut, JobCrashed) as error:
                return f"**({labels[place]})** {self._too_much(error)}"
            except JobFailed as error:
                log.warning("offline.failed", kind=str(error).partition(":")[0])
                return f"**({labels[place]})** {self._say('unsolved')}"
            return str(done)

        return "\n\n".join([await answered(place) for place in range(len(labels))])

    def _say(self, key: str) -> str:
        return say(self._language, key)
