"""What a quiz says to people, in English and Korean."""

from bot.sentences import Sentence

# On the quiz itself

QUESTION_OF = Sentence("Question {number} of {count}")
QUESTIONS = Sentence("{count} question", plural="{count} questions")
BEGINS = Sentence("begins {when}")
STARTED_BY = Sentence("started by {name}")
LOBBY = Sentence("Press **Join** to play together. Who comes later may still answer.")
JOINED_NAMES = Sentence("**Joined ({count}):** {names}")
NOBODY_JOINED = Sentence("Nobody has joined yet.")
ANSWERED = Sentence("{count} answered")
CLOSES = Sentence("closes {when}")
NEXT_OPENS = Sentence("Next question {when}")
PAUSED = Sentence("⏸ Paused")
BEING_CHECKED = Sentence("The next question is being checked; it comes here in a moment.")
RIGHT = Sentence("✓ Right: {answer}")
WRONG = Sentence("✗ Not right: {answer}")
SLIP = Sentence("What may have happened: {slip}")
TRY_AGAIN = Sentence("Try once more, it does not count:")
SECOND_RIGHT = Sentence("✓ Right at the second try: {answer}")
SECOND_WRONG = Sentence("✗ Second try, not right either: {answer}")
SKIPPED = Sentence("skipped")
REVIEW = Sentence("Check your answers, then send them.")
YOUR_ANSWER = Sentence("Your answer: {answer}", context="quizzes")
RIGHT_ANSWER = Sentence("Right answer: {answer}")
SCORE = Sentence("{right} of {count} right")
FEEDBACK_FOLLOWS = Sentence("The feedback follows below.")
CANCELLED = Sentence("This quiz was cancelled.")
NOBODY_PLAYED = Sentence("The quiz ended without an answer.")
TABLE = Sentence("Results")
TABLE_LINE = Sentence("{name} — {right} of {count} right · {seconds} s")
TABLE_LINE_OPEN = Sentence("{name} — {answered} of {count} answered")
AND_MORE = Sentence("and {count} more")
TOGETHER_HINT = Sentence(
    "Everyone may answer; the first answer counts, and it stays private until the question closes."
)

# Buttons

JOIN = Sentence("Join")
BEGIN = Sentence("Start now")
BACK = Sentence("Back", context="quizzes")
SKIP = Sentence("Skip")
NEXT = Sentence("Next")
SHOW_RESULTS = Sentence("Show results")
SEND = Sentence("Send")
CANCEL = Sentence("Cancel")
CHANGE = Sentence("Change an answer…")
LOOK = Sentence("Look at a question…")
PAUSE = Sentence("Pause")
RESUME = Sentence("Resume")
END = Sentence("End")
QUIZ_ME = Sentence("Quiz me")
HARDER = Sentence("Harder")
ANOTHER_FIVE = Sentence("Another five")
EXPLAIN = Sentence("Explain …")
EXPLAIN_WHICH = Sentence("Which question shall I explain?")

# Reports that a question is wrong

REPORT = Sentence("Report as wrong")
REPORTED = Sentence(
    "You have reported this question as wrong: it does not count for you any more, and those who look after the "
    "library see it."
)
REPORTED_HERE = Sentence("You have reported this question as wrong: it does not count for you any more.")
REPORTS = Sentence("Questions reported as wrong: {count}")
REPORTS_PAGE = Sentence("Page {page} of {pages}")
REPORTED_BY = Sentence("reports: {count}")
NO_REPORTS = Sentence("No question is reported as wrong.")
LOOK_AT_REPORT = Sentence("Look at a report…")
DISMISS = Sentence("Dismiss")
REPORTS_NOT_YOURS = Sentence(
    "Reports are for those who may manage this server, or have the role that adds files to its library."
)

# In private, to the student who pressed

