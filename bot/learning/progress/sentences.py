"""What progress says to people, in English and Korean."""

from bot.sentences import Sentence

TITLE = Sentence("My progress", "나의 학습 기록")
TITLE_OF = Sentence("{name}'s progress", "{name}님의 학습 기록")
IN_ALL = Sentence("{right} of {total} right", "{total}문제 중 {right}문제 맞음")
FIGURES = Sentence("{right}/{total} · {percent} %", "{right}/{total} · {percent}%")
GROWS = Sentence("▲ grows", "▲ 늘고 있음")
FADES = Sentence("▼ fades", "▼ 흐려지는 중")
DUE = Sentence("{count} due", "복습 {count}개")
NOTHING_DUE = Sentence("nothing due", "복습할 카드 없음")
WINDOW = Sentence("the last {days} days", "최근 {days}일")
OTHER_TOPICS = Sentence("Other topics", "그 밖의 주제")
MORE_TOPICS = Sentence("{count} more topics", "그 밖의 주제 {count}개")
TOPIC_LINE = Sentence("**{name}** {right} of {total} right{notes}", "**{name}** {total}문제 중 {right}문제 맞음{notes}")
GROWING = Sentence("grows", "늘고 있어요")
FADING = Sentence("fades", "흐려지고 있어요")
CARDS_DUE = Sentence("{count} due for review", "복습할 카드 {count}개")
DUE_NOW = Sentence("Due for review now: {count}.", "지금 복습할 카드: {count}개.")
NEXT_DUE = Sentence("The next card is due {when}.", "다음 카드는 {when}에 나와요.")
NOTHING_YET = Sentence(
    "There is nothing here yet: take a quiz with `/quiz`, and your results show up here.",
    "아직 기록이 없어요. `/퀴즈`를 풀면 여기에 결과가 나와요.",
)
NOTHING_TO_SHARE = Sentence(
    "You have no results from this server to share.", "이 서버에서 푼 결과가 없어서 공유할 것이 없어요."
)
SHARE = Sentence("Share here", "여기에 공유하기")
SHARE_HINT = Sentence(
    "Only you see this. *Share here* posts what you learnt in this server.",
    "이 기록은 나에게만 보여요. *여기에 공유하기*를 누르면 이 서버에서 푼 것만 보여요.",
)
MAY_NOT_SHARE = Sentence("You may not write in this channel.", "이 채널에는 글을 쓸 수 없어요.")
REVIEW_NOW = Sentence("Review now", "지금 복습하기")
DELETE = Sentence("Delete …", "지우기…")
DELETE_WHAT = Sentence(
    "This deletes what I keep of your learning, on all servers:\n{what}\nIt cannot be brought back.\n{stays}",
    "제가 보관하는 학습 기록을 모든 서버에서 지워요.\n{what}\n되돌릴 수 없어요.\n{stays}",
)
DELETE_YES = Sentence("Delete it all", "모두 지우기")
DELETE_NO = Sentence("Keep it", "그대로 두기")
DELETED = Sentence("Deleted:\n{what}\n{stays}", "지웠어요.\n{what}\n{stays}")
WHAT_STAYS = Sentence(
    "-# The messages that I posted in channels stay: quizzes with their results, hints, cards. Whoever manages "
    "messages there can delete them. Quizzes and exercises that are open go on.",
    "-# 채널에 올린 메시지(퀴즈와 결과, 힌트, 카드)는 남아 있어요. 그 채널의 메시지 관리자가 지울 수 있어요. 아직 열려 "
    "있는 퀴즈와 문제는 계속돼요.",
)
KEPT = Sentence("Nothing was deleted.", "아무것도 지우지 않았어요.")
NOTHING_KEPT = Sentence("I keep nothing of your learning.", "보관하고 있는 학습 기록이 없어요.")
KEPT_RESULTS = Sentence("- results of quizzes, exercises and reviews: {count}", "- 퀴즈, 연습, 복습 결과 {count}개")
KEPT_CARDS = Sentence(
    "- cards, with when they come back: {count} (decks: {decks})", "- 카드 묶음 {decks}개의 카드 {count}장과 복습 일정"
)
KEPT_REVIEWS = Sentence("- entries in the log of reviews: {count}", "- 복습 기록 {count}개")
KEPT_SETS = Sentence("- sets of cards that I made for you: {count}", "- 만들어 드린 카드 모음 {count}개")
KEPT_PICTURES = Sentence("- pictures on cards: {count}", "- 카드의 그림 {count}개")
KEPT_QUIZZES = Sentence("- finished quizzes with your answers: {count}", "- 끝난 퀴즈와 답 {count}개")
KEPT_EXERCISES = Sentence(
    "- exercises with hints, with your tries: {count}", "- 힌트를 받은 문제와 풀이 시도 {count}개"
)
KEPT_REPORTS = Sentence("- questions that you reported as wrong: {count}", "- 틀렸다고 알린 문제 {count}개")
KEPT_REMINDER = Sentence("- your reminder and its time zone", "- 알림 설정과 시간대")
