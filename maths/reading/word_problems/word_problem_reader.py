"""Reads a word problem: finds its topic, gives each quantity its letter, and sees which letter is asked for.

Nothing is guessed: every quantity must have its place in one formula, and exactly one letter must be left.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

from maths.reading.lexer import tokenize
from maths.reading.parser import parse
from maths.reading.word_problems.everyday import read_everyday
from maths.reading.word_problems.formulas import SHAPES, SPEED, THINGS, TOPICS, Role, Topic
from maths.reading.word_problems.plane import read_plane
from maths.reading.word_problems.quantities import Quantity, asked_unit, find_quantities, shown, with_digits
from maths.reading.word_problems.units import CM, HOUR, KM, LITRE, ML, MM, YEAR, M, Unit, per_volume
from maths.reading.word_problems.word_problem import NotOneStep, WordProblem

MAX_LENGTH: Final = 500
"""The characters of a word problem of one step; a longer text is none."""

_FORMULA: Final = re.compile(
    r"\b[xyz]\s*(?:\^|²|³|=|\+|-|−|<|>)|[=<>]\s*[xyz]\b|\d[xyz]\b|\\frac|\\int|∫|\b(?:sin|cos|tan|lim|log|ln)\b|\bdx\b|미분|적분"
)
_TWO_STEPS: Final = re.compile(
    r"\b(?:then|afterwards|returns?|returned|round\s+trip|way\s+back|comes?\s+back|remaining|left\s+over|are\s+left|twice|"
    r"doubled?|tripled?|thrice|half\s+(?:of|as)|times\s+as|(?:more|less|longer|shorter|greater|wider|faster|slower|higher|"
    r"older)\s+than|each\s+other|towards|opposite\s+directions?|same\s+direction|shaded|inscribed|circumscribed|"
    r"semi-?circle|half\s+circle|quarter\s+circle|sector|border|hollow|fits?\s+(?:in|into)|rests?|stops?|meets?|catch)\b"
    r"|왕복|돌아오|돌아올|남은|나머지\s*(?:돈|거리|학생)|두\s*배|세\s*배|\d\s*배|절반|더\s*(?:길|짧|크|많|적|빠르|느리|넓)|그다음|다시|마주|"
    r"반대\s*방향|같은\s*방향|쉬고|쉬었|만나|내접|외접|색칠|반원|부채꼴|합하면|출발한\s*지",
    re.IGNORECASE,
)
_PI: Final = re.compile(
    r"(?:[,(]\s*+|(?<!\s)\s++)?+(?:\b(?:use|take|using|with)\s+)?(?:π|\bpi\b|원주율)(?:은|는|을|를|의\s*값은)?\s*(?:=|is|as|≈|to\s+be)?\s*"
    r"(3\.14\d*|22/7|3)(?!\d|\.\d)(?:로|으로)?(?:\s*(?:계산|하|놓)\S*)?\)?",
    re.IGNORECASE,
)
_NOT_A_NUMBER: Final = re.compile(
    r"√|루트|\\?\bsqrt|\\frac|\d\s*(?:π|파이|\\?pi\b)|(?:π|\\pi)\s*\d|square\s+root|\d\s*[-+*×÷]\s*\d", re.IGNORECASE
)
"""Values that are no plain numbers, such as `10π` and `√2`: read in part they would be wrong."""
_ASKED: Final = re.compile(
    r"\?|\b(?:find|what|how|calculate|compute|determine|work\s+out|give|solve)\b|구하|구해|얼마|몇|무엇|계산|알려|뭐",
    re.IGNORECASE,
)
_LINKS: Final = (
    r"(?:a|an|the|of|is|are|was|equals?|measures?|measuring|=|:|about|has|have|with|its|one|each|both|that|which|exactly|"
    r"lengths?|cm|m|의|가|이|은|는|길이|값|각각|모두|인|한|이고|약)"
)
_PAIR: Final = re.compile(r"^\s*(?:and|,|, and|by|x|×|\*|와|과|,\s*각각)?\s*$|^\s*(?:이고|고|,)\s*$", re.IGNORECASE)


def read_word_problem(text: str) -> list[WordProblem]:
    """The word problem of a text; none if it is no word problem of a known kind.

    Raises:
        NotOneStep: it is one, but something is missing, or it takes more than one step.
    """
    if len(text) > MAX_LENGTH:
        return []
    if plane := read_plane(text):
        return [plane]
    if _FORMULA.search(text) and not re.search(r"pythagor|피타고라스", text, re.IGNORECASE):
        return []
    pi = _PI.search(text)
    plain = with_digits(_PI.sub(" ", text) if pi else text)
    quantities = find_quantities(plain)
    if not quantities:
        return read_everyday(plain, quantities)  # the angles of a hexagon
    topic = _topic(plain, quantities)
    if topic is not None and _NOT_A_NUMBER.search(plain):
        raise NotOneStep("word_missing")
    if topic is not None:
        return _of_topic(topic, plain, quantities, Fraction(pi[1]) if pi else None)
    everyday = read_everyday(plain, quantities)
    if everyday and _TWO_STEPS.search(plain):
        raise NotOneStep("word_steps")
    return everyday


def _topic(text: str, quantities: Sequence[Quantity]) -> Topic | None:
    """The topic of a text; None if it has none, and does not ask for anything."""
    if not _ASKED.search(text) and not any(
        re.search(role.words, text, re.IGNORECASE) for one in TOPICS for role in one.roles.values()
    ):
        return None
    named = [one for one in SHAPES if re.search(one.words, text, re.IGNORECASE)]
    named = named or [topic for words, topic in THINGS.items() if re.search(words, text, re.IGNORECASE)]
    if len(named) > 1:
        right = named[0] is SHAPES[0]
        others = [one for one in named[1:] if not re.search(r"triang", one.words)] if right else named
        if right and not others:
            return named[0]
        raise NotOneStep("word_steps")
    if named:
        letters = named[0].roles.values()
        asks = any(re.search(role.words, text, re.IGNORECASE) for role in letters)
        asks = asks or any(re.search(rf"\b{letter}\s*=", text) for letter in named[0].roles)
        fitting = any(one.dimension in {role.dimension for role in letters} or not one.unit for one in quantities)
        return named[0] if asks and fitting and not _is_angle(text, quantities) else None
    dimensions = {one.dimension for one in quantities}
    moving = "speed" in dimensions or {"length", "time"} <= dimensions
    wanted = [letter for letter, role in SPEED.roles.items() if re.search(role.words, text, re.IGNORECASE)]
    if moving and wanted and not dimensions & {"money", "percent"} and ({"length", "time", "speed"} & dimensions):
        return SPEED if dimensions != {"speed"} else None
    return None


def _is_angle(text: str, quantities: Sequence[Quantity]) -> bool:
    return any(one.dimension == "angle" for one in quantities) or bool(
        re.search(r"\bangles?\b|(?<![가-힣])각(?!각|형)", text)
    )


@dataclass(slots=True)
class _Assignment:
    """Which quantity is which letter, and the places of the words that said so."""

    letters: dict[str, Quantity] = field(default_factory=dict)
    labels: list[tuple[int, int]] = field(default_factory=list)


def _of_topic(topic: Topic, text: str, quantities: Sequence[Quantity], pi: Fraction | None) -> list[WordProblem]:
    if _TWO_STEPS.search(text):
        raise NotOneStep("word_steps")
    assigned = _assigned(topic, text, quantities)
    found = []
    for name, formula in topic.formulas.items():
        letters = [letter for letter in topic.roles if re.search(rf"\b{letter}\b", formula)]
        open_ = [letter for letter in letters if letter not in assigned.letters]
        if len(open_) == 1 and set(assigned.letters) <= set(letters) and _is_asked(topic, open_[0], text, assigned):
            found.append(_filled(topic, assigned.letters, open_[0], text, name=name, formula=formula, pi=pi))
    if not found:
        raise NotOneStep("word_missing")
    return found


def _assigned(topic: Topic, text: str, quantities: Sequence[Quantity]) -> _Assignment:
    """The letter of every quantity.

    Raises:
        NotOneStep: a quantity has no place in the formulas of the topic.
    """
    result = _Assignment()
    label = ""
    bare: list[Quantity] = []
    for place, one in enumerate(quantities):
        before = text[quantities[place - 1].end if place else 0 : one.start]
        after = text[one.end : quantities[place + 1].start if place + 1 < len(quantities) else len(text)]
        letter, span = _labelled(topic, one, before, after, result)
        paired = _pair_of_labels(topic, before, result) if letter is not None and not result.letters else None
        if paired is not None and place + 1 < len(quantities) and _PAIR.match(after):
            letter = paired
            span = (0, len(before))
        if letter is None and result.letters and _PAIR.match(before):
            letter = next(
                (key for key in topic.roles if key not in result.letters and _shares(topic, key, label)),
                None,
            )
            letter = letter or _second_of_pair(topic, text[: quantities[place - 1].start], result)
        if letter is None:
            bare.append(one)
            continue
        result.letters[letter] = one
        if span is not None:
            label = (before + after)[span[0] : span[1]]
            offset = one.start - len(before) if span[1] <= len(before) else one.end - len(before)
            result.labels.append((offset + span[0], offset + span[1]))
    for one in bare:
        _assign_bare(topic, one, result, alone=len(bare) == len(quantities), count=len(bare))
    return result


def _shares(topic: Topic, letter: str, label: str) -> bool:
    """Whether the words that named the quantity before name this letter too: `legs 3 and 4`."""
    return bool(label) and re.search(rf"^(?:{topic.roles[letter].words})$", label.strip(), re.IGNORECASE) is not None


def _labelled(
    topic: Topic, one: Quantity, before: str, after: str, result: _Assignment
) -> tuple[str | None, tuple[int, int] | None]:
    """The letter whose words stand right before a quantity, or right behind it, and where they stand.

    Places behind the quantity are counted from the length of `before` on.
    """
    for letter, role in topic.roles.items():
        named = re.search(rf"(?<![A-Za-z]){letter}\s*(?:=|:|is)\s*$", before)
        if named and letter not in result.letters and _fits(one, role):
            return letter, (named.start(), named.end())
    nearest: tuple[int, int, str] | None = None
    for letter, role in topic.roles.items():
        if letter in result.letters or not _fits(one, role):
            continue
        for match in re.finditer(role.words, before, re.IGNORECASE):
            closer = nearest is None or (match.end(), -match.start()) > (nearest[1], -nearest[0])
            if closer and _leads_to(topic, before[match.end() :]):
                nearest = (match.start(), match.end(), letter)
    if nearest is not None:
        return nearest[2], nearest[:2]
    for letter, role in topic.roles.items():
        if letter in result.letters or not _fits(one, role):
            continue
        behind = re.match(
            rf"[\s-]*(?:in\s+|of\s+|as\s+(?:its|the)\s+|for\s+(?:its|the)\s+|인\s*)?({role.words})",
            after,
            re.IGNORECASE,
        )
        if behind:
            return letter, (len(before) + behind.start(1), len(before) + behind.end(1))
    return None, None


def _leads_to(topic: Topic, between: str) -> bool:
    """Whether the words between a letter's name and a number say that this is its value: `of the square is`."""
    if re.fullmatch(rf"(?:\s|[,(]|{_LINKS})*", between, re.IGNORECASE):
        return True
    said = re.search(r"\b(?:is|are|was|equals?|measures?)\b|=|:|[이가은는]\s*$", between, re.IGNORECASE)
    named = rf"(?:\s|[,(]|{_LINKS}|{topic.words or '(?!)'})*"
    return bool(said) and re.fullmatch(named, between, re.IGNORECASE) is not None


