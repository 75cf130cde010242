"""Whether an answer has a subject that one can be asked about: refusals, greetings and questions back have none."""

import re
from collections.abc import Sequence
from typing import Final

FEWEST_WORDS: Final = 8
"""Words that have to be left of an answer without formulas, when small talk is taken out of it."""
FEWEST_SYLLABLES: Final = 12
"""The same in letters of Hangul, which has few spaces."""

_FORMULA: Final = re.compile(r"\\\(|\\\[|\$[^$\n]+\$|[\w)²³]\s*[=<>≤≥]\s*[\w(√-]|[²³√∫π×÷]|\d\s*[+*/^-]\s*\d")
_CITATION: Final = re.compile(r"【[^】\n]*】|\[\[\d+\]\]")
_ASIDE: Final = re.compile(r"\s*(?:-#|[*_]{1,2}(?:For the host|운영자에게):)", re.IGNORECASE)
"""Small print, and the offline model's note on itself."""
_SENTENCE: Final = re.compile(r"(?<=[.!?。…])\s+|\n+")
_REFUSAL: Final = re.compile(
    r"\bI(?:'m| am)?\s+(?:sorry|afraid|unable|not\s+(?:able|sure|allowed|familiar|aware)|only\s+(?:able|here))"
    r"|\bI\s+(?:really\s+|simply\s+|just\s+|currently\s+|also\s+)?(?:can(?:no|')?t|cannot|could\s*n[o']t|could not|"
    r"(?:do\s*n[o']t|don'?t|do not)(?!\s+see\s+(?:a|any)\s+(?:mistake|error|problem))|won'?t|will not|wouldn'?t"
    r"|did\s*n[o']t|did not|haven'?t|have no\b)"
    r"|^(?:\W*)(?:sorry|apologies|my apologies|unfortunately|no idea)\b|\bas an AI\b|\bbeyond what I\b"
    r"|\bnothing (?:on|about) that\b"
    r"|\b(?:the|your|these|those|server's)\s+(?:uploaded\s+)?(?:files?|documents?|library"
    r"|passages?)\b.{0,30}\b(?:do(?:es)?\s*n[o']t|do(?:es)? not|hold nothing|"
    r"say nothing|contain no|have no)|\bthey do not say\b"
    r"|took me longer|^There is no question|그만두었|번 문제는 없|누구에게나|막히면서|죄송|미안"
    r"|[을를낼할] 수(?:가|는)? 없|할 수가 없|드릴 수 없|수는? 없(?:어|습|네|지)|못합니다|못해요|모르겠"
    r"|모릅니다|몰라요|찾지 못했|이해하지 못했|어렵습니다만|도와드리기 어려|나와 있지 않|내용(?:은|이) 없"
    r"|자료가 없|낼 수 없",
    re.IGNORECASE,
)
_SMALL_TALK: Final = re.compile(
    r"^\W*(?:hi|hello|hey|good\s+(?:morning|afternoon|evening|night|luck|question|job|work)|welcome|you(?:'re"
    r"| are)\s+(?:very\s+|most\s+)?welcome|"
    r"thanks?|thank you|no problem|no worries|my pleasure|any\s?time|glad|happy|great|well done|nice|sure"
    r"|of course|okay|ok|bye|goodbye|"
    r"see you|take care|congrat|keep|have a|enjoy|let's|let me know|feel free|just|please|if you|whenever"
    r"|come back|once|then\s+(?:ask|say)|"
    r"안녕|반가|반갑|천만|별말씀|고마|감사|네[,.! ]|좋아요|잘했|수고|화이팅|파이팅|언제든|편하게|다음에|또 "
    r"|궁금한|물어보)"
    r"|^\W*I(?:'m| am)\s+(?:saem|an?\b|your|here|doing|fine|well|good|glad|happy|ready|called)|^\W*I\s+(?:can"
    r"|help|answer|would|will|'ll|hope|speak|teach)\b"
    r"|^\W*I(?:'ll|'d)\b|^\W*(?:everyone|everybody)\b|^\W*(?:my name|this is Saem|what (?:can|would|shall"
    r"|should)|how (?:can|may|are|is))\b"
    r"|^\W*(?:write|send|type|tell|give|ask|say|try|choose|drop|pick|show|post|upload|attach|share|put|check"
    r"|need|want|ready|which|what|where|when|who|"
    r"shall|should|would|could|can|do|does|are|is)\b(?![^?]*[=])"
    r"|저는\s|제가\s.{0,20}(?:도와|[할풀] 수 있|드릴)|도와\s*드릴|도와드릴|적어\s*주세요|보내\s*(?:주세요|주시|줘)"
    r"|말해\s*(?:주세요|보세요)|말씀해|올려\s*주세요|물어봐|물어보|해\s*보세요|"
    r"해 주세요|무엇을|알려\s*주세요|필요하면|있으면|오세요|드릴게요|할 수 있습니다|풀어 봐요",
    re.IGNORECASE,
)
_GREETING: Final = re.compile(
    r"^\W*(?:(?:hi+|hello+|hey+|yo|good\s+(?:morning|afternoon|evening|night)|thanks?|thank\s+you|thx|ty|bye"
    r"|goodbye|see\s+you|ok(?:ay)?|cool|nice|great|"
    r"lol|haha|so|very|much|a\s+lot|there|saem|teacher|everyone|all|who|what|are|is|you|your|name|how|can|do"
    r"|does|help|me|test|ping|"
    r"안녕\S*|하이|반가\S*|고마\S*|감사\S*|ㄱㅅ|ㅎㅇ|ㅂㅂ|ㅋ+|ㅎ+|네|넵|응|잘\s*가|쌤|선생님|누구\S*|뭐\S*|할\s*수|있\S*)\W*)+$",
    re.IGNORECASE,
)


def has_subject(questions: Sequence[str], answer: str) -> bool:
    """Whether an answer to these questions says something that one can be asked about.

    What is taken out of it: refusals, greetings, offers, questions back, and lists of what the bot can do. Left must be
    a formula, a citation, or some words.
    """
    if questions and all(_GREETING.match(question) for question in questions):
        return False
    left = " ".join(_matter(answer))
    if _CITATION.search(left) or _FORMULA.search(left):
        return True
    hangul = sum("가" <= character <= "힣" for character in left)
    return len(left.split()) >= FEWEST_WORDS or hangul >= FEWEST_SYLLABLES


def _matter(answer: str) -> list[str]:
    """The sentences of an answer that say something; a list belongs to the sentence before it."""
    matter: list[str] = []
    listed = True
    for line in answer.splitlines():
        if _ASIDE.match(line):
            continue
        item = re.match(r"\s*(?:[-*•]|\d+[.)])\s", line) is not None
        if item and not listed:
            continue
        kept = [one for one in _SENTENCE.split(line) if _says_something(one)]
        matter += kept
        if not item and line.strip():
            listed = bool(kept)
    return matter


def _says_something(sentence: str) -> bool:
    bare = re.sub(r"`[^`\n]*`", " ", sentence).strip()
    if not bare or _REFUSAL.search(bare) or bare.endswith(("?", "？")):
        return False
    return not _SMALL_TALK.search(bare) or bool(re.search(r"\\\(|\\\[|\$[^$]+\$", bare))
