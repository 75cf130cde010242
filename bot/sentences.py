"""Every sentence that the bot itself says to people, in English and Korean.

The model answers in the student's language by itself; these sentences are for what the model does not say. A cog takes
the locale from the interaction (`of_code`) or from the message (`of_text`) and calls the sentence with it:
`sentences.TOO_MANY(locale, waiting=10)`.
"""

import re
from dataclasses import dataclass
from typing import Any, Final, Literal, Protocol

from maths.telling.korean_particles import fit_to_values

Locale = Literal["en", "ko"]
LANGUAGE_NAMES: Final[dict[Locale, str]] = {"en": "English", "ko": "Korean"}
"""The languages by their English names, as models are told."""

_HANGUL = re.compile(r"[ㄱ-ㅎㅏ-ㅣ가-힣]")


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence in every language that the bot speaks; a call fills in its `{names}`."""

    en: str
    ko: str

    def __call__(self, locale: Locale, **values: object) -> str:
        """The sentence in `locale`; a particle behind a value, `{name}[을]`, gets the form that fits the value."""
        return (fit_to_values(self.ko, values) if locale == "ko" else self.en).format(**values)


class _Guild(Protocol):
    @property
    def preferred_locale(self) -> object: ...


def of_code(code: object) -> Locale:
    """The bot's locale for one of Discord's (`ko`, `en-US`, …)."""
    return "ko" if str(code).startswith("ko") else "en"


def fixed_language(client: Any, guild_id: int | None) -> Locale | None:
    """The language that the managers of a server have set for it; None: each student's own, and in direct messages."""
    find = getattr(client, "language_of", None)
    found: Locale | None = find(guild_id) if find is not None and guild_id else None
    return found


def of_interaction(interaction: Any) -> Locale:
    """The bot's locale for an interaction: the server's own language, or that of the person's Discord."""
    return fixed_language(interaction.client, interaction.guild_id) or of_code(interaction.locale)


def of_text(text: str, guild: _Guild | None = None, name: str = "") -> Locale:
    """The language of whoever wrote `text`: Korean if it has Hangul, English if it has other words, else the guild's.

    For a text without words (`3x + 11 = 14`), an author's `name` in Hangul tells that the author speaks Korean.
    (A guild's own locale tells little: it is `en-US` unless somebody changed it, which only community servers can.)
    """
    if _HANGUL.search(text) or (_HANGUL.search(name) and not _has_words(text)):
        return "ko"
    return of_code(guild.preferred_locale) if guild is not None and not _has_words(text) else "en"


def _has_words(text: str) -> bool:
    return re.search(r"[A-Za-z]{3,}", text) is not None


READ_BY_OCR = Sentence("read by OCR", "글자 인식(OCR)")
READ_BADLY_BY_OCR = Sentence("read by OCR, with doubts", "글자 인식(OCR), 틀린 글자가 있을 수 있음")

