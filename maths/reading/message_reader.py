"""Reads a student's message: from text to the problems in it."""

import re
from dataclasses import replace

from maths.reading.arithmetic_in_words import with_signs
from maths.reading.calculus_in_words import Parsed, arrows, worded_integral, worded_limit
from maths.reading.exercise_lists import MAX_ITEMS, ExerciseList, read_list
from maths.reading.intent import OF_NUMBERS, Intent, ProblemKind, intent_of
from maths.reading.lexer import Token, tokenize
from maths.reading.message_prefixes import without_name, without_numbering
from maths.reading.nodes import (
    Apply,
    Call,
    Const,
    Diff,
    Integral,
    Node,
    Num,
    Postfix,
    Product,
    Rel,
    Substitution,
    Sum,
    Sym,
    rewrite,
    stated_value,
    variables_of,
)
from maths.reading.operations_in_sentences import with_operations
from maths.reading.parser import Parser, parse
from maths.reading.problem_boundaries import listed_numbers, sentences_of, split_equations
from maths.reading.problem_kinds import (
    Unfold,
    body_of,
    bounded,
    guessed_variable,
    is_claim,
    is_complex,
    is_definition,
    is_slash_derivative,
    is_system,
    kind_of,
)
from maths.reading.problems import Part, Problem, Reading, Unread
from maths.reading.prose import asks_nothing, in_passing, is_beyond, is_code, without_asides
from maths.reading.spans import Span, find_spans, times_for_x
from maths.reading.token_cursor import ParseError, TooDeep, TooLong
from maths.reading.word_problems.word_problem import NotOneStep
from maths.reading.word_problems.word_problem_reader import read_word_problem

MAX_LENGTH = 4_000
"""The characters of a message that are read."""
MAX_PROBLEMS = 40
MIXED = 2
"""From so many different verbs on, each sentence is read for itself."""

_FOUND = re.compile(
    r"(?:\bi\s+(?:got|get|have)|\bmy\s+answer\s*(?:is|was|:)?|\banswer\s+is|\bthink\s+it(?:'s|\s+is))\s*(?:[a-z]\s*=\s*)?[-−√\\\d(]"
    r"|답(?:은|이|:)?\s*(?:[a-z]\s*=\s*)?[-−√\\\d(]|[\d)]\s*(?:이|가|로|라고)?\s*나[왔와오]",
    re.IGNORECASE,
)
_CLAIMED = re.compile(
    r"(?:^|[:,]\s*)is\b(?!.*\bsolv)|\bisn'?t\b|\b(?:right|correct|true|identity|always|equivalent)\b|맞(?:아|나|죠|는|습|지)"
    r"|항등식|성립|참(?:인|일|이|입)|같(?:아|나|은가|습)",
    re.IGNORECASE,
)
_SIGN = re.compile(r"[=<>≤≥+*/^√∫]")
_FREELY_SHARED: frozenset[ProblemKind | None] = frozenset({None, "solve", "evaluate", "limit", "tangent"})
"""Verbs that do no harm to a sentence beside theirs: what an equation or a sum asks for is seen by its form."""
_CONTINUES = re.compile(r"->|→|\b(?:when|where|if|at|with|for)\s+[a-z]\s*=|[<≤].*[<≤]|일\s*때|에서")
_DESIGNATED = re.compile(r"^에\s?(?:대|관)")


def read_message(text: str) -> Reading:
    """Read all problems of a message.

    Raises:
        UnreadableNumber: a number is too long.
    """
    intent = intent_of(text)
    body = without_name(text)[:MAX_LENGTH]
    if is_code(text):
        return Reading((), (), intent)
    try:
        told = with_operations(body)
    except NotOneStep as error:
        return Reading((), (Unread(body[:60], error.reason),), intent)
    body, intent = (told, intent_of(told)) if told != body else (body, intent)
    exercises = read_list(body)
    return (_read_list(exercises, intent) if exercises else None) or _read_alone(body, intent)


def _read_alone(body: str, intent: Intent) -> Reading:
    """Read a text that is no list with numbers."""
    try:
        told = read_word_problem(body)
    except NotOneStep as error:
        return Reading((), (Unread(body[:60], error.reason),), intent)
    if told:
        return Reading(tuple(Problem("word", (one.equation,), one.wanted, word=one) for one in told), (), intent)
    if is_beyond(body) or is_code(body):
        return Reading((), (), intent)
    body = without_numbering(body)
    return _each_by_its_verb(body, intent) or _read_part(body, intent)


def _read_part(body: str, intent: Intent) -> Reading:
    tokens = tokenize(with_signs(body))
    spans = [one for span in find_spans(tokens) if not in_passing(span, intent, body) for one in split_equations(span)]
    return _Reader(spans, intent, body).reading()


