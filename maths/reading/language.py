"""The two languages, English and Korean: which one a message is in or asks for, and texts in both."""

import re
from typing import Literal

Language = Literal["en", "ko"]
Texts = tuple[str, str]
"""A text in English, and the same in Korean."""

_HANGUL = re.compile(r"[가-힣ㄱ-ㅎ]")
_IN_ENGLISH = re.compile(r"in english|영어로", re.IGNORECASE)
_IN_KOREAN = re.compile(r"in korean|한국어로|한글로|우리말로|always .{0,20}korean", re.IGNORECASE)


def in_language(texts: Texts, language: Language) -> str:
    """The one of two texts that is in that language."""
    return texts[0 if language == "en" else 1]


def language_asked_for(text: str) -> Language | None:
    """The language that a text asks for; None if it asks for none."""
    if _IN_ENGLISH.search(text):
        return "en"
    return "ko" if _IN_KOREAN.search(text) else None


def language_of(text: str) -> Language | None:
    """The language of a message; None if it has no words."""
    if asked := language_asked_for(text):
        return asked
    text = re.sub(r"@\S+", " ", text)  # a name says nothing about the language
    if _HANGUL.search(text):
        return "ko"
    return "en" if re.search(r"[A-Za-z]{3,}", text) else None
