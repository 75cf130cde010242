"""What moderation says to people, in English and Korean."""

from bot.sentences import Sentence

QUESTION_REFUSED = Sentence(
    "I cannot answer this: it goes against the rules for what I talk about. If that is a mistake, ask it in other "
    "words.",
    "이 메시지에는 답할 수 없어요. 제가 이야기할 수 있는 범위를 벗어났어요. 잘못 판단한 것이라면 다른 말로 "
    "물어봐 주세요.",
)
QUESTION_REFUSED_WITH_CARE = Sentence(
    "I am only a study tutor and cannot help with this, but you need not be alone with it. Please talk to somebody you "
    "trust: family, a teacher, a school counsellor. If you are in danger now, call your local emergency number.",
    "저는 공부를 돕는 쌤이라 이 이야기를 도울 수는 없지만, 혼자 견디지 않아도 돼요. 가족, 선생님, 상담 선생님처럼 "
    "믿을 수 있는 사람에게 꼭 이야기해 주세요. 지금 위험하다면 119에, 힘든 마음은 자살예방상담전화 109(24시간)에 "
    "전화해 주세요.",
)
# The moderators' channel

FLAGGED_QUESTION = Sentence(
    "⚑ I did not answer a message from {author} in {place} ({categories}).",
    "⚑ {place}에서 {author} 님이 보낸 메시지에 답하지 않았어요({categories}).",
)
FLAGGED_ANSWER = Sentence(
    "⚑ An answer of mine in {place} was stopped ({categories}).",
    "⚑ {place}에서 제 답변을 멈췄어요({categories}).",
)
FLAGGED_CALL = Sentence(
    "⚑ A quiz, hints or cards of mine in {place} were not shown ({categories}).",
    "⚑ {place}에서 제가 만든 퀴즈, 힌트 또는 카드를 보여 주지 않았어요({categories}).",
)
REPORTED_ANSWER = Sentence(
    "⚑ {author} reported an answer of mine: {link}", "⚑ {author} 님이 제 답변을 신고했어요: {link}"
)
REASON = Sentence("Reason: {reason}", "이유: {reason}")

# Report to moderators

REPORT = Sentence("Report to moderators", "관리자에게 신고")
REPORT_WHY = Sentence("What is wrong with it? (optional)", "무엇이 문제인가요? (선택)")
REPORTED = Sentence("Thank you. The moderators of this server have it now.", "고마워요. 이 서버의 관리자에게 전했어요.")
REPORTED_ALREADY = Sentence("You have reported this answer already.", "이미 신고한 답변이에요.")
REPORTS_NOT_MINE = Sentence(
    "I can pass on reports about my own messages alone. For others, use Discord's own report.",
    "제 메시지에 대한 신고만 전할 수 있어요. 다른 메시지는 디스코드의 신고 기능을 이용해 주세요.",
)
REPORTS_IN_SERVERS = Sentence(
    "There are no moderators in direct messages. Tell whoever runs me, or use Discord's own report.",
    "다이렉트 메시지에는 관리자가 없어요. 저를 운영하는 분께 알리거나 디스코드의 신고 기능을 이용해 주세요.",
)
REPORTS_NO_CHANNEL = Sentence(
    "This server has no channel for reports (`/settings moderation`). Please tell a moderator yourself.",
    "이 서버에는 신고를 받는 채널이 없어요(`/설정 관리-기록`). 관리자에게 직접 알려 주세요.",
)
REPORTS_CHANNEL_CLOSED = Sentence(
    "I cannot write in this server's channel for reports. Please tell a moderator yourself.",
    "신고 채널에 글을 쓸 수 없어요. 관리자에게 직접 알려 주세요.",
)
REPORTS_TOO_MANY = Sentence(
    "You have reported much in a short time. Please wait {minutes} minutes.",
    "짧은 시간에 많이 신고했어요. {minutes}분 뒤에 다시 해 주세요.",
)