def _pair_of_labels(topic: Topic, before: str, result: _Assignment) -> str | None:
    """The first of two letters that are named together: `base and height are 6 and 4`, `가로와 세로가 각각`."""
    for first, role in topic.roles.items():
        for second, other in topic.roles.items():
            joined = rf"(?:{role.words})(?:의\s*길이)?\s*(?:and|,|와|과)\s*(?:the\s+|its\s+)?(?:{other.words})"
            if first != second and role.words != other.words and first not in result.letters:
                match = re.search(joined, before, re.IGNORECASE)
                if match and _leads_to(topic, before[match.end() :]):
                    return first
    return None


def _second_of_pair(topic: Topic, before: str, result: _Assignment) -> str | None:
    """The second of two letters that are named together, once the first has its quantity."""
    for second, other in topic.roles.items():
        if second in result.letters:
            continue
        for match in re.finditer(rf"(?:and|,|와|과)\s*(?:the\s+|its\s+)?(?:{other.words})", before, re.IGNORECASE):
            if _leads_to(topic, before[match.end() :]):
                return second
    return None


def _fits(one: Quantity, role: Role) -> bool:
    """Whether a quantity's unit is of the letter's dimension; a bare number fits any."""
    return one.unit is None or one.dimension == role.dimension


def _assign_bare(topic: Topic, one: Quantity, result: _Assignment, *, alone: bool, count: int) -> None:
    """Give a quantity without a label its letter: by its unit, or by its place."""
    by_unit = [
        key
        for key, role in topic.roles.items()
        if one.unit and role.dimension == one.dimension and key not in result.letters
    ]
    if one.dimension == "money" and topic.money and topic.money not in result.letters:
        result.letters[topic.money] = one
        return
    if len(by_unit) == 1 and one.dimension != "length":
        result.letters[by_unit[0]] = one
        return
    if topic is SPEED and by_unit:
        result.letters[by_unit[0]] = one
        return
    order = next((letters for letters in topic.free if len(letters) == count), None)
    if alone and order is not None and (one.unit is None or one.dimension == "length"):
        letter = next((key for key in order if key not in result.letters), None)
        if letter is not None:
            result.letters[letter] = one
            return
    raise NotOneStep("word_missing")


