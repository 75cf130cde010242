"""The sentences: every one that the solver names is there, in both languages, with the same values."""

import re
from pathlib import Path
from typing import get_args

import pytest

import maths
from assistants.models.offline import sentences
from maths.steps.sentences import SLIPS, STEP_SENTENCES
from maths.steps.slip import SlipName
from maths.telling.korean_particles import particle
from maths.telling.step_reasons import REASONS

HOME = Path(maths.__file__).parent
OFFLINE = Path(sentences.__file__).parent
SOURCES = "\n".join(path.read_text() for path in [*HOME.rglob("*.py"), *OFFLINE.glob("*.py")])
STEP_KEYS = set(re.findall(r'\bstep\(\s*"(\w+)"', SOURCES))
OPENING_KEYS = set(re.findall(r'\bSolution\(\s*"(\w+)"', SOURCES))
SAID_KEYS = set(re.findall(r'\.say\("(\w+)"', SOURCES)) | set(re.findall(r'Unsolved\("(\w+)"\)', SOURCES))


def test_every_sentence_that_is_named_exists() -> None:
    assert len(STEP_KEYS) > 80
    assert set(sentences.ALL) | set(STEP_SENTENCES) >= STEP_KEYS | OPENING_KEYS | SAID_KEYS


def test_every_reason_belongs_to_a_step() -> None:
    assert set(REASONS) <= set(sentences.ALL)


def test_every_slip_has_its_sentence() -> None:
    assert {*get_args(SlipName), "unnamed"} == set(SLIPS)


@pytest.mark.parametrize("key", sorted({**sentences.ALL, **REASONS, **STEP_SENTENCES}))
def test_both_languages_say_the_same_values(key: str) -> None:
    for texts in (sentences.ALL.get(key), REASONS.get(key), STEP_SENTENCES.get(key)):
        if texts is None:
            continue
        english, korean = texts
        assert not re.search("[가-힣]", english.replace("`x^2 sin x를", ""))
        assert re.search("[가-힣]", korean) or korean.startswith("(")
        assert set(re.findall(r"\{(\w+)\}", english)) == set(re.findall(r"\{(\w+)\}", korean))


@pytest.mark.parametrize(
    ("formula", "kind", "expected"),
    [
        (r"\(11\)", "을", "을"), (r"\(2\)", "을", "를"), (r"\(3\)", "으로", "으로"), (r"\(8\)", "으로", "로"),
        (r"\(2\)", "으로", "로"),
        (r"\(x\)", "이", "가"), (r"\(5 x\)", "은", "는"), (r"\(10\)", "과", "과"), ("분수", "을", "를"), ("식",
        "은", "은"),
        (r"\(\frac{1}{2}\)", "을", "을"), ("서울", "으로", "로"),
    ],
)  # fmt: skip
def test_korean_particles_fit_what_stands_before_them(formula: str, kind: str, expected: str) -> None:
    assert particle(formula, kind) == expected