WHAT_I_DO_IN_WORDS = Sentence(
    "Hi, I'm Saem, a maths tutor. Mention me with a question and I answer in a thread; in there, just write on. "
    "`/quiz` "
    "gives you a quiz with buttons, and files dropped in the library channel become knowledge that I answer from.",
    "안녕하세요, 수학을 가르치는 쌤이에요. 질문과 함께 저를 멘션하면 스레드에서 답할게요. 그 안에서는 멘션 없이 "
    "이어서 쓰면 "
    "돼요. `/quiz`로 버튼 퀴즈를 풀 수 있고, 자료실 채널에 올린 파일은 제가 참고해서 답해요.",
)
"""As `WHAT_I_DO`, where the model cannot see pictures."""
WHAT_I_DO = Sentence(
    "Hi, I'm Saem, a maths tutor. Mention me with a question, or with a photo of your homework, and I answer in a "
    "thread; in there, just write on. `/quiz` gives you a quiz with buttons, and files dropped in the library channel "
    "become knowledge that I answer from.",
    "안녕하세요, 수학을 가르치는 쌤이에요. 질문이나 문제 사진과 함께 저를 멘션하면 스레드에서 답할게요. 그 안에서는 "
    "멘션 없이 이어서 쓰면 돼요. `/quiz`로 버튼 퀴즈를 풀 수 있고, 자료실 채널에 올린 파일은 제가 참고해서 답해요.",
)
FAILED = Sentence(
    "Sorry, something went wrong on the way and I could not answer. You can try again.",
    "죄송해요, 도중에 문제가 생겨서 답하지 못했어요. 다시 시도해 주세요.",
)
ANSWER_REFUSED = Sentence(
    "I stopped here: what I was about to say goes against the rules for what I talk about.",
    "여기서 멈췄어요. 하려던 말이 제가 이야기할 수 있는 범위를 벗어났어요.",
)
SOME_REFUSED = Sentence(
    "One of the messages went against the rules for what I talk about, so I left it out.",
    "메시지 가운데 하나는 제가 이야기할 수 있는 범위를 벗어나서 빼고 답했어요.",
)
MODERATORS_CHANNEL_CLOSED = Sentence(
    "I may not write in {channel}. Give me View Channel and Send Messages there first.",
    "{channel}에 글을 쓸 권한이 없어요. 먼저 그 채널에서 채널 보기와 메시지 보내기 권한을 주세요.",
)
NOT_HERE = Sentence(
    "I do not answer in this channel: the people who run this server chose others for me.",
    "이 채널에서는 답하지 않아요. 서버 관리자가 정한 다른 채널에서 물어봐 주세요.",
)
NOT_FOR_YOU = Sentence(
    "The people who run this server let me answer certain roles alone, and you have none of them.",
    "이 서버에서는 관리자가 정한 역할이 있는 사람에게만 답할 수 있어요.",
)
MODEL_BUSY = Sentence(
    "The model is overloaded or out of quota right now. Please try again in a moment.",
    "지금 모델이 너무 바쁘거나 사용 한도에 이르렀어요. 잠시 후 다시 시도해 주세요.",
)
MODEL_AWAY = Sentence(
    "I cannot reach the model right now. Please try again in a moment.",
    "지금 모델에 연결할 수 없어요. 잠시 후 다시 시도해 주세요.",
)
REFUSED = Sentence(
    "The model would not take this question. Try putting it another way.",
    "모델이 이 질문을 받아들이지 않았어요. 다르게 물어봐 주세요.",
)
CUT_OFF = Sentence(
    "The answer got too long and was cut off here. Ask me to go on.",
    "답이 너무 길어서 여기서 끊겼어요. 계속해 달라고 말해 주세요.",
)
FILTERED = Sentence(
    "The model's content filter stopped the answer here.",
    "모델의 콘텐츠 필터가 여기서 답을 멈췄어요.",
)
EXPIRED = Sentence(
    "This took too long, so the answer was given up. You can try again.",
    "시간이 너무 오래 걸려서 답을 그만두었어요. 다시 시도해 주세요.",
)
STILL_THINKING = Sentence("Still thinking …", "아직 생각하고 있어요 …")
STALLED = Sentence(
    "The model has stopped in the middle of thinking, so I gave up waiting. You can have me try again.",
    "모델이 생각하다가 멈춰서 더 기다리지 않았어요. 다시 시도할 수 있어요.",
)
STOPPED = Sentence("Stopped.", "멈췄어요.")
QUESTION_DELETED = Sentence("The question was deleted, so I stopped.", "질문이 삭제되어서 답을 멈췄어요.")
INTERRUPTED = Sentence(
    "I was interrupted here. You can have me try again.",
    "답하는 도중에 끊겼어요. 다시 시도할 수 있어요.",
)
STARTING_AGAIN = Sentence(
    "I'm being started again just now. Please try that once more in a minute.",
    "지금 다시 시작하는 중이에요. 1분 뒤에 한 번 더 시도해 주세요.",
)
PRESS_INTERRUPTED = Sentence(
    "I was interrupted just now. If nothing has come of it, please try that once more.",
    "방금 하던 일이 끊겼어요. 아무것도 나오지 않았으면 한 번 더 해 주세요.",
)
COMES_LATER = Sentence(
    "I'm being started again just now. Your answer comes in a minute, when I'm back.",
    "지금 다시 시작하는 중이에요. 1분쯤 뒤에 돌아와서 답할게요.",
)
DISCORD_AWAY = Sentence(
    "Discord does not answer me just now. Please try again in a moment.",
    "지금은 디스코드가 응답하지 않아요. 잠시 뒤에 다시 시도해 주세요.",
)
STORE_AWAY = Sentence(
    "I cannot write anything down just now, so I did not take that. Please try again in a few minutes.",
    "지금은 아무것도 저장할 수 없어서 그 요청을 받지 못했어요. 몇 분 뒤에 다시 시도해 주세요.",
)
NOTHING_SAID = Sentence(
    "I have no answer to that. Try putting it another way.",
    "드릴 답이 없네요. 다르게 물어봐 주세요.",
)
TOO_MANY = Sentence(
    "You already have {waiting} questions waiting. Please ask again when some of them are answered.",
    "이미 기다리는 질문이 {waiting}개 있어요. 몇 개의 답이 나온 뒤에 다시 물어봐 주세요.",
)
DAY_SPENT = Sentence(
    "I have used up what I may think in a day. Please come back tomorrow (after midnight UTC).",
    "오늘 쓸 수 있는 양을 모두 썼어요. 내일(UTC 자정 이후) 다시 찾아와 주세요.",
)
SERVER_DAY_SPENT = Sentence(
    "This server has used up what it may use in a day. Please come back tomorrow (after midnight UTC).",
    "이 서버가 하루에 쓸 수 있는 양을 모두 썼어요. 내일(UTC 자정 이후) 다시 찾아와 주세요.",
)
STUDENT_DAY_SPENT = Sentence(
    "You have used up what one student may use in a day. Please come back tomorrow (after midnight UTC).",
    "한 사람이 하루에 쓸 수 있는 양을 모두 썼어요. 내일(UTC 자정 이후) 다시 찾아와 주세요.",
)
CANNOT_READ_HERE = Sentence(
    "I cannot read messages here unless you mention me: the owner has not given me the message-content intent.",
    "저를 멘션하지 않으면 이곳의 메시지를 읽을 수 없어요. 봇에 메시지 콘텐츠 인텐트가 켜져 있지 않아요.",
)
PICTURE_TYPE = Sentence(
    "I cannot see {name}: pictures must be PNG, JPEG, GIF or WebP.",
    "{name}[은] 볼 수 없어요. PNG, JPEG, GIF, WebP 그림만 볼 수 있어요.",
)
PICTURE_SIZE = Sentence(
    "I cannot see {name}: pictures may have {limit} MB at most.",
    "{name}[은] 볼 수 없어요. 그림은 최대 {limit} MB까지 가능해요.",
)
PICTURE_GONE = Sentence("I could not fetch {name}.", "{name}[을] 가져오지 못했어요.")
PICTURE_REFUSED = Sentence("I cannot take {name}: {reason}", "{name}[을] 받을 수 없어요. {reason}")
A_PICTURE = Sentence("a picture", "그림")
PICTURE_OF = Sentence("Plot: {text}", "그래프: {text}")
PICTURE_FOR = Sentence("Picture for “{text}”", "“{text}”에 대한 그림")
FILE_TOO_LARGE = Sentence(
    "{name} has {size} MB, and Discord takes {limit} MB here, so I cannot show it. Ask me for a smaller one.",
    "{name}[은] {size} MB인데, 여기서 Discord는 {limit} MB까지만 받아서 보여 드릴 수 없어요. 더 작게 만들어 달라고 "
    "해 주세요.",
)
FILE_IS_NAMED = Sentence("{attached} is {name}.", "{attached}[은] {name} 파일이에요.")
FILES_TOO_MANY = Sentence(
    "There are more files; I show {limit} with an answer.", "파일이 더 있어요. 답 하나에 {limit}개까지 보여 드려요."
)
NO_FILES_HERE = Sentence(
    "There are pictures or files to this, but I may attach none here: I need the permission Attach Files.",
    "그림이나 파일이 있지만 여기에 첨부할 수 없어요. 저에게 파일 첨부 권한이 필요해요.",
)
RUNS_CODE = Sentence("⏳ Working it out with code …", "⏳ 코드로 계산하고 있어요 …")
RECORDING = Sentence(
    "I cannot listen to or watch {name}: please write it down.",
    "{name}[은] 듣거나 볼 수 없어요. 글로 적어 주세요.",
)
PICTURES_TOO_MANY = Sentence(
    "I looked at the first {limit} pictures only.",
    "그림은 처음 {limit}장만 보았어요.",
)
NOT_YOURS = Sentence(
    "Only the one who asked, or a moderator, can do that.",
    "질문한 사람이나 관리자만 할 수 있어요.",
)
NOT_RUNNING = Sentence("That answer is not running any more.", "그 답은 이미 끝났어요.")
NOT_LAST = Sentence("Only the last answer can be made anew.", "마지막 답만 다시 만들 수 있어요.")
BUTTON_OLD = Sentence("This button does not work any more.", "이 버튼은 이제 쓸 수 없어요.")
BUTTON_FAILED = Sentence(
    "Sorry, that did not work. The cause is in my log.",
    "죄송해요, 잘 되지 않았어요. 원인은 기록해 두었어요.",
)
COMMAND_UNKNOWN = Sentence(
    "That command has changed; reload Discord and try again.",
    "명령어가 바뀌었어요. 디스코드를 새로 고친 뒤 다시 시도해 주세요.",
)
NOT_ALLOWED = Sentence("You may not do that here.", "여기서는 그렇게 할 권한이 없어요.")
I_MAY_NOT = Sentence(
    "I lack the permission for that: {permissions}.",
    "제게 필요한 권한이 없어요: {permissions}.",
)
SLOW_DOWN = Sentence("Please wait {seconds} s before doing that again.", "{seconds}초 후에 다시 해 주세요.")
PICTURE_TITLE = Sentence("A question with a picture", "사진으로 한 질문")
STOP = Sentence("Stop", "멈추기")
REGENERATE = Sentence("Regenerate", "다시 만들기")
RETRY = Sentence("Retry", "다시 시도")
ANSWER_EDITED = Sentence("Answer the edited question", "고친 질문에 답하기")
SHOW_AS_TEXT = Sentence("Show as text", "텍스트로 보기")
SHOW_WORK = Sentence("Show the work", "과정 보기")
WORK_CODE = Sentence("Code", "코드")
WORK_OUTPUT = Sentence("Output", "출력")
WORK_PICTURES = Sentence("Pictures that it drew, shown in the answer: {count}", "그린 그림(답에 있음): {count}개")
WORK_NO_OUTPUT = Sentence("It put nothing out.", "출력이 없어요.")
WORK_WHOLE = Sentence("The whole work, as it is:", "전체 과정이에요:")
WORK_GONE = Sentence("The work of this answer is not kept any more.", "이 답의 과정은 더 이상 남아 있지 않아요.")
WORK_HELD = Sentence(
    "The work tells an answer that is still yours to find. It opens when the solution does.",
    "과정에 아직 직접 찾아야 할 답이 들어 있어요. 풀이가 열리면 볼 수 있어요.",
)
SOURCE_GONE = Sentence(
    "The text of this answer is not kept any more.",
    "이 답의 원문은 더 이상 남아 있지 않아요.",
)

