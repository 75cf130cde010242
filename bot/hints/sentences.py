"""What help says to people, in English and Korean."""

from bot.sentences import Sentence

# On the ladder itself

EXERCISE = Sentence("Exercise")
HINT_OF = Sentence("**Hint {number} of {count}:** {hint}")
YOUR_TURN = Sentence("Try it, then press **My answer…**")
TRIES = Sentence("{count} try", plural="{count} tries")
OPENS = Sentence(
    "The solution opens after {tries} more honest try, or after the last hint.",
    plural="The solution opens after {tries} more honest tries, or after the last hint.",
    counted="tries",
)
TRIED_WRONG = Sentence("✗ **{given}** is not it yet.")
TRIED_PARTLY = Sentence("◐ **{given}** is right, but not all of it.")
SOLVED = Sentence("✓ Solved: {answer}")
SOLVED_WITH = Sentence("with {hints}, {tries}")
HINTS = Sentence("{count} hint", plural="{count} hints")
SOLUTION = Sentence("Solution")
ANSWER_IS = Sentence("Answer: {answer}")
ENDED = Sentence("This exercise was ended.")
GENERIC_HINT = Sentence(
    "Write down what is given and what is asked for. Which one of your rules brings the two together?"
)

# Buttons and the form

NEXT_HINT = Sentence("Next hint")
MY_ANSWER = Sentence("My answer…")
SHOW_SOLUTION = Sentence("Show solution")
END = Sentence("End")
FORM_TITLE = Sentence("My answer")
FORM_LABEL = Sentence("Your answer alone, without the way to it")
FORM_EXAMPLE = Sentence("x = 3 or 3/4 or 12 cm")

# To one person

NOT_YOURS = Sentence("Only the student who asked can press here. Ask me about an exercise of your own!")
OVER = Sentence("This exercise is over.")
OLD = Sentence("This exercise is not known any more.")
NOTHING_TYPED = Sentence("Nothing was typed. Press **My answer…** again.")
TOO_LONG = Sentence(
    "That is {length} characters long. Please send the answer alone, {most} characters at most; this was not counted."
)
NOT_JUDGED = Sentence(
    "I could not tell whether this is right: **{given}**. It was not counted. Please write the answer alone, as a "
    "number or a formula such as `x = 3`, or send it again in a moment."
)
NO_HELP = Sentence("I could not make hints for this exercise. Ask me again, or send me the problem as a formula.")

# The mode

MODE_IS = Sentence("Here I am in the mode **{mode}**: {meaning}")
MODE_NOW = Sentence("From now on I am in the mode **{mode}** here: {meaning}")
MODE_NAMES = {"answer": Sentence("answer"), "guide": Sentence("guide")}
MODE_MEANINGS = {
    "answer": Sentence("I answer what I am asked, also with the solution."),
    "guide": Sentence(
        "exercises get hints instead of the solution, which opens after honest tries; ideas are explained as ever."
    ),
}
MODE_FROM_CHANNEL = Sentence("It comes from {channel}.")
MODE_NOT_ALLOWED = Sentence(
    "Only those who may manage this channel can set the mode here; in a thread, also the one who started it."
)

# Instead of held words

HELD_BACK = Sentence("[held back until the exercise is done]")
