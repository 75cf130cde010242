"""The intent of a message by its words: what is asked for (to solve, to explain, another problem), or small talk."""

import re
from dataclasses import dataclass
from typing import Literal

OF_NUMBERS: frozenset[str] = frozenset({"gcd", "lcm", "mean", "median", "mode", "range", "order"})
"""The kinds of problems about several numbers."""
ProblemKind = Literal[
    "solve", "derivative", "integral", "limit", "simplify", "expand", "factor", "evaluate", "gcd", "lcm", "primes",
    "mean", "median", "mode", "range", "order", "remainder", "percent", "fraction", "decimal", "square", "tangent",
    "divisors", "identity", "word",
]  # fmt: skip

_PATTERNS: tuple[tuple[ProblemKind, str], ...] = (
    ("tangent", r"(?<!slope of the )(?<!slope of a )(?<!slope of )\btangent\s+(?:line|to)\b"
                r"|equation\s+of\s+(?:the|a)\s+tangent|접선의?\s*(?:방정식|식)|접선을|접선\s*구"),
    ("derivative", r"(?<!anti)(?<!anti-)derivative|differentiat|\bd[yf]?\s*/\s*d[xyt]\b"
                   r"|\\frac\s*\{d[yf]?\}\s*\{d[xyt]\}|\b[fy]['′’]+(?:\s*\(\w\))?\s+(?:of|for|when|if)\b"
                   r"|slope\s+of\s+(?:the\s+|a\s+)?tangent|\bslope\b.{0,60}\b(?:at|when|where)\b|instantaneous|에서의?\s*기울기|순간\s*변화율"
                   r"|미분|도함수|접선의 기울기"),
    ("integral", r"integra(?:l|te|tion)|anti-?derivative|area under|적분|원시함수"),
    ("limit", r"\blimits?\b|\blim\b|극한"),
    ("divisors", r"(?<!prime )(?<!common )\b(?:factors|divisors?)\s+of\b|(?<!공)약수"),
    ("factor", r"\bfactor(?:i[sz]e|ing|s|i[sz]ation)?\b|인수\s*분해|곱으로 나타"),
    ("expand", r"\bexpand|multiply\s+out|\bexpansion|remove the brackets|전개"),
    ("square", r"complet\w+\s+the\s+square|완전\s*제곱"),
    ("gcd", r"\bgc[df]\b|\bhcf\b|(?:greatest|highest)\s+common\s+(?:divisor|factor)|최대\s*공약수"),
    ("lcm", r"\blcm\b|least\s+common\s+(?:multiple|denominator)|lowest\s+common|최소\s*공배수"),
    ("median", r"\bmedian\b|중앙값|중간값"),
    ("mode", r"\bmode\s+of\b|\bmode\b(?=.{0,30}\d)|최빈값"),
    ("range", r"\brange\s+of\s+(?:the\s+)?(?:\w+\s+){0,2}[-\d]"),
    ("order", r"\b(?:which|what)\b(?:\s+\w+){0,2}\s+(?:is|are)\s+(?:the\s+)?(?:bigg|larg|great|small|high|low)\w*"
              r"(?!\s+common)"
              r"|\bcompare\b|\b(?:order|sort|arrange|rank)\b.{0,60}\d|(?:bigger|larger|greater|smaller)\s*[,:]|\bin\s+(?:\w+\s+)?order\b.{0,20}$"
              r"|(?:중|중에|중에서|둘)\s*(?:뭐|무엇|어느|어떤|누)\S*\s*(?:\S+\s*)?(?:더\s*)?[커크큰작]|더\s*(?:커|크|큰|작)"
              r"|대소|크기(?:를|\s)*비교|비교해|(?:작은|큰)\s*(?:수|것|순)|크기\s*순"),
    ("remainder", r"\bremainder\b|\bmod(?:ulo)?\b|나머지"),
    ("decimal", r"(?:to|as|into|in)\s+(?:an?\s+)?decimals?\b(?!\s+places?)|소수로"),
    ("percent", r"what\s+per\s?cent|as\s+a\s+per\s?cent|in(?:to)?\s+(?:a\s+)?per\s?cent"
                r"|몇\s*(?:%|퍼센트|프로)|(?:백분율|퍼센트)로"),
    ("fraction", r"(?:to|as|into)\s+(?:an?\s+)?(?:\w+\s+)?fraction|(?:기약\s*)?분수로"),
    ("primes", r"prime\s+factor|\bprime\b|소인수\s*분해|소수(?:인가|일까|야|인지|입니까|니)"),
    ("mean", r"\bmean\s+of|\baverage\b(?!\s+rate)|평균"),
    ("simplify", r"\bsimplif|\breduce\b|간단히|간단하게|약분|동류항"),
    ("solve", r"\bsolv|\broots?\s+of|\bsolutions?\b|\bzeros?\s+of|find\s+(?:the\s+value\s+of\s+)?[a-z]\b"
              r"|what\s+is\s+[a-z]\b(?!\s*[\^+*/(-])|방정식|부등식|풀어|풀고|풀이|풀면|풀까|풀 수|해를|근을|"
              r"의 해|의 근"),
    ("evaluate", r"\bcalculat|\bcomput|\bevaluat|\bwhat(?:'s| is| are)\b|how much|계산|값|얼마|답"),
)  # fmt: skip
_KINDS = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS]
_PRIMES_FIRST = re.compile(r"소인수\s*분해|\bprime\b", re.IGNORECASE)

