"""The offline model: decides whether to answer, search files or make a quiz, and streams it as a real model would."""

import asyncio
import functools
import json
import math
import re
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from assistants.models.call_ids import client_call_id
from assistants.models.model_protocol import (
    CallArguments,
    CallStarted,
    Finished,
    FunctionTool,
    Item,
    ModelEvent,
    ModelRequest,
    TextDelta,
    Usage,
)
from assistants.models.offline import (
    card_making,
    exercise_results,
    quiz_feedback,
    quiz_making,
    quiz_talk,
    table_charts,
)
from assistants.models.offline.card_making import MAKE_CARDS
from assistants.models.offline.exercise_results import GIVE_HELP
from assistants.models.offline.input_items import FunctionOutput, ModelInput, read_input, without_name
from assistants.models.offline.passages import MARK, MarkedPassage, best_sentence, leading_sentences
from assistants.models.offline.played_quizzes import PlayedQuiz, results_message
from assistants.models.offline.quiz_making import GENERATE_QUIZ
from assistants.models.offline.sentences import say
from assistants.models.offline.structured_output import fill, shaped
from maths.reading.intent import intent_of
from maths.reading.language import Language, language_asked_for
from workers import JobCrashed, JobFailed, JobTimedOut, Pool

log = structlog.get_logger(__name__)

MODEL = "saem-offline"
WINDOW = 128_000
PACE = 0.02
"""Seconds between two words of an answer."""
SOLVING = 5.0
"""Seconds that a problem may take."""
MOST_FOR_A_LIST = 30.0
"""Seconds for a list of exercises of which one takes longer than a problem may."""
MAKING = 15.0
"""Seconds that the questions of a quiz may take."""
MEMORY = 512 << 20
REMEMBERED = 40
"""The newest messages of a conversation that the tutor is given."""
LONGEST_MESSAGE = 5_000
LONGEST_OUTPUT = 1_500
FILE_SEARCH = "file_search"
CODE_INTERPRETER = "code_interpreter"

PICTURE_SHOWN = "[A picture was shown to the person.]"
"""How the code interpreter tells of a picture."""

SUMMARY = 3
"""The sentences of a summary."""

