"""What cards say to people, in English and Korean."""

from bot.sentences import Locale, Sentence

CARDS = Sentence("{count} card", plural="{count} cards")


def counted(locale: Locale, count: int) -> str:
    """`5 cards`."""
    return CARDS(locale, count=count)


# On the message that shows cards

CARD_OF = Sentence("Card {number} of {count}")
FRONT = Sentence("front")
BACK = Sentence("back")
LEFT_OUT = Sentence("left out")
OWN_COPY = Sentence("your copy")
SOURCE = Sentence("Source: {source}")
SHOW_BACK = Sentence("Show back")
HIDE_BACK = Sentence("Hide back")
PREVIOUS = Sentence("Previous")
NEXT = Sentence("Next")
KEEP = Sentence("Keep these cards ({count})")
LEAVE_OUT = Sentence("Leave out")
TAKE_IN = Sentence("Take in again")
EDIT = Sentence("Edit…")
MAKE_CARDS = Sentence("Make cards")
WHOLE_IN_EXPORT = Sentence("The card is longer; `/export` gives it whole.")
DEFAULT_TITLE = Sentence("Cards")

# The form

EDIT_TITLE = Sentence("Edit card {number}")
FRONT_LABEL = Sentence("Front")
BACK_LABEL = Sentence("Back")

# In private, to the student who pressed

KEPT = Sentence(
    "I keep {cards} for you in **{deck}**. `/review` asks them when they are due, and `/export` takes them "
    "along. Nobody else sees your decks."
)
KEPT_AGAIN = Sentence("**{deck}** is up to date: {cards}.")
NOTHING_TO_KEEP = Sentence("Every card is left out.")
EMPTY_SIDE = Sentence("A card needs a front and a back; I changed nothing.")
OLD = Sentence("I do not know these cards any more. Make new ones with `/cards`.")
FULL = Sentence("You have {count} cards already, and I keep {most} at most. Delete some, or export and delete a deck.")

# About a command

PREPARING = Sentence("Cards on **{topic}** for {name} are on their way.")
THREAD_NAME = Sentence("Cards: {topic}")
TOPIC_EMPTY = Sentence("Tell me what the cards are to be about, for example `/cards topic:fractions`.")
NO_CARDS = Sentence("I could not make cards of that. Try another topic, or say more about it.")
STUDENT_COOLDOWN = Sentence(
    "Sets of cards that you have asked for in the last five minutes: {count}. You can ask for the next one {when}."
)
SERVER_COOLDOWN = Sentence(
    "Sets of cards that were asked for on this server in the last five minutes: {count}. The next one can be asked for "
    "{when}; you can ask me questions meanwhile."
)

# What the model is asked

PROMPT = Sentence("Please make flash cards on the topic: {topic}")
PROMPT_ANSWER = Sentence(
    "Please make flash cards on this question and its answer:\n\n{question}\n\nAnswer:\n\n{answer}"
)
