"""The tutor's reply in a conversation: what the student means after what was said before, and the answer to it."""

import re
import sys
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from assistants.models.offline.conversation_state import ConversationState, stated_answer
from assistants.models.offline.example_problems import example_of
from assistants.models.offline.explanations.explanation import Explanation
from assistants.models.offline.own_working import OwnWorking, own_working
from assistants.models.offline.sentences import wording
from maths.reading.intent import OF_NUMBERS, intent_of
from maths.reading.language import Language, in_language, language_asked_for
from maths.reading.message_prefixes import split_quotation, without_name
from maths.reading.nodes import Node, Rel
from maths.reading.problems import Part, Problem, Reading, Unread
from maths.reading.prose import foreign_words
from maths.solving.answer_check import check_answer
from maths.solving.solution import Solution, Unsolved
from maths.solving.solver import solve
from maths.solving.to_sympy import TooLarge, Undefined, Unsupported
from maths.telling.hints import hints_of
from maths.writing.latex import node_latex

MAX_REMEMBERED = 40
"""The newest messages of a conversation that are read."""
SHORT = 4
"""The most words of a message that asks only for the answer, or for another language."""
MOST_WITH_STEPS = 10
"""A list of more exercises is answered without the steps."""
MANY = 2
"""From so many replies to one message on, they are numbered."""
MAX_DIGITS_TO_PRINT = 20_000

Understood = Literal["maths", "talk", "lost"]

_UNSAID = frozenset(
    {
        "factor",
        "expand",
        "simplify",
        *OF_NUMBERS,
        "primes",
        "percent",
        "fraction",
        "decimal",
        "remainder",
        "square",
        "tangent",
    }
)
"""Kinds of problem whose formula does not show what is to be done with it."""
_PLAIN_WHY = re.compile(
    r"^\W*(?:(?:why|how|what|which|explain|again|please|it|that|this|to|me|more|in|detail|step|by|i|do|don'?t|not|get|understand"
    r"|can|could|you|the|steps?|a|bit|still|so|is|are|did|does|come|no|way|sure|right|correct|wrong|give|up|idea|idk|sorry"
    r"|clear|confus\w*|elaborate|teacher|saem|한|번|다시|자세\S*|더|좀|왜\S*|설명\S*|이해\S*|안|못\S*|돼\S*|되\S*|모르\S*|단계\S*|어떻게"
    r"|이유\S*|해\S*|주세요|줘|정말\S*|진짜\S*|맞\S*|확실\S*|포기\S*|무슨|뜻\S*|이거|그거|이게|그게|선생님|쌤|\d+)\W*)+$",
    re.IGNORECASE,
)
"""A message that asks why, without naming anything."""
_PUZZLED = re.compile(
    r"^\s*(?:(?:huh|wut|wat|what|eh|뭐라고요?|뭐|엥|에|응|네)?\s*\?[?!]*|huh|wut|엥)\W*$", re.IGNORECASE
)


def reply(messages: list[list[str]], language: Language | None = None) -> dict[str, Any]:
    """The reply to the student's messages since the last answer: `text`, how they were `understood`, `language`.

    `messages` are pairs of role and text. `language` is the one to answer in; None: the student's.
    """
    last = ConversationState(fixed_language=language)
    replies: list[Reply] = []
    for state, text, working, answered in _read(messages, last):
        last = state
        if not answered:
            replies.append(_about_working(state, text, working) if working else _Tutor(state, text).reply())
    return _joined(replies, last)


def exercises(messages: list[list[str]], language: Language | None = None) -> list[str]:
    """The labels of the exercises in the student's last message, if it is a list of several; nothing is solved."""
    tutor = _last_tutor(messages, language)
    return [part.label for part in tutor.parts] if tutor is not None else []


def reply_to_exercise(messages: list[list[str]], language: Language | None, place: int) -> str:
    """The answer to one exercise of the list in the student's last message, under its label."""
    tutor = _last_tutor(messages, language)
    return tutor.exercise(tutor.parts[place]) if tutor is not None else ""


def _read(
    messages: list[list[str]], state: ConversationState
) -> Iterator[tuple[ConversationState, str, OwnWorking | None, bool]]:
    """Each message of students: what is known after it, its text, own working in it, and whether it is answered."""
    sys.set_int_max_str_digits(MAX_DIGITS_TO_PRINT)
    recent = messages[-MAX_REMEMBERED:]
    last_answer = max((place for place, (role, _) in enumerate(recent) if role == "assistant"), default=-1)
    earlier: list[str] = []
    for place, text in [(place, text) for place, (role, text) in enumerate(recent) if role == "user"]:
        before, state = state, state.after(text)
        working = own_working(text, earlier, before.current_or_none(), state.language)
        if working is not None:
            state = state.with_working(working.problem)
        yield state, text, working, place < last_answer
        earlier.append(text)