def _read_list(exercises: ExerciseList, intent: Intent) -> Reading | None:
    """Each exercise by its own verb, or by that of the list; None if none of them holds a problem."""
    last = exercises.items[-1]
    lines = last.text.splitlines()
    footer: list[str] = []
    while len(lines) > 1 and not _has_mathematics(lines[-1]):
        footer.insert(0, lines.pop())
    items = [*((one.label, one.text) for one in exercises.items[:-1]), (last.label, "\n".join(lines))][:MAX_ITEMS]
    frame = "\n".join([exercises.heading, *footer])
    common = intent_of(frame)
    given = _shared(exercises.heading)
    closing = _closing_verb([text for _, text in items]) if common.kind is None else None
    parts = [
        Part(label, text, _read_item(text, common, given, common.kind or (closing if _is_bare(text) else None)))
        for label, text in items
    ]
    problems = [problem for part in parts for problem in part.reading.problems]
    if not problems:
        return None
    whole = replace(common, another=False, why=False, step=None, hint=intent.hint, held=intent.held)
    unknowns = {name for one in problems for node in one.nodes for name in variables_of(node)}
    equations = [node for one in problems for node in one.nodes if isinstance(node, Rel)]
    if (
        len(equations) == len(problems) == len(parts) == len(unknowns)
        and all(len(variables_of(node)) > 1 for node in equations)
        and is_system(equations)
    ):
        return Reading((Problem("solve", tuple(equations)),), (), replace(whole, kind="solve"))
    return Reading(tuple(problems), (), whole, parts=tuple(parts))


def _read_item(text: str, common: Intent, given: str, kind: ProblemKind | None) -> Reading:
    """One exercise of a list, with what its heading gives: values, definitions, or the formula that all are about."""
    own = intent_of(text)
    wanted = replace(own, kind=own.kind or kind, order=max(own.order, common.order), by_formula=common.by_formula)
    body = without_numbering(text)
    if given and _has_mathematics(body):
        reading = _read_alone(f"{given}\n{body}", wanted)
    elif given and own.kind not in {None, "evaluate"}:
        return _read_alone(f"{given}\n{body}", wanted)
    else:
        reading = _read_alone(body, wanted)
    if own.kind is None and any(map(_misfits, reading.problems)):
        reading = _read_alone(body, own)
    return reading


def _misfits(problem: Problem) -> bool:
    """Whether the verb of a list makes no sense for one of its exercises: `2x = 6` under `differentiate`."""
    node = problem.nodes[0] if problem.nodes else None
    if problem.kind not in {"derivative", "integral", "expand", "factor"} or not isinstance(node, Rel):
        return False
    return not isinstance(node.sides[0], Sym | Apply)


def _shared(heading: str) -> str:
    """The heading of a list if it gives what all exercises need: `f(x) = x^2`, `x = 2`; else nothing."""
    return heading if _has_mathematics(heading) else ""


def _has_mathematics(text: str) -> bool:
    tokens = tokenize(with_signs(without_numbering(text)))
    return any(len(span.tokens) > 1 or span.tokens[0].kind == "num" for span in find_spans(tokens))


def _closing_verb(texts: list[str]) -> ProblemKind | None:
    """The verb behind the last exercise of a list in which no other has one: `(1) x^2 (2) x^3을 미분해줘`."""
    kinds = [intent_of(text).kind for text in texts]
    behind = re.search(r"[가-힣]\W*$", texts[-1])
    return kinds[-1] if behind and not any(kinds[:-1]) else None


def _is_bare(text: str) -> bool:
    """Whether a text is an expression with letters, of which nothing says what is to be done with it."""
    return not re.search(r"[=<>≤≥∫]|\\int|lim|[가-힣]{2}|[A-Za-z]{5}", text) and bool(re.search(r"[a-z]", text))


def _each_by_its_verb(body: str, intent: Intent) -> Reading | None:
    """`1. Solve 2x = 6. 2. Factor x^2 - 4.`: each sentence by its own verb; None if all have the same.

    A sentence without a verb takes the one that stands before all formulas: it does not inherit its neighbour's.
    """
    parts: list[tuple[str, Intent]] = []
    heading: ProblemKind | None = None
    for text in sentences_of(body):
        own = intent_of(text)
        if _has_formula(text):
            parts.append((text, replace(own, kind=own.kind or heading)))
        elif not parts:
            heading = own.kind or heading
    kinds = {own.kind for _, own in parts}
    mixed = len(kinds - {None}) >= MIXED or (kinds - _FREELY_SHARED and None in kinds and len(parts) >= MIXED)
    if not mixed or any(_CONTINUES.search(text) for text, _ in parts):
        return None
    readings = [(text, _read_part(text, own)) for text, own in parts]
    found = [(text, one) for text, one in readings if one.problems and not one.in_passing]
    problems = tuple(problem for _, one in found for problem in one.problems)
    if len(found) < MIXED:
        return None
    listed = tuple(Part(str(place), text, one) for place, (text, one) in enumerate(found, start=1))
    return Reading(problems[:MAX_PROBLEMS], (), replace(intent, another=False), parts=listed)


