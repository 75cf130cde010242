"""What the library says to people, in English and Korean."""

from bot.sentences import Locale, Sentence

# Why a file could not be added; the keys stand in the database.

REASONS = {
    "too_big": Sentence("it is larger than {limit} MB."),
    "gone": Sentence("it could not be fetched from Discord."),
    "disk_full": Sentence("my disk is full."),
    "disk_unwritable": Sentence("I cannot write it down just now. Try again later."),
    "away": Sentence("the library does not answer. Try again later."),
    "slow": Sentence("it took too long."),
    "student_quota": Sentence(
        "you have uploaded as much as one person may in a day. Tomorrow (UTC) there is room again."
    ),
    "server_quota": Sentence(
        "this server has uploaded as much as one server may in a day. Tomorrow (UTC) there is room again."
    ),
    "failed": Sentence("something went wrong. Try again."),
}
LIMIT_MB = 512

# What the Assistants server says of files (`assistants/retrieval`).
_SERVER_REASONS = {
    each.en: each
    for each in (
        Sentence("This type of file cannot be read; PDF, Word, PowerPoint, Excel, HWP, HTML, EPUB and text files can."),
        Sentence("Pictures hold no text that can be searched."),
        Sentence("The file is protected with a password."),
        Sentence("The file is damaged and cannot be read."),
        Sentence("The file is of an old format and cannot be read; save it as PDF, DOCX or HWPX and add that."),
        Sentence("The file is empty."),
        Sentence("The file holds no text."),
        Sentence(
            "The pages are scanned pictures, and I have no program to read those: the host can install "
            "Tesseract (Debian and Ubuntu: apt install tesseract-ocr tesseract-ocr-kor)."
        ),
        Sentence("The pages are scanned pictures in which I could not make out any words."),
        Sentence("More than 300 of its pages are scanned pictures, which is more than I can read."),
        Sentence("Reading its scanned pages takes longer than 30 minutes."),
        Sentence("The picture is damaged or of a kind that cannot be read."),
        Sentence("The picture is larger than I may read."),
        Sentence("The file has more than 5,000 pages."),
        Sentence("The form is of a kind that only Adobe's programs fill in (XFA); print it to a PDF and add that."),
        Sentence("The file unpacks to far more than it seems to hold."),
        Sentence("The file holds more than 5,000,000 tokens."),
        Sentence("The file has more than 10,000 pages."),
        Sentence("Reading the file takes longer than 60 seconds."),
        Sentence("Reading the file takes more memory than it may."),
        Sentence("The file could not be indexed. Try to add it again."),
    )
}


UNSURE_ENCODING_OF_SERVER = "I am not sure in which encoding this text is written. It may be: "
"""How the server's reason begins; the readings follow as JSON."""
UNSURE_ENCODING = Sentence(
    "I am not sure how its letters are encoded. Choose by the buttons under it, or save it as UTF-8 and add that."
)
WHICH_READING = Sentence("⚠️ **{name}**: I am not sure how its letters are encoded. Which of these is right?")
NOT_YOUR_FILE = Sentence("Whoever sent the file can say that, or who may manage the server.")
READ_AS = Sentence("I am reading it as: {how}.")
READ_FOR_QUESTION = Sentence("I have read it as: {how}. Ask again, or press Regenerate, and I answer with it.")
A_PAGE = Sentence("a page")
IS_IT_A_PAGE = Sentence("Is it a picture of a page? Then I can read it into the library.")
READ_PICTURE = Sentence("Read {name} as a page")
_ENCODINGS = {
    "cp1252": Sentence("Western European"),
    "cp949": Sentence("Korean"),
    "cp1251": Sentence("Cyrillic (Windows)"),
    "koi8-r": Sentence("Cyrillic (KOI8)"),
    "cp866": Sentence("Cyrillic (DOS)"),
    "gb18030": Sentence("Simplified Chinese"),
    "big5": Sentence("Traditional Chinese"),
    "cp932": Sentence("Japanese (Shift JIS)"),
    "euc-jp": Sentence("Japanese (EUC)"),
    "cp1250": Sentence("Central European"),
    "iso8859-2": Sentence("Central European (ISO)"),
    "cp1253": Sentence("Greek"),
    "cp1254": Sentence("Turkish"),
    "cp1255": Sentence("Hebrew"),
    "cp1256": Sentence("Arabic"),
    "cp1257": Sentence("Baltic"),
    "cp1258": Sentence("Vietnamese"),
    "cp874": Sentence("Thai"),
    "mac-roman": Sentence("Western European (Mac)"),
    "utf-8": Sentence("UTF-8"),
    "cp850": Sentence("Western European (DOS)"),
}


