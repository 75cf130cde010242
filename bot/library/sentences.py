"""What the library says to people, in English and Korean."""

from bot.sentences import Locale, Sentence

# Why a file could not be added; the keys stand in the database.

REASONS = {
    "too_big": Sentence("it is larger than {limit} MB.", "{limit} MB보다 커요."),
    "gone": Sentence("it could not be fetched from Discord.", "디스코드에서 가져오지 못했어요."),
    "disk_full": Sentence("my disk is full.", "제 디스크가 가득 찼어요."),
    "away": Sentence(
        "the library does not answer. Try again later.", "자료실이 응답하지 않아요. 나중에 다시 해 주세요."
    ),
    "slow": Sentence("it took too long.", "시간이 너무 오래 걸렸어요."),
    "student_quota": Sentence(
        "you have uploaded as much as one person may in a day. Tomorrow (UTC) there is room again.",
        "하루에 한 사람이 올릴 수 있는 만큼 다 올렸어요. 내일(UTC 기준) 다시 올려 주세요.",
    ),
    "server_quota": Sentence(
        "this server has uploaded as much as one server may in a day. Tomorrow (UTC) there is room again.",
        "이 서버에서 하루에 올릴 수 있는 만큼 다 올렸어요. 내일(UTC 기준) 다시 올려 주세요.",
    ),
    "failed": Sentence("something went wrong. Try again.", "문제가 생겼어요. 다시 해 주세요."),
}
LIMIT_MB = 512

# What the Assistants server says of files, in Korean (`assistants/retrieval`).
_SERVER_REASONS = {
    "This type of file cannot be read; PDF, Word, PowerPoint, Excel, HWP, HTML, EPUB and text files can.": (
        "이 형식은 읽을 수 없어요. PDF, 워드, 파워포인트, 엑셀, 한글, HTML, EPUB, 텍스트 파일만 가능해요."
    ),
    "Pictures hold no text that can be searched.": "그림에는 검색할 글이 없어요.",
    "The file is protected with a password.": "암호가 걸려 있어요.",
    "The file is damaged and cannot be read.": "손상되어 읽을 수 없어요.",
    "The file is of an old format and cannot be read; save it as PDF, DOCX or HWPX and add that.": (
        "오래된 형식이라 읽지 못했어요. PDF, DOCX, HWPX로 저장해서 다시 올려 주세요."
    ),
    "The file is empty.": "빈 파일이에요.",
    "The file holds no text.": "글이 들어 있지 않아요.",
    "The pages are scanned pictures, and I have no program to read those: the host can install Tesseract "
    "(Debian and Ubuntu: apt install tesseract-ocr tesseract-ocr-kor).": (
        "스캔된 그림이라 글자 인식(OCR) 프로그램이 있어야 읽을 수 있어요. 운영자가 Tesseract를 설치하면 돼요"
        "(데비안·우분투: apt install tesseract-ocr tesseract-ocr-kor)."
    ),
    "The pages are scanned pictures in which I could not make out any words.": (
        "스캔된 그림인데 글자를 알아볼 수 없었어요."
    ),
    "More than 300 of its pages are scanned pictures, which is more than I can read.": (
        "스캔된 쪽이 300쪽을 넘어서 다 읽을 수 없어요."
    ),
    "Reading its scanned pages takes longer than 30 minutes.": "스캔된 쪽을 읽는 데 30분이 넘게 걸려요.",
    "The picture is damaged or of a kind that cannot be read.": "그림이 손상되었거나 읽을 수 없는 형식이에요.",
    "The picture is larger than I may read.": "그림이 너무 커서 읽을 수 없어요.",
    "The file has more than 5,000 pages.": "5,000쪽이 넘는 파일이에요.",
    "The form is of a kind that only Adobe's programs fill in (XFA); print it to a PDF and add that.": (
        "어도비 프로그램에서만 열리는 양식(XFA)이에요. PDF로 인쇄해서 다시 올려 주세요."
    ),
    "The file unpacks to far more than it seems to hold.": "압축을 풀면 지나치게 커져요.",
    "The file holds more than 5,000,000 tokens.": "내용이 너무 길어요(500만 토큰 초과).",
    "The file has more than 10,000 pages.": "쪽수가 너무 많아요(1만 쪽 초과).",
    "Reading the file takes longer than 60 seconds.": "읽는 데 60초가 넘게 걸려요.",
    "Reading the file takes more memory than it may.": "읽는 데 메모리가 너무 많이 필요해요.",
    "The file could not be indexed. Try to add it again.": "읽는 중에 문제가 생겼어요. 다시 올려 주세요.",
}


