"""What the offline model puts out for a request: an answer, a search of files, a quiz, cards, or code that draws."""

import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import structlog

from assistants.models.model_protocol import (
    FunctionTool,
    ModelRequest,
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
from assistants.models.offline.tutor_jobs import TutorJobs
from maths.reading.intent import intent_of
from maths.reading.language import Language, language_asked_for
from workers import Pool

log = structlog.get_logger(__name__)

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
_NOTED = re.compile(r"small offline model|오프라인 모델")


@dataclass(frozen=True, slots=True)
class Output:
    """What the model puts out: text, or a call of a function."""

    text: str = ""
    call: tuple[str, str] | None = None
    """The function's name, and its arguments as JSON."""


def call(name: str, arguments: Any) -> Output:
    """A call of a function."""
    return Output(call=(name, json.dumps(arguments, ensure_ascii=False)))


class Responder:
    """Decides what to put out for one request."""

    def __init__(self, request: ModelRequest, pool: Pool, call_id: str) -> None:
        self._request = request
        self._call_id = call_id
        self._input: ModelInput = read_input(request.input)
        self._language: Language = self._input.language(request.instructions)
        self._jobs = TutorJobs(pool, self._language)
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
            solved = await self._jobs.run(job, wanted.question[:LONGEST_MESSAGE], self._language) or []
            sizes = (wanted.count, self._language, (wanted.seed, "medium"))
            made = await self._jobs.on_quiz("on_conversation", list(self._dialogue())[:-1], wanted.question, *sizes)
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
        plan = await self._jobs.run("assistants.models.offline.plotting:plan", text, self._language)
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
        described = await self._jobs.run(job, [["user", plan["about"]]], self._language)
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
            made = await self._jobs.on_quiz("like", list(wanted.like), *sizes)
        elif wanted.question:
            made = await self._jobs.on_quiz("on_conversation", list(self._dialogue())[:-1], wanted.question, *sizes)
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
        told = await self._jobs.on_quiz("steps", wanted, self._language) if about.wish == "explain" and wanted else {}
        return quiz_talk.answer(about, quiz, name, self._language, told or {})

    async def _help(self) -> dict[str, Any] | None:
        """The arguments of the call that helps with an exercise; None if the message wants something else."""
        guide = exercise_results.GUIDE in self._request.instructions
        if not guide and not intent_of(self._input.last_message).hint:
            return None
        language = language_asked_for(self._request.instructions)
        given = await self._jobs.run(
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
        reply = await self._jobs.tutor(list(self._dialogue()), language_asked_for(self._request.instructions))
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
        reply = await self._jobs.tutor(list(self._dialogue()), language_asked_for(self._request.instructions))
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

    def _say(self, key: str) -> str:
        return say(self._language, key)

    def _words(self, text: str) -> Output:
        """An answer in words; the first one of a conversation says that it is the offline model's."""
        cites = MARK.search(text) is not None  # the source stands at its end, and the note would come between
        noted = cites or any(one.role == "assistant" and _NOTED.search(one.text) for one in self._input.messages)
        if self._request.response_format and self._request.response_format.get("type", "text") != "text":
            return Output(shaped(text, self._request.response_format))
        return Output(text if noted else f"{text}\n\n{self._say('note')}")
