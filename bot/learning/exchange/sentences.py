"""What exports and imports of cards say to people, in English and Korean."""

from bot.sentences import Sentence

# Export

NOTHING_TO_EXPORT = Sentence(
    "There are no cards to export yet. `/cards` makes some, and missed questions of quizzes become cards too.",
    "아직 내보낼 카드가 없어요. `/cards`로 만들 수 있고, 퀴즈에서 틀린 문제도 카드가 돼요.",
)
EXPORTED = Sentence(
    "{cards} for Anki. If you import it there again later, the cards are updated and keep their schedule.",
    "Anki용 {cards}이에요. 나중에 다시 가져오면 카드가 새로 맞춰지고 복습 일정은 그대로예요.",
)
EXPORTED_CSV = Sentence(
    "{cards} as CSV. Drop the file here, in our direct messages, to take changes back in.",
    "{cards}을 CSV로 내보냈어요. 고친 파일을 저와의 개인 메시지에 올리면 다시 가져와요.",
)
WITHOUT_PICTURES = Sentence("CSV holds no pictures.", "CSV에는 그림이 들어가지 않아요.")
TOO_LARGE = Sentence(
    "The file would have {size} MB, and Discord takes {limit} MB here. Export one deck at a time, or choose CSV.",
    "파일이 {size}MB인데 여기서는 {limit}MB까지 보낼 수 있어요. 묶음을 하나씩 내보내거나 CSV를 골라 주세요.",
)
EXPORT_FAILED = Sentence(
    "I could not write the file. Please try again, or export one deck at a time.",
    "파일을 만들지 못했어요. 다시 시도하거나 묶음을 하나씩 내보내 주세요.",
)

# Import

OFFER = Sentence(
    "**{file}** holds {cards} (**{deck}**). Shall I make a deck of that for you to review? Only you will see it.",
    "**{file}**에 {cards}이 있어요(**{deck}**). 복습할 묶음으로 만들까요? 본인만 볼 수 있어요.",
)
OFFER_BESIDE = Sentence(
    "**{file}** looks like {cards}. I answer your question; shall I make a deck of them as well?",
    "**{file}**은 {cards}처럼 보여요. 질문에는 답할게요. 복습할 묶음으로도 만들까요?",
)
QUESTION_LEFT = Sentence(
    "If you want to ask me something too, please write it without the file.",
    "질문도 있으면 파일 없이 다시 적어 주세요.",
)
MAKE_DECK = Sentence("Make a deck", "묶음 만들기")
ASK_ABOUT = Sentence("Answer from the file", "파일을 보고 답하기")
IMPORTED = Sentence(
    "**{deck}** is there: {new} new, {updated} updated. `/review` asks the cards.",
    "**{deck}** 묶음을 만들었어요. 새 카드 {new}장, 새로 맞춘 카드 {updated}장이에요. `/review`로 복습하세요.",
)
UNCHANGED = Sentence(
    "Cards from quizzes and exercises stay as they are: {count}.",
    "퀴즈와 연습 문제의 카드 {count}장은 그대로 두었어요.",
)
ASKED = Sentence("I read the file as a part of a question.", "파일을 질문의 자료로 읽을게요.")
FILE_GONE = Sentence(
    "The message with the file is gone. Please drop the file once more.",
    "파일이 있던 메시지를 찾을 수 없어요. 파일을 다시 올려 주세요.",
)
NOT_YOURS = Sentence("Only who dropped the file can do that.", "파일을 올린 사람만 할 수 있어요.")
OLD_BUTTON = Sentence(
    "I do not know this button any more. Please drop the file once more.",
    "이 버튼을 더는 알 수 없어요. 파일을 다시 올려 주세요.",
)

# What is left out

LEFT_OUT: dict[str, Sentence] = {
    "sounds": Sentence("sounds: {count}", "소리 {count}개"),
    "pictures": Sentence(
        "pictures that are missing, too large or of another kind: {count}",
        "없거나 너무 크거나 다른 형식인 그림 {count}개",
    ),
    "occlusions": Sentence("image occlusion cards: {count}", "그림 가리기 카드 {count}장"),
    "empty": Sentence("cards with an empty side: {count}", "한 면이 비어 있는 카드 {count}장"),
    "doubles": Sentence("doubles: {count}", "중복 카드 {count}장"),
    "cut": Sentence("sides cut at 20,000 characters: {count}", "20,000자에서 자른 면 {count}개"),
    "columns": Sentence("other columns: {count}", "다른 열 {count}개"),
}
LEFT_OUT_LIST = Sentence("Left out: {list}.", "제외: {list}")

# Files that cannot be read

REASONS: dict[str, Sentence] = {
    "no_package": Sentence(
        "**{file}** is no Anki package, or it is damaged or locked with a password.",
        "**{file}**은 Anki 패키지가 아니거나, 손상되었거나, 암호가 걸려 있어요.",
    ),
    "broken": Sentence(
        "I cannot read **{file}**: it is damaged, or written by a newer Anki than I know. Exporting it with *Support "
        "older Anki versions* may help.",
        "**{file}**을 읽을 수 없어요. 손상되었거나 제가 모르는 새 Anki로 만든 파일이에요. *이전 Anki 버전 지원*을 켜고 "
        "내보내 보세요.",
    ),
    "large": Sentence(
        "**{file}** is too large when it is unpacked. Export smaller decks, without media.",
        "**{file}**은 압축을 풀면 너무 커요. 미디어 없이 더 작은 덱으로 나눠 내보내 주세요.",
    ),
    "too_big": Sentence(
        "**{file}** is larger than {limit} MB. Export smaller decks, without media.",
        "**{file}**이 {limit}MB보다 커요. 미디어 없이 더 작은 덱으로 나눠 내보내 주세요.",
    ),
    "many": Sentence(
        "**{file}** holds {count} cards; I take {most} at a time. Please export it in parts.",
        "**{file}**에 카드가 {count}장 있어요. 한 번에 {most}장까지 받을 수 있으니 나눠서 내보내 주세요.",
    ),
    "no_cards": Sentence(
        "I find no cards in **{file}**: a card needs a front and a back, in a column each.",
        "**{file}**에서 카드를 찾지 못했어요. 카드에는 앞면과 뒷면이 한 열씩 있어야 해요.",
    ),
    "no_text": Sentence("**{file}** is no text file.", "**{file}**은 텍스트 파일이 아니에요."),
    "encoding": Sentence(
        "I am not sure how **{file}** is encoded. Please save it as UTF-8.",
        "**{file}**의 글자 인코딩을 확신할 수 없어요. UTF-8로 저장해 주세요.",
    ),
    "slow": Sentence(
        "**{file}** takes too long or too much to read. Please export smaller decks.",
        "**{file}**을 읽는 데 너무 오래 걸려요. 더 작은 덱으로 나눠 내보내 주세요.",
    ),
    "gone": Sentence(
        "I could not fetch **{file}** from Discord. Please drop it once more.",
        "**{file}**을 Discord에서 가져오지 못했어요. 다시 올려 주세요.",
    ),
}
