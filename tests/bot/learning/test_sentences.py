"""What learning says: both languages fill in the same names."""

import re
import string
from types import ModuleType

import pytest

from bot.learning import sentences as of_learning
from bot.learning.progress import sentences as of_progress
from bot.sentences import Sentence


@pytest.mark.parametrize("module", [of_learning, of_progress])
def test_every_sentence_fills_in_the_same_names_in_both_languages(module: ModuleType) -> None:
    found = [each for each in vars(module).values() if isinstance(each, Sentence)]
    assert len(found) > 20
    for sentence in (*found, *of_learning.GRADES.values()):
        names = [
            {name for _, name, _, _ in string.Formatter().parse(text) if name} for text in (sentence.en, sentence.ko)
        ]
        assert names[0] == names[1], sentence
        assert re.search("[가-힣]", sentence.ko) or sentence is of_progress.FIGURES, sentence