def _last_tutor(messages: list[list[str]], language: Language | None) -> "_Tutor | None":
    tutor = None
    for state, text, working, answered in _read(messages, ConversationState(fixed_language=language)):
        tutor = None if answered or working is not None else _Tutor(state, text)
    return tutor


@dataclass(frozen=True, slots=True)
class Reply:
    """The reply to one message."""

    understood: Understood
    text: str
    idea: str = ""
    """The pattern that names the idea that the text explains."""
    refused: bool = False
    """The text says why a word problem is not solved."""


def _about_working(state: ConversationState, text: str, working: OwnWorking) -> Reply:
    """The student's lines, checked; with the solution of their problem behind them only if it is asked for."""
    wanted = state.reading is not None and state.reading.intent.solution and working.problem is not None
    if not wanted:
        return Reply("maths", working.text)
    return Reply("maths", f"{working.text}\n\n{_Tutor(state, text).current_solved().text}")


def _joined(replies: Sequence[Reply], state: ConversationState) -> dict[str, Any]:
    """The replies to several messages as one, without those to messages that were not understood, if others were."""
    good = [one for one in replies if one.understood == "maths"]
    good = good or [one for one in replies if one.understood == "talk"] or list(replies)[-1:]
    if not good:
        return {"text": wording(state.language).say("hello"), "understood": "talk", "language": state.language}
    text = "\n\n".join(dict.fromkeys(one.text for one in good))
    last = good[-1]
    return {
        "text": text,
        "understood": last.understood,
        "language": state.language,
        "idea": last.idea,
        "refused": last.refused,
    }


