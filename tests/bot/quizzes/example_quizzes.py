"""Example quizzes for the tests."""

import json
from typing import Any

from bot.quizzes.arguments.parsing import parse_quiz
from bot.quizzes.arguments.quiz import Quiz

CITY_PLAN: dict[str, Any] = {
    "title": "수원도시기본계획 퀴즈",
    "questions": [
        {
            "question_text": "수원시 도시기본계획의 배경 및 목적에 대한 설명으로 옳은 것을 고르세요.",
            "choices": [
                "1. 수원시의 역사적 의의를 높이기 위해",
                "2. 수원시의 생활환경을 개선하기 위해",
                "3. 수원시의 경제성장을 촉진하기 위해",
                "4. 수원시의 미관을 향상시키기 위해",
            ],
        },
        {
            "question_text": "수원시의 SWOT 분석 중 기회(Opportunity)에 해당하지 않는 것은?",
            "choices": [
                "1. 교통체계의 개선",
                "2. 주변 도시와의 연계성 강화",
                "3. 수원의 역사 자원 활용",
                "4. 인구 증가로 인한 환경 부담",
            ],
        },
        {
            "question_text": "수원 도시기본계획의 목표연도는 언제인가요?",
            "choices": ["1. 2025년", "2. 2030년", "3. 2035년", "4. 2040년"],
        },
    ],
}
"""The second tutorial's call, word for word: without answers."""

FRACTIONS: dict[str, Any] = {
    "title": "Fractions",
    "questions": [
        {
            "question_text": "What is 1/2 + 1/3?",
            "choices": ["2/5", "5/6", "1/6", "2/3"],
            "answer": 1,
            "explanation": "3/6 + 2/6 = 5/6.",
        },
        {
            "question_text": "Which fraction is the largest?",
            "choices": ["one half of a cake", "two thirds of a cake", "three quarters of a cake"],
            "answer": 2,
            "explanation": "0.75 is more than 0.67 and 0.5.",
        },
        {"question_text": "Is 4/8 the same as 1/2?", "choices": ["Yes", "No"], "answer": 0},
    ],
}
"""The full form, with answers."""


def quiz(questions: int = 3, choices: int = 4, graded: bool = True) -> Quiz:
    """A quiz in which choice 0 is right everywhere."""
    return parse_quiz(
        json.dumps(
            {
                "title": "A quiz",
                "questions": [
                    {
                        "question_text": f"Question number {index}?",
                        "choices": [f"choice {choice} of {index}" for choice in range(choices)],
                        **({"answer": 0} if graded else {}),
                    }
                    for index in range(questions)
                ],
            }
        )
    )
