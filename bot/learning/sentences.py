"""What learning says to people, in English and Korean."""

from typing import Final

from bot.sentences import Sentence

# Reviews

REVIEW = Sentence("Review", "복습")
PRACTICE = Sentence("Practising the wrong ones", "틀린 문제 다시 풀기")
DUE_LEFT = Sentence("{count} left", "{count}개 남음")
FROM_QUIZ = Sentence("missed in a quiz", "퀴즈에서 틀린 문제")
GIVEN_UP = Sentence("an exercise that you gave up", "포기했던 문제")
FLASH_CARD = Sentence("flash card", "암기 카드")
EXERCISE = Sentence("exercise", "연습 문제")
DONT_KNOW = Sentence("I don't know", "모르겠어요")
TURN_OVER = Sentence("Turn over", "뒤집기")
MY_ANSWER = Sentence("My answer…", "답 쓰기…")
SHOW_SOLUTION = Sentence("Show the solution", "풀이 보기")
KNEW = Sentence("I knew it", "알았어요")
DID_NOT_KNOW = Sentence("I didn't", "몰랐어요")
NEXT = Sentence("Next", "다음")
STOP = Sentence("Stop", "그만하기")
PUT_AWAY = Sentence("Put away", "카드 빼기")
PUT_AWAY_DONE = Sentence("The card was put away, and comes back no more.", "카드를 뺐어요. 이제 나오지 않아요.")
BRING_BACK = Sentence("Bring it back", "되돌리기")
BROUGHT_BACK = Sentence("The card comes back after all.", "카드를 되돌렸어요. 다시 나와요.")
RIGHT = Sentence("✓ Right", "✓ 맞았어요")
WRONG = Sentence("✗ Not right", "✗ 틀렸어요")
YOUR_ANSWER = Sentence("Your answer: {answer}", "쓴 답: {answer}")
RIGHT_ANSWER = Sentence("The answer: {answer}", "정답: {answer}")
JUDGE_YOURSELF = Sentence(
    "I cannot check this answer. Compare it yourself: was it right?",
    "이 답은 제가 확인할 수 없어요. 직접 비교해 보세요. 맞았나요?",
)
COMES_BACK = Sentence(
    "Comes back {when}. If the grade does not fit, change it:", "{when}에 다시 나와요. 등급이 맞지 않으면 바꾸세요."
)
COMES_AGAIN = Sentence(
    "Comes again at the end of this review. If the grade does not fit, change it:",
    "이번 복습 끝에 다시 나와요. 등급이 맞지 않으면 바꾸세요.",
)
CHANGES_NOTHING = Sentence(
    "Practice changes nothing about when the card comes back.", "연습은 카드가 돌아오는 날을 바꾸지 않아요."
)
PRACTICE_AGAIN = Sentence("It comes again until it is right once.", "한 번 맞을 때까지 다시 나와요.")
GRADES: Final = {
    1: Sentence("Again", "다시"),
    2: Sentence("Hard", "어려움"),
    3: Sentence("Good", "보통"),
    4: Sentence("Easy", "쉬움"),
}
PAGE = Sentence("page {page}", "{page}쪽")
FILE = Sentence("From {file}", "출처: {file}")
DONE = Sentence("Done for now.", "지금은 다 했어요.")
DONE_COUNTS = Sentence("{right} right, {wrong} not.", "맞은 것 {right}개, 틀린 것 {wrong}개.")
ALL_RIGHT_ONCE = Sentence("Each was right once. Well done!", "모두 한 번씩 맞혔어요. 잘했어요!")
NEXT_DUE = Sentence("The next card is due {when}.", "다음 카드는 {when}에 나와요.")
NONE_DUE = Sentence("Nothing is due now.", "지금 복습할 카드가 없어요.")
NO_CARDS = Sentence(
    "You have no cards yet. Every question that you miss in a quiz becomes one: try `/quiz`.",
    "아직 카드가 없어요. 퀴즈에서 틀린 문제가 카드가 돼요. `/퀴즈`를 해 보세요.",
)
PRACTISE_ANYWAY = Sentence("Practise anyway", "그래도 복습하기")
GO_ON = Sentence("Go on", "계속하기")
NONE_WRONG = Sentence(
    "You missed nothing in this quiz that can be practised.", "이 퀴즈에는 다시 풀 틀린 문제가 없어요."
)
ELSEWHERE = Sentence(
    "You answered this card in another review meanwhile, and that counts. Here is the next one.",
    "그사이 다른 복습에서 이 카드에 답했고, 그 답이 기록됐어요. 다음 카드예요.",
)
OLD_REVIEW = Sentence(
    "This review is over. Start a new one with `/review`.", "끝난 복습이에요. `/복습`으로 새로 시작하세요."
)
NOT_YOURS = Sentence("This review is somebody else's.", "다른 사람의 복습이에요.")
NO_SUCH_DECK = Sentence("You have no deck of that name.", "그런 이름의 카드 묶음이 없어요.")
MISTAKES_DECK = Sentence("Missed questions", "틀린 문제")
ANSWER_TITLE = Sentence("My answer", "내 답")
ANSWER_LABEL = Sentence("Your answer", "답")
ANSWER_HINT = Sentence("x = 3, or 3/4, or 2x+1", "x = 3, 3/4, 2x+1처럼")
CLOSED_MESSAGES = Sentence(
    "I could not send you the reminder that you asked for: your direct messages are closed to me. Open them in the "
    "server's privacy settings; after {days} days I stop trying.",
    "부탁하신 알림을 보내지 못했어요. 저에게 DM이 닫혀 있어요. 서버의 개인정보 설정에서 열어 주세요. {days}일이 "
    "지나면 더 보내지 않을게요.",
)
CLOSED_AND_OFF = Sentence(
    "I switched your reminder off: for {days} days your direct messages were closed to me. `/reminder` sets it again.",
    "{days}일 동안 DM이 닫혀 있어서 알림을 껐어요. `/알림`으로 다시 켤 수 있어요.",
)