class _Tutor:
    """Replies to one message, which `state` holds already."""

    def __init__(self, state: ConversationState, text: str, *, brief: bool = False) -> None:
        self._state = state
        self._text, _ = split_quotation(text)
        self._say = wording(state.language)
        self._intent = state.reading.intent if state.reading is not None else intent_of(self._text)
        self._brief = brief

    def reply(self) -> Reply:
        """The reply; if the problem cannot be solved, a sentence that says why."""
        return self._answered(self._reply)

    def _answered(self, replied: Callable[[], Reply]) -> Reply:
        try:
            return replied()
        except TooLarge as error:
            if error.digits is None:
                return Reply("maths", self._say.say("far_too_large"))
            return Reply("maths", self._say.say("too_large", {"digits": f'"{error.digits:,}'}))
        except Undefined:
            return Reply("maths", self._say.say("undefined"))
        except Unsupported:
            return Reply("maths", self._say.say("unsupported"))
        except Unsolved as error:
            return Reply("maths", self._say.say(error.key))
        except MemoryError:
            raise
        except SystemError as error:  # CPython's own functions say so where they got no memory
            raise MemoryError from error
        except Exception:  # noqa: BLE001 - sympy raises whatever it likes; the parent logs what is printed
            traceback.print_exc()
            return Reply("maths", self._say.say("unsolved"))

    def current_solved(self) -> Reply:
        """The solution of the current problem, or a sentence that says why there is none."""
        return self._answered(self._current_solved)

    def _reply(self) -> Reply:
        reading = self._state.reading
        if reading is None:
            return Reply("maths", self._say.say("long"))
        if known := self._help(reading) or self._reply_to_list() or self._about_current_problem(reading):
            return known
        if reading.problems and not reading.in_passing:
            return self._reply_to_problems(reading)
        problem = self._state.problem
        if self._intent.another:
            return self._another()
        if reading.unread:
            return self._unread(reading.unread[0])
        if problem is not None and self._intent.kind == problem.kind and not self._intent.why and self._is_new_task():
            return self._solved(problem)
        if problem is not None and (
            self._intent.why
            or self._intent.step is not None
            or (self._state.left_to_student and self._wants_solution())
        ):
            return self._explained()
        if problem is not None and (
            (self._intent.by_formula and problem.by_formula)
            or ((self._wants_solution() or language_asked_for(self._text)) and self._is_short())
        ):
            return self._current_solved()
        if problem is not None and _PUZZLED.match(without_name(self._text)):
            return self._explained()
        return self._small_talk(weak=bool(reading.problems))

    def _help(self, reading: Reading) -> Reply | None:
        """A hint, the solution after hints, or the explanation of an idea; None if the message asks for none of "
        "these."""
        if self._state.hint_now and not reading.parts:
            return self._hint()
        if self._state.solution_now:
            return self._current_solved()
        return self._explained_idea(self._state.idea) if self._state.idea is not None else None

    def _explained_idea(self, idea: Explanation) -> Reply:
        """What an idea is, with an example; a file of the library may say it instead."""
        text = in_language(idea.texts, self._say.language)
        problem = example_of(idea)
        if problem is not None:
            text = f"{text}\n\n{self._say.say('by_example')} {self._say.solution(solve(problem))}"
        return Reply("lost", text, idea.words)

    def _hint(self) -> Reply:
        """The next hint for the current problem."""
        problem = self._state.current()
        if problem is None:
            return Reply("talk", self._say.say("no_base"))
        solution = solve(problem)
        hints = hints_of(solution, self._say) or [self._say.say("hint_generic")]
        if self._state.hints > len(hints):
            return Reply("maths", self._say.say("no_more_hints"))
        place = self._state.hints
        values = {"name": f'"{place}', "count": f'"{len(hints)}', "text": f'"{hints[place - 1]}'}
        shown = f"{self._say.say(solution.opening)}\n\\[ {solution.problem} \\]\n\n" if place == 1 else ""
        return Reply("maths", f"{shown}{self._say.say('hint', values)}\n\n{self._say.say('hint_end')}")

    def _about_current_problem(self, reading: Reading) -> Reply | None:
        """A reply about the current problem: the student gives a value for it, or asks about a part of its solution."""
        if reading.tried and self._state.problem is not None and (checked := self._judgement(list(reading.tried))):
            return checked
        if self._state.asked_part is not None:
            return self._explained(of=self._state.asked_part)
        tried = reading.only if self._state.is_attempt(reading) else None
        return self._judgement([tried]) if tried is not None else None

    def _is_short(self) -> bool:
        return len(without_name(self._text).split()) <= SHORT

    def _current_solved(self) -> Reply:
        """The solution of the current problem, for `what is the answer?`."""
        problem = self._state.current()
        return Reply("talk", self._say.say("no_base")) if problem is None else self._solved(problem)

    def _is_new_task(self) -> bool:
        """Whether this message asks for something else to be done with the last expression."""
        return self._state.variants == 0 and self._intent.kind not in {None, "evaluate"} and not self._intent.thanks

    def _wants_solution(self) -> bool:
        return self._intent.kind in {"solve", "evaluate"} or "풀이" in self._text or "solution" in self._text.lower()

    def _reply_to_problems(self, reading: Reading) -> Reply:
        if self._intent.another:
            return self._another()
        if self._state.problem is not None and (checked := self._checked_answer(reading)):
            return checked
        if len(reading.problems) == 1:
            return self._solved(reading.problems[0])
        if checked := self._proposed_answer(reading.problems):
            return checked
        tutors = (
            _Tutor(replace(self._state, reading=replace(reading, problems=(problem,))), self._text)
            for problem in reading.problems
        )
        replies = [one for tutor in tutors if (one := tutor.reply()).understood != "lost"]
        if len(replies) < MANY:
            return replies[0] if replies else self._small_talk(weak=True)
        texts = [f"**({place})** {one.text}" for place, one in enumerate(replies, start=1)]
        texts += [self._unread(one).text for one in reading.unread]
        return Reply("maths", "\n\n".join(texts))

    def _reply_to_list(self) -> Reply | None:
        """Every exercise of a list under its own number, also one that is not understood; None if there is no list."""
        if self._state.of_list is not None:
            return self._about_exercise()
        if not self.parts:
            return None
        texts = [self.exercise(part) for part in self.parts]
        if self._is_long_list:
            texts.append(self._say.say("part_steps", {"name": f'"{self.parts[0].label}'}))
        return Reply("maths", "\n\n".join(texts))

    @property
    def parts(self) -> tuple[Part, ...]:
        """The exercises of the message, if it is a list of several that are to be answered."""
        if self._state.reading is None or self._state.of_list is not None or self._intent.another:
            return ()
        return self._state.reading.parts

    @property
    def _is_long_list(self) -> bool:
        return len(self.parts) > MOST_WITH_STEPS

    def exercise(self, part: Part) -> str:
        """The answer to one exercise of the list, under its label."""
        state = replace(self._state, problem=None, variants=0, left_to_student=False, reading=part.reading)
        found = bool(part.reading.problems or part.reading.unread) and not part.reading.in_passing
        if found and part.reading.problems:
            hinted = self._state.hint_now
            state = replace(state, problem=part.reading.problems[0], hints=int(hinted), hint_now=hinted)
        answer = _Tutor(state, part.text, brief=self._is_long_list).reply() if found else None
        understood = answer is not None and (answer.understood == "maths" or answer.refused)
        said = answer.text if understood and answer is not None else self._say.say("part_not_understood")
        return f"**({part.label})** {said}"

    def _about_exercise(self) -> Reply:
        """`explain (3)`: the solution of one exercise of a list, or another one like it."""
        if self._intent.another:
            return self._another()
        problem = self._state.current()
        assert problem is not None
        return Reply("maths", self._say.solution(solve(problem), why=self._intent.why or self._intent.detail))

    def _proposed_answer(self, problems: Sequence[Problem]) -> Reply | None:
        """`is x = 3 a solution of x^2 - 5x + 6 = 0?`: a problem and an answer to it in one message."""
        said = [one.nodes[0] for one in problems if stated_answer(one)]
        posed = [one for one in problems if not stated_answer(one)]
        if len(posed) != 1 or not said:
            return None
        return _Tutor(replace(self._state, problem=posed[0], variants=0), self._text)._judgement(said)

    def _solved(self, problem: Problem) -> Reply:
        solution = solve(problem)
        if self._intent.kind in {None, "evaluate"} and solution.says_nothing:
            if foreign_words(without_name(self._text)):
                return self._small_talk(weak=True)
            if not isinstance(problem.nodes[0], Rel):
                return Reply("maths", self._say.say("what_with", {"value": solution.problem}))
        if self._brief:
            return Reply("maths", self._say.brief(solution))
        return Reply("maths", self._say.solution(solution, why=self._in_detail()))

    def _in_detail(self) -> bool:
        return self._intent.detail

    def _another(self) -> Reply:
        problem = self._state.current()
        if problem is None:
            return Reply("talk", self._say.say("no_base"))
        solution = solve(problem)
        if self._state.left_to_student:
            what = f" {self._say.say(solution.opening)}" if problem.kind in _UNSAID else ""
            text = f"{self._say.say('your_turn')}{what}\n\\[ {solution.problem} \\]\n{self._say.say('your_turn_end')}"
            return Reply("maths", text)
        return Reply("maths", f"{self._say.say('similar')} {self._say.solution(solution, why=self._in_detail())}")

    def _explained(self, of: Node | None = None) -> Reply:
        """The step that is asked about, or that holds `of`, with its reason; all steps if none is asked about."""
        problem = self._state.current()
        if problem is None:
            return Reply("talk", self._say.say("no_base"))
        solution = solve(problem)
        if of is not None and (place := solution.place_of(node_latex(of))):
            return Reply("maths", self._one_step(solution, place))
        if self._intent.step is None or not solution.steps:
            opening = "" if self._state.left_to_student else f"{self._say.say('once_more')} "
            return Reply("maths", opening + self._say.solution(solution, why=True))
        return Reply("maths", self._one_step(solution, self._intent.step))

    def _one_step(self, solution: Solution, wanted: int) -> str:
        place = len(solution.steps) if wanted == -1 else wanted
        if not 1 <= place <= len(solution.steps):
            return self._say.say("no_such_step", {"name": f'"{place}', "count": f'"{len(solution.steps)}'})
        before = solution.steps[place - 2].math if place > 1 else solution.problem
        one = solution.steps[place - 1]
        parts = [self._say.say("step_name", {"name": f'"{place}'})]
        if before:
            parts.append(self._say.formula(before))
        parts.append(self._say.step(one, place, why=True))
        return "\n".join(parts)

    def _checked_answer(self, reading: Reading) -> Reply | None:
        """Whether the student's answer to the current problem is right."""
        problem = self._state.current()
        if problem is None or problem in reading.problems or not all(map(stated_answer, reading.problems)):
            return None
        return self._judgement([one.nodes[0] for one in reading.problems])

    def _judgement(self, said: list[Node]) -> Reply | None:
        problem = self._state.current()
        judged = check_answer(problem, said) if problem is not None else None
        if problem is None or judged is None:
            return None
        solution = solve(problem)
        if self._state.hints and judged != "right":
            return Reply("maths", self._say.say(f"{judged}_hint"))
        if judged == "wrong":
            return Reply("maths", f"{self._say.say('wrong')}\n\n{self._say.solution(solution)}")
        return Reply("maths", self._say.say(judged, {"value": solution.result}))

    def _unread(self, unread: Unread) -> Reply:
        if unread.reason == "syntax":
            shown = unread.text.replace("`", "'")
            return Reply("maths", self._say.say("unreadable", {"text": f'"`{shown}`'}))
        of_words = unread.reason.startswith("word_")  # a file may know more of it
        return Reply("lost" if of_words else "maths", self._say.say(unread.reason), refused=of_words)

    def _small_talk(self, *, weak: bool) -> Reply:
        for key in ("worried", "able", "thanks", "bye", "hello", "fine"):
            if getattr(self._intent, key) and not weak:
                return Reply("talk", self._say.say(key))
        if not without_name(self._text).strip():
            return Reply("talk", self._say.say("able"))
        if self._intent.why and self._state.problem is None and _PLAIN_WHY.match(without_name(self._text)):
            return Reply("talk", self._say.say("no_base"))
        return Reply("lost", self._say.say("lost"))
