"""Every sentence that the bot itself says to people, in English; bot/catalogues has the other languages.

The model answers in the student's language by itself; these sentences are for what the model does not say. A cog takes
the locale from the interaction (`of_code`) or from the message (`of_text`) and calls the sentence with it:
`sentences.TOO_MANY(locale, waiting=10)`.
"""

import re
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Any, Final, Literal, Protocol

from bot.catalogues.catalogue import translated, translated_plural
from bot.catalogues.number_format import in_digits
from maths.telling.korean_particles import fit_to_values

Locale = Literal["en", "ko", "ja", "es", "de", "fr", "pt-BR", "zh-CN", "zh-TW"]
"""A language, by Discord's code."""
LANGUAGE_NAMES: Final[dict[Locale, str]] = {
    "en": "English",
    "ko": "Korean",
    "ja": "Japanese",
    "es": "Spanish",
    "de": "German",
    "fr": "French",
    "pt-BR": "Portuguese (Brazil)",
    "zh-CN": "Chinese (simplified)",
    "zh-TW": "Chinese (traditional)",
}
"""The languages that Saem speaks, those whose catalogue is complete, by their English names, as models are told."""
OWN_NAMES: Final[dict[Locale, str]] = {
    "en": "English",
    "ko": "한국어",
    "ja": "日本語",
    "es": "Español",
    "de": "Deutsch",
    "fr": "Français",
    "pt-BR": "Português (Brasil)",
    "zh-CN": "简体中文",
    "zh-TW": "繁體中文",
}
"""What each language calls itself."""
SPOKEN: Final[dict[str, Locale]] = {
    "en-US": "en",
    "en-GB": "en",
    **({"es-ES": "es", "es-419": "es"} if "es" in LANGUAGE_NAMES else {}),
    **{language: language for language in LANGUAGE_NAMES},
}
"""The language for each of Discord's locales that Saem speaks."""

_HANGUL: Final = re.compile(r"[ㄱ-ㅎㅏ-ㅣ가-힣]")
_KANA: Final = re.compile(r"[ぁ-ゖァ-ヺ]")
_HAN: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff]")
_WORD: Final = re.compile(r"[A-Za-zÀ-ÖØ-öø-ÿ]{3,}")
_ENGLISH: Final = re.compile(
    r"\b(?:the|this|that|these|what|which|why|how|when|where|is|are|does|did|can|could|would|should|i'm|don't|of|and|with"
    r"|for|you|your|my|it|please|solve|find|explain|help|thanks|hello)\b",
    re.IGNORECASE,
)
"""Words that English has, and Spanish, German, French and Portuguese do not write so."""
_LATIN: Final[frozenset[Locale]] = frozenset({"es", "de", "fr", "pt-BR"})


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence, written here in English; the catalogues have it in the other languages.

    `plural` is the English for a number other than one, which the value named by `counted` tells. `context` parts it
    from a sentence that is the same in English and means something else.
    """

    en: str
    plural: str = field(default="", kw_only=True)
    counted: str = field(default="count", kw_only=True)
    context: str = field(default="", kw_only=True)

    def __call__(self, locale: Locale, **values: object) -> str:
        """The sentence in `locale`; a call fills in its `{names}`.

        What is counted is written with the language's thousands marks. In Korean a particle behind a value,
        `{name}[을]`, gets the form that fits the value.
        """
        if self.plural:
            count = int(str(values[self.counted]))
            text = self._of_count(locale, count)
            values = {**values, self.counted: in_digits(locale, count)}
        else:
            text = self._translated(locale)
        return (fit_to_values(text, values) if locale == "ko" else text).format(**values)

    def in_each_language(self) -> list[str]:
        """The sentence in every language, with its `{names}`, of plurals the form for many."""
        many = 5
        if self.plural:
            return [self._of_count(locale, many) for locale in LANGUAGE_NAMES]
        return [self._translated(locale) for locale in LANGUAGE_NAMES]

    def _of_count(self, locale: Locale, number: int) -> str:
        if locale == "en":
            return self.en if number == 1 else self.plural
        return translated_plural(locale, (self.en, self.plural), number, self.context)

    def _translated(self, locale: Locale) -> str:
        return self.en if locale == "en" else translated(locale, self.en, self.context)


class _Guild(Protocol):
    @property
    def preferred_locale(self) -> object: ...


def of_code(code: object) -> Locale:
    """The bot's locale for one of Discord's (`ko`, `en-US`, …); English for those that it does not speak."""
    return SPOKEN.get(str(code), "en")


def fixed_language(client: Any, guild_id: int | None) -> Locale | None:
    """The language that the managers of a server have set for it; None: each student's own, and in direct messages."""
    find = getattr(client, "language_of", None)
    found: Locale | None = find(guild_id) if find is not None and guild_id else None
    return found