UNSURE_ENCODING_OF_SERVER = "I am not sure in which encoding this text is written. It may be: "
"""How the server's reason begins; the readings follow as JSON."""
UNSURE_ENCODING = Sentence(
    "I am not sure how its letters are encoded. Choose by the buttons under it, or save it as UTF-8 and add that.",
    "어떤 글자로 쓰였는지 확실하지 않아요. 버튼으로 고르거나 UTF-8로 저장해서 다시 올려 주세요.",
)
WHICH_READING = Sentence(
    "⚠️ **{name}**: I am not sure how its letters are encoded. Which of these is right?",
    "⚠️ **{name}**: 글자 인코딩이 확실하지 않아요. 어느 쪽이 맞나요?",
)
NOT_YOUR_FILE = Sentence(
    "Whoever sent the file can say that, or who may manage the server.",
    "파일을 올린 사람이나 서버 관리 권한이 있는 사람만 고를 수 있어요.",
)
READ_AS = Sentence("I am reading it as: {how}.", "이렇게 읽을게요: {how}.")
READ_FOR_QUESTION = Sentence(
    "I have read it as: {how}. Ask again, or press Regenerate, and I answer with it.",
    "이렇게 읽었어요: {how}. 다시 물어보거나 ‘다시 생성’을 누르면 이 파일을 보고 답할게요.",
)
A_PAGE = Sentence("a page", "책이나 문서의 한 쪽")
IS_IT_A_PAGE = Sentence(
    "Is it a picture of a page? Then I can read it into the library.",
    "책이나 프린트를 찍은 사진인가요? 그렇다면 읽어서 자료실에 넣을 수 있어요.",
)
READ_PICTURE = Sentence("Read {name} as a page", "{name} 읽기")
_ENCODINGS = {
    "cp1252": Sentence("Western European", "서유럽어"),
    "cp949": Sentence("Korean", "한국어"),
    "cp1251": Sentence("Cyrillic (Windows)", "키릴 문자(Windows)"),
    "koi8-r": Sentence("Cyrillic (KOI8)", "키릴 문자(KOI8)"),
    "cp866": Sentence("Cyrillic (DOS)", "키릴 문자(DOS)"),
    "gb18030": Sentence("Simplified Chinese", "중국어 간체"),
    "big5": Sentence("Traditional Chinese", "중국어 번체"),
    "cp932": Sentence("Japanese (Shift JIS)", "일본어(Shift JIS)"),
    "euc-jp": Sentence("Japanese (EUC)", "일본어(EUC)"),
    "cp1250": Sentence("Central European", "중유럽어"),
    "iso8859-2": Sentence("Central European (ISO)", "중유럽어(ISO)"),
    "cp1253": Sentence("Greek", "그리스어"),
    "cp1254": Sentence("Turkish", "튀르키예어"),
    "cp1255": Sentence("Hebrew", "히브리어"),
    "cp1256": Sentence("Arabic", "아랍어"),
    "cp1257": Sentence("Baltic", "발트어"),
    "cp1258": Sentence("Vietnamese", "베트남어"),
    "cp874": Sentence("Thai", "태국어"),
    "mac-roman": Sentence("Western European (Mac)", "서유럽어(Mac)"),
    "utf-8": Sentence("UTF-8", "UTF-8"),
    "cp850": Sentence("Western European (DOS)", "서유럽어(DOS)"),
}


