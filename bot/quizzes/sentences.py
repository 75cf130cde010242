"""What a quiz says to people, in English and Korean."""

from bot.sentences import Sentence

# On the quiz itself

QUESTION_OF = Sentence("Question {number} of {count}", "문제 {number}/{count}")
ONE_QUESTION = Sentence("1 question", "1문제")
QUESTIONS = Sentence("{count} questions", "{count}문제")
BEGINS = Sentence("begins {when}", "{when} 시작")
STARTED_BY = Sentence("started by {name}", "{name} 님이 시작")
LOBBY = Sentence(
    "Press **Join** to play together. Who comes later may still answer.",
    "함께 풀려면 **참가**를 누르세요. 나중에 와도 답할 수 있어요.",
)
JOINED_NAMES = Sentence("**Joined ({count}):** {names}", "**참가자({count}명):** {names}")
NOBODY_JOINED = Sentence("Nobody has joined yet.", "아직 참가한 사람이 없어요.")
ANSWERED = Sentence("{count} answered", "{count}명 응답")
CLOSES = Sentence("closes {when}", "{when} 마감")
NEXT_OPENS = Sentence("Next question {when}", "다음 문제 {when}")
PAUSED = Sentence("⏸ Paused", "⏸ 일시 정지")
BEING_CHECKED = Sentence(
    "The next question is being checked; it comes here in a moment.",
    "다음 문제를 확인하고 있어요. 잠시 후 여기에 나와요.",
)
RIGHT = Sentence("✓ Right: {answer}", "✓ 맞았어요: {answer}")
WRONG = Sentence("✗ Not right: {answer}", "✗ 틀렸어요: {answer}")
SLIP = Sentence("What may have happened: {slip}", "이런 실수일 수 있어요: {slip}")
TRY_AGAIN = Sentence("Try once more, it does not count:", "한 번 더 풀어 보세요. 점수에는 들어가지 않아요:")
SECOND_RIGHT = Sentence("✓ Right at the second try: {answer}", "✓ 두 번째에 맞았어요: {answer}")
SECOND_WRONG = Sentence("✗ Second try, not right either: {answer}", "✗ 두 번째도 틀렸어요: {answer}")
SKIPPED = Sentence("skipped", "건너뜀")
REVIEW = Sentence("Check your answers, then send them.", "답을 확인하고 제출하세요.")
YOUR_ANSWER = Sentence("Your answer: {answer}", "내 답: {answer}")
RIGHT_ANSWER = Sentence("Right answer: {answer}", "정답: {answer}")
SCORE = Sentence("{right} of {count} right", "{count}문제 중 {right}문제 정답")
FEEDBACK_FOLLOWS = Sentence("The feedback follows below.", "아래에 피드백이 이어져요.")
CANCELLED = Sentence("This quiz was cancelled.", "이 퀴즈는 취소되었어요.")
NOBODY_PLAYED = Sentence("The quiz ended without an answer.", "아무도 답하지 않아 퀴즈가 끝났어요.")
TABLE = Sentence("Results", "결과")
TABLE_LINE = Sentence(
    "{name} — {right} of {count} right · {seconds} s", "{name} — {count}문제 중 {right}문제 정답 · {seconds}초"
)
TABLE_LINE_OPEN = Sentence("{name} — {answered} of {count} answered", "{name} — {count}문제 중 {answered}문제 응답")
AND_MORE = Sentence("and {count} more", "외 {count}명")
TOGETHER_HINT = Sentence(
    "Everyone may answer; the first answer counts, and it stays private until the question closes.",
    "누구나 답할 수 있어요. 첫 번째 답만 인정되고, 마감될 때까지 공개되지 않아요.",
)

# Buttons

JOIN = Sentence("Join", "참가")
BEGIN = Sentence("Start now", "바로 시작")
BACK = Sentence("Back", "이전")
SKIP = Sentence("Skip", "건너뛰기")
NEXT = Sentence("Next", "다음")
SHOW_RESULTS = Sentence("Show results", "결과 보기")
SEND = Sentence("Send", "제출")
CANCEL = Sentence("Cancel", "취소")
CHANGE = Sentence("Change an answer…", "답 바꾸기…")
LOOK = Sentence("Look at a question…", "문제 다시 보기…")
PAUSE = Sentence("Pause", "일시 정지")
RESUME = Sentence("Resume", "계속하기")
END = Sentence("End", "끝내기")
QUIZ_ME = Sentence("Quiz me", "퀴즈 풀기")
HARDER = Sentence("Harder", "더 어렵게")
ANOTHER_FIVE = Sentence("Another five", "다섯 문제 더")
EXPLAIN = Sentence("Explain …", "설명 듣기…")
EXPLAIN_WHICH = Sentence("Which question shall I explain?", "어떤 문제를 설명해 드릴까요?")

