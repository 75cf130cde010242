"""What the settings of a server say to people, in English and Korean."""

from bot.sentences import Sentence

TITLE = Sentence("Settings of {server}")
HINT = Sentence("A change holds from the next question on. Each setting is also a `/settings` command.")
NOT_YOURS = Sentence("Only people who may manage this server can change its settings.")
SERVERS_ONLY = Sentence("Only servers have settings.")

LANGUAGE = Sentence("Language: {value}")
LANGUAGE_EACH = Sentence("each student's own")
PERSONA_IS = Sentence("Persona: {value}")
INSTRUCTIONS_ARE = Sentence("Instructions: {value}")
NONE_SET = Sentence("none")
MODEL = Sentence("Model: {value}")
MODEL_USUAL = Sentence("the host's choice ({model})")
MODEL_OF_THE_HOST = Sentence("the host's choice")
CHANNELS = Sentence("Answers in: {value}")
EVERYWHERE = Sentence("everywhere")
ROLES = Sentence("Answers: {value}")
EVERYBODY = Sentence("everybody")
GONE = Sentence("{count} deleted")
MODE = Sentence("Help with exercises: {value}")
MODE_ANSWER = Sentence("answers")
MODE_GUIDE = Sentence("hints first")
QUIZ_LENGTH = Sentence("Length of a quiz: {value}")
QUIZ_DIFFICULTY = Sentence("Difficulty of quizzes: {value}")
QUIZ_SOURCE = Sentence("Questions are drawn from: {value}")
SOURCE_FITTING = Sentence("what fits")
SOURCE_FILES = Sentence("the library's files, where there are some")
SOURCE_ANYTHING = Sentence("anything")
QUIZ_PLAY = Sentence("Quizzes are played: {value}")
PLAY_EACH = Sentence("alone, marked after each answer")
PLAY_END = Sentence("alone, marked at the end")
PLAY_TOGETHER = Sentence("together, against the clock")
ANY_DIFFICULTY = Sentence("any")
EASY = Sentence("easy")
MEDIUM = Sentence("medium")
HARD = Sentence("hard")
CALCULATOR = Sentence("Calculator: {value}")
CODE = Sentence("Code for plots and data: {value}")
ON = Sentence("on")
OFF = Sentence("off")
LIBRARY = Sentence("Channels of the library: {value}")
LIBRARY_CHANNEL = Sentence("Files go into the library: {value}")
CONTRIBUTORS = Sentence("Files are added by: {value}")
MANAGERS = Sentence("who manages the server")
KEPT = Sentence("Conversations are kept after their last message: {value}")
KEPT_AS_LONG_AS_THREADS = Sentence("as long as their Discord thread")
KEPT_BY_HOST = Sentence("the host's choice ({value})")
KEPT_DAYS = Sentence("{count} day", plural="{count} days")
BUDGET = Sentence("Budget: {value}")
NO_CHANNEL = Sentence("no channel")
MODERATORS = Sentence("Moderators read in: {value}")

# The components

PAGE_ANSWERS = Sentence("Answers", context="page of the settings")
PAGE_PLACES = Sentence("Where and whom")
PAGE_ROOMS = Sentence("Quizzes and library")

CHOOSE_LANGUAGE = Sentence("Language…")
CHOOSE_MODEL = Sentence("Model…")
CHOOSE_CHANNELS = Sentence("Channels and categories where I answer…")
CHOOSE_ROLES = Sentence("Roles that I answer…")
CHOOSE_MODE = Sentence("Help with exercises…")
CHOOSE_COUNT = Sentence("Questions in a quiz…")
CHOOSE_DIFFICULTY = Sentence("Difficulty of quizzes…")
CHOOSE_SOURCE = Sentence("What questions are drawn from…")
CHOOSE_PLAY = Sentence("Quizzes are played…")
CHOOSE_RETENTION = Sentence("Conversations are kept…")
CHOOSE_LIBRARY = Sentence("Channels of the library…")
CHOOSE_CONTRIBUTORS = Sentence("Who may add files…")
CHOOSE_MODERATORS = Sentence("Channel for moderators…")
QUESTIONS = Sentence("{count} question", plural="{count} questions")
EDIT_WISHES = Sentence("Persona and instructions…")
PREVIEW = Sentence("Preview")
RESET = Sentence("Reset these two")
TURN_CALCULATOR_OFF = Sentence("Turn calculator off")
TURN_CALCULATOR_ON = Sentence("Turn calculator on")
TURN_CODE_OFF = Sentence("Turn code off")
TURN_CODE_ON = Sentence("Turn code on")
SHOW_HISTORY = Sentence("History")
BACK = Sentence("Back", context="settings_panel")
OLDER = Sentence("Older")
NEWER = Sentence("Newer")

# Persona and instructions

FORM_TITLE = Sentence("Persona and instructions")
PERSONA_LABEL = Sentence("Who I am to be here")
INSTRUCTIONS_LABEL = Sentence("What I am to do beyond my own rules")
TOO_LONG = Sentence("That is {length} characters; at most {longest} are taken. Nothing was changed.")
NOT_LONGER = Sentence(
    "The host keeps conversations for {host} day: a server cannot choose more.",
    plural="The host keeps conversations for {host} days: a server can only choose fewer.",
    counted="host",
)
TOO_MANY = Sentence("25 are chosen already, and no more fit.")
PREVIEW_HEAD = Sentence("So the model is told, below my own instructions:")
PREVIEW_NOTHING = Sentence("Nothing is added to my own instructions.")
MODEL_NOT_ALLOWED = Sentence("The host does not offer {model}. There are: {models}.")
NO_MODELS = Sentence("The host offers no models to choose from (MODELS in its settings).")

# The history

HISTORY = Sentence("Changes of settings")
NO_HISTORY = Sentence("Nobody has changed anything yet.")
CHANGED = Sentence("{when} <@{who}>: {line}")
IN_CHANNEL = Sentence("{line} (in {channel})")
MEANWHILE = Sentence("Meanwhile <@{who}> had chosen: {line}. What you chose counts now.")

# The greeting

GREETING = Sentence(
    "Hello! I'm Saem, a maths tutor. Three things to try:\n"
    "1. Mention me with a question: {mention} `3x + 11 = 14`\n"
    "2. `/quiz topic:fractions` gives a quiz with buttons.\n"
    "3. Drop a file in {library}, and I answer from it, with its pages.\n"
    "-# Whoever manages this server chooses where I answer, in which language, and more:"
)
A_LIBRARY = Sentence("a channel named `#library`")
SET_UP = Sentence("Set up")
SETTINGS_THERE = Sentence("The button leads to the server: `/settings panel` opens its settings there.")
