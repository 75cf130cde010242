"""What the settings of a server say to people, in English and Korean."""

from bot.sentences import Sentence

TITLE = Sentence("Settings of {server}", "{server} 설정")
HINT = Sentence(
    "A change holds from the next question on. Everything here is also a command: `/settings …`.",
    "바꾼 설정은 다음 질문부터 적용돼요. 여기 있는 것은 모두 `/설정 …` 명령으로도 바꿀 수 있어요.",
)
NOT_YOURS = Sentence(
    "Only people who may manage this server can change its settings.",
    "서버 관리 권한이 있는 사람만 설정을 바꿀 수 있어요.",
)
SERVERS_ONLY = Sentence("Only servers have settings.", "설정은 서버에서만 쓸 수 있어요.")

LANGUAGE = Sentence("Language: {value}", "언어: {value}")
LANGUAGE_EACH = Sentence("each student's own", "학생마다 자기 언어")
LANGUAGE_EN = Sentence("English", "영어")
LANGUAGE_KO = Sentence("Korean", "한국어")
PERSONA_IS = Sentence("Persona: {value}", "성격: {value}")
INSTRUCTIONS_ARE = Sentence("Instructions: {value}", "지침: {value}")
NONE_SET = Sentence("none", "없음")
MODEL = Sentence("Model: {value}", "모델: {value}")
MODEL_USUAL = Sentence("the host's choice ({model})", "운영자가 정한 모델({model})")
MODEL_OF_THE_HOST = Sentence("the host's choice", "운영자가 정한 모델")
CHANNELS = Sentence("Answers in: {value}", "답하는 곳: {value}")
EVERYWHERE = Sentence("everywhere", "모든 채널")
ROLES = Sentence("Answers: {value}", "답하는 대상: {value}")
EVERYBODY = Sentence("everybody", "모두")
GONE = Sentence("{count} deleted", "삭제됨 {count}개")
MODE = Sentence("Help with exercises: {value}", "문제를 돕는 방법: {value}")
MODE_ANSWER = Sentence("answers", "답변")
MODE_GUIDE = Sentence("hints first", "힌트 먼저")
QUIZ_LENGTH = Sentence("Length of a quiz: {value}", "퀴즈 길이: {value}")
QUIZ_DIFFICULTY = Sentence("Difficulty of quizzes: {value}", "퀴즈 난이도: {value}")
QUIZ_PLAY = Sentence("Quizzes are played: {value}", "퀴즈 방식: {value}")
PLAY_EACH = Sentence("alone, marked after each answer", "혼자, 답할 때마다 채점")
PLAY_END = Sentence("alone, marked at the end", "혼자, 끝나고 채점")
PLAY_TOGETHER = Sentence("together, against the clock", "모두 함께, 시간 안에")
ANY_DIFFICULTY = Sentence("any", "자유")
EASY = Sentence("easy", "쉬움")
MEDIUM = Sentence("medium", "보통")
HARD = Sentence("hard", "어려움")
CALCULATOR = Sentence("Calculator: {value}", "계산기: {value}")
CODE = Sentence("Code for plots and data: {value}", "그래프·데이터용 코드: {value}")
ON = Sentence("on", "켜짐")
OFF = Sentence("off", "꺼짐")
LIBRARY = Sentence("Channels of the library: {value}", "자료실 채널: {value}")
LIBRARY_CHANNEL = Sentence("Files go into the library: {value}", "올린 파일을 자료실에 넣기: {value}")
CONTRIBUTORS = Sentence("Files are added by: {value}", "파일을 추가할 수 있는 사람: {value}")
MANAGERS = Sentence("who manages the server", "서버 관리자")
NO_CHANNEL = Sentence("no channel", "채널 없음")
MODERATORS = Sentence("Moderators read in: {value}", "관리자 기록 채널: {value}")

# The components