def _is_asked(topic: Topic, letter: str, text: str, assigned: _Assignment) -> bool:
    """Whether the text asks for a letter: its words stand somewhere besides the labels of what is given."""
    named = (
        rf"(?:(?i:find|what\s+is|solve\s+for|calculate)\s+{letter}\b|\b{letter}\s*=\s*\?"
        rf"|\b{letter}(?:의?\s*값|는|를|을))"
    )
    if re.search(named, text):
        return True
    if "pythagoras" in topic.formulas and "A" in topic.roles and letter in "abc":
        other = rf"{topic.roles['A'].words}|perimeter|둘레"
        words = r"hypotenuse|pythagor|\blegs?\b|side|빗변|피타고라스|변|높이"
        return not re.search(other, text, re.IGNORECASE) and bool(re.search(words, text, re.IGNORECASE))
    return any(
        not any(start < match.end() and match.start() < end for start, end in assigned.labels)
        for match in re.finditer(topic.roles[letter].words, text, re.IGNORECASE)
    )


def _filled(
    topic: Topic, letters: dict[str, Quantity], wanted: str, text: str, *, name: str, formula: str, pi: Fraction | None
) -> WordProblem:
    """The problem, with all quantities in units that fit together."""
    base = _Base.of([*letters.values()])
    given, facts, conversions = [], [], []
    for letter, one in letters.items():
        dimension = topic.roles[letter].dimension
        unit = base.unit(dimension)
        value = one.value
        if one.unit is not None:
            facts.append(rf"\({letter} = {one.text}\){one.unit.behind}")
            if unit is not None and unit.texts != one.unit.texts:
                value *= one.unit.in_(unit)
                conversions.append(rf"\({one.text}\){one.unit.behind} \(= {shown(value)}\){unit.behind}")
        else:
            facts.append(rf"\({letter} = {one.text}\)")
        given.append((letter, value))
    if any(value <= 0 for _, value in given):
        raise NotOneStep("word_impossible")
    unit = base.unit(topic.roles[wanted].dimension)
    asked = asked_unit(text, topic.roles[wanted].dimension)
    scale = Fraction(1)
    if asked is not None and unit is not None and asked.texts != unit.texts:
        scale, unit = unit.in_(asked), asked
    equation = parse(tokenize(formula))
    return WordProblem(
        name, equation, tuple(given), wanted, tuple(facts), tuple(conversions), unit.behind if unit else "", scale, pi
    )


