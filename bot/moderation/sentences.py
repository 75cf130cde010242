"""What moderation says to people, in English and Korean."""

from bot.sentences import Sentence

QUESTION_REFUSED = Sentence(
    "I cannot answer this: it goes against the rules for what I talk about. If that is a mistake, ask it in other "
    "words."
)
QUESTION_REFUSED_WITH_CARE = Sentence(
    "I am only a study tutor and cannot help with this, but you need not be alone with it. Please talk to somebody you "
    "trust: family, a teacher, a school counsellor. If you are in danger now, call your local emergency number."
)
# The moderators' channel

FLAGGED_QUESTION = Sentence("⚑ I did not answer a message from {author} in {place} ({categories}).")
FLAGGED_ANSWER = Sentence("⚑ An answer of mine in {place} was stopped ({categories}).")
FLAGGED_CALL = Sentence("⚑ A quiz, hints or cards of mine in {place} were not shown ({categories}).")
REPORTED_ANSWER = Sentence("⚑ {author} reported an answer of mine: {link}")
REASON = Sentence("Reason: {reason}")

# Report to moderators

REPORT = Sentence("Report to moderators")
REPORT_WHY = Sentence("What is wrong with it? (optional)")
REPORTED = Sentence("Thank you. The moderators of this server have it now.")
REPORTED_ALREADY = Sentence("You have reported this answer already.")
REPORTS_NOT_MINE = Sentence("I can pass on reports about my own messages alone. For others, use Discord's own report.")
REPORTS_IN_SERVERS = Sentence(
    "There are no moderators in direct messages. Tell whoever runs me, or use Discord's own report."
)
REPORTS_NO_CHANNEL = Sentence(
    "This server has no channel for reports (`/settings moderation`). Please tell a moderator yourself."
)
REPORTS_CHANNEL_CLOSED = Sentence(
    "I cannot write in this server's channel for reports. Please tell a moderator yourself."
)
REPORTS_TOO_MANY = Sentence(
    "You have reported much in a short time. Please wait {minutes} minute.",
    plural="You have reported much in a short time. Please wait {minutes} minutes.",
    counted="minutes",
)
