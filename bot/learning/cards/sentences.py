"""What cards say to people, in English and Korean."""

from bot.sentences import Locale, Sentence

ONE_CARD = Sentence("1 card", "카드 1장")
CARDS = Sentence("{count} cards", "카드 {count}장")


def counted(locale: Locale, count: int) -> str:
    """`5 cards`."""
    return (ONE_CARD if count == 1 else CARDS)(locale, count=count)


# On the message that shows cards

CARD_OF = Sentence("Card {number} of {count}", "카드 {number}/{count}")
FRONT = Sentence("front", "앞면")
BACK = Sentence("back", "뒷면")
LEFT_OUT = Sentence("left out", "제외됨")
OWN_COPY = Sentence("your copy", "내 카드")
SOURCE = Sentence("Source: {source}", "출처: {source}")
SHOW_BACK = Sentence("Show back", "뒷면 보기")
HIDE_BACK = Sentence("Hide back", "뒷면 숨기기")
PREVIOUS = Sentence("Previous", "이전")
NEXT = Sentence("Next", "다음")
KEEP = Sentence("Keep these cards ({count})", "이 카드 보관하기({count}장)")
LEAVE_OUT = Sentence("Leave out", "빼기")
TAKE_IN = Sentence("Take in again", "다시 넣기")
EDIT = Sentence("Edit…", "고치기…")
MAKE_CARDS = Sentence("Make cards", "카드 만들기")
WHOLE_IN_EXPORT = Sentence(
    "The card is longer; `/export` gives it whole.", "카드가 더 길어요. `/export`로 전체를 볼 수 있어요."
)
DEFAULT_TITLE = Sentence("Cards", "카드")

# The form

EDIT_TITLE = Sentence("Edit card {number}", "{number}번 카드 고치기")
FRONT_LABEL = Sentence("Front", "앞면")
BACK_LABEL = Sentence("Back", "뒷면")

# In private, to the student who pressed

KEPT = Sentence(
    "I keep {cards} for you in **{deck}**. `/review` asks them when they are due, and `/export` takes them "
    "along. Nobody else sees your decks.",
    "{cards}을 **{deck}**에 보관했어요. `/review`가 때가 되면 물어보고, `/export`로 가져갈 수 있어요. 다른 "
    "사람은 볼 수 없어요.",
)
KEPT_AGAIN = Sentence(
    "**{deck}** is up to date: {cards}.",
    "**{deck}** 묶음을 새로 맞췄어요. {cards}이에요.",
)
NOTHING_TO_KEEP = Sentence("Every card is left out.", "모든 카드를 뺐어요.")
EMPTY_SIDE = Sentence(
    "A card needs a front and a back; I changed nothing.", "카드에는 앞면과 뒷면이 있어야 해요. 바꾸지 않았어요."
)
OLD = Sentence(
    "I do not know these cards any more. Make new ones with `/cards`.",
    "이 카드를 더는 찾을 수 없어요. `/cards`로 새로 만들어 주세요.",
)
FULL = Sentence(
    "You have {count} cards already, and I keep {most} at most. Delete some, or export and delete a deck.",
    "이미 카드가 {count}장 있어요. {most}장까지 보관할 수 있어요. 몇 장을 지우거나 묶음을 내보낸 뒤 지워 주세요.",
)

# About a command

PREPARING = Sentence(
    "Cards on **{topic}** for {name} are on their way.", "{name} 님의 **{topic}** 카드를 만들고 있어요."
)
THREAD_NAME = Sentence("Cards: {topic}", "카드: {topic}")
TOPIC_EMPTY = Sentence(
    "Tell me what the cards are to be about, for example `/cards topic:fractions`.",
    "무엇에 대한 카드인지 알려 주세요. 예: `/cards topic:분수`",
)
NO_CARDS = Sentence(
    "I could not make cards of that. Try another topic, or say more about it.",
    "그 주제로는 카드를 만들지 못했어요. 다른 주제를 말하거나 더 자세히 알려 주세요.",
)
STUDENT_COOLDOWN = Sentence(
    "Sets of cards that you have asked for in the last five minutes: {count}. You can ask for the next one {when}.",
    "최근 5분 동안 카드를 {count}번 요청했어요. 다음 카드는 {when} 요청할 수 있어요.",
)
SERVER_COOLDOWN = Sentence(
    "Sets of cards that were asked for on this server in the last five minutes: {count}. The next one can be asked for "
    "{when}; you can ask me questions meanwhile.",
    "최근 5분 동안 이 서버에서 카드 요청이 {count}번 있었어요. 다음 카드는 {when} 요청할 수 있어요. 질문은 지금도 할 "
    "수 있어요.",
)

# What the model is asked

PROMPT = Sentence("Please make flash cards on the topic: {topic}", "다음 주제로 암기 카드를 만들어 주세요: {topic}")
PROMPT_ANSWER = Sentence(
    "Please make flash cards on this question and its answer:\n\n{question}\n\nAnswer:\n\n{answer}",
    "이 질문과 답으로 암기 카드를 만들어 주세요:\n\n{question}\n\n답:\n\n{answer}",
)