_ANOTHER = re.compile(
    r"\banother\b(?!\s+(?:number|angle|side|person|train|car|one\s+is)\b)|\bsimilar\b|\bone\s+more\b|\blike\s+(?:that|this|it)\b|\b(?:new|next|more)\s+(?:problem|question|"
    r"exercise|example|one)s?\b|practi[cs]e|비슷한|유사한|하나\s*더|한\s*문제\s*더|또\s*다른|다른\s*(?:문제|예|"
    r"거|것)|문제\s*더|"
    r"(?:문제|예제)(?:를|을|도)?\s*(?:하나\s*)?(?:더\s*)?(?:출제|내\s*주|내줘|만들)|더\s*(?:내|풀어\s*보고)|"
    r"연습\s*문제|다음\s*문제|한\s*번\s*더|하나만\s*더|더\s*(?:어려운|쉬운|어렵게|쉽게)|^(?:[^\n:]{1,80}:\s+)?(?:또|더)(?:요|\s*줘|\s*주세요)?\W*$|"
    r"\b(?:give|set|ask)\s+(?:me|us)\s+(?:a|an|some)\s+(?:\w+\s+){0,2}(?:problem|question|exercise)|"
    r"\b(?:harder|easier)\b",
    re.IGNORECASE,
)
_WITHOUT = re.compile(
    r"(?:without|don'?t|do not|no)\s+(?:\w+\s+){0,3}(?:solution|answer|solv|tell|explain)|let me (?:try|solve)|"
    r"(?:풀이|답|정답|해설)(?:은|는|을|를)?\s*(?:없이|빼고|말고|알려\s*주지|보여\s*주지|말하지)|(?:내가|제가|"
    r"직접)\s*(?:먼저\s*)?풀",
    re.IGNORECASE,
)
_HINT = re.compile(
    r"(?<!no )(?<!any )\b(?:hints?|clues?|nudge)\b|point me in the right direction|how\s+(?:do|should"
    r"|can)\s+i\s+(?:start|begin)\b"
    r"|(?:first|next)\s+step\s+only|(?:only|just)\s+the\s+(?:first|next)\s+step|힌트(?!\s*(?:없이|말고|빼고))|실마리|어떻게\s*시작|귀띔",
    re.IGNORECASE,
)
_HELD = re.compile(
    r"\b(?:without|don'?t|do\s+not|never|please\s+no|no)\s+(?:(?!get\b|understand|know|see\b|have\b|agree|think|like\b|want\s+to\s+know)\w+\s+){0,4}"
    r"(?:solution|answers?|solv(?:e|ing)\s+it|spoil\w*|reveal\w*|give\s+it\s+away)\b|\bnot\s+the\s+(?:answer|solution)|don'?t\s+spoil|let\s+me\s+(?:try|solve)"
    r"|(?:풀이|정답|답|해설)(?:까지)?(?:은|는|을|를|만)?\s*(?:아직\s*)?(?:절대\s*)?(?:없이|빼고|말고|(?:알려|보여|가르쳐)\s*주지|말하지|말해\s*주지|공개하지|알려주지)"
    r"|스포(?:하지|일러\s*(?:하지|금지))|(?:내가|제가)\s*(?:직접\s*|먼저\s*|스스로\s*)?풀",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^\W*(?:[^\n:]{1,80}:\s+)?(?:(?:and|ok(?:ay)?|please|one|another|next|more|then|go\s+on|continue|what(?:'s)?\s+next|still\s+stuck|i'?m\s+stuck|"
    r"stuck|help|step|the|give|me|one)\W*)+$"
    r"|^\W*(?:[^\n:]{1,80}:\s+)?(?:다음|더|또|하나\s*더|계속|그다음|그\s*다음|모르겠\S*|막혔\S*)(?:\s*(?:은|은요|요|줘|주세요|단계|힌트))*\W*$",
    re.IGNORECASE,
)
_SOLUTION = re.compile(
    r"(?<!don't )(?<!not )\b(?:show|give|tell|want|see|reveal)\s+(?:me\s+)?(?:the\s+|your\s+)?(?:whole\s+"
    r"|full\s+|complete\s+)?"
    r"(?:solution|answer|steps|way)|what(?:'s| is) the (?:answer|solution)|give\s+up|i\s+give\s+up"
    r"|^\W*(?:the\s+)?(?:solution|answer)\W*$"
    r"|(?:풀이|정답|답|해설)(?:을|를|이|은|도)?\s*(?:과정(?:을|도)?\s*)?(?:좀\s*)?(?:보여|알려|뭐|가르쳐|말해|줘|주세요)|^\W*(?:풀이|정답|답)\W*$|포기",
    re.IGNORECASE,
)
_WHY = re.compile(
    r"\bwhy\b|\bexplain|\bhow\s+(?:come|did|do|does)\b|more\s+detail|step\s*\d|don'?t\s+(?:get|understand)|not\s+clear|"
    r"confus|elaborate|are\s+you\s+sure|(?:is|are)\s+(?:it|that|this|you)\s+(?:\w+\s+)?(?:right|correct|wrong)\b|"
    r"no\s+way\b|give\s+up|no\s+idea|\bidk\b|"
    r"왜|설명|자세|단계|이해가?\s*(?:안|못|되지)|모르겠|어떻게|무슨\s*뜻|이유|다시|확실|정말|진짜|포기|맞(?:아|나|는|습니까|죠)",
    re.IGNORECASE,
)
_DETAIL = re.compile(
    r"\bwhy\b|detail|don'?t\s+(?:get|understand)|not\s+clear|confus|elaborate|explain\s+(?:each|every|"
    r"the\s+steps)|왜|자세|이해가?\s*(?:안|못|되지)|"
    r"모르겠|이유|상세",
    re.IGNORECASE,
)
_STEP = re.compile(
    r"step\s*(?:number\s*|#\s*)?(\d{1,2})|(\d{1,2})\s*(?:번째\s*)?(?:단계|번)|(\d)(?:st|nd|rd|th)\s+step", re.IGNORECASE
)
_STEP_WORDS = [
    ("first|첫", 1), ("second|두\\s*번째|둘째", 2), ("third|세\\s*번째|셋째", 3), ("fourth|네\\s*번째|넷째", 4),
    ("last|마지막", -1),
]  # fmt: skip
_ORDERS = [
    (
        2,
        re.compile(
            r"\b(?:second|2nd)\s+(?:order\s+)?derivative|differentiat\w+\s+twice|이계\s*도함수|두\s*번\s*미분|2계",
            re.IGNORECASE,
        ),
    ),
    (3, re.compile(r"\b(?:third|3rd)\s+(?:order\s+)?derivative|삼계\s*도함수|세\s*번\s*미분|3계", re.IGNORECASE)),
]
_FORMULA = re.compile(r"quadratic\s+formula|근의\s*공식", re.IGNORECASE)
_THANKS = re.compile(r"\bthank|\bthx\b|\bty\b|고마|고맙|감사|ㄱㅅ|땡큐", re.IGNORECASE)
_HELLO = re.compile(
    r"^\W*(?:\w+[:,]\s*)?(?:hi|hello|hey|good\s+(?:morning|evening|afternoon)|yo)\b|안녕|하이|반가|ㅎㅇ", re.IGNORECASE
)
_ABLE = re.compile(
    r"what\s+(?:can|could|do)\s+you|who\s+are\s+you|what\s+are\s+you|how\s+do\s+(?:i|you)\s+(?:use|work)|^\W*(?:[^\n:]{1,80}:\s+)?help\W*$|"
    r"\bhelp\b.{0,40}\bhomework|(?:can|could)\s+you\s+help\b|need\s+(?:\w+\s+)?help\b|are\s+(?:you|u)\s+(?:a|an|real|gpt|chatgpt|ai)\b|(?:gpt|ai|로봇|사람|봇)\s?(?:야|니|이야|예요|이에요|인가요)|뭘?\s*할\s*수\s*있|무엇을\s*할|"
    r"뭐\s*(?:할\s*수|해\s*줄)|"
    r"도와|누구|도움말|사용법|어떤\s*(?:것|걸|일)",
    re.IGNORECASE,
)
_BYE = re.compile(
    r"\b(?:good)?bye\b|\bsee\s+(?:you|ya)\b|\bgood\s*night\b|\bcya\b|\bgn\b|ㅂㅂ|ㅂㅇ|안녕히|잘\s*(?:가|자|있어)|바이바이|내일\s*(?:봐|봬|뵈)",
    re.IGNORECASE,
)
_FINE = re.compile(
    r"^\W*(?:ok(?:ay)?|k|got\s+it|i\s+(?:see|got\s+it|understand)|(?:that\s+)?makes\s+sense|cool|nice|great|good|wow|yes|"
    r"yeah|yep|sure|alright|all\s+right|(?:good|nice|great)\s+job|well\s+done|"
    r"네+|넵|넹|응+|그래|오케이|ㅇㅋ+|ㅇㅇ|알겠\S*|알았\S*|이해했\S*|이해됐\S*|굿|대박|와+|오+|lol|lmao|(?:ha){2,}h?|ㅋ+|ㅎ+|[👍👌🙏😊😄🎉❤️\s]+)(?:\W+(?:now|so\s+much|teacher|쌤|선생님))?\W*$",
    re.IGNORECASE,
)
_WORRIED = re.compile(
    r"(?:hate|bad\s+at|scared\s+of|afraid\s+of|suck\s+at|hopeless\s+at)\s+(?:\w+\s+)?(?:math|algebra|this)|too\s+(?:hard|difficult)|"
    r"(?:i\s*am|i'?m)\s+(?:so\s+|too\s+)?(?:stupid|dumb|lost|stuck)|수학.{0,12}(?:싫|어려|못|포기|무서)|수포자|너무\s*어려|못하겠"
    r"|^\W*(?:[ㅠㅜ]+|[😭😢😥😩😫\s]+)\W*$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Intent:
    """What the words of a message ask for; several fields may be true at once."""

    kind: ProblemKind | None
    another: bool
    alone: bool
    """The problem without its solution: the student wants to solve it alone."""
    why: bool
    detail: bool
    """With the reasons for the steps."""
    step: int | None
    """The step asked about, counted from 1; -1 is the last."""
    thanks: bool
    hello: bool
    able: bool
    bye: bool
    fine: bool
    """Nothing is asked: the student has understood, or is glad."""
    worried: bool
    """The student finds it hard."""
    by_formula: bool
    """By the quadratic formula."""
    order: int
    """How often to differentiate."""
    held: bool = False
    """The answer is not to be told."""
    hint: bool = False
    """A hint is wanted, and not the solution."""
    more: bool = False
    """Only that it should go on: `next`, `더`; after a hint it asks for another."""
    solution: bool = False
    """The whole solution is wanted."""


def intent_of(text: str) -> Intent:
    """What the message asks for."""
    held = bool(_HELD.search(text))
    return Intent(
        kind=_kind(text),
        another=bool(_ANOTHER.search(text)),
        alone=bool(_WITHOUT.search(text)),
        why=bool(_WHY.search(text)),
        detail=bool(_DETAIL.search(text)),
        step=_step(text),
        thanks=bool(_THANKS.search(text)),
        hello=bool(_HELLO.search(text)),
        able=bool(_ABLE.search(text)),
        bye=bool(_BYE.search(text)),
        fine=bool(_FINE.search(text.rpartition(": ")[2])),
        worried=bool(_WORRIED.search(text)),
        by_formula=bool(_FORMULA.search(text)),
        order=next((order for order, words in _ORDERS if words.search(text)), 1),
        held=held,
        hint=bool(_HINT.search(text)),
        more=bool(_MORE.search(text)),
        solution=not held and bool(_SOLUTION.search(text)),
    )


def _kind(text: str) -> ProblemKind | None:
    if _PRIMES_FIRST.search(text):
        return "primes"
    return next((kind for kind, pattern in _KINDS if pattern.search(text)), None)


def _step(text: str) -> int | None:
    if match := _STEP.search(text):
        return int(next(group for group in match.groups() if group))
    if not re.search(r"step|part|단계|번째|줄", text, re.IGNORECASE):
        return None
    return next((place for words, place in _STEP_WORDS if re.search(words, text, re.IGNORECASE)), None)
