"""Which answers one can be asked about."""

import pytest

from assistants.models.offline.sentences import CONVERSATION, QUIZZES_AND_FILES
from bot.conversations.answer_subject import has_subject

NOTHING = """\
I'm sorry, but I can't help with that.
I cannot see pictures. Please type the problem.
Hi Minji! How can I help you today?
You're welcome! Good luck on your exam!
I'm Saem, your maths tutor. I can help with algebra, calculus and more. What would you like to learn?
Sorry, I don't know the answer to that.
As an AI, I don't have feelings.
안녕하세요! 무엇을 도와드릴까요?
죄송하지만 그건 도와드릴 수 없어요.
천만에요! 또 궁금한 게 있으면 물어보세요.
저는 수학 튜터 쌤이에요. 무엇을 도와드릴까요?
I can't write your essay for you, but I can help you with the outline. What is it about?
The files do not say anything about that.
자료에는 그 내용이 없어요.
Which problem do you mean? Please send it to me.
I'm not sure what you mean. Could you rephrase?
I won't do your homework for you.
Unfortunately, I am unable to open links.
Sure! What topic would you like?""".splitlines()
SOMETHING = [
    "A half is 1/2.",
    "The derivative of \\(x^2\\) is \\(2x\\).",
    "A numerator is the number on top of a fraction; it counts the parts.",
    "분자는 분수에서 위에 있는 수이고, 부분의 개수를 나타냅니다.",
    "Sure! The Pythagorean theorem says that the square of the hypotenuse equals the sum of the other two.",
    "I can help with that! \\(3x = 3\\), so \\(x = 1\\).",
    "Photosynthesis turns light, water and carbon dioxide into sugar and oxygen.",
    "The target year is 2030【4:0†source】.",
    "x = 3",
    "```python\nfor number in range(3):\n    total = total + number\n```",
    "Let's solve the equation\n\\[ 3x = 3 \\]\n1. Divide: \\(x=1\\)\n\n**Answer:** \\(x=1\\)",
    "I don't see a mistake: \\(2+2=4\\) holds.",
    "Great question! Mitochondria are the part of a cell that releases energy from sugar.",
]
OWN = (
    "hello",
    "lost",
    "thanks",
    "bye",
    "fine",
    "worried",
    "able",
    "image",
    "part_not_understood",
    "no_base",
    "too_slow",
)
OWN_ON_FILES = (
    "maths_or_files",
    "files_say_nothing",
    "no_quiz_function",
    "not_in_files",
    "no_similar",
    "no_such_question",
)


@pytest.mark.parametrize("answer", NOTHING)
def test_refusals_greetings_and_questions_back_have_no_subject(answer: str) -> None:
    assert not has_subject(["can you do that?"], answer)


@pytest.mark.parametrize("answer", SOMETHING)
def test_explanations_and_results_have_one(answer: str) -> None:
    assert has_subject(["can you do that?"], answer)


@pytest.mark.parametrize("text", [
    *[text for key in OWN for text in CONVERSATION[key]],
    *[text for key in OWN_ON_FILES for text in QUIZZES_AND_FILES[key]],
])  # fmt: skip
def test_what_the_offline_model_says_besides_answers_has_none(text: str) -> None:
    assert not has_subject([], text)
    for note in CONVERSATION["note"]:
        assert not has_subject(["what is in this photo?"], f"{text}\n\n{note}")


def test_a_list_belongs_to_the_sentence_before_it() -> None:
    assert not has_subject([], "Hello! I can help you with:\n- algebra\n- calculus of x = 2\nJust ask!")
    assert has_subject([], "The rules are:\n- a product is zero when a factor is\n- a sum is not like that")


@pytest.mark.parametrize("question", ["hi", "thank you so much!", "안녕하세요 쌤", "who are you?", "ㅎㅇ"])
def test_to_a_greeting_there_is_no_answer_with_a_subject(question: str) -> None:
    answer = "Today is a fine day to learn about triangles and their many interesting sides."
    assert not has_subject([question], answer)
    assert has_subject([question, "what is a triangle?"], answer)
