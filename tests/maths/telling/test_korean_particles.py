"""Korean particles fit the word before them, as Koreans read it aloud."""

import re

import pytest

from maths.telling.korean_particles import fit_to_values, particle, with_particles
from tests.test_project import ROOT, tracked

READ = [
    # words: in a vowel, in a consonant, in ㄹ
    ("분수", "open"), ("식", "closed"), ("서울", "liquid"), ("**분수**", "open"), ("“식”", "closed"), ("`서울`",
    "liquid"),
    ("외솔(최현배)", "liquid"), ("함수 f(x)", "open"), ("기울기(m)", "open"), ("답.", "closed"), ("문제?", "open"),
    # digits: 영 일 이 삼 사 오 육 칠 팔 구, 십 백 천 만 억, 조
    ("0", "closed"), ("1", "liquid"), ("2", "open"), ("3", "closed"), ("4", "open"), ("5", "open"), ("6", "closed"),
    ("7", "liquid"), ("8", "liquid"), ("9", "open"), ("10", "closed"), ("100", "closed"), ("25,000", "closed"),
    ("1000000000000", "open"), ("100000000", "closed"), ("3.14", "open"), ("0.5", "open"), ("-3", "closed"), ("2.0",
    "closed"),
    # fractions: the numerator is read last
    ("1/2", "liquid"), ("3/4", "closed"), ("2/3", "open"), (r"\(\frac{1}{2}\)", "liquid"), (r"\(\frac{3}{4}\)",
    "closed"),
    (r"\(\frac{x}{3}\)", "open"), (r"\(- \frac{5}{6}\)", "open"), (r"\(1\frac{1}{2}\)", "liquid"),
    (r"\frac{\sqrt{3}}{2}", "closed"),
    ("½", "liquid"), ("⅔", "open"),
    # letters: 엘 엠 엔 알 end in a consonant
    ("x", "open"), ("y", "open"), ("n", "closed"), ("m", "closed"), ("l", "liquid"), ("r", "liquid"), ("2x", "open"),
    ("5n", "closed"), ("AB", "open"), ("PDF", "open"), ("HTML", "liquid"), ("notes.pdf", "open"), ("그림.png", "open"),
    ("a.html", "liquid"), ("memo.docx", "open"), ("Minji", "open"), ("Tom", "closed"), ("Emily", "open"), ("Daniel",
    "liquid"),
    ("line", "closed"), ("page", "open"), ("book", "closed"), ("paper", "open"), ("file", "liquid"), ("test", "open"),
    ("Spring", "closed"), ("π", "open"), ("θ", "open"), (r"\(\pi\)", "open"), (r"\(2\pi\)", "open"), ("∞", "open"),
    # powers, roots, brackets, signs
    ("x²", "closed"), ("x^2", "closed"), (r"\(x^{2}\)", "closed"), (r"\(x^{n}\)", "closed"), (r"\(x^{2} + 3 x\)",
    "open"),
    (r"\(\sqrt{2}\)", "open"), ("√3", "closed"), (r"\(\left(x + 1\right)\)", "liquid"),
    (r"\(\left(x + 2\right)^{3}\)", "closed"),
    (r"\(\left|x - 3\right|\)", "closed"), (r"\(\sin x\)", "open"), (r"\(x = 3\)", "closed"), (r"\(x_{1}\)", "liquid"),
    (r"\(5!\)", "liquid"), (r"\(15\%\)", "open"), ("20%", "open"), ("30°", "open"), (r"\(30^{\circ}\)", "open"),
    (r"\(f'\)", "closed"), ("5 cm", "open"), ("3kg", "closed"), ("2 L", "open"), ("60 km/h", "open"), ("5m", "open"),
    (r"\(\text{넓이}\)", "open"), ("(x+1)(x-2)", "open"), ("[3]", "closed"), ("식…", "closed"), ("답 👍", "closed"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "ending"), READ, ids=[text for text, _ in READ])
def test_particles_follow_the_reading(text: str, ending: str) -> None:
    object_, way = {"open": ("를", "로"), "closed": ("을", "으로"), "liquid": ("을", "로")}[ending]
    assert (particle(text, "을"), particle(text, "으로")) == (object_, way)


def test_each_kind_has_both_forms() -> None:
    assert [particle("식", kind) for kind in ("을", "이", "은", "과", "으로")] == ["을", "이", "은", "과", "으로"]
    assert [particle("수", kind) for kind in ("을", "이", "은", "과", "으로")] == ["를", "가", "는", "와", "로"]


def test_what_nobody_can_read_gets_both_forms() -> None:
    assert particle("", "을") == "을(를)"
    assert particle("👍", "으로") == "(으)로"


def test_marks_in_a_text_are_replaced_and_values_are_left_alone() -> None:
    assert with_particles(r"\(3\)[을] 더하고 \(x\)[으로] 나눕니다") == r"\(3\)을 더하고 \(x\)로 나눕니다"
    assert fit_to_values("**{name}**[을] 뺐어요", {"name": "노트.pdf"}) == "**{name}**를 뺐어요"
    assert fit_to_values("{a}[은] {b}", {"a": "[을]", "b": "x[이]"}).count("{b}") == 1


def test_no_sentence_shows_both_forms_of_a_particle() -> None:
    """Neither code nor a sentence has `을(를)`: particles are fitted when the word before them is known."""
    both = re.compile(
        r"을\(를\)|를\(을\)|이\(가\)|가\(이\)|은\(는\)|는\(은\)|[과와]\([와과]\)|\(으\)로|\(이\)(?:라|나|에요)"
    )
    allowed = {"maths/telling/korean_particles.py"}
    paths = [path for room in ("assistants", "bot", "cogs", "maths", "playground") for path in tracked(f"{room}/*")]
    found = [
        path.relative_to(ROOT).as_posix()
        for path in paths
        if path.suffix in {".py", ".js", ".html"} and both.search(path.read_text(encoding="utf-8"))
    ]
    assert set(found) <= allowed
