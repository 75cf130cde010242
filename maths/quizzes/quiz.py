"""Topics of school mathematics, and quizzes on them; the same seed gives the same quiz."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maths.quizzes import algebra_questions as algebra
from maths.quizzes import calculus_questions as calculus
from maths.quizzes import geometry_questions as geometry
from maths.quizzes import number_questions as numbers
from maths.quizzes.question_maker import BilingualQuestion, Level, Maker, QuizRandom
from maths.reading.language import Language, in_language
from maths.telling.korean_particles import with_particles

CHOICES = 4
MAX_TRIES = 60


@dataclass(frozen=True, slots=True)
class QuizQuestion:
    """A question with its choices; `answer` is the index of the right one."""

    text: str
    choices: tuple[str, ...]
    answer: int
    why: str
    slips: tuple[str, ...] = ()
    """The slip behind each choice, in their order; empty texts where none is known. Empty: of no choice."""
    passage: str = ""
    """The words of a file that the answer rests on."""


@dataclass(frozen=True, slots=True)
class Topic:
    """A topic that quizzes can be made on: its names, and the kinds of question."""

    name: tuple[str, str]
    pattern: re.Pattern[str]
    makers: tuple[Maker, ...]


GENERAL_MAKERS: tuple[Maker, ...] = (
    numbers.add_fractions, algebra.linear, numbers.percentage, numbers.multiplication, numbers.powers,
    geometry.rectangle, algebra.factoring, numbers.sequence, numbers.negatives, geometry.angle,
)  # fmt: skip


def _topic(english: str, korean: str, pattern: str, *makers: Maker) -> Topic:
    return Topic((english, korean), re.compile(pattern, re.IGNORECASE), makers)


TOPICS: tuple[Topic, ...] = (
    _topic(
        "Calculus",
        "미적분",
        r"calculus|미적분",
        calculus.derivative,
        calculus.integral,
        calculus.limit,
        calculus.known_derivative,
    ),
    _topic("Derivatives", "미분", r"derivativ|differentia|미분|도함수", calculus.derivative, calculus.known_derivative),
    _topic("Integrals", "적분", r"integra(?:l|t)|antideriv|적분", calculus.integral, calculus.definite_integral),
    _topic("Limits", "극한", r"\blimits?\b|극한", calculus.limit),
    _topic(
        "Fractions",
        "분수",
        r"fraction|분수",
        numbers.add_fractions,
        numbers.multiply_fractions,
        numbers.simplify_fraction,
    ),
    _topic("Quadratic equations", "이차방정식", r"quadratic|이차|2차", algebra.quadratic),
    _topic("Systems of equations", "연립방정식", r"systems? of (?:linear )?eq|simultaneous|연립", algebra.system),
    _topic("Inequalities", "부등식", r"inequalit|부등식", algebra.inequality),
    _topic("Factoring", "인수분해", r"factor|인수\s*분해", algebra.factoring),
    _topic("Expanding", "전개", r"expanding|\bexpand\b|brackets|곱셈\s*공식|전개", algebra.expanding),
    _topic(
        "Equations", "방정식", r"equation|방정식|일차|solving for|linear", algebra.linear, algebra.linear_both_sides
    ),
    _topic(
        "Percentages", "백분율", r"percent|discount|백분율|퍼센트|할인|비율|%", numbers.percentage, numbers.discount
    ),
    _topic("Multiplication", "곱셈", r"multipl|times table|곱셈|구구단|곱하기", numbers.multiplication),
    _topic("Division", "나눗셈", r"\bdivi(?:de|sion)|나눗셈|나누기", numbers.division),
    _topic("Addition", "덧셈", r"\badd(?:ition|ing)?\b|덧셈|더하기", numbers.addition),
    _topic("Subtraction", "뺄셈", r"subtract|뺄셈|빼기", numbers.subtraction),
    _topic("Negative numbers", "음수", r"negative|integers|음수|정수", numbers.negatives),
    _topic("Powers", "거듭제곱", r"\bpowers?\b|exponent|indices|거듭\s*제곱|지수", numbers.powers, algebra.power_rules),
    _topic("Roots", "제곱근", r"\broots?\b|surd|radical|제곱근|루트|무리수", numbers.roots),
    _topic(
        "Geometry",
        "도형",
        r"geometr|\barea|perimeter|triangle|angle|circle|rectangle|pythag|도형|기하|넓이|삼각형|원의|각도|피타고라스",
        geometry.rectangle,
        geometry.triangle,
        geometry.angle,
        geometry.pythagoras,
        geometry.circle,
    ),
    _topic("Trigonometry", "삼각비", r"trig|sine|cosine|삼각(?:비|함수)|사인|코사인", geometry.trigonometry),
    _topic("Logarithms", "로그", r"logarithm|\blogs?\b|로그", algebra.logarithm),
    _topic(
        "Divisors and multiples",
        "약수와 배수",
        r"divisor|\bgcd\b|\blcm\b|common factor|multiples|약수|배수",
        numbers.common_divisor,
    ),
    _topic("Sequences", "수열", r"sequence|progression|수열", numbers.sequence),
    _topic("Averages", "평균", r"\baverages?\b|\bthe mean\b|statistic|평균|통계", numbers.mean),
    _topic(
        "Algebra",
        "대수",
        r"algebra|대수|문자와\s*식|다항식|polynomial",
        algebra.linear,
        algebra.factoring,
        algebra.expanding,
        algebra.power_rules,
    ),
    _topic(
        "Arithmetic",
        "사칙연산",
        r"arithmetic|mental|사칙|연산|암산|계산",
        numbers.addition,
        numbers.subtraction,
        numbers.multiplication,
        numbers.division,
    ),
    _topic("Mathematics", "수학", r"\bmath|수학", *GENERAL_MAKERS),
)

GENERAL = TOPICS[-1]


_STRONG = re.compile(
    r"derivative|differentiat|integral|calculus|fraction|quadratic|equation|inequalit|multiplication|"
    r"subtraction|percent|"
    r"trigonom|logarithm|algebra|geometry|arithmetic|\bmath|방정식|부등식|분수|미분|적분|인수\s*분해|수학|곱셈|"
    r"나눗셈|거듭\s*제곱|도형",
    re.IGNORECASE,
)
_NO_TOPIC = re.compile(r"multiple[- ]choice|객관식", re.IGNORECASE)
SHORT = 5
"""Up to so many words a topic may be mathematics by one everyday word, such as `powers` or `circle`."""


def topic_of(text: str) -> Topic | None:
    """The topic that a text names; None if it is not mathematics."""
    text = _NO_TOPIC.sub(" ", text)
    if len(text.split()) > SHORT and not _STRONG.search(text):
        return None
    return next((topic for topic in TOPICS if topic.pattern.search(text)), None)


def make_quiz(topic: Topic, count: int, language: Language, seed: int, level: Level = "medium") -> list[QuizQuestion]:
    """`count` questions on a topic, each with one right choice of four; no question twice."""
    rng = QuizRandom(seed, level)
    made: list[QuizQuestion] = []
    seen: set[str] = set()
    for place in range(MAX_TRIES * count):
        if len(made) == count:
            break
        question = _question(topic.makers[place % len(topic.makers)](rng), language, rng)
        if question is not None and question.text not in seen:
            seen.add(question.text)
            made.append(question)
    return made


def _question(question: BilingualQuestion, language: Language, rng: QuizRandom) -> QuizQuestion | None:
    """The question in one language, its choices shuffled; None if there are too few wrong answers."""
    choices = with_choices(question.right, question.wrong, rng)
    if choices is None:
        return None
    why = in_language(question.why, language)
    why = with_particles(why) if language == "ko" else why
    slips = [in_language(question.slips[one], language) if one in question.slips else "" for one in choices]
    slips[choices.index(question.right)] = ""
    text, answer = in_language(question.text, language), choices.index(question.right)
    return QuizQuestion(text, tuple(choices), answer, why, tuple(slips) if any(slips) else ())


def with_choices(right: str, wrong: Sequence[str], rng: QuizRandom) -> list[str] | None:
    """The right answer and wrong ones, shuffled; None if there are too few wrong ones."""
    others = [one for one in dict.fromkeys(wrong) if one != right]
    if len(others) < CHOICES - 1:
        return None
    choices = [right, *others[: CHOICES - 1]]
    rng.shuffle(choices)
    return choices