UNREAD_PAGES = "unread_pages:"
"""How the reason of a file begins that was read but for some scanned pages; their numbers follow."""
READ_IN_PART = Sentence(
    "it can be searched, but I could not read these scanned pages: {pages}. A sharper scan helps; without Tesseract "
    "(`saem check` says so to the host) I read none.",
    "검색할 수 있지만 스캔된 다음 쪽은 읽지 못했어요: {pages}. 더 또렷하게 스캔하면 도움이 돼요. Tesseract가 없으면 "
    "스캔은 읽지 못해요(운영자는 `saem check`로 확인할 수 있어요).",
)
NO_OCR = Sentence(
    "Is it a picture of a page? I have no program to read those: the host can install Tesseract (Debian and Ubuntu: "
    "`apt install tesseract-ocr tesseract-ocr-kor`).",
    "책이나 프린트를 찍은 사진인가요? 지금은 글자 인식(OCR) 프로그램이 없어서 읽을 수 없어요. 운영자가 Tesseract를 "
    "설치하면 돼요(데비안·우분투: `apt install tesseract-ocr tesseract-ocr-kor`).",
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
    return _SERVER_REASONS.get(why, why) if locale == "ko" else why


REFUSED_FILE = Sentence("⚠️ **{name}**: {reason}", "⚠️ **{name}**: {reason}")
AND_MORE = Sentence("… and {count} more", "… 외 {count}개")
READING = Sentence("📚 File {number} of {count}: **{name}**", "📚 파일 {number}/{count}: **{name}**")
READING_PAGE = Sentence(", page {page} of {pages}", ", {page}/{pages}쪽")
BACKLOG_READ = Sentence(
    "📚 I have read the files that stood in this channel: {count} can be searched.",
    "📚 이 채널에 있던 파일을 읽었어요. {count}개를 검색할 수 있어요.",
)
BACKLOG_FAILED = Sentence(
    "{count} could not be read (⚠️); `/library list` says why.",
    "{count}개는 읽지 못했어요(⚠️). 이유는 `/자료실 목록`에 있어요.",
)
MAY_NOT_ADD = Sentence(
    "⚠️ Only {role} may add files to the library here.", "⚠️ 여기서는 {role} 역할만 자료실에 파일을 추가할 수 있어요."
)
NO_FILES = Sentence(
    "That message has no documents; pictures are questions, not library files.",
    "그 메시지에는 문서가 없어요. 그림은 자료가 아니라 질문으로 받아요.",
)
ADDING = Sentence(
    "I am reading it. ✅ on the message means that it is done.", "읽고 있어요. 메시지에 ✅가 붙으면 끝난 거예요."
)
ADDED_BY_ANOTHER = Sentence(
    "{author}, {adder} has added the files of this message to the library. Delete the message, or use "
    "`/library remove`, to take them out.",
    "{author}님, {adder}님이 이 메시지의 파일을 자료실에 추가했어요. 빼려면 메시지를 지우거나 `/자료실 빼기`를 쓰세요.",
)
AUTHOR_TOLD = Sentence("I have told its author.", "글쓴이에게 알렸어요.")
AUTHOR_NOT_TOLD = Sentence("I could not tell its author; please do.", "글쓴이에게 알리지 못했어요. 직접 알려 주세요.")
SERVER_CHOSEN = Sentence(
    "In our direct messages I now answer from the files of **{name}**, those that you could open there yourself.",
    "이제 이 대화에서는 **{name}** 서버의 자료 중 직접 열어 볼 수 있는 것을 참고해서 답할게요.",
)
NO_SERVER_CHOSEN = Sentence(
    "In our direct messages I answer from no server's files now.", "이제 이 대화에서는 서버의 자료를 보지 않을게요."
)
SERVERS_CAN_BE_CHOSEN = Sentence(
    "-# Here I look into no server's files. `/server` chooses the server that I do it for.",
    "-# 여기서는 서버의 자료를 보지 않아요. `/서버`로 어느 서버의 자료를 볼지 고를 수 있어요.",
)
NO_SUCH_SERVER = Sentence(
    "I know no server of that name that we are both in.", "우리가 함께 있는 서버 중에 그런 이름은 없어요."
)
WHICH_SERVER = Sentence(
    "Several servers fit that name: choose one of those that I suggest while you type.",
    "그 이름에 맞는 서버가 여러 개예요. 입력할 때 나오는 목록에서 골라 주세요.",
)
ALREADY_THERE = Sentence("That is in the library already.", "이미 자료실에 있어요.")
WATCHED = Sentence(
    "Files dropped in {channel} now go into the library, and so do those that are there already.",
    "이제 {channel}에 올린 파일은 자료실에 들어가요. 이미 올라와 있는 파일도 넣을게요.",
)
UNWATCHED = Sentence(
    "Files dropped in {channel} no longer go into the library; what is in it stays.",
    "이제 {channel}에 올린 파일은 자료실에 들어가지 않아요. 이미 들어간 자료는 남아 있어요.",
)
CONTRIBUTORS_ROLE = Sentence(
    "Now {role} may add files to the library.", "이제 {role} 역할이 자료실에 파일을 추가할 수 있어요."
)
CONTRIBUTORS_ALL = Sentence(
    "Now everyone may add files to the library.", "이제 누구나 자료실에 파일을 추가할 수 있어요."
)
EMPTY = Sentence(
    "The library is empty. Drop a file in {channels}, or mention me with one.",
    "자료실이 비어 있어요. {channels}에 파일을 올리거나 파일과 함께 저를 멘션해 주세요.",
)
NO_CHANNEL = Sentence("a watched channel", "자료실 채널")
LIST_TITLE = Sentence("Files in the library: {count}", "자료실의 파일: {count}개")
PAGE_OF = Sentence("Page {page} of {pages}", "{page}/{pages}쪽")
EARLIER = Sentence("Back", "이전")
LATER = Sentence("Next", "다음")
STATUS_TITLE = Sentence("Library", "자료실")
STATUS_READY = Sentence("✅ {count} searchable ({size})", "✅ 검색 가능 {count}개 ({size})")
STATUS_WAITING = Sentence("⏳ {count} being read", "⏳ 읽는 중 {count}개")
STATUS_FAILED = Sentence("⚠️ {count} could not be read", "⚠️ 읽지 못함 {count}개")
STATUS_CHANNELS = Sentence("Watched: {channels}", "지켜보는 채널: {channels}")
STATUS_NONE_WATCHED = Sentence("No channel is watched.", "지켜보는 채널이 없어요.")
STATUS_WHO = Sentence("May add: {who}", "추가할 수 있는 사람: {who}")
EVERYONE = Sentence("everyone", "누구나")
NOTHING_FOUND = Sentence("The library holds nothing on “{query}”.", "자료실에 “{query}”에 대한 내용이 없어요.")
FOUND = Sentence("Library: “{query}”", "자료실: “{query}”")
PAGE = Sentence("p. {page}", "{page}쪽")
REMOVED = Sentence("**{name}** is out of the library.", "**{name}**[을] 자료실에서 뺐어요.")
SEVERAL_BEGIN_SO = Sentence(
    "{count} files begin so: {names}. Please write more of the name, or choose one from the list.",
    "그렇게 시작하는 파일이 {count}개 있어요: {names}. 이름을 더 써 주시거나 목록에서 골라 주세요.",
)
NOT_THERE = Sentence("There is no such file in the library.", "자료실에 그런 파일이 없어요.")
NOT_YOURS = Sentence(
    "Only the one who added a file, or who may manage the server, can remove it.",
    "파일을 올린 사람이나 서버 관리 권한이 있는 사람만 뺄 수 있어요.",
)
AWAY = Sentence(
    "The library does not answer right now. Please try again in a moment.",
    "지금 자료실이 응답하지 않아요. 잠시 후 다시 해 주세요.",
)