def of_interaction(interaction: Any) -> Locale:
    """The bot's locale for an interaction: the server's own language, or that of the person's Discord."""
    return fixed_language(interaction.client, interaction.guild_id) or of_code(interaction.locale)


def of_guild(client: Any, guild: Any) -> Locale:
    """The language for what is told to a server as a whole: its own, or that of its Discord; None: English."""
    if guild is None:
        return "en"
    return fixed_language(client, guild.id) or of_code(guild.preferred_locale)


def of_words(text: str, interaction: Any) -> Locale:
    """The language of what is made of a text that somebody gave: the server's own, the text's, or the person's."""
    fixed = fixed_language(interaction.client, interaction.guild_id)
    if fixed is not None:
        return fixed
    own = of_code(interaction.locale)
    found = of_text(text, known=own)
    return found if found != "en" else own


def of_text(text: str, guild: _Guild | None = None, name: str = "", known: Locale | None = None) -> Locale:
    """The language of whoever wrote `text`, as far as its letters tell.

    Hangul is Korean, kana Japanese, Han without them the author's own of those or Chinese, in the characters that are
    written. Latin words are English, unless the author's Discord (`known`, from an earlier interaction) or the guild
    speaks another language in Latin letters and no word is an English one. A text without words (`3x + 11 = 14`)
    leaves it to `known`, a `name` in Hangul, and the guild.
    (A guild's own locale tells little: it is `en-US` unless somebody changed it, which only community servers can.)
    """
    usual = known or (of_code(guild.preferred_locale) if guild is not None else "en")
    if _HANGUL.search(text):
        found: Locale = "ko"
    elif _KANA.search(text):
        found = "ja"
    elif _HAN.search(text):
        found = usual if usual in {"ja", "zh-CN", "zh-TW"} else _chinese(text)
    elif _WORD.search(text):
        found = usual if usual in _LATIN and not _ENGLISH.search(text) else "en"
    else:
        found = "ko" if known is None and _HANGUL.search(name) else usual
    return found if found in LANGUAGE_NAMES else "en"


def _chinese(text: str) -> Locale:
    """The traditional characters if one of them is not in the set of simplified ones (GB 2312), else the simplified."""
    for character in _HAN.findall(text):
        try:
            character.encode("gb2312")
        except UnicodeEncodeError:
            return "zh-TW"
    return "zh-CN"


def maths_language(locale: Locale) -> Literal["en", "ko"]:
    """The language that mathematics is told in: what builds its sentences from parts knows English and Korean."""
    return "ko" if locale == "ko" else "en"


class KnownLocales:
    """The languages of people's Discord, which their interactions tell; kept in memory alone, the last `most`."""

    def __init__(self, most: int = 10_000) -> None:
        self._most = most
        self._of: OrderedDict[int, Locale] = OrderedDict()

    def note(self, user_id: int, code: object) -> None:
        """Somebody's Discord is in the language of a locale code; one that Saem does not speak is forgotten."""
        self._of.pop(user_id, None)
        if str(code) in SPOKEN:
            self._of[user_id] = SPOKEN[str(code)]
            while len(self._of) > self._most:
                self._of.popitem(last=False)

    def get(self, user_id: int) -> Locale | None:
        """The language of somebody's Discord; None if no interaction has told it."""
        return self._of.get(user_id)

    def forget(self, user_id: int) -> None:
        """Know nothing of somebody any more."""
        self._of.pop(user_id, None)


