"""Sentences that only look like mathematics, and formulas that stand in sentences."""

import pytest

from tests.maths.asking import ask, understood

PROSE = [
    "What is the secret word?", "the secret is in this section", "secret = password", "password=secret",
    "What is the password for the secret room, section B?", "Which section comes second?", "wait a sec please",
    "I need a costume for the party", "the sink is full", "a pint of milk", "it is in the pit", "what a pity",
    "she is an expat", "a mutant turtle", "a tangent is a line that touches a curve", "Is there any logic in this?",
    "how do I login?", "the log-in page is broken", "check the logs please", "ask an expert", "give me a minute",
    "what is the maximum number of students?", "modern history", "derive pleasure from reading",
    "root of the trouble",
    "sin is bad", "cos I said so", "I like pi day", "he/she is nice", "yes and/or no", "an on-line course",
    "a state-of-the-art phone", "my x-ray was fine", "send me an e-mail", "a k-pop song", "I had COVID-19 last year",
    "vitamin B-12 is healthy", "we did an A/B test", "my seat is in room 3B", "see you at 10:30", "in the 1980s",
    "please read page 12-14", "a 5-star hotel", "a 3-day trip", "r u ok", "my grade is B+ now",
    "비밀 단어 secret가 뭐야?", "section이 뭐예요?", "영어 단어 expert의 뜻은?", "로그인이 안 돼요",
    "최대 몇 명이야?",
    "A4 용지 있어요?", "e-mail 주소 알려줘", "k-pop이 좋아", "12-14쪽을 읽어 와요", "3-2반 친구", "10:30에 만나자",
    "오늘 3시에 만나자", "3월 1일은 무슨 날이야?", "2반 5번 학생", "B형 혈액형이에요", "사인 좀 해 주세요",
    "open 24/7", "it's a 50/50 chance", "we split it 50/50", "N/A", "the answer is n/a", "w/o a calculator",
    "b/c I said so",
    "날짜는 3/14", "my birthday is 12/25/2008", "2024-03-15", "2024.03.15", "exam on 11/28", "시험이 11/30이에요",
    "11/30 시험 범위 알려줘", "we won 3-2", "어제 축구 3:2로 이겼다", "call me 010-1234-5678",
    "제 번호는 010-1234-5678이에요",
    "+82 10 1234 5678", "npm install express@4.18.2", "v1.2.3", "7-8pm", "p. 34-36", "2x speed", "H2O",
    "CO2 emissions",
    "MP3 파일", "it is 32°F outside", "def f(x): return x**2 + 1", "int x = 5;", "if (a == b) { return 1; }",
    "SELECT * FROM users WHERE id=1", 'git commit -m "fix"', "localhost:8080/api?x=1", "google.com/search?q=2+2",
    "email joe+1@x.com", "section 3-2 숙제", "3-2 반", "2-3개 주세요", "30-40명", "1/2컵",
    "rated 4/5 stars", "I scored 8/10 on my test", "시험에서 18/20 맞았어", "9/11 attacks", "10-20 people came",
    "로그 파일을 봐", "코로나 COVID-19에 걸렸어",
]  # fmt: skip

FORMULAS = [
    "x+3=5를 풀어줘", "sin(x)의 미분", "sinx를 미분해줘", "xsinx의 도함수", "x^2-5x+6=0 풀어주세요",
    "2x+3=7이면 x는?", "3+4는?", "3+4가 뭐야?", "√72를 간단히 해줘", "log2(8)은 얼마야?", "(x+1)(x+2) 전개",
    "x²-9를 인수분해해줘", "12와 18의 최대공약수", "1/2+1/3은?", "x가 0으로 갈 때 sin(x)/x의 극한",
    "∫x^2 dx를 구해줘", "x=3일 때 2x+1의 값", "연립방정식 x+y=5, x-y=1을 풀어줘", "80의 15%는?", "sin 30°의 값은?",
    "|x-3|=5를 풀어라", "5-3은?", "7-2는 얼마야", "ab/bc를 간단히", "what is 3+4?", "solve 3x+11=14 please",
    "the derivative of x sin x", "derivative of xsinx", "what is the integral of cosx",
    "find the limit of sinx/x as x approaches 0", "can you solve x^2-4=0 for me", "simplify sin(x)^2+cos(x)^2",
    "what's 12*13", "expand (x-1)^3", "factor x^2-9", "I need help with 2x-6=0", "How much is 15% of 80?",
    "is 91 prime?", "gcd of 12 and 18", "solve ax+by=c for y", "F=ma solve for a", "v = u + at", "solve e^x-1=0",
    "simplify abc/ab", "simplify 4:6", "solve 2:3=x:12", "what is sinx?", "what is 15-8", "sin-30",
    "page 3: 2x=6", "A = 1/2*b*h, solve for h", "what is 2a-a", "is x-y=3, x+y=7 solvable?", "the ratio 10:30",
    "12-14", "24/7", "hey can u help me w/ 6x+2=20", "do it w/o a calculator: 3x=12", "p.45 #3 2x-7=3", "5-3 plz",
    "쌤 7-2요", "3/4은 얼마예요?", "what is the answer to 24/6", "how much is 15-8", "hey saem 1/2 as decimal",
    "let x = 3, find 2x+1", "a/b + b/c", "#4: 3x = 6",
]  # fmt: skip


@pytest.mark.parametrize("sentence", PROSE)
def test_a_sentence_is_not_taken_for_mathematics(sentence: str) -> None:
    assert understood(sentence) != "maths"


@pytest.mark.parametrize("sentence", FORMULAS)
def test_a_formula_in_a_sentence_is_found(sentence: str) -> None:
    assert understood(sentence) == "maths"


@pytest.mark.parametrize(
    ("message", "shown"), [("x^2 + 1", r"\(x^{2} + 1\)"), ("5G", r"\(5 G\)"), ("e^x요", r"\(e^{x}\)")]
)
def test_where_nothing_is_asked_and_nothing_can_be_simpler_the_tutor_asks(message: str, shown: str) -> None:
    text = ask(message)
    assert shown in text
    assert "Answer" not in text
    assert "factor" in text or "인수분해" in text


def test_what_is_to_be_done_may_be_said_in_the_next_message() -> None:
    assert "2 x" in ask("x^2 + 1", "differentiate it")


def test_a_name_in_front_changes_nothing() -> None:
    assert understood("Minji: What is the secret word?") != "maths"
    assert understood("Minji: x+3=5를 풀어줘") == "maths"
