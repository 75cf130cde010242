"""What the offline model says besides solutions, in English and Korean: in a conversation, on quizzes and on files."""

from maths.reading.language import Language, Texts, in_language
from maths.telling.solution_sentences import SENTENCES
from maths.telling.wording import Wording

CONVERSATION: dict[str, Texts] = {
    "note": (
        "_For the host: this is Saem's small offline model, for trying things out. A real tutor needs an API key "
        "(`OPENAI_API_KEY`) in `.env`._",
        "_운영자에게: 지금은 체험용 작은 오프라인 모델이 답하고 있습니다. 진짜 튜터를 쓰려면 `.env`에 API "
        "키(`OPENAI_API_KEY`)를 넣어 주세요._",
    ),
    "not_drawn": (
        "I wrote the code for the picture, but it could not be drawn. *Show the work* says what went wrong.",
        "그림을 그리는 코드를 썼지만 그리지 못했습니다. *과정 보기*에서 무엇이 잘못됐는지 볼 수 있습니다.",
    ),
    "card_on": ("What is there to know about {name}?", "{name}에 대해 알아야 할 것은?"),
    "cards_title": ("Cards", "카드"),
    "cards_shown": (
        "Turn them over one by one, and keep those that help you.",
        "한 장씩 넘겨 보고, 도움이 되는 카드를 보관하세요.",
    ),
    "cards_not_shown": ("The cards could not be shown.", "카드를 보여 드리지 못했습니다."),
    "no_cards": (
        "I cannot make cards on “{name}”: I know the topics of school mathematics, such as fractions, derivatives or "
        "the quadratic formula, and what stands in the library's files.",
        "“{name}”에 대한 카드는 만들 수 없습니다. 저는 분수, 미분, 근의 공식 같은 학교 수학과 자료실 파일의 내용만 "
        "알고 있습니다.",
    ),
    "lost": (
        "I could not find a problem in that which I can solve. Write it as a formula, for example `3x + 11 = 14`, "
        "`derivative of x^2 sin x` or `factor x^2 + 3x + 2`.",
        "제가 풀 수 있는 문제를 찾지 못했습니다. `3x + 11 = 14`, `x^2 sin x를 미분해줘`, `x^2 + 3x + 2를 "
        "인수분해해줘`처럼 "
        "식으로 적어 주세요.",
    ),
    "hello": (
        "Hello! Send me a problem, for example `3x + 11 = 14`, and I will solve it step by step.",
        "안녕하세요! `3x + 11 = 14`처럼 문제를 보내 주시면 한 단계씩 풀어 드릴게요.",
    ),
    "thanks": (
        "You're welcome! Ask for *another one like that* if you want to practise.",
        "천만에요! 연습하고 싶으면 *비슷한 문제 하나 더*라고 말해 주세요.",
    ),
    "bye": ("Goodbye! Come back with your next problem.", "안녕히 가세요! 다음 문제가 생기면 또 오세요."),
    "fine": (
        "Good! Send me the next problem, or ask for *another one like that* to practise.",
        "좋아요! 다음 문제를 보내 주시거나, *비슷한 문제 하나 더*라고 말해 주세요.",
    ),
    "worried": (
        "Everyone gets stuck in maths now and then; that is how one learns it. Send me the problem, for example "
        "`3x + 11 = 14`, and we go through it one step at a time.",
        "수학은 누구에게나 어려울 때가 있어요. 막히면서 배우는 거예요. `3x + 11 = 14`처럼 문제를 보내 주시면 한 "
        "단계씩 같이 풀어 봐요.",
    ),
    "able": (
        "I can solve, with the steps shown:\n"
        "- equations, inequalities and systems: `x^2 - 5x + 6 = 0`, `2x + 1 < 7`, `2x + y = 5, x - y = 1`\n"
        "- derivatives, integrals and limits: `derivative of x^2 sin x`, `integral of x^2 from 0 to 1`, `lim "
        "x->0 sin(x)/x`\n"
        "- algebra: `factor x^2 + 3x + 2`, `expand (x+1)^3`, `simplify (x^2-1)/(x-1)`\n"
        "- arithmetic: `1/2 + 1/3`, `15% of 80`, `√72`\n\n"
        "Then ask for *another one like that*, or to *explain step 2*; or say *quiz me on fractions*.",
        "풀이 과정과 함께 이런 것을 할 수 있습니다.\n"
        "- 방정식, 부등식, 연립방정식: `x^2 - 5x + 6 = 0`, `2x + 1 < 7`, `2x + y = 5, x - y = 1`\n"
        "- 미분, 적분, 극한: `x^2 sin x를 미분해줘`, `x^2를 0부터 1까지 적분`, `lim x->0 sin(x)/x`\n"
        "- 식의 계산: `x^2 + 3x + 2를 인수분해해줘`, `(x+1)^3 전개`, `(x^2-1)/(x-1)을 간단히`\n"
        "- 수의 계산: `1/2 + 1/3`, `80의 15%`, `√72`\n\n"
        "그다음 *비슷한 문제 하나 더*나 *2단계를 설명해줘*라고 하거나, *분수 퀴즈 내줘*라고 해 보세요.",
    ),
    "image": (
        "I cannot see pictures. Please type the problem, for example `3x + 11 = 14`.",
        "저는 그림을 볼 수 없습니다. `3x + 11 = 14`처럼 문제를 글로 적어 주세요.",
    ),
    "image_too": (
        "(I cannot see the picture; this answers the text alone.)",
        "(그림은 볼 수 없어서 글로 적은 것만 답합니다.)",
    ),
    "by_example": ("For example:", "예를 들어 볼게요."),
    "hint": ("**Hint {name} of {count}:** {text}.", "**힌트 {name}/{count}:** {text}."),
    "hint_generic": (
        "Write down what is given and what is asked for, and do one operation at a time, from the innermost "
        "brackets outwards",
        "주어진 것과 구할 것을 적고, 가장 안쪽 괄호부터 한 번에 한 가지씩 계산해 보세요",
    ),
    "hint_end": (
        "Try it and send me your answer, or ask for *another hint* or to *show the solution*.",
        "직접 해 보고 답을 보내 주세요. *힌트 하나 더*나 *풀이 보여줘*라고 해도 돼요.",
    ),
    "no_more_hints": (
        "Those were all my hints: what is left is the answer itself. Send me yours, or ask me to *show the solution*.",
        "힌트는 여기까지예요. 이제 답만 남았어요. 구한 답을 보내 주거나 *풀이 보여줘*라고 해 주세요.",
    ),
    "wrong_hint": (
        "Not quite. Try again, or ask for *another hint*.",
        "아쉽지만 아니에요. 다시 해 보거나 *힌트 하나 더*라고 해 주세요.",
    ),
    "half_right_hint": ("That is right, but there is more to find.", "맞았어요. 그런데 답이 더 있어요."),
    "what_with": (
        "What shall I do with {value}? Say *factor*, *differentiate* or *integrate*, for example, or give me an "
        "equation to solve.",
        "{value}[으로] 무엇을 할까요? *인수분해해줘*, *미분해줘*, *적분해줘*처럼 말하거나, 풀 방정식을 적어 주세요.",
    ),
    "part_not_understood": (
        "I did not understand this one. Write it as a formula, please.",
        "이 문제는 이해하지 못했습니다. 식으로 적어 주세요.",
    ),
    "part_steps": (
        "These are many, so I left the steps out. Ask for those of any one, for example *explain ({name})*.",
        "문제가 많아서 풀이 과정은 생략했습니다. *({name})번 풀이*처럼 물어보면 한 단계씩 보여 드릴게요.",
    ),
    "similar": ("Here is another one of that kind.", "비슷한 문제를 하나 내 볼게요."),
    "your_turn": ("Here is one for you to try:", "직접 풀어 보세요:"),
    "your_turn_end": (
        "Write your answer, or ask me for the solution.",
        "답을 적어 보내거나, 풀이를 보여 달라고 해 주세요.",
    ),
    "right": ("Yes, that is right! {value}", "네, 맞았어요! {value}"),
    "half_right": ("That is right, but there is more: {value}", "맞지만 해가 더 있어요: {value}"),
    "wrong": ("Not quite. Here is the way:", "아쉽지만 틀렸어요. 풀이를 볼까요?"),
    "no_base": (
        "Which problem do you mean? Write it down for me, please.",
        "어떤 문제를 말하는 건가요? 문제를 적어 주세요.",
    ),
    "no_such_step": ("There is no step {name}; there are {count}.", "{name}단계는 없습니다. 모두 {count}단계입니다."),
    "step_name": ("Step {name}.", "{name}단계입니다."),
    "once_more": ("Once more, with the reason for each step.", "각 단계의 이유를 곁들여 다시 설명할게요."),
    "too_slow": (
        "That took me longer than 5 seconds, so I stopped. Try something smaller.",
        "5초가 넘게 걸려서 그만두었습니다. 더 작은 문제로 해 주세요.",
    ),
}

