"""What the offline model says about quizzes, files and functions, in English and Korean."""

from maths.reading.wishes import Language

_TEXTS: dict[str, tuple[str, str]] = {
    "maths_or_files": (
        "I can make quizzes on school mathematics only (fractions, equations, derivatives, geometry, …) or on uploaded "
        "files, and I have nothing on that.",
        "저는 학교 수학(분수, 방정식, 미분, 도형 등)이나 올려 주신 파일로만 퀴즈를 낼 수 있는데, 그 주제에 "
        "대한 자료가 없습니다.",
    ),
    "files_say_nothing": (
        "The files here say nothing on “{name}”. Choose another topic, drop a file on it, or choose anything as the "
        "source.",
        "자료에는 “{name}”에 대한 내용이 없습니다. 다른 주제를 고르거나, 관련 파일을 올리거나, 출처를 ‘무엇이든’으로 "
        "해 주세요.",
    ),
    "no_quiz_function": ("I cannot show a quiz here.", "여기서는 퀴즈를 보여 드릴 수 없습니다."),
    "quiz_title": ("Quiz: {name}", "{name} 퀴즈"),
    "general_title": (
        "General maths quiz (offline, I know nothing of “{name}”)",
        "일반 수학 퀴즈 (오프라인 모델이라 “{name}”에 대해서는 모릅니다)",
    ),
    "score": ("You got {right} of {count} right.", "{count}문제 중 {right}문제를 맞혔습니다."),
    "all_right": ("You got all {count} right. Well done!", "{count}문제를 모두 맞혔습니다. 잘했어요!"),
    "right": ("**{place}.** ✓ {given} is right.", "**{place}.** ✓ {given}: 정답입니다."),
    "wrong": (
        "**{place}.** ✗ You answered {given}; the right answer is {right}. {why}",
        "**{place}.** ✗ {given}: 오답입니다. 정답은 {right}입니다. {why}",
    ),
    "skipped": (
        "**{place}.** – Skipped; the right answer is {right}. {why}",
        "**{place}.** – 건너뛰었습니다. 정답은 {right}입니다. {why}",
    ),
    "unknown": (
        "**{place}.** You answered {given}; I no longer know the right answer.",
        "**{place}.** {given}: 정답을 더 이상 알 수 없습니다.",
    ),
    "group": ("{name}: {right} of {count}", "{name}: {count}문제 중 {right}문제"),
    "hard": (
        "**{place}.** {text} The right answer is {right} ({hits} of {players} had it). {why}",
        "**{place}.** {text} 정답은 {right}입니다({players}명 중 {hits}명 정답). {why}",
    ),
    "unfinished": ("The quiz can wait; let's go on here.", "퀴즈는 나중에 이어서 하고, 여기서 계속해요."),
    "cancelled": ("The quiz was cancelled.", "퀴즈가 취소되었습니다."),
    "not_shown": ("The quiz could not be shown, sorry.", "퀴즈를 보여 드리지 못했습니다. 죄송합니다."),
    "no_responses": ("I got no answers to the quiz.", "퀴즈의 답을 받지 못했습니다."),
    "quoted": ("The files say: “{text}”{mark}", "파일에 이렇게 나와 있습니다: “{text}”{mark}"),
    "not_in_files": ("I searched the files, but they do not say that.", "파일을 찾아보았지만 그 내용은 없습니다."),
    "returned": ("The function `{name}` returned: {text}", "함수 `{name}`의 결과입니다: {text}"),
    "returned_nothing": ("The function `{name}` returned nothing.", "함수 `{name}`의 결과가 비어 있습니다."),
}


def say(language: Language, key: str, **values: object) -> str:
    """The sentence of that name."""
    return _TEXTS[key][0 if language == "en" else 1].format(**values).rstrip()
