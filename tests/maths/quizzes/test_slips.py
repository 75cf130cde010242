"""The slips behind wrong choices: named for the choice that they lead to, never for the right one."""

from maths.quizzes.quiz import TOPICS, make_quiz, topic_of


def test_slips_stand_beside_wrong_choices_alone() -> None:
    named = 0
    for topic in TOPICS:
        for seed in range(12):
            for question in make_quiz(topic, 3, "en" if seed % 2 else "ko", seed):
                assert len(question.slips) in {0, len(question.choices)}
                if question.slips:
                    named += 1
                    assert question.slips[question.answer] == ""
    assert named > 300


def test_the_slip_is_that_of_the_choice() -> None:
    topic = topic_of("inequalities")
    assert topic is not None
    for seed in range(20):
        for question in make_quiz(topic, 2, "en", seed):
            edge = question.choices[question.answer].removeprefix("x > ")
            slips = dict(zip(question.choices, question.slips, strict=True))
            if f"x < {edge}" in slips:
                assert slips[f"x < {edge}"] == "the inequality sign was not turned round"