CHOOSE_LANGUAGE = Sentence("Language…", "언어…")
CHOOSE_MODEL = Sentence("Model…", "모델…")
CHOOSE_CHANNELS = Sentence("Channels and categories where I answer…", "답할 채널과 카테고리…")
CHOOSE_ROLES = Sentence("Roles that I answer…", "답할 역할…")
CHOOSE_MODE = Sentence("Help with exercises…", "문제를 돕는 방법…")
CHOOSE_COUNT = Sentence("Questions in a quiz…", "퀴즈 문제 수…")
CHOOSE_DIFFICULTY = Sentence("Difficulty of quizzes…", "퀴즈 난이도…")
CHOOSE_PLAY = Sentence("Quizzes are played…", "퀴즈 방식…")
CHOOSE_LIBRARY = Sentence("Channels of the library…", "자료실 채널…")
CHOOSE_CONTRIBUTORS = Sentence("Who may add files…", "파일을 추가할 수 있는 역할…")
CHOOSE_MODERATORS = Sentence("Channel for moderators…", "관리자 기록 채널…")
QUESTIONS = Sentence("{count} questions", "{count}문제")
ONE_QUESTION = Sentence("1 question", "1문제")
EDIT_WISHES = Sentence("Persona and instructions…", "성격과 지침…")
PREVIEW = Sentence("Preview", "미리 보기")
RESET = Sentence("Reset these two", "둘 다 지우기")
TURN_CALCULATOR_OFF = Sentence("Turn calculator off", "계산기 끄기")
TURN_CALCULATOR_ON = Sentence("Turn calculator on", "계산기 켜기")
TURN_CODE_OFF = Sentence("Turn code off", "코드 끄기")
TURN_CODE_ON = Sentence("Turn code on", "코드 켜기")
SHOW_HISTORY = Sentence("History", "변경 기록")
BACK = Sentence("Back", "뒤로")
OLDER = Sentence("Older", "이전 기록")
NEWER = Sentence("Newer", "다음 기록")

# Persona and instructions

FORM_TITLE = Sentence("Persona and instructions", "성격과 지침")
PERSONA_LABEL = Sentence("Who I am to be here", "여기서 저는 어떤 쌤인가요?")
INSTRUCTIONS_LABEL = Sentence("What I am to do beyond my own rules", "제 원래 규칙에 더해 지킬 것")
TOO_LONG = Sentence(
    "That is {length} characters; at most {longest} are taken. Nothing was changed.",
    "{length}자예요. {longest}자까지만 받을 수 있어서 바꾸지 않았어요.",
)
TOO_MANY = Sentence("25 are chosen already, and no more fit.", "이미 25개를 골라서 더 고를 수 없어요.")
PREVIEW_HEAD = Sentence(
    "So the model is told, below my own instructions:", "제 원래 지침 아래에 모델에게 이렇게 전해요:"
)
PREVIEW_NOTHING = Sentence("Nothing is added to my own instructions.", "제 원래 지침에 더하는 것이 없어요.")
MODEL_NOT_ALLOWED = Sentence(
    "The host does not offer {model}. There are: {models}.", "{model} 모델은 쓸 수 없어요. 쓸 수 있는 모델: {models}"
)
NO_MODELS = Sentence(
    "The host offers no models to choose from (MODELS in its settings).",
    "운영자가 고를 수 있는 모델을 정하지 않았어요.",
)

# The history

HISTORY = Sentence("Changes of settings", "설정 변경 기록")
NO_HISTORY = Sentence("Nobody has changed anything yet.", "아직 바뀐 설정이 없어요.")
CHANGED = Sentence("{when} <@{who}>: {line}", "{when} <@{who}>: {line}")
IN_CHANNEL = Sentence("{line} (in {channel})", "{line} ({channel})")
MEANWHILE = Sentence(
    "Meanwhile <@{who}> had chosen: {line}. What you chose counts now.",
    "그 사이 <@{who}> 님이 바꾼 값이 있었어요({line}). 이제 방금 고르신 값이 적용돼요.",
)

# The greeting

GREETING = Sentence(
    "Hello! I'm Saem, a maths tutor. Three things to try:\n"
    "1. Mention me with a question: {mention} `3x + 11 = 14`\n"
    "2. `/quiz topic:fractions` gives a quiz with buttons.\n"
    "3. Drop a file in {library}, and I answer from it, with its pages.\n"
    "-# Whoever manages this server chooses where I answer, in which language, and more:",
    "안녕하세요! 수학을 가르치는 쌤이에요. 세 가지를 해 보세요:\n"
    "1. 저를 멘션하고 질문하기: {mention} `3x + 11 = 14`\n"
    "2. `/퀴즈 주제:분수`로 버튼 퀴즈 풀기\n"
    "3. {library}에 파일을 올리기. 그 파일을 보고 쪽수와 함께 답해요.\n"
    "-# 어디에서, 어떤 언어로 답할지 등은 서버 관리자가 정할 수 있어요:",
)
A_LIBRARY = Sentence("a channel named `#library`", "`#자료실` 채널")
SET_UP = Sentence("Set up", "설정하기")