CALCULATOR_ON = Sentence(
    "The calculator is on: models may have sums, equations and students' steps computed.",
    "계산기가 켜져 있어요. 모델이 계산, 방정식, 풀이 과정을 계산기로 확인할 수 있어요.",
)
CODE_ON = Sentence(
    "Code is on: for plots, data files and long calculations models may write Python, which runs in a sandbox.",
    "코드 실행이 켜져 있어요. 모델이 그래프, 데이터 파일, 긴 계산을 위해 파이썬 코드를 써서 격리된 공간에서 실행할 수 "
    "있어요.",
)
CODE_OFF = Sentence(
    "Code is off: from the next question on, models run no code here, and draw no plots.",
    "코드 실행이 꺼져 있어요. 다음 질문부터 모델이 여기서 코드를 실행하지 않고, 그래프도 그리지 않아요.",
)
CODE_NOT_HERE = Sentence(
    "Code is on for this server, but where I run none can run: there is no sandbox, or my host has turned code off.",
    "이 서버에서는 코드 실행이 켜져 있지만, 제가 돌아가는 곳에서 실행되지 않아요. 격리된 공간이 없거나 운영자가 꺼 "
    "두었어요.",
)
CALCULATOR_OFF = Sentence(
    "The calculator is off: from the next question on, models do all arithmetic themselves, and get more of it wrong.",
    "계산기가 꺼져 있어요. 다음 질문부터 모델이 스스로 계산하므로 계산이 틀릴 때가 더 많아져요.",
)