UNREAD_PAGES = "unread_pages:"
"""How the reason of a file begins that was read but for some scanned pages; their numbers follow."""
READ_IN_PART = Sentence(
    "it can be searched, but I could not read these scanned pages: {pages}. A sharper scan helps; without Tesseract "
    "(`saem check` says so to the host) I read none."
)
NO_OCR = Sentence(
    "Is it a picture of a page? I have no program to read those: the host can install Tesseract (Debian and Ubuntu: "
    "`apt install tesseract-ocr tesseract-ocr-kor`)."
)


def encoding_name(encoding: str, locale: Locale) -> str:
    """What people call an encoding."""
    named = _ENCODINGS.get(encoding)
    return named(locale) if named is not None else encoding


def reason(why: str | None, locale: Locale) -> str:
    """Why a file failed, or was read in part only, to stand after its name; `why` is as `FileFailedError` has it."""
    if why is None or why in REASONS:
        return REASONS[why or "failed"](locale, limit=LIMIT_MB)
    if why.startswith(UNREAD_PAGES):
        return READ_IN_PART(locale, pages=why.removeprefix(UNREAD_PAGES))
    if why.startswith(UNSURE_ENCODING_OF_SERVER):
        return UNSURE_ENCODING(locale)
    known = _SERVER_REASONS.get(why)
    return known(locale) if known is not None else why


REFUSED_FILE = Sentence("⚠️ **{name}**: {reason}")
AND_MORE = Sentence("… and {count} more")
READING = Sentence("📚 File {number} of {count}: **{name}**")
READING_PAGE = Sentence(", page {page} of {pages}")
BACKLOG_READ = Sentence("📚 I have read the files that stood in this channel: {count} can be searched.")
BACKLOG_FAILED = Sentence("{count} could not be read (⚠️); `/library list` says why.")
MAY_NOT_ADD = Sentence("⚠️ Only {role} may add files to the library here.")
NO_FILES = Sentence("That message has no documents; pictures are questions, not library files.")
ADDING = Sentence("I am reading it. ✅ on the message means that it is done.")
ADDED_BY_ANOTHER = Sentence(
    "{author}, {adder} has added the files of this message to the library. Delete the message, or use "
    "`/library remove`, to take them out."
)
AUTHOR_TOLD = Sentence("I have told its author.")
AUTHOR_NOT_TOLD = Sentence("I could not tell its author; please do.")
SERVER_CHOSEN = Sentence(
    "In our direct messages I now answer from the files of **{name}**, those that you could open there yourself."
)
NO_SERVER_CHOSEN = Sentence("In our direct messages I answer from no server's files now.")
SERVERS_CAN_BE_CHOSEN = Sentence(
    "-# Here I look into no server's files. `/server` chooses the server that I do it for."
)
NO_SUCH_SERVER = Sentence("I know no server of that name that we are both in.")
WHICH_SERVER = Sentence("Several servers fit that name: choose one of those that I suggest while you type.")
ALREADY_THERE = Sentence("That is in the library already.")
WATCHED = Sentence("Files dropped in {channel} now go into the library, and so do those that are there already.")
UNWATCHED = Sentence("Files dropped in {channel} no longer go into the library; what is in it stays.")
CONTRIBUTORS_ROLE = Sentence("Now {role} may add files to the library.")
CONTRIBUTORS_ALL = Sentence("Now everyone may add files to the library.")
EMPTY = Sentence("The library is empty. Drop a file in {channels}, or mention me with one.")
NO_CHANNEL = Sentence("a watched channel")
LIST_TITLE = Sentence("Files in the library: {count}")
PAGE_OF = Sentence("Page {page} of {pages}")
EARLIER = Sentence("Back", context="library")
LATER = Sentence("Next")
STATUS_TITLE = Sentence("Library")
STATUS_READY = Sentence("✅ {count} searchable ({size})")
STATUS_WAITING = Sentence("⏳ {count} being read")
STATUS_FAILED = Sentence("⚠️ {count} could not be read")
STATUS_CHANNELS = Sentence("Watched: {channels}")
STATUS_NONE_WATCHED = Sentence("No channel is watched.")
STATUS_WHO = Sentence("May add: {who}")
EVERYONE = Sentence("everyone")
NOTHING_FOUND = Sentence("The library holds nothing on “{query}”.")
FOUND = Sentence("Library: “{query}”")
PAGE = Sentence("p. {page}")
REMOVED = Sentence("**{name}** is out of the library.")
SEVERAL_BEGIN_SO = Sentence(
    "{count} files begin so: {names}. Please write more of the name, or choose one from the list."
)
NOT_THERE = Sentence("There is no such file in the library.")
NOT_YOURS = Sentence("Only the one who added a file, or who may manage the server, can remove it.")
AWAY = Sentence("The library does not answer right now. Please try again in a moment.")