HELP: dict[str, Texts] = {
    "help_solved_alone": (
        "Well done: one hint was enough. Ask for *another one like that* to practise.",
        "잘했어요! 힌트 하나로 충분했네요. 더 연습하려면 *비슷한 문제 하나 더*라고 해 주세요.",
    ),
    "help_solved": (
        "Well done, you got there step by step. Ask for *another one like that* to try it with fewer hints.",
        "잘했어요! 한 단계씩 해냈네요. 힌트를 줄여 보려면 *비슷한 문제 하나 더*라고 해 주세요.",
    ),
    "help_solved_late": (
        "You kept at it, and that is how one learns it. Look once more at where the first answer went another way.",
        "끝까지 해냈어요. 그렇게 배우는 거예요. 처음 답이 어디에서 달라졌는지 한 번 더 살펴보세요.",
    ),
    "help_shown": (
        "Go through the steps once more, then ask for *another one like that* and try it alone.",
        "풀이를 한 번 더 따라가 본 다음, *비슷한 문제 하나 더*라고 하고 혼자 풀어 보세요.",
    ),
    "help_ended": ("All right. Send me the next problem when you like.", "알겠어요. 다음 문제가 있으면 보내 주세요."),
    "cannot_judge": ("I cannot tell whether that is right.", "맞는지 알 수 없어요."),
    "help_refused": (
        "You have several exercises open here. Finish one of them first, please.",
        "아직 풀고 있는 문제가 여러 개 있어요. 먼저 하나를 마쳐 주세요.",
    ),
}