_LENGTHS: Final = (MM, CM, M, KM)


@dataclass(slots=True)
class _Base:
    """The units in which a problem is calculated, by dimension."""

    units: dict[str, Unit]
    has_units: bool

    @classmethod
    def of(cls, quantities: Sequence[Quantity]) -> "_Base":
        """The units of the first quantities that have them; those of a speed or a density go first."""
        units: dict[str, Unit] = {}
        known = [one.unit for one in quantities if one.unit is not None]
        for unit in known:
            if unit.parts is not None:
                for part in unit.parts:
                    units.setdefault(part.dimension, part)
        for unit in known:
            units.setdefault(unit.dimension, unit)
        for unit in known:
            root = {"area": 2, "volume": 3}.get(unit.dimension)
            if root and "length" not in units:
                fit = next(
                    (one for one in _LENGTHS if one.factor**root == unit.factor), CM if unit in (ML, LITRE) else M
                )
                units["length"] = fit
        if "length" in units and not {"density", "mass"} & set(units):
            units["area"] = units["length"].squared()
            units["volume"] = units["length"].cubed()
        return cls(units, bool(known))

    def unit(self, dimension: str) -> Unit | None:
        """The unit of a dimension; None where nothing has a unit.

        Raises:
            NotOneStep: some quantities have units, but none that tells this one.
        """
        if not self.has_units:
            return None
        if dimension == "speed" and {"length", "time"} <= set(self.units):
            return self.units["length"].per(self.units["time"])
        if dimension == "time" and "percent" in self.units:
            return YEAR
        if dimension == "time" and "time" not in self.units:
            return HOUR
        if dimension == "density" and {"mass", "volume"} <= set(self.units):
            return per_volume(self.units["mass"], self.units["volume"])
        if dimension in self.units:
            return self.units[dimension]
        raise NotOneStep("word_missing")
