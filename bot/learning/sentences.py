"""What learning says to people, in English and Korean."""

from typing import Final

from bot.sentences import Sentence

# Reviews

REVIEW = Sentence("Review")
PRACTICE = Sentence("Practising the wrong ones")
DUE_LEFT = Sentence("{count} left")
FROM_QUIZ = Sentence("missed in a quiz")
GIVEN_UP = Sentence("an exercise that you gave up")
FLASH_CARD = Sentence("flash card")
EXERCISE = Sentence("exercise")
DONT_KNOW = Sentence("I don't know")
TURN_OVER = Sentence("Turn over")
MY_ANSWER = Sentence("My answer…", context="learning")
SHOW_SOLUTION = Sentence("Show the solution")
KNEW = Sentence("I knew it")
DID_NOT_KNOW = Sentence("I didn't")
NEXT = Sentence("Next")
STOP = Sentence("Stop")
PUT_AWAY = Sentence("Put away")
PUT_AWAY_DONE = Sentence("The card was put away, and comes back no more.")
BRING_BACK = Sentence("Bring it back")
BROUGHT_BACK = Sentence("The card comes back after all.")
RIGHT = Sentence("✓ Right")
WRONG = Sentence("✗ Not right")
YOUR_ANSWER = Sentence("Your answer: {answer}")
RIGHT_ANSWER = Sentence("The answer: {answer}")
JUDGE_YOURSELF = Sentence("I cannot check this answer. Compare it yourself: was it right?")
COMES_BACK = Sentence("Comes back {when}. If the grade does not fit, change it:")
COMES_AGAIN = Sentence("Comes again at the end of this review. If the grade does not fit, change it:")
CHANGES_NOTHING = Sentence("Practice changes nothing about when the card comes back.")
PRACTICE_AGAIN = Sentence("It comes again until it is right once.")
GRADES: Final = {
    1: Sentence("Again"),
    2: Sentence("Hard"),
    3: Sentence("Good"),
    4: Sentence("Easy"),
}
PAGE = Sentence("page {page}")
FILE = Sentence("From {file}")
DONE = Sentence("Done for now.")
DONE_COUNTS = Sentence("{right} right, {wrong} not.")
ALL_RIGHT_ONCE = Sentence("Each was right once. Well done!")
NEXT_DUE = Sentence("The next card is due {when}.")
NONE_DUE = Sentence("Nothing is due now.")
NO_CARDS = Sentence("You have no cards yet. Every question that you miss in a quiz becomes one: try `/quiz`.")
PRACTISE_ANYWAY = Sentence("Practise anyway")
GO_ON = Sentence("Go on")
NONE_WRONG = Sentence("You missed nothing in this quiz that can be practised.")
ELSEWHERE = Sentence("You answered this card in another review meanwhile, and that counts. Here is the next one.")
OLD_REVIEW = Sentence("This review is over. Start a new one with `/review`.")
NOT_YOURS = Sentence("This review is somebody else's.")
NO_SUCH_DECK = Sentence("You have no deck of that name.")
MISTAKES_DECK = Sentence("Missed questions")
ANSWER_TITLE = Sentence("My answer")
ANSWER_LABEL = Sentence("Your answer")
ANSWER_HINT = Sentence("x = 3, or 3/4, or 2x+1")
CLOSED_MESSAGES = Sentence(
    "I could not send you the reminder that you asked for: your direct messages are closed to me. Open them in the "
    "server's privacy settings; after {days} days I stop trying."
)
CLOSED_AND_OFF = Sentence(
    "I switched your reminder off: for {days} days your direct messages were closed to me. `/reminder` sets it again."
)

# Reminders

REMIND_SET = Sentence(
    "I will send you a direct message at {hour} ({timezone}) on days when cards are due. The next one can come {when}."
)
REMIND_NOW = Sentence("You are reminded at {hour} ({timezone}), on days when cards are due.")
REMIND_NOT = Sentence(
    "I do not remind you. `/reminder hour:18 timezone:Asia/Seoul` has me send a direct message when cards are due."
)
REMIND_OFF = Sentence("I do not remind you any more.")
TURN_OFF = Sentence("Turn off")
TURN_REMINDER_OFF = Sentence("No more reminders")
WHICH_TIMEZONE = Sentence("Which time zone are you in? Choose one with `timezone:`, for example Asia/Seoul.")
WHICH_HOUR = Sentence("At which hour? Say it with `hour:`, 0 to 23.")
NO_SUCH_TIMEZONE = Sentence(
    "I know no time zone `{name}`. Choose one from the list: they are named by place, as Asia/Seoul or Europe/London."
)
REMINDER = Sentence("{count} card is due for review.", plural="{count} cards are due for review.")
REVIEW_NOW = Sentence("Review now")
SLIP = Sentence("What went wrong: {slip}")
