"""What exports and imports of cards say to people, in English and Korean."""

from bot.sentences import Sentence

# Export

NOTHING_TO_EXPORT = Sentence(
    "There are no cards to export yet. `/cards` makes some, and missed questions of quizzes become cards too."
)
EXPORTED = Sentence(
    "{cards} for Anki. If you import it there again later, the cards are updated and keep their schedule."
)
EXPORTED_CSV = Sentence("{cards} as CSV. Drop the file here, in our direct messages, to take changes back in.")
WITHOUT_PICTURES = Sentence("CSV holds no pictures.")
TOO_LARGE = Sentence(
    "The file would have {size} MB, and Discord takes {limit} MB here. Export one deck at a time, or choose CSV."
)
EXPORT_FAILED = Sentence("I could not write the file. Please try again, or export one deck at a time.")

# Import

OFFER = Sentence(
    "**{file}** holds {cards} (**{deck}**). Shall I make a deck of that for you to review? Only you will see it."
)
OFFER_BESIDE = Sentence("**{file}** looks like {cards}. I answer your question; shall I make a deck of them as well?")
QUESTION_LEFT = Sentence("If you want to ask me something too, please write it without the file.")
MAKE_DECK = Sentence("Make a deck")
ASK_ABOUT = Sentence("Answer from the file")
IMPORTED = Sentence("**{deck}** is there: {new} new, {updated} updated. `/review` asks the cards.")
UNCHANGED = Sentence("Cards from quizzes and exercises stay as they are: {count}.")
ASKED = Sentence("I read the file as a part of a question.")
FILE_GONE = Sentence("The message with the file is gone. Please drop the file once more.")
NOT_YOURS = Sentence("Only who dropped the file can do that.")
OLD_BUTTON = Sentence("I do not know this button any more. Please drop the file once more.")

# What is left out

LEFT_OUT: dict[str, Sentence] = {
    "sounds": Sentence("sounds: {count}"),
    "pictures": Sentence("pictures that are missing, too large or of another kind: {count}"),
    "occlusions": Sentence("image occlusion cards: {count}"),
    "empty": Sentence("cards with an empty side: {count}"),
    "doubles": Sentence("doubles: {count}"),
    "cut": Sentence("sides cut at 20,000 characters: {count}"),
    "columns": Sentence("other columns: {count}"),
}
LEFT_OUT_LIST = Sentence("Left out: {list}.")

# Files that cannot be read

REASONS: dict[str, Sentence] = {
    "no_package": Sentence("**{file}** is no Anki package, or it is damaged or locked with a password."),
    "broken": Sentence(
        "I cannot read **{file}**: it is damaged, or written by a newer Anki than I know. Exporting it with *Support "
        "older Anki versions* may help."
    ),
    "large": Sentence("**{file}** is too large when it is unpacked. Export smaller decks, without media."),
    "too_big": Sentence("**{file}** is larger than {limit} MB. Export smaller decks, without media."),
    "many": Sentence("**{file}** holds {count} cards; I take {most} at a time. Please export it in parts."),
    "no_cards": Sentence("I find no cards in **{file}**: a card needs a front and a back, in a column each."),
    "no_text": Sentence("**{file}** is no text file."),
    "encoding": Sentence("I am not sure how **{file}** is encoded. Please save it as UTF-8."),
    "slow": Sentence("**{file}** takes too long or too much to read. Please export smaller decks."),
    "gone": Sentence("I could not fetch **{file}** from Discord. Please drop it once more."),
}