READ_BY_OCR = Sentence("read by OCR")
READ_BADLY_BY_OCR = Sentence("read by OCR, with doubts")

WHAT_I_DO_IN_WORDS = Sentence(
    "Hi, I'm Saem, a maths tutor. Mention me with a question and I answer in a thread; in there, just write on. "
    "`/quiz` "
    "gives you a quiz with buttons, and files dropped in the library channel become knowledge that I answer from."
)
"""As `WHAT_I_DO`, where the model cannot see pictures."""
WHAT_I_DO = Sentence(
    "Hi, I'm Saem, a maths tutor. Mention me with a question, or with a photo of your homework, and I answer in a "
    "thread; in there, just write on. `/quiz` gives you a quiz with buttons, and files dropped in the library channel "
    "become knowledge that I answer from."
)
FAILED = Sentence("Sorry, something went wrong on the way and I could not answer. You can try again.")
ANSWER_REFUSED = Sentence("I stopped here: what I was about to say goes against the rules for what I talk about.")
SOME_REFUSED = Sentence("One of the messages went against the rules for what I talk about, so I left it out.")
MODERATORS_CHANNEL_CLOSED = Sentence(
    "I may not write in {channel}. Give me View Channel and Send Messages there first."
)
NOT_HERE = Sentence("I do not answer in this channel: the people who run this server chose others for me.")
NOT_FOR_YOU = Sentence("The people who run this server let me answer certain roles alone, and you have none of them.")
MODEL_BUSY = Sentence("The model is overloaded right now. Please try again a little later.")
MODEL_QUOTA_SPENT = Sentence(
    "The quota for the model is used up. Whoever hosts me has to see to that before I can answer again."
)
MODEL_NEEDS_HOST = Sentence(
    "The model does not let me in. Whoever hosts me has to see to that before I can answer again."
)
MODEL_BROKE_OFF = Sentence("The connection to the model broke off. Please try again in a moment.")
MODEL_HAS_FAULT = Sentence("The model has a fault right now, so I could not answer. Please try again in a moment.")
MODEL_AWAY = Sentence("I cannot reach the model right now. Please try again in a moment.")
REFUSED = Sentence("The model would not take this question. Try putting it another way.")
CUT_OFF = Sentence("The answer got too long and was cut off here. Ask me to go on.")
CUT_OFF_UNSAID = Sentence("I thought for so long that no room was left for the answer. Try asking for less at once.")
FILTERED = Sentence("The model's content filter stopped the answer here.")
EXPIRED = Sentence("This took too long, so the answer was given up. You can try again.")
STILL_THINKING = Sentence("Still thinking …")
STALLED = Sentence("The model has stopped in the middle of thinking, so I gave up waiting. You can have me try again.")
STOPPED = Sentence("Stopped.")
QUESTION_DELETED = Sentence("The question was deleted, so I stopped.")
INTERRUPTED = Sentence("I was interrupted here. You can have me try again.")
STARTING_AGAIN = Sentence("I'm being started again just now. Please try that once more in a minute.")
PRESS_INTERRUPTED = Sentence("I was interrupted just now. If nothing has come of it, please try that once more.")
COMES_LATER = Sentence("I'm being started again just now. Your answer comes in a minute, when I'm back.")
DISCORD_AWAY = Sentence("Discord does not answer me just now. Please try again in a moment.")
STORE_AWAY = Sentence(
    "I cannot write anything down just now, so I did not take that. Please try again in a few minutes."
)
NOTHING_SAID = Sentence("I have no answer to that. Try putting it another way.")
TOO_MANY = Sentence(
    "You already have {waiting} question waiting. Please ask again when it is answered.",
    plural="You already have {waiting} questions waiting. Please ask again when some of them are answered.",
    counted="waiting",
)
BOT_SPENT = Sentence("I have used up what I may think for now. I can answer again {when}.")
SERVER_SPENT = Sentence("This server has used up what it may use for now. I can answer here again {when}.")
ROLE_SPENT = Sentence("You have used up what students with your role may use on this server. You can ask again {when}.")
STUDENT_SPENT = Sentence("You have used up what one student may use for now. You can ask again {when}.")
NEARLY_SPENT = Sentence("You have used {percent} % of your budget. It begins anew {when}. `/usage` tells more.")
BY_CHEAPER_MODEL = Sentence("Answered by the cheaper model `{model}`: the budget of the usual one is used up.")
CANNOT_READ_HERE = Sentence(
    "I cannot read messages here unless you mention me: the owner has not given me the message-content intent."
)
PICTURE_TYPE = Sentence("I cannot see {name}: pictures must be PNG, JPEG, GIF or WebP.")
PICTURE_SIZE = Sentence("I cannot see {name}: pictures may have {limit} MB at most.")
PICTURE_GONE = Sentence("I could not fetch {name}.")
PICTURE_REFUSED = Sentence("I cannot take {name}: {reason}")
A_PICTURE = Sentence("a picture")
PICTURE_OF = Sentence("Plot: {text}")
PICTURE_FOR = Sentence("Picture for “{text}”")
FILE_TOO_LARGE = Sentence(
    "{name} has {size} MB, and Discord takes {limit} MB here, so I cannot show it. Ask me for a smaller one."
)
FILE_IS_NAMED = Sentence("{attached} is {name}.")
FILES_TOO_MANY = Sentence("There are more files; I show {limit} with an answer.")
NO_FILES_HERE = Sentence(
    "There are pictures or files to this, but I may attach none here: I need the permission Attach Files."
)
CUT_SHORT = Sentence("There is more to this, but I may not write here any more. It follows when I may.")
RUNS_CODE = Sentence("⏳ Working it out with code …")
RECORDING = Sentence("I cannot listen to or watch {name}: please write it down.")
PICTURES_TOO_MANY = Sentence("I looked at the first {limit} pictures only.")
NOT_YOURS = Sentence("Only the one who asked, or a moderator, can do that.")
NOT_RUNNING = Sentence("That answer is not running any more.")
NOT_LAST = Sentence("Only the last answer can be made anew.")
BUTTON_OLD = Sentence("This button does not work any more.")
DISCORD_FAILED = Sentence("Discord did not let that through just now. Please try it once more in a moment.")
BUTTON_FAILED = Sentence("Sorry, that did not work. The cause is in my log.")
COMMAND_UNKNOWN = Sentence("That command has changed; reload Discord and try again.")
NOT_ALLOWED = Sentence("You may not do that here.")
I_MAY_NOT = Sentence("I lack the permission for that: {permissions}.")
I_LACK_A_PERMISSION = Sentence(
    "I lack a permission that I need for that here. Managers of this server can give it to me."
)
SLOW_DOWN = Sentence("Please wait {seconds} s before doing that again.")
PICTURE_TITLE = Sentence("A question with a picture")
STOP = Sentence("Stop", context="bot")
REGENERATE = Sentence("Regenerate")
RETRY = Sentence("Retry")
ANSWER_EDITED = Sentence("Answer the edited question")
SHOW_AS_TEXT = Sentence("Show as text")
SHOW_WORK = Sentence("Show the work")
WORK_CODE = Sentence("Code")
WORK_OUTPUT = Sentence("Output")
WORK_PICTURES = Sentence("Pictures that it drew, shown in the answer: {count}")
WORK_NO_OUTPUT = Sentence("It put nothing out.")
WORK_WHOLE = Sentence("The whole work, as it is:")
WORK_GONE = Sentence("The work of this answer is not kept any more.")
WORK_HELD = Sentence("The work tells an answer that is still yours to find. It opens when the solution does.")
SOURCE_GONE = Sentence("The text of this answer is not kept any more.")

CALCULATOR_ON = Sentence("The calculator is on: models may have sums, equations and students' steps computed.")
CODE_ON = Sentence(
    "Code is on: for plots, data files and long calculations models may write Python, which runs in a sandbox."
)
CODE_OFF = Sentence("Code is off: from the next question on, models run no code here, and draw no plots.")
CODE_NOT_HERE = Sentence(
    "Code is on for this server, but where I run none can run: there is no sandbox, or my host has turned code off."
)
CALCULATOR_OFF = Sentence(
    "The calculator is off: from the next question on, models do all arithmetic themselves, and get more of it wrong."
)