COUNTED = Sentence("Your answer is **{choice}**. The results come when the question closes.")
ALREADY = Sentence("You have answered **{choice}** already; the first answer counts.")
JOINED = Sentence("You are in! First question: {when}.")
JOINED_BEFORE = Sentence("You are in already. First question: {when}.")
BEGUN = Sentence("The quiz has begun already: just answer, everyone may play.")
EARLY = Sentence("The first question is not open yet.")
LATE = Sentence("This question is closed already.")
ON_PAUSE = Sentence("The quiz is paused; wait for it to go on.")
NOT_YOURS = Sentence("This quiz is {name}'s. Start one of your own with `/quiz`!")
NOT_YOURS_TO_LEAD = Sentence("Only {name}, who started this quiz, or a moderator can do that.")
EXPLAINED_BELOW = Sentence("Question {number} is explained below.")
NOT_PLAYED = Sentence("These buttons are for those who played this quiz. Start one of your own with `/quiz`!")
FOLLOWED = Sentence("The next quiz was asked for already.")
OVER = Sentence("This quiz is over.")
OLD = Sentence("This button belongs to a quiz that I do not know any more. Start a new one with `/quiz`.")

# About a command

PREPARING = Sentence("A quiz on **{topic}** for {name} is on its way.")
THREAD_NAME = Sentence("Quiz: {topic}")
TOPIC_EMPTY = Sentence("Tell me what the quiz is to be about, for example `/quiz topic:fractions`.")
STUDENT_COOLDOWN = Sentence(
    "Quizzes that you have started in the last five minutes: {count}. You can start the next one {when}."
)
SERVER_COOLDOWN = Sentence(
    "Quizzes that were started on this server in the last five minutes: {count}. The next one can be started {when}; "
    "you can ask me questions meanwhile."
)
STUDENT_OPEN = Sentence("You have not finished these quizzes yet: {where}. Finish or cancel one, then start the next.")
STUDENT_PENDING = Sentence("Quizzes of yours that are on their way already: {count}. Play one of them first.")
SERVER_OPEN = Sentence(
    "Quizzes that are open on this server: {count}. More do not fit; try again when some of them have ended."
)
NO_FILES = Sentence(
    "The library holds no files that everybody here could open: drop one in #library, or choose `source: anything`."
)
NOTHING_TO_ASK_ABOUT = Sentence("There is no text in that message that I could make a quiz of.")
ALONE = Sentence("Together works in servers only; here you play alone.")
NO_QUIZ = Sentence("I did not manage to make a quiz of that. Try again, or put the topic another way.")

NO_SOUND_QUESTION = Sentence(
    "None of the questions that I made was sound, so I show none. Try again, or put the topic another way."
)
OPEN_EXERCISE = Sentence(
    "That is the exercise that you are working on: solve it first, or ask me for a quiz with other numbers."
)

# How a question's key was checked

CHECKED_BY_ALGEBRA = Sentence("checked by algebra")
SOLVED_TWICE = Sentence("solved twice")
ON_PAGE = Sentence("page {page}")
IN_FILE = Sentence("from the file")
NOT_CHECKED = Sentence("not checked")
RIGHT_BY_ALGEBRA = Sentence("The right answer is {answer}.")

# Prompts: what the student asks for, in words that the model reads

PROMPT = Sentence("Quiz me on this topic: {topic}")
PROMPT_TEXT = Sentence("Quiz me on this:\n\n{text}")
PROMPT_ANSWER = Sentence("Quiz me on this question and its answer:\n\n{question}\n\nAnswer:\n\n{answer}")
PROMPT_HARDER = Sentence("Another quiz on the same subject as the last one, “{title}”, but harder.")
PROMPT_MORE = Sentence("Another quiz on the same subject as the last one, “{title}”, with other questions.")
PROMPT_EXPLAIN = Sentence("Explain question {number} of the quiz “{title}”: {question}")
PRACTISE_WRONG = Sentence("Practise the wrong ones")