def _has_formula(text: str) -> bool:
    return bool(find_spans(tokenize(with_signs(text))))


class _Reader:
    """Makes problems of the formulas of one message."""

    def __init__(self, spans: list[Span], intent: Intent, text: str) -> None:
        self._spans = spans
        self._intent = intent
        self._text = text
        self._unread: list[Unread] = []
        self._parsed: list[Parsed] = []

    def reading(self) -> Reading:
        """The problems of the message."""
        for span in self._spans:
            self._parse(span)
        tried = self._tried()
        self._parsed = [one for one in self._parsed if one[1] not in tried]
        problems = without_asides(self._problems(), self._text)[:MAX_PROBLEMS]
        unread = tuple(one for one in self._unread if not problems or (len(problems) > 1 and _SIGN.search(one.text)))
        return Reading(
            problems, unread, self._intent, asks_nothing(problems, self._intent, self._text), tried, self._only()
        )

    def _tried(self) -> tuple[Node, ...]:
        """The values that the student found, behind `I got` or `답은`, or before `나왔어요`."""
        if not _FOUND.search(self._text):
            return ()
        found = [stated_value(node) or ("", node) for _, node in self._parsed]
        values = {value for _, value in found if not isinstance(value, Rel) and not variables_of(value)}
        return tuple(
            node for (_, node), (_, value) in zip(self._parsed, found, strict=True)
            if value in values and not isinstance(value, Sum | Product | Postfix)
        )  # fmt: skip

    def _only(self) -> Node | None:
        few = len(re.findall(r"[^\W\d_]{2,}", self._text)) <= 3
        return self._parsed[0][1] if len(self._spans) == len(self._parsed) == 1 and few else None

    def _parse(self, span: Span) -> None:
        tokens = times_for_x(span.tokens)
        if self._intent.kind in OF_NUMBERS and (numbers := listed_numbers(tokens)):
            self._parsed += [(replace(span, tokens=one), parse(one)) for one in numbers]
            return
        try:
            node = self._touched(tokens) or self._tree(tokens)
        except TooDeep:
            self._unread.append(Unread(span.text[:60], "deep"))
        except TooLong:
            self._unread.append(Unread(span.text[:60], "long"))
        except ParseError:
            if sum(token.kind in {"num", "name", "func", "cmd"} for token in tokens) > 1:
                self._unread.append(Unread(span.text[:60], "syntax"))
        else:
            self._parsed.append((span, rewrite(node, Substitution("i", Const("i"))) if is_complex(node) else node))

    def _touched(self, tokens: tuple[Token, ...]) -> Node | None:
        """`x = 1` for the point `(1, 1)` of a tangent; None for anything else."""
        commas = [place for place, token in enumerate(tokens) if token.kind == "comma"]
        if self._intent.kind != "tangent" or len(commas) != 1 or tokens[0].kind != "open" or tokens[-1].kind != "close":
            return None
        return Rel(("=",), (Sym("x"), parse(tokens[1 : commas[0]])))

    def _tree(self, tokens: tuple[Token, ...]) -> Node:
        if is_slash_derivative(tokens):
            return Parser(tokens).slash_derivative()
        if self._intent.kind == "integral" and tokens[-1].kind == "diff" and tokens[0].kind != "cmd":
            return Integral(parse(tokens[:-1]), Sym(tokens[-1].text))
        return parse(tokens)

    def _problems(self) -> list[Problem]:
        spans = self._definitions_applied()
        var, spans = self._designated(spans)
        spans, values = self._given(spans)
        kind = self._intent.kind
        if (kind == "limit" or arrows(self._spans)) and (limit := worded_limit(spans, self._spans, self._text)):
            return [Problem("limit", (limit,))]
        integral_meant = kind == "integral" or any(isinstance(node, Integral) for _, node in spans)
        if integral_meant and len(spans) >= 2 and (integral := worded_integral(spans, var)):
            return [Problem("integral", (integral,))]
        nodes = [node for span, node in spans if self._counts(node)]
        if kind in OF_NUMBERS and not any(isinstance(node, Call) for node in nodes):
            numbers = tuple(node for _, node in spans if not variables_of(node))
            return [Problem(kind, numbers)] if len(numbers) > 1 else []
        whole = [node for _, node in spans if isinstance(node, Num)]
        if kind == "divisors" and whole:
            return [Problem(kind, (node,)) for node in whole]
        if kind in {"primes", "percent", "fraction", "decimal", "remainder"}:
            return [Problem(kind, (node,)) for _, node in spans if not variables_of(node) and not isinstance(node, Rel)]
        if (
            not nodes
            and len(spans) >= 1
            and kind in {"derivative", "integral", "factor", "expand", "simplify", "limit"}
        ):
            nodes = [spans[0][1]]
        return self._grouped(nodes, var, values)

    def _counts(self, node: Node) -> bool:
        """Whether an expression is a problem, and not only a number or a letter."""
        return not isinstance(node, Num | Sym | Const)

    def _grouped(self, nodes: list[Node], var: str | None, values: tuple[tuple[str, Node], ...]) -> list[Problem]:
        kind = self._intent.kind
        if len(nodes) == 2 and (limited := bounded(nodes)):
            return [Problem("solve", limited[:1], var, within=limited[1])]
        if len(nodes) == 1 and kind in {None, "evaluate"} and is_claim(nodes[0]) and _CLAIMED.search(self._text):
            return [Problem("identity", (nodes[0],))]
        equations = [node for node in nodes if isinstance(node, Rel) and kind in {None, "solve", "evaluate"}]
        system = is_system(equations)
        problems = [Problem("solve", tuple(equations), var)] if system else []
        lettered = any(variables_of(node) for node in nodes)
        for node in nodes:
            if system and node in equations:
                continue
            found = kind_of(node, kind)
            if found in {"derivative", "integral", "factor", "simplify"} and not variables_of(node) and lettered:
                found = "evaluate"  # `derivative of x^2, 1/2 + 1/3`
            if found == "derivative" and self._intent.order > 1 and not isinstance(node, Diff):
                repeated = Diff(body_of(node), Sym(var or guessed_variable(node)), self._intent.order)
                problems.append(Problem(found, (repeated,), var, values))
            else:
                problems.append(Problem(found, (node,), var, values, by_formula=self._intent.by_formula))
        return problems

    def _definitions_applied(self) -> list[Parsed]:
        """The expressions with definitions put in: `f(x) = x^2`, `f'(3)`."""
        definitions: dict[str, tuple[str, Node]] = {}
        rest = []
        for span, node in self._parsed:
            match node:
                case Rel(("=",), (Apply(name, 0, Sym(var)), body)):
                    definitions[name] = (var, body)
                case Rel(("=",), (Sym("y"), body)) if self._intent.kind in {
                    "derivative",
                    "integral",
                    "tangent",
                } and "y" not in variables_of(body):
                    rest.append((span, body))
                    continue
            rest.append((span, node))
        if not definitions:
            known: list[Parsed] = [(span, node) for span, node in rest if not isinstance(node, Apply)]
            return known or rest
        used = [(span, rewrite(node, Unfold(definitions))) for span, node in rest if not is_definition(node)]
        used = [(span, node) for span, node in used if self._counts(node)]
        bodies = [
            (span, definitions[node.sides[0].name][1])
            for span, node in rest
            if isinstance(node, Rel) and isinstance(node.sides[0], Apply)
        ]
        return bodies + used if all(stated_value(node) for _, node in used) else used  # f(x) = x^2, x = 3

    def _designated(self, spans: list[Parsed]) -> tuple[str | None, list[Parsed]]:
        """The variable in `for y`, `with respect to y`, `y에 대하여`, and the other expressions."""
        for place, (span, node) in enumerate(spans):
            if not isinstance(node, Sym) or len(spans) == 1:
                continue
            named = span.before in {"for", "to", "wrt"} or bool(_DESIGNATED.match(span.after))
            if named or span.before in {"of", "is", "find", "by"}:
                return (node.name if named else None), spans[:place] + spans[place + 1 :]
        return None, spans

    def _given(self, spans: list[Parsed]) -> tuple[list[Parsed], tuple[tuple[str, Node], ...]]:
        """The values in `when x = 2`, and the other expressions, if these are what is asked about."""
        given: list[tuple[str, Node]] = []
        rest: list[Parsed] = []
        for span, node in spans:
            match node:
                case Rel(("=",), (Sym(name), value)) if not variables_of(value) and len(spans) > 1:
                    given.append((name, value))
                case _:
                    rest.append((span, node))
        names = {name for name, _ in given}
        others = [node for _, node in rest if self._counts(node)]
        useful = others and all(not isinstance(node, Rel) for node in others)
        if given and useful and names & {name for node in others for name in variables_of(node)}:
            return rest, tuple(given)
        return spans, ()