# Reports that a question is wrong

REPORT = Sentence("Report as wrong", "틀린 문제 신고")
REPORTED = Sentence(
    "You have reported this question as wrong: it does not count for you any more, and those who look after the "
    "library see it.",
    "틀린 문제로 신고했어요. 이제 내 기록에 들어가지 않고, 자료실을 관리하는 사람이 확인해요.",
)
REPORTED_HERE = Sentence(
    "You have reported this question as wrong: it does not count for you any more.",
    "틀린 문제로 신고했어요. 이제 내 기록에 들어가지 않아요.",
)
REPORTS = Sentence("Questions reported as wrong: {count}", "틀렸다고 신고된 문제: {count}개")
REPORTS_PAGE = Sentence("Page {page} of {pages}", "{page}/{pages}쪽")
REPORTED_BY = Sentence("reports: {count}", "신고 {count}건")
NO_REPORTS = Sentence("No question is reported as wrong.", "틀렸다고 신고된 문제가 없어요.")
LOOK_AT_REPORT = Sentence("Look at a report…", "신고된 문제 보기…")
DISMISS = Sentence("Dismiss", "신고 닫기")
REPORTS_NOT_YOURS = Sentence(
    "Reports are for those who may manage this server, or have the role that adds files to its library.",
    "신고 목록은 서버 관리 권한이 있거나 자료실에 파일을 올리는 역할이 있는 사람만 볼 수 있어요.",
)

# In private, to the student who pressed

COUNTED = Sentence(
    "Your answer is **{choice}**. The results come when the question closes.",
    "**{choice}**[으로] 답했어요. 결과는 문제가 마감되면 나와요.",
)
ALREADY = Sentence(
    "You have answered **{choice}** already; the first answer counts.",
    "이미 **{choice}**[으로] 답했어요. 첫 번째 답만 인정돼요.",
)
JOINED = Sentence("You are in! First question: {when}.", "참가했어요! 첫 문제: {when}")
JOINED_BEFORE = Sentence("You are in already. First question: {when}.", "이미 참가했어요. 첫 문제: {when}")
BEGUN = Sentence(
    "The quiz has begun already: just answer, everyone may play.",
    "퀴즈가 이미 시작되었어요. 누구나 풀 수 있으니 바로 답해 주세요.",
)
EARLY = Sentence("The first question is not open yet.", "첫 문제가 아직 열리지 않았어요.")
LATE = Sentence("This question is closed already.", "이 문제는 이미 마감되었어요.")
ON_PAUSE = Sentence("The quiz is paused; wait for it to go on.", "퀴즈가 일시 정지되었어요. 다시 시작되면 답해 주세요.")
NOT_YOURS = Sentence(
    "This quiz is {name}'s. Start one of your own with `/quiz`!",
    "이 퀴즈는 {name} 님의 것이에요. `/quiz`로 직접 시작해 보세요!",
)
NOT_YOURS_TO_LEAD = Sentence(
    "Only {name}, who started this quiz, or a moderator can do that.",
    "퀴즈를 시작한 {name} 님이나 관리자만 할 수 있어요.",
)
EXPLAINED_BELOW = Sentence("Question {number} is explained below.", "{number}번 문제를 아래에서 설명할게요.")
NOT_PLAYED = Sentence(
    "These buttons are for those who played this quiz. Start one of your own with `/quiz`!",
    "이 버튼은 이 퀴즈를 푼 사람만 쓸 수 있어요. `/quiz`로 직접 시작해 보세요!",
)
FOLLOWED = Sentence("The next quiz was asked for already.", "다음 퀴즈를 이미 요청했어요.")
OVER = Sentence("This quiz is over.", "이 퀴즈는 끝났어요.")
OLD = Sentence(
    "This button belongs to a quiz that I do not know any more. Start a new one with `/quiz`.",
    "이 버튼의 퀴즈를 더는 찾을 수 없어요. `/quiz`로 새로 시작해 주세요.",
)

# About a command

