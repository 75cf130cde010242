"""What privacy says to people, in English and Korean."""

from bot.sentences import Sentence

TITLE = Sentence("What I keep of you")
WORDS = Sentence(
    "**Conversations.** What you write to me, what I answer, and pictures and files with it, so that I know what we "
    "talked about. As long as their Discord thread or direct message exists; which answer belongs to which question, "
    "for {days} days."
)
DAYS_KEPT = Sentence(
    "Conversations in which nobody has written for {count} day are deleted.",
    plural="Conversations in which nobody has written for {count} days are deleted.",
)
LEARNING = Sentence(
    "**Results and cards.** Your answers in quizzes and exercises, and your cards with their reviews, until you have "
    "them deleted."
)
FILES = Sentence(
    "**Files.** What you drop in a library's channel, until the message is deleted: people in that server read from it."
)
COSTS = Sentence("**Costs.** How many tokens your questions took on a day, for {days} days; no words.")
WHERE = Sentence("**Where.** With whoever runs me, in {database}. The host can read it.")
SQLITE = Sentence("a database on their machine")
POSTGRES = Sentence("a PostgreSQL database")
MODEL_SEES = Sentence(
    "**Who else.** The model at {host} gets what is needed for each answer; its provider's rules hold there."
)
MODEL_IS_HERE = Sentence("**Who else.** Nobody: the model runs where I run.")
SERVER_ELSEWHERE = Sentence("Conversations and files are kept by the Assistants server at {host}.")
MODERATED = Sentence("A moderation model ({model}) looks at questions and answers.")
NOT_DISCORD = Sentence(
    "Your messages in Discord itself are not mine: delete them there. Backups of the host may hold what was there when "
    "they were made."
)
HOW = Sentence("`/my-data` gives you all of it, and `/forget-me` deletes it, all or by kind.")

REALLY = Sentence(
    "Shall I forget {what}? It cannot be undone. Answers that are under way end, and threads in which others wrote too "
    "begin anew for me; their messages and yours stay in Discord."
)
EVERYTHING = Sentence("everything that I keep of you")
CONVERSATIONS = Sentence("our conversations")
RESULTS = Sentence("your results and cards")
YOUR_FILES = Sentence("your files")
FORGET = Sentence("Forget")
KEEP = Sentence("Keep")
KEPT = Sentence("Nothing was deleted.")
WORKING = Sentence("I am forgetting… it goes on even if I am restarted.")
FORGOTTEN = Sentence(
    "Forgotten: conversations: {conversations}; results, cards and other things of learning: {results}; files: "
    "{files}. What you write from now on is new to me."
)

MY_DATA = Sentence("This is all that I keep of you.")
LEFT_OUT = Sentence(
    "{count} file did not fit, or cannot be read now; `left-out.txt` names it.",
    plural="{count} files did not fit, or cannot be read now; `left-out.txt` names them.",
)
SENT = Sentence("I have sent it to you in a direct message.")
DM_CLOSED = Sentence("You take no direct messages from me, so here it is; only you see this.")
IN_THE_WORKS = Sentence("I am gathering it already.")
