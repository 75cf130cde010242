"""Finds flaws in the form of quiz questions by rules that look at their words alone.

The rules are those of handbooks on writing test items (Haladyna, Downing and Rodriguez, 2002): no clue to the
answer, no "all of the above", no dependence on other questions, negatives in print that nobody overlooks.
"""

import re
from collections.abc import Sequence
from typing import Final, Literal

Flaw = Literal["tells_answer", "all_of_the_above", "needs_another", "mixed_languages", "too_few"]

LONGER: Final = 1.3
"""The right choice stands out if it is so many times as long as the next."""
LONGER_BY: Final = 6
"""And longer by so many characters."""
FEWEST_QUESTIONS: Final = 3
"""In fewer questions the longest choice may be right by chance."""
LONGEST_QUESTION: Final = 240
"""Characters: a longer question holds a passage, in which its answer may stand."""

_ALL: Final = re.compile(
    r"^\W*+(?:[A-J][).:]\s*+)?(?:all (?:of )?(?:the above|these|them|the choices|the options"
    r"|above)|every one of (?:these|them)"
    r"|(?:(?:위의?|보기의?)\s*+)?(?:(?:것|보기|항목)\s*+)?(?:(?:이|가|은|는)\s*+)?모두(?:\s*+(?:다\s*+)?(?:맞|옳|정답|해당|포함)\S*+)?"
    r"|전부\s*+(?:다|맞|옳|정답|해당)\S*+)\W*+$",
    re.IGNORECASE,
)
_ANOTHER: Final = re.compile(
    r"\b(?:previous|preceding|last|earlier|prior|first|second|third|next"
    r"|above) (?:quiz )?(?:question|problem|exercise)s?\b"
    r"|\b(?:question|problem|exercise) (?:above|before|number \d+|#?\d+|one|two|three)\b"
    r"|\byour (?:previous )?answer (?:to|from|in)\b"
    r"|\b(?:from|in|of|to) (?:question|problem|Q)\s?#?\d+\b"
    r"|(?:앞(?:의|선)?|이전의?|바로\s*앞의?|위의?|지난|첫\s*번째|두\s*번째|다음)\s*(?:문제|문항|질문)(?:에서|의|와|과)"
    r"|\d+\s*번\s*(?:문제|문항)?(?:에서|의)\s*(?:구한|답|결과)"
    r"|(?:앞에서|위에서)\s*구한",
    re.IGNORECASE,
)
_ABOUT_WORDS: Final = re.compile(
    r"past (?:tense|participle)|plural|singular|spell|synonym|antonym|\bword\b|letter"
    r"|mean(?:s|ing)?\b|sentence|called|language|translat|in (?:korean|english)"
    r"|과거형|복수형|맞춤법|철자|뜻|단어|낱말|문장|번역|영어|한국어|한글|읽|발음|표기|글자",
    re.IGNORECASE,
)
_QUOTES: Final = re.compile(r"[\"“”‘’「」『』`]|(?<!\w)'|\n")
_WORDS: Final = re.compile(r"[A-Za-z]{2,}(?:[-'’][A-Za-z]+)*|[가-힣]+")
_HANGUL: Final = re.compile(r"[가-힣]{2,}")
_PROSE: Final = re.compile(r"(?:[A-Za-z]{2,}[\s,.'’-]+){2,}[A-Za-z]{2,}")
_FORMULA: Final = re.compile(r"\$[^$]*\$|\\\(.*?\\\)|\\\[.*?\\\]|`[^`]*`", re.DOTALL)
_NUMERIC: Final = re.compile(r"^(?=\D*+\d)[\s\d.,/^*+=<>≤≥()\[\]{}$\\√π%°²³xyz-]++$")
_EITHER: Final = re.compile(r"\bor\b|whether|또는|혹은|아니면|(?:와|과)\s|중|\bvs\b", re.IGNORECASE)

