"""What help says to people, in English and Korean."""

from bot.sentences import Sentence

# On the ladder itself

EXERCISE = Sentence("Exercise", "문제")
HINT_OF = Sentence("**Hint {number} of {count}:** {hint}", "**힌트 {number}/{count}:** {hint}")
YOUR_TURN = Sentence("Try it, then press **My answer…**", "풀어 보고 **내 답…**을 눌러 주세요.")
TRIES_ONE = Sentence("1 try", "시도 1번")
TRIES = Sentence("{count} tries", "시도 {count}번")
OPENS = Sentence(
    "The solution opens after {tries} more honest tries, or after the last hint.",
    "성실한 답을 {tries}번 더 내거나 마지막 힌트까지 보면 풀이가 열려요.",
)
OPENS_ONE = Sentence(
    "The solution opens after one more honest try, or after the last hint.",
    "성실한 답을 한 번 더 내거나 마지막 힌트까지 보면 풀이가 열려요.",
)
TRIED_WRONG = Sentence("✗ **{given}** is not it yet.", "✗ **{given}** – 아직 아니에요.")
TRIED_PARTLY = Sentence("◐ **{given}** is right, but not all of it.", "◐ **{given}** – 맞지만 아직 다가 아니에요.")
SOLVED = Sentence("✓ Solved: {answer}", "✓ 해결: {answer}")
SOLVED_WITH = Sentence("with {hints}, {tries}", "{hints}, {tries}")
HINTS_ONE = Sentence("1 hint", "힌트 1개")
HINTS = Sentence("{count} hints", "힌트 {count}개")
SOLUTION = Sentence("Solution", "풀이")
ANSWER_IS = Sentence("Answer: {answer}", "답: {answer}")
ENDED = Sentence("This exercise was ended.", "이 문제는 끝났어요.")
GENERIC_HINT = Sentence(
    "Write down what is given and what is asked for. Which one of your rules brings the two together?",
    "주어진 것과 구할 것을 적어 보세요. 둘을 이어 주는 규칙은 무엇일까요?",
)

# Buttons and the form

NEXT_HINT = Sentence("Next hint", "다음 힌트")
MY_ANSWER = Sentence("My answer…", "내 답…")
SHOW_SOLUTION = Sentence("Show solution", "풀이 보기")
END = Sentence("End", "끝내기")
FORM_TITLE = Sentence("My answer", "내 답")
FORM_LABEL = Sentence("Your answer alone, without the way to it", "풀이 과정 없이 답만 적어 주세요")
FORM_EXAMPLE = Sentence("x = 3 or 3/4 or 12 cm", "x = 3 또는 3/4 또는 12 cm")

# To one person

NOT_YOURS = Sentence(
    "Only the student who asked can press here. Ask me about an exercise of your own!",
    "질문한 학생만 누를 수 있어요. 자기 문제를 저에게 물어보세요!",
)
OVER = Sentence("This exercise is over.", "이미 끝난 문제예요.")
OLD = Sentence("This exercise is not known any more.", "더 이상 알 수 없는 문제예요.")
NOTHING_TYPED = Sentence(
    "Nothing was typed. Press **My answer…** again.", "아무것도 적지 않았어요. **내 답…**을 다시 눌러 주세요."
)
TOO_LONG = Sentence(
    "That is {length} characters long. Please send the answer alone, {most} characters at most; this was not counted.",
    "{length}자는 너무 길어요. 답만 {most}자 이내로 보내 주세요. 이번 답은 세지 않았어요.",
)
NOT_JUDGED = Sentence(
    "I could not tell whether this is right: **{given}**. It was not counted. Please write the answer alone, as a "
    "number or a formula such as `x = 3`, or send it again in a moment.",
    "맞는지 알 수 없는 답이에요: **{given}**. 세지 않았어요. "
    "답만 수나 `x = 3` 같은 식으로 적거나 잠시 뒤에 다시 보내 주세요.",
)
NO_HELP = Sentence(
    "I could not make hints for this exercise. Ask me again, or send me the problem as a formula.",
    "이 문제의 힌트를 만들지 못했어요. 다시 묻거나 문제를 식으로 보내 주세요.",
)

# The mode

MODE_IS = Sentence("Here I am in the mode **{mode}**: {meaning}", "여기는 **{mode}** 모드예요. {meaning}")
MODE_NOW = Sentence(
    "From now on I am in the mode **{mode}** here: {meaning}", "이제부터 여기는 **{mode}** 모드예요. {meaning}"
)
MODE_NAMES = {"answer": Sentence("answer", "답변"), "guide": Sentence("guide", "안내")}
MODE_MEANINGS = {
    "answer": Sentence(
        "I answer what I am asked, also with the solution.",
        "물어보면 풀이까지 답해요.",
    ),
    "guide": Sentence(
        "exercises get hints instead of the solution, which opens after honest tries; ideas are explained as ever.",
        "문제에는 풀이 대신 힌트를 드리고, 성실하게 풀어 본 뒤에 풀이가 열려요. 개념 설명은 언제나 해요.",
    ),
}
MODE_FROM_CHANNEL = Sentence("It comes from {channel}.", "{channel} 채널에서 정해졌어요.")
MODE_NOT_ALLOWED = Sentence(
    "Only those who may manage this channel can set the mode here; in a thread, also the one who started it.",
    "여기의 모드는 채널 관리 권한이 있는 사람만 정할 수 있어요. 스레드에서는 시작한 사람도 정할 수 있어요.",
)

# Instead of held words

HELD_BACK = Sentence("[held back until the exercise is done]", "[문제를 마칠 때까지 가려 둠]")