_SUMMARY = re.compile(
    r"summar|overview|main\s+(?:points?|ideas?)|key\s+points?|\bgist\b|what(?:'s|\s+is)\s+(?:\w+\s+){1,3}(?:file|document|text|pdf)\s+about"
    r"|요약|정리해|줄거리|요점|핵심|무슨\s*내용|어떤\s*내용",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\s*\S+(?:\s+$)?|\s+")
_NOTED = re.compile(r"small offline model|오프라인 모델")
_PIECE = 24
"""Characters of a call's arguments in one event."""


@dataclass(frozen=True, slots=True)
class Output:
    """What the model puts out: text, or a call of a function."""

    text: str = ""
    call: tuple[str, str] | None = None
    """The function's name, and its arguments as JSON."""


def call(name: str, arguments: Any) -> Output:
    """A call of a function."""
    return Output(call=(name, json.dumps(arguments, ensure_ascii=False)))


class OfflineModel:
    """Gives the same answer to the same input; solves in worker processes of `pool`. `pace` is in seconds a word."""

    def __init__(
        self, pool: Pool, *, pace: float = PACE, new_id: Callable[[], str] = functools.partial(client_call_id, None)
    ) -> None:
        self._pool = pool
        self._pace = pace
        self._new_id = new_id
        """Makes each call's id, which is the seed of a quiz: the same request brings other questions next time."""

    async def stream(self, request: ModelRequest) -> AsyncGenerator[ModelEvent, None]:
        """See `Model.stream`."""
        call_id = self._new_id()
        output = await _Responder(request, self._pool, call_id).output()
        if output.call is not None:
            async for event in self._call(request, call_id, *output.call):
                yield event
            return
        async for event in self._speak(request, output.text):
            yield event

    async def list_models(self) -> list[str]:
        """See `Model.list_models`."""
        return [MODEL]

    def context_window(self, model: str) -> int:  # noqa: ARG002 - there is one model only
        """See `Model.context_window`."""
        return WINDOW

    async def _speak(self, request: ModelRequest, text: str) -> AsyncGenerator[ModelEvent, None]:
        said = ""
        for word in _WORDS.findall(text):
            left = _characters_left(request, said)
            if left < len(word):
                if left > 0:
                    yield TextDelta(word[:left])
                    said += word[:left]
                yield Finished("max_output_tokens", _usage(request, said), [_message(said)])
                return
            yield TextDelta(word)
            said += word
            await asyncio.sleep(self._pace)
        yield Finished("completed", _usage(request, said), [_message(said)])

    async def _call(
        self, request: ModelRequest, call_id: str, name: str, arguments: str
    ) -> AsyncGenerator[ModelEvent, None]:
        yield CallStarted(0, call_id, name)
        said = ""
        for start in range(0, len(arguments), _PIECE):
            piece = arguments[start : start + _PIECE]
            if _characters_left(request, said) < len(piece):
                yield Finished("max_output_tokens", _usage(request, said), [])
                return
            yield CallArguments(0, piece)
            said += piece
            await asyncio.sleep(self._pace / 4)
        item = {"type": "function_call", "call_id": call_id, "name": name, "arguments": arguments}
        yield Finished("completed", _usage(request, said), [item])


def _characters_left(request: ModelRequest, said: str) -> float:
    """How many characters the answer may still have, at four characters a token."""
    return math.inf if request.max_output_tokens is None else request.max_output_tokens * 4 - len(said)


def _message(text: str) -> Item:
    return {
        "type": "message",
        "role": "assistant",
        "content": [{"type": "output_text", "text": text, "annotations": []}],
    }


def _usage(request: ModelRequest, said: str) -> Usage:
    """Tokens, counted as four characters each."""
    items = sum(len(json.dumps(item, ensure_ascii=False, default=str)) for item in request.input)
    tools = sum(
        len(tool.name) + len(tool.description) + len(json.dumps(dict(tool.parameters))) for tool in request.tools
    )
    return Usage(math.ceil((len(request.instructions) + items + tools) / 4), math.ceil(len(said) / 4))


class _Responder:
    """Decides what to put out for one request."""

    def __init__(self, request: ModelRequest, pool: Pool, call_id: str) -> None:
        self._request = request
        self._call_id = call_id
        self._pool = pool
        self._input: ModelInput = read_input(request.input)
        self._language: Language = self._input.language(request.instructions)
        self._tools: dict[str, FunctionTool] = (
            {} if request.tool_choice == "none" else {one.name: one for one in request.tools}
        )

    async def output(self) -> Output:
        """The output: the call that is required, what follows from functions' outputs, or an answer to the student."""
        choice = self._request.tool_choice
        if choice in self._tools and choice not in {"auto", "none", "required"}:
            return await self._forced(choice)
        if self._input.outputs:
            return await self._after(self._input.outputs)
        if MAKE_CARDS in self._tools and self._cards_wanted():
            return await self._cards([])
        if GENERATE_QUIZ in self._tools and (choice == "required" or self._quiz_wanted()):
            return await self._quiz(forced=choice == "required")
        if results := results_message(self._input.results):
            arguments, output = results
            questions = quiz_feedback.asked_questions(arguments, None)
            return self._words(quiz_feedback.feedback(questions, output, self._language, []))
        if (told := exercise_results.results_of_help(self._input.results)) is not None:
            return self._words(exercise_results.word_after(told, self._language))
        if (said := await self._about_quiz()) is not None:
            return self._words(said)
        if CODE_INTERPRETER in self._tools and choice == "auto" and (drawn := await self._drawing()) is not None:
            return drawn
        if GIVE_HELP in self._tools and choice == "auto" and (given := await self._help()) is not None:
            return call(GIVE_HELP, given)
        return await self._tutor(required=choice == "required")

    # -- functions

    def _quiz_wanted(self) -> bool:
        if results_message(self._input.results) or self._asks_about_quiz():
            return False
        if quiz_making.wants_quiz(self._input.last_message, self._request.instructions):
            return True
        wanted = self._plan()
        return bool(wanted.like or wanted.repeated)

    def _cards_wanted(self) -> bool:
        return card_making.wants_cards(self._input.last_message, self._request.instructions)

    async def _cards(self, passages: Sequence[MarkedPassage], *, searched: bool = False) -> Output:
        """The call that shows cards; a search of the files before it, or why there are none."""
        wanted = card_making.plan(
            self._input.last_message,
            self._input.last_answer,
            self._request.instructions,
            self._language,
            self._call_id,
        )
        unknown = wanted.topic is None and not wanted.question
        if FILE_SEARCH in self._tools and not searched and (wanted.search_first or unknown):
            return self._search(wanted.about)
        solved: list[list[str]] = []
        similar: list[dict[str, Any]] = []
        if wanted.question:
            job = "assistants.models.offline.card_work:solved_problems"
            solved = await self._job(job, wanted.question[:LONGEST_MESSAGE], self._language) or []
            sizes = (wanted.count, self._language, (wanted.seed, "medium"))
            made = await self._work("on_conversation", list(self._dialogue())[:-1], wanted.question, *sizes)
            similar = made["questions"] if made else []
        cards = card_making.make(wanted, passages, solved, similar)
        if not cards:
            key = "files_say_nothing" if wanted.only_files else "no_cards"
            return self._words(say(self._language, key, name=wanted.about))
        return call(MAKE_CARDS, card_making.arguments(wanted, cards))

    def _asks_about_quiz(self) -> bool:
        """Whether the last message wants something explained of the last quiz, and no other quiz."""
        message, found = self._input.last_message, self._input.last_quiz
        if found is None or quiz_making.NEW_QUIZ.search(f"{message}\n{self._request.instructions}"):
            return False
        place, quiz = found
        spoken = quiz_making.spoken_of(self._input, place, quiz)
        about = quiz_talk.about_quiz(message, quiz, self._input.last_name, spoken)
        return about is not None and about.wish in {"explain", "missed"}

    async def _forced(self, name: str) -> Output:
        if name == MAKE_CARDS:
            return await self._cards(quiz_making.searched(self._input.outputs), searched=True)
        if name == GENERATE_QUIZ:
            return await self._quiz_from_files(forced=True)
        if name == FILE_SEARCH:
            return self._search(self._input.last_message)
        if name == exercise_results.JUDGE_ANSWER:
            judged = exercise_results.same_words(self._input.last_message)
            return call(name, judged) if judged else self._words(say(self._language, "cannot_judge"))
        return call(name, fill(self._tools[name].parameters, self._input.last_message))

    def _plan(self, call_id: str | None = None) -> quiz_making.QuizPlan:
        """The quiz that is wanted now, or was wanted by the call with the id `call_id`."""
        return quiz_making.plan(self._input, self._request.instructions, self._language, call_id or self._call_id)

    async def _quiz(self, *, forced: bool) -> Output:
        wanted = self._plan()
        if made := await self._like_problems(wanted):
            return self._shown(made)
        if wanted.needs_files and FILE_SEARCH in self._tools:
            return self._search(*wanted.queries)
        return self._made(wanted, [], forced=forced)

    # -- drawings and tables

    async def _plan_of_code(self) -> dict[str, Any] | None:
        """The code that the last message asks for, and what is said of it; None if it asks for none."""
        text = self._input.last_message[:LONGEST_MESSAGE]
        plan = await self._job("assistants.models.offline.plotting:plan", text, self._language)
        if plan is not None or CODE_INTERPRETER not in self._tools:
            return plan if isinstance(plan, dict) else None
        tables = table_charts.tables_in(self._tools[CODE_INTERPRETER].description)
        return table_charts.table_plan(text, tables, self._language)

    async def _drawing(self) -> Output | None:
        """The call that draws what the last message asks for, or why it cannot be drawn; None if it asks for none."""
        plan = await self._plan_of_code()
        if plan is None:
            return None
        return call(CODE_INTERPRETER, {"code": plan["code"]}) if "code" in plan else self._words(plan["said"])

    async def _about_drawing(self, output: str) -> str:
        """What is said when the code has run."""
        plan = await self._plan_of_code()
        if plan is None or "code" not in plan:
            return say(self._language, "returned", name=CODE_INTERPRETER, text=output[:LONGEST_OUTPUT])
        if "about" not in plan:
            return table_charts.told(plan["said"], output, self._language)
        if PICTURE_SHOWN not in output:
            log.warning("offline.not_drawn")
            return self._say("not_drawn")
        if not plan["about"]:
            return str(plan["said"])
        job = "assistants.models.offline.tutor:reply"
        described = await self._job(job, [["user", plan["about"]]], self._language)
        return f"{plan['said']}\n\n{described['text']}" if described else str(plan["said"])

    def _search(self, *queries: str) -> Output:
        return call(FILE_SEARCH, {"queries": [query[:500] or "?" for query in queries]})

    async def _after(self, outputs: tuple[FunctionOutput, ...]) -> Output:
        """Go on from the last function's output."""
        last = outputs[-1]
        if last.name == GENERATE_QUIZ:
            return self._words(self._feedback(last))
        if last.name == MAKE_CARDS:
            return self._words(self._say("cards_shown" if '"shown"' in last.output else "cards_not_shown"))
        if last.name == CODE_INTERPRETER:
            return self._words(await self._about_drawing(last.output))
        if last.name == GIVE_HELP:
            return self._words(exercise_results.word_after(last.output, self._language))
        if last.name == FILE_SEARCH:
            if (
                MAKE_CARDS in self._tools
                and self._cards_wanted()
                and not any(one.name == MAKE_CARDS for one in outputs)
            ):
                return await self._cards(quiz_making.searched(outputs), searched=True)
            played = any(one.name == GENERATE_QUIZ for one in outputs)
            wanted = self._quiz_wanted() or self._request.tool_choice == "required"
            if GENERATE_QUIZ in self._tools and wanted and not played:
                return await self._quiz_from_files(forced=self._request.tool_choice == "required")
            return self._words(await self._quotation())
        text = last.output.strip()
        if not text:
            return self._words(say(self._language, "returned_nothing", name=last.name))
        return self._words(say(self._language, "returned", name=last.name, text=text[:LONGEST_OUTPUT]))

    async def _quiz_from_files(self, *, forced: bool) -> Output:
        """A quiz on the student's problems, if it is on these; else on the passages that were searched, if any."""
        wanted = self._plan()
        if made := await self._like_problems(wanted):
            return self._shown(made)
        passages = quiz_making.relevant(wanted, quiz_making.searched(self._input.outputs))
        return self._made(wanted, passages, forced=forced)

    def _made(self, wanted: quiz_making.QuizPlan, passages: Sequence[MarkedPassage], *, forced: bool) -> Output:
        """The call that shows the quiz. If none can be made: a general quiz if `forced`, else why there is none."""
        quiz = quiz_making.make(wanted, passages)
        if quiz is None and wanted.only_files:
            return self._words(say(self._language, "files_say_nothing", name=wanted.about))
        if quiz is None and (wanted.question or wanted.like or wanted.repeated):
            return self._words(say(self._language, "no_similar"))
        if quiz is None and forced:
            quiz = quiz_making.general(wanted)
        if quiz is None:
            return self._words(say(self._language, "maths_or_files"))
        return self._shown(quiz)

    def _shown(self, quiz: quiz_making.Quiz) -> Output:
        return call(GENERATE_QUIZ, quiz.arguments(self._tools[GENERATE_QUIZ]))

    async def _like_problems(self, wanted: quiz_making.QuizPlan) -> quiz_making.Quiz | None:
        """The quiz on problems like one that was solved, or like the questions of an earlier quiz; None if it is on
        something else.
        """
        sizes = (wanted.count, wanted.language, (wanted.seed, wanted.level))
        if wanted.like and (wanted.topic is None or wanted.count == 1):
            made = await self._work("like", list(wanted.like), *sizes)
        elif wanted.question:
            made = await self._work("on_conversation", list(self._dialogue())[:-1], wanted.question, *sizes)
        else:
            return None
        return quiz_making.of_questions(wanted, made["questions"]) if made else None

    async def _about_quiz(self) -> str | None:
        """What a student wants to know about the last quiz; None if the message is about something else."""
        found = self._input.last_quiz
        if found is None:
            return None
        place, quiz = found
        name = self._input.last_name
        spoken = quiz_making.spoken_of(self._input, place, quiz)
        about = quiz_talk.about_quiz(self._input.last_message, quiz, name, spoken)
        if about is None or about.wish == "more":
            return None
        wanted = [[one, quiz.questions[one - 1].text, quiz.questions[one - 1].right] for one in about.places]
        told = await self._work("steps", wanted, self._language) if about.wish == "explain" and wanted else {}
        return quiz_talk.answer(about, quiz, name, self._language, told or {})

    async def _work(self, name: str, *arguments: Any) -> Any:
        """A job about quizzes in a worker process; None if it failed."""
        return await self._job(f"assistants.models.offline.quiz_work:{name}", *arguments)

    async def _job(self, job: str, *arguments: Any) -> Any:
        """A job in a worker process; None if it failed."""
        try:
            return await self._pool.run(job, *arguments, timeout=MAKING, memory=MEMORY)
        except (JobTimedOut, JobCrashed, JobFailed) as error:
            log.warning("offline.quiz_failed", job=job, error=str(error))
            return None

    async def _help(self) -> dict[str, Any] | None:
        """The arguments of the call that helps with an exercise; None if the message wants something else."""
        guide = exercise_results.GUIDE in self._request.instructions
        if not guide and not intent_of(self._input.last_message).hint:
            return None
        language = language_asked_for(self._request.instructions)
        given = await self._job(
            "assistants.models.offline.exercise_help:help_for", list(self._dialogue()), language, guide
        )
        return given if isinstance(given, dict) else None

    def _dialogue(self) -> Iterator[list[str]]:
        """The messages as the tutor reads them: a question of a quiz that a student speaks of stands in full."""
        quiz: PlayedQuiz | None = None
        spoken: int | None = None
        for one in self._input.messages[-REMEMBERED:]:
            if one.quiz is not None:
                quiz, spoken = one.quiz, None
            if (one.quiz is not None or one.text.startswith("[results]")) and one.role == "user":
                continue
            text = one.text[:LONGEST_MESSAGE] if without_name(one.text) else ""
            about = quiz_talk.about_quiz(without_name(text), quiz, "", spoken) if quiz and one.role == "user" else None
            if about is not None and quiz is not None and about.wish == "explain" and len(about.places) == 1:
                spoken = about.places[0]
                text = quiz.questions[spoken - 1].text
            yield [one.role, text]

    def _feedback(self, last: FunctionOutput) -> str:
        passages = quiz_making.searched(self._input.outputs)
        wanted = self._plan(last.call_id)
        if wanted.like or wanted.question or wanted.repeated:
            return quiz_feedback.feedback(
                quiz_feedback.asked_questions(last.arguments, None), last.output, self._language, passages
            )
        again = quiz_making.make(wanted, quiz_making.relevant(wanted, passages)) or quiz_making.general(wanted)
        questions = quiz_feedback.asked_questions(last.arguments, again)
        return quiz_feedback.feedback(questions, last.output, self._language, passages)

    async def _quotation(self) -> str:
        """The sentence of the searched passages that answers best, with its mark; else the tutor's own explanation."""
        question, passages = self._input.last_message, quiz_making.searched(self._input.outputs)
        if _SUMMARY.search(question):
            told = leading_sentences(passages, SUMMARY)
            lines = [f"- “{one.text}”{one.mark}" for one in told]
            return "\n".join([self._say("summary"), *lines]) if lines else self._say("not_in_files")
        reply = await self._solved()
        self._language = reply.get("language", self._language)
        idea, refused = reply.get("idea", ""), reply.get("refused", False)
        found = best_sentence(question, passages, naming=idea, share=2 if refused else 4)
        if found is not None:
            return say(self._language, "quoted", text=found.text, mark=found.mark)
        return str(reply["text"]) if idea or refused else self._say("not_in_files")

    # -- words

    async def _tutor(self, *, required: bool) -> Output:
        """The tutor's reply to the student's messages; a search of the files if it has none."""
        unanswered = self._input.unanswered
        images = sum(one.images for one in unanswered)
        reply = await self._solved()
        self._language = reply.get("language", self._language)
        lost = reply["understood"] == "lost"
        if (lost or required) and self._input.last_message and FILE_SEARCH in self._tools and not images:
            return self._search(self._input.last_message)
        if required and self._tools:
            return await self._forced(next(iter(self._tools)))
        text = reply["text"]
        if images and (lost or not self._input.last_message):
            text = self._say("image")
        elif images:
            text = f"{self._say('image_too')}\n\n{text}"
        return self._words(text)

    async def _solved(self) -> dict[str, Any]:
        """The tutor's reply from a worker process, or a sentence that says why there is none."""
        messages = list(self._dialogue())
        language = language_asked_for(self._request.instructions)
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

    def _words(self, text: str) -> Output:
        """An answer in words; the first one of a conversation says that it is the offline model's."""
        cites = MARK.search(text) is not None  # the source stands at its end, and the note would come between
        noted = cites or any(one.role == "assistant" and _NOTED.search(one.text) for one in self._input.messages)
        if self._request.response_format and self._request.response_format.get("type", "text") != "text":
            return Output(shaped(text, self._request.response_format))
        return Output(text if noted else f"{text}\n\n{self._say('note')}")