_NEGATION: Final = re.compile(
    r"(?P<en>(?<![\w*])(?:not|NOT|Not|except(?: for)?|EXCEPT(?: FOR)?|isn['’]t|aren['’]t"
    r"|doesn['’]t|don['’]t|cannot|can['’]t|never)(?![\w*]))"
    r"|(?P<ko>(?<![가-힣*])(?:아닌|않은|않는|없는|틀린|잘못된|거리가\s*먼|제외한)(?=\s*(?:것|식|수|문장|설명|보기|값|단어|사람"
    r"|나라|경우|예|내용|도형|말|부분|하나|답|점|동물|물질|원소|인물|사건)))"
)
_ASKS: Final = re.compile(r"\b(?:which|what|who|whom|where|when|choose|select|pick|all|each|every)\b", re.IGNORECASE)
_CONDITION: Final = re.compile(r"\b(?:if|when|while|since|because|although|does|do|did|why)\b[^,?.]*$", re.IGNORECASE)


def flaws_of(question: str, choices: Sequence[str], answer: int | None) -> list[Flaw]:
    """The flaws of one question; `answer` is the index of the right choice, if it is known."""
    found: list[Flaw] = []
    if _ANOTHER.search(question):
        found.append("needs_another")
    if any(_ALL.match(choice) for choice in choices):
        found.append("all_of_the_above")
    if answer is not None and tells_answer(question, choices, answer):
        found.append("tells_answer")
    if _mixes_languages(question, choices):
        found.append("mixed_languages")
    if len(choices) == 2 and all(_NUMERIC.match(choice) for choice in choices) and not _EITHER.search(question):
        found.append("too_few")
    return found


def tells_answer(question: str, choices: Sequence[str], answer: int) -> bool:
    """Whether the right choice, and no other, stands among the words of the question."""
    if len(question) > LONGEST_QUESTION or _QUOTES.search(question) or _ABOUT_WORDS.search(question):
        return False
    asked = f" {' '.join(_WORDS.findall(question.lower()))}"
    told = [_stands_in(asked, choice) for choice in choices]
    return told[answer] and told.count(True) == 1


def _stands_in(asked: str, choice: str) -> bool:
    if re.search(r"\d|\\|[=+<>√π]", choice):
        return False
    words = _WORDS.findall(choice.lower())
    text = " ".join(words)
    if (
        not words
        or len(text) < (2 if _HANGUL.search(text) else 4)
        or text in {"true", "false", "none", "right", "wrong"}
    ):
        return False
    behind = "" if "가" <= text[-1] <= "힣" else r"(?:s|es)?(?= |$)"
    return re.search(rf" {re.escape(text)}{behind}", asked) is not None


def longest_is_right(quiz: Sequence[tuple[Sequence[str], int | None]]) -> bool:
    """Whether the right choice of every question is much longer than all others, so that it can be told by that."""
    if len(quiz) < FEWEST_QUESTIONS:
        return False
    for choices, answer in quiz:
        if answer is None or len(choices) < 3:
            return False
        longest = max(len(choice) for place, choice in enumerate(choices) if place != answer)
        if len(choices[answer]) < max(longest * LONGER, longest + LONGER_BY):
            return False
    return True


def _mixes_languages(question: str, choices: Sequence[str]) -> bool:
    """Whether the question is in one of English and Korean, and its choices are in the other."""
    if _ABOUT_WORDS.search(question) or _QUOTES.search(question):
        return False
    asked = _FORMULA.sub(" ", question)
    texts = [_FORMULA.sub(" ", choice) for choice in choices]
    if _HANGUL.search(asked):
        return all(_PROSE.search(text) and not _HANGUL.search(text) for text in texts)
    korean = [bool(_HANGUL.search(text)) for text in texts]
    english = bool(_PROSE.search(asked))
    return english and (all(korean) or (any(korean) and any(_PROSE.search(text) for text in texts)))


def with_visible_negation(question: str) -> str:
    """The question with its negation in bold: `Which is not prime?` -> `Which is **NOT** prime?`."""
    hidden = [match.span() for match in _FORMULA.finditer(question)]
    hidden += [match.span() for match in re.finditer(r"\*\*.+?\*\*|__.+?__|\"[^\"]*\"|“[^”]*”|'[^']*'(?!\w)", question)]

    def bold(match: re.Match[str]) -> str:
        if any(start <= match.start() < end for start, end in hidden):
            return match[0]
        if match["ko"] is not None:
            return f"**{match[0]}**"
        sentence = re.split(r"[.?!\n]", question[: match.start()])[-1]
        if not _ASKS.search(sentence) or _CONDITION.search(sentence):
            return match[0]
        word = match[0]
        return f"**{word.upper()}**" if "'" not in word and "’" not in word else f"**{word}**"

    return _NEGATION.sub(bold, question)