QUIZZES_AND_FILES: dict[str, Texts] = {
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
    "quiz_right": ("**{place}.** ✓ {given} is right.", "**{place}.** ✓ {given}: 정답입니다."),
    "quiz_wrong": (
        "**{place}.** ✗ You answered {given}; the right answer is {right}. {why}",
        "**{place}.** ✗ {given}: 오답입니다. 정답은 {right}입니다. {why}",
    ),
    "quiz_skipped": (
        "**{place}.** – Skipped; the right answer is {right}. {why}",
        "**{place}.** – 건너뛰었습니다. 정답은 {right}입니다. {why}",
    ),
    "quiz_unknown": (
        "**{place}.** You answered {given}; I no longer know the right answer.",
        "**{place}.** {given}: 정답을 더 이상 알 수 없습니다.",
    ),
    "quiz_group": ("{name}: {right} of {count}", "{name}: {count}문제 중 {right}문제"),
    "quiz_hard": (
        "**{place}.** {text} The right answer is {right} ({hits} of {players} had it). {why}",
        "**{place}.** {text} 정답은 {right}입니다({players}명 중 {hits}명 정답). {why}",
    ),
    "quiz_praise": (
        "Well done! Say *another one, harder* if you want more.",
        "잘했어요! 더 풀고 싶으면 *더 어려운 문제 하나 더*라고 해 주세요.",
    ),
    "look_again": (
        "Have another look at {places}. Say *explain question {place}* and I show you the way, or *only the wrong ones "
        "again*.",
        "{places}을 다시 살펴보세요. *{place}번 설명해 줘*라고 하면 풀이를 보여 드리고, *틀린 것만 다시*라고 하면 다시 "
        "내 드려요.",
    ),
    "hardest": (
        "Question {place} was the hardest. Say *explain question {place}* and I show you the way.",
        "{place}번 문제가 가장 어려웠어요. *{place}번 설명해 줘*라고 하면 풀이를 보여 드려요.",
    ),
    "question_name": ("question {place}", "{place}번 문제"),
    "questions_names": ("questions {places} and {place}", "{places}, {place}번 문제"),
    "quiz_source": ("Question {place}: {mark}", "{place}번 문제: {mark}"),
    "question_again": ("**Question {place}.** {text}", "**{place}번.** {text}"),
    "choice_right": ("“{choice}” is the right answer.", "“{choice}”: 정답이에요."),
    "choice_wrong": (
        "“{choice}” is not right; the right answer is **{right}**.",
        "“{choice}”: 정답이 아니에요. 정답은 **{right}**입니다.",
    ),
    "right_one": ("The right answer is **{right}**.", "정답은 **{right}**입니다."),
    "no_more_known": ("More than that I do not know about it.", "그 이상은 알 수 없어요."),
    "no_such_question": (
        "There is no question {place} in that quiz; it has {count}.",
        "그 퀴즈에 {place}번 문제는 없어요. 모두 {count}문제예요.",
    ),
    "nothing_missed": ("You had nothing wrong in that quiz.", "그 퀴즈에서 틀린 문제가 없어요."),
    "missed": ("These were not right:", "틀린 문제예요:"),
    "missed_wrong": (
        "- **{place}.** {text} You chose “{given}”; right is “{right}”.",
        "- **{place}.** {text} 고른 답은 “{given}”, 정답은 “{right}”이에요.",
    ),
    "missed_skipped": (
        "- **{place}.** {text} You skipped it; right is “{right}”.",
        "- **{place}.** {text} 건너뛰었고, 정답은 “{right}”이에요.",
    ),
    "missed_end": (
        "Say *explain question {place}* and I show you the way.",
        "*{place}번 설명해 줘*라고 하면 풀이를 보여 드려요.",
    ),
    "no_similar": (
        "I cannot make a quiz on that: I can make questions of my own on problems that I can solve, on school "
        "mathematics, and on uploaded files.",
        "그 내용으로는 퀴즈를 낼 수 없어요. 제가 풀 수 있는 문제, 학교 수학, 올려 주신 파일로만 문제를 만들 수 있어요.",
    ),
    "quiz_practice": ("Practice: {name}", "연습: {name}"),
    "unfinished": ("The quiz can wait; let's go on here.", "퀴즈는 나중에 이어서 하고, 여기서 계속해요."),
    "cancelled": ("The quiz was cancelled.", "퀴즈가 취소되었습니다."),
    "not_shown": ("The quiz could not be shown, sorry.", "퀴즈를 보여 드리지 못했습니다. 죄송합니다."),
    "no_responses": ("I got no answers to the quiz.", "퀴즈의 답을 받지 못했습니다."),
    "summary": ("The files say, in their own words:", "파일의 주요 내용을 그대로 옮기면 이렇습니다:"),
    "quoted": ("The files say: “{text}”{mark}", "파일에 이렇게 나와 있습니다: “{text}”{mark}"),
    "not_in_files": ("I searched the files, but they do not say that.", "파일을 찾아보았지만 그 내용은 없습니다."),
    "returned": ("The function `{name}` returned: {text}", "함수 `{name}`의 결과입니다: {text}"),
    "returned_nothing": ("The function `{name}` returned nothing.", "함수 `{name}`의 결과가 비어 있습니다."),
}

ALL: dict[str, Texts] = {**SENTENCES, **CONVERSATION, **HELP, **QUIZZES_AND_FILES}


def say(language: Language, key: str, **values: object) -> str:
    """The sentence of that name, with `values` put in as they are."""
    return in_language(ALL[key], language).format(**values).rstrip()


def wording(language: Language) -> Wording:
    """Says these sentences and those of solutions, with formulas put in and Korean particles fitted."""
    return Wording(language, ALL)
