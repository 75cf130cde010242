"""What progress says to people, in English and Korean."""

from bot.sentences import Sentence

TITLE = Sentence("My progress")
TITLE_OF = Sentence("{name}'s progress")
IN_ALL = Sentence("{right} of {total} right")
FIGURES = Sentence("{right}/{total} · {percent} %")
GROWS = Sentence("▲ grows")
FADES = Sentence("▼ fades")
DUE = Sentence("{count} due")
NOTHING_DUE = Sentence("nothing due")
WINDOW = Sentence("the last {days} day", plural="the last {days} days", counted="days")
OTHER_TOPICS = Sentence("Other topics")
MORE_TOPICS = Sentence("{count} more topic", plural="{count} more topics")
TOPIC_LINE = Sentence("**{name}** {right} of {total} right{notes}")
GROWING = Sentence("grows")
FADING = Sentence("fades")
CARDS_DUE = Sentence("{count} due for review")
DUE_NOW = Sentence("Due for review now: {count}.")
NEXT_DUE = Sentence("The next card is due {when}.")
NOTHING_YET = Sentence("There is nothing here yet: take a quiz with `/quiz`, and your results show up here.")
NOTHING_TO_SHARE = Sentence("You have no results from this server to share.")
SHARE = Sentence("Share here")
SHARE_HINT = Sentence("Only you see this. *Share here* posts what you learnt in this server.")
MAY_NOT_SHARE = Sentence("You may not write in this channel.")
REVIEW_NOW = Sentence("Review now")
DELETE = Sentence("Delete …")
DELETE_WHAT = Sentence(
    "This deletes what I keep of your learning, on all servers:\n{what}\nIt cannot be brought back.\n{stays}"
)
DELETE_YES = Sentence("Delete it all")
DELETE_NO = Sentence("Keep it")
DELETED = Sentence("Deleted:\n{what}\n{stays}")
WHAT_STAYS = Sentence(
    "-# The messages that I posted in channels stay: quizzes with their results, hints, cards. Whoever manages "
    "messages there can delete them. Quizzes and exercises that are open go on."
)
KEPT = Sentence("Nothing was deleted.")
NOTHING_KEPT = Sentence("I keep nothing of your learning.")
KEPT_RESULTS = Sentence("- results of quizzes, exercises and reviews: {count}")
KEPT_CARDS = Sentence("- cards, with when they come back: {count} (decks: {decks})")
KEPT_REVIEWS = Sentence("- entries in the log of reviews: {count}")
KEPT_SETS = Sentence("- sets of cards that I made for you: {count}")
KEPT_PICTURES = Sentence("- pictures on cards: {count}")
KEPT_QUIZZES = Sentence("- finished quizzes with your answers: {count}")
KEPT_EXERCISES = Sentence("- exercises with hints, with your tries: {count}")
KEPT_REPORTS = Sentence("- questions that you reported as wrong: {count}")
KEPT_REMINDER = Sentence("- your reminder and its time zone")
