"""Quiz questions like given problems: of every kind that is solved."""

import pytest

from maths.quizzes.problem_questions import posed_problems, problem_questions, solved
from maths.quizzes.question_maker import Level, QuizRandom
from maths.reading.language import Language
from maths.telling.wording import Wording

KINDS = """\
expand (x+2)^4
expand (x+2)(x+3)
factor x^2+5x+6
solve 3x+11=14
solve x^2-5x+6=0
x^3-6x^2+11x-6=0
2x+y=5, x-y=1
2x+1<7
|x-3|=5
2^x=8
sqrt(x+1)=3
derivative of x^2 sin x
derivative of x^3+2x
integral of 3x^2+4x
integral of x^2 from 0 to 1
limit of (x^2-9)/(x-3) as x->3
simplify 2x+3x
1/2+1/3
15% of 80
sqrt(72)
12*13
gcd of 12 and 18
lcm of 4 and 6
mean of 3, 5, 10
prime factors of 60
0.375 as a fraction
complete the square x^2+6x+5
tangent line to y=x^2 at x=1
divisors of 12
value of x^2+1 when x=3
a car drives 120 km in 2 hours, what is the speed?
area of a rectangle 3 by 4
slope through (1,2) and (3,8)""".splitlines()


@pytest.mark.parametrize("text", KINDS)
@pytest.mark.parametrize(("level", "language"), [("medium", "en"), ("hard", "ko")])
def test_every_kind_has_questions_of_the_same_kind_with_one_right_choice(
    text: str, level: Level, language: Language
) -> None:
    posed = posed_problems(text)
    found = problem_questions(posed, 2, Wording(language), QuizRandom(7, level))
    assert found  # how many there are in the time depends on the machine
    for question in found:
        assert len(set(question.choices)) == 4
        assert question.why
        (again,) = posed_problems(question.text)[:1]
        assert again.problem.kind in {posed[0].problem.kind, "word", "evaluate"}
        solution = solved(again.problem)
        assert solution is not None
        bare = solution.result.replace(" <or> ", " or ").replace(" ", "")
        right = question.choices[question.answer].replace("$", "").replace(" ", "").replace("또는", "or")
        assert right in bare or bare in right or right in bare.replace("M=", "")


def test_the_same_seed_gives_the_same_quiz_and_another_one_another() -> None:
    posed = posed_problems("expand (x+2)^4")
    one, same, other = (problem_questions(posed, 3, Wording("en"), QuizRandom(seed)) for seed in (1, 1, 2))
    assert one == same != other


def test_a_question_that_was_asked_is_not_asked_again() -> None:
    posed = posed_problems("gcd of 12 and 18")
    first = problem_questions(posed, 3, Wording("en"), QuizRandom(1))
    next_ones = problem_questions(posed, 3, Wording("en"), QuizRandom(1), [one.text for one in first])
    assert not {one.text for one in first} & {one.text for one in next_ones}


def test_what_poses_no_problem_has_no_questions() -> None:
    assert posed_problems("who are you?") == []
    assert problem_questions([], 3, Wording("en"), QuizRandom(1)) == []


def test_wrong_choices_differ_from_the_right_one_in_value() -> None:
    posed = posed_problems("1/2+1/3")
    for seed in range(20):
        for question in problem_questions(posed, 2, Wording("en"), QuizRandom(seed)):
            values = [solved(one.problem) or one for choice in question.choices for one in posed_problems(choice)]
            assert len({str(value) for value in values}) == len(values)


def test_a_harder_one_has_higher_powers_or_larger_numbers() -> None:
    posed = posed_problems("solve 3x+11=14")
    hard = problem_questions(posed, 4, Wording("en"), QuizRandom(3, "hard"))
    assert all(question.text.count("x") == 2 for question in hard)  # on both sides