PREPARING = Sentence(
    "A quiz on **{topic}** for {name} is on its way.", "{name} 님의 **{topic}** 퀴즈를 준비하고 있어요."
)
THREAD_NAME = Sentence("Quiz: {topic}", "퀴즈: {topic}")
TOPIC_EMPTY = Sentence(
    "Tell me what the quiz is to be about, for example `/quiz topic:fractions`.",
    "무엇에 대한 퀴즈인지 알려 주세요. 예: `/quiz topic:분수`",
)
STUDENT_COOLDOWN = Sentence(
    "Quizzes that you have started in the last five minutes: {count}. You can start the next one {when}.",
    "최근 5분 동안 퀴즈를 {count}개 시작했어요. 다음 퀴즈는 {when} 시작할 수 있어요.",
)
SERVER_COOLDOWN = Sentence(
    "Quizzes that were started on this server in the last five minutes: {count}. The next one can be started {when}; "
    "you can ask me questions meanwhile.",
    "최근 5분 동안 이 서버에서 퀴즈가 {count}개 시작되었어요. 다음 퀴즈는 {when} 시작할 수 있어요. 질문은 지금도 할 수 "
    "있어요.",
)
STUDENT_OPEN = Sentence(
    "You have not finished these quizzes yet: {where}. Finish or cancel one, then start the next.",
    "아직 끝나지 않은 퀴즈가 있어요: {where}. 하나를 끝내거나 취소한 뒤에 새로 시작해 주세요.",
)
STUDENT_PENDING = Sentence(
    "Quizzes of yours that are on their way already: {count}. Play one of them first.",
    "이미 준비 중인 퀴즈가 {count}개 있어요. 먼저 그중 하나를 풀어 주세요.",
)
SERVER_OPEN = Sentence(
    "Quizzes that are open on this server: {count}. More do not fit; try again when some of them have ended.",
    "이 서버에서 진행 중인 퀴즈가 {count}개라서 더 시작할 수 없어요. 몇 개가 끝난 뒤에 다시 시도해 주세요.",
)
NO_FILES = Sentence(
    "The library holds no files that everybody here could open: drop one in #library, or choose `source: anything`.",
    "여기서 모두가 볼 수 있는 파일이 자료실에 없어요. #library에 올리거나 `출처: 무엇이든`을 골라 주세요.",
)
NOTHING_TO_ASK_ABOUT = Sentence(
    "There is no text in that message that I could make a quiz of.",
    "그 메시지에는 퀴즈로 만들 글이 없어요.",
)
ALONE = Sentence(
    "Together works in servers only; here you play alone.", "함께 풀기는 서버에서만 가능해요. 여기서는 혼자 풀어요."
)
NO_QUIZ = Sentence(
    "I did not manage to make a quiz of that. Try again, or put the topic another way.",
    "퀴즈를 만들지 못했어요. 다시 시도하거나 주제를 바꿔 보세요.",
)

NO_SOUND_QUESTION = Sentence(
    "None of the questions that I made was sound, so I show none. Try again, or put the topic another way.",
    "만든 문제가 모두 올바르지 않아서 보여 드리지 않아요. 다시 시도하거나 주제를 바꿔 보세요.",
)
OPEN_EXERCISE = Sentence(
    "That is the exercise that you are working on: solve it first, or ask me for a quiz with other numbers.",
    "지금 풀고 있는 문제예요. 먼저 풀어 보거나, 숫자를 바꾼 퀴즈를 부탁해 주세요.",
)

# How a question's key was checked

CHECKED_BY_ALGEBRA = Sentence("checked by algebra", "계산으로 확인함")
SOLVED_TWICE = Sentence("solved twice", "두 번 풀어 확인함")
ON_PAGE = Sentence("page {page}", "{page}쪽")
IN_FILE = Sentence("from the file", "파일에서 확인함")
NOT_CHECKED = Sentence("not checked", "확인하지 못함")
RIGHT_BY_ALGEBRA = Sentence("The right answer is {answer}.", "정답은 {answer}입니다.")

# Prompts: what the student asks for, in words that the model reads

PROMPT = Sentence("Quiz me on this topic: {topic}", "이 주제로 퀴즈를 내 주세요: {topic}")
PROMPT_TEXT = Sentence("Quiz me on this:\n\n{text}", "이 내용으로 퀴즈를 내 주세요:\n\n{text}")
PROMPT_ANSWER = Sentence(
    "Quiz me on this question and its answer:\n\n{question}\n\nAnswer:\n\n{answer}",
    "이 질문과 답으로 퀴즈를 내 주세요:\n\n{question}\n\n답:\n\n{answer}",
)
PROMPT_HARDER = Sentence(
    "Another quiz on the same subject as the last one, “{title}”, but harder.",
    "지난 퀴즈와 같은 주제로 퀴즈를 하나 더 내 주세요(“{title}”). 더 어렵게요.",
)
PROMPT_MORE = Sentence(
    "Another quiz on the same subject as the last one, “{title}”, with other questions.",
    "지난 퀴즈와 같은 주제로 퀴즈를 하나 더 내 주세요(“{title}”). 다른 문제로요.",
)
PROMPT_EXPLAIN = Sentence(
    "Explain question {number} of the quiz “{title}”: {question}",
    "퀴즈 “{title}”의 {number}번을 설명해 주세요: {question}",
)
PRACTISE_WRONG = Sentence("Practise the wrong ones", "틀린 문제 다시 풀기")