# Reminders

REMIND_SET = Sentence(
    "I will send you a direct message at {hour} ({timezone}) on days when cards are due. The next one can come {when}.",
    "복습할 카드가 있는 날 {hour}({timezone})에 DM으로 알려 드릴게요. 다음 알림은 빠르면 {when}이에요.",
)
REMIND_NOW = Sentence(
    "You are reminded at {hour} ({timezone}), on days when cards are due.",
    "복습할 카드가 있는 날 {hour}({timezone})에 알려 드리고 있어요.",
)
REMIND_NOT = Sentence(
    "I do not remind you. `/reminder hour:18 timezone:Asia/Seoul` has me send a direct message when cards are due.",
    "알림이 꺼져 있어요. `/알림 시:18 시간대:Asia/Seoul`처럼 하면 복습할 카드가 있을 때 DM으로 알려 드려요.",
)
REMIND_OFF = Sentence("I do not remind you any more.", "이제 알리지 않을게요.")
TURN_OFF = Sentence("Turn off", "끄기")
TURN_REMINDER_OFF = Sentence("No more reminders", "알림 끄기")
WHICH_TIMEZONE = Sentence(
    "Which time zone are you in? Choose one with `timezone:`, for example Asia/Seoul.",
    "어느 시간대에 계세요? `시간대:`에서 골라 주세요. 예: Asia/Seoul",
)
WHICH_HOUR = Sentence(
    "At which hour? Say it with `hour:`, 0 to 23.", "몇 시에 알릴까요? `시:`에 0부터 23까지 적어 주세요."
)
NO_SUCH_TIMEZONE = Sentence(
    "I know no time zone `{name}`. Choose one from the list: they are named by place, as Asia/Seoul or Europe/London.",
    "`{name}` 시간대는 없어요. 목록에서 골라 주세요. Asia/Seoul, Europe/London처럼 지역 이름이에요.",
)
REMINDER = Sentence("{count} cards are due for review.", "복습할 카드가 {count}개 있어요.")
REMINDER_ONE = Sentence("One card is due for review.", "복습할 카드가 1개 있어요.")
REVIEW_NOW = Sentence("Review now", "지금 복습하기")
SLIP = Sentence("What went wrong: {slip}", "틀린 까닭: {slip}")
