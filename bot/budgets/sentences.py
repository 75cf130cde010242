"""What Saem says of budgets and of what is used."""

from bot.sentences import Sentence

TITLES = {
    "own": Sentence("What you have used"),
    "server": Sentence("What this server has used"),
    "everything": Sentence("What everybody has used"),
}
LAST_DAYS = Sentence("The last {days} days")
NOTHING_USED = Sentence("Nothing was used in the last {days} days.")
TOKENS = Sentence("{count} token", plural="{count} tokens")
DOLLARS = Sentence("${dollars}")
TOKENS_AND_DOLLARS = Sentence("{tokens} · {dollars}")
IN_ALL = Sentence("In all: {amount}")
TODAY = Sentence("Today: {amount}")
THIS_MONTH = Sentence("This month: {amount}")
MOST_ON = Sentence("Most on {day}: {amount}")
BY_MODEL = Sentence("By model")
BY_KIND = Sentence("By kind")
OTHERS = Sentence("Others")
NO_MODEL = Sentence("Unknown model")
NAME_AND_AMOUNT = Sentence("{name}: {amount}")
LINE_OF_LIMIT = Sentence("{whose}, {period}: {used} of {amount} ({percent} %)")
LIMITS = Sentence("Budgets")
NO_LIMITS = Sentence("No budget is set.")
TOP_STUDENTS = Sentence("Who used most")
ONLY_YOU = Sentence("Only you see this. Days are counted in UTC.")
KINDS = {
    "answer": Sentence("Answers"),
    "quiz": Sentence("Quizzes"),
    "cards": Sentence("Cards"),
    "results": Sentence("Words about results"),
    "check": Sentence("Checks of quizzes"),
    "hint": Sentence("Answers to exercises judged"),
    "file": Sentence("Files made searchable"),
    "search": Sentence("Searches"),
    "moderation": Sentence("Moderation"),
}
WHOSE = {
    "bot": Sentence("All servers together"),
    "server": Sentence("This server"),
    "role": Sentence("Each student with your role"),
    "student": Sentence("One student"),
}
PERIODS = {
    "day": Sentence("a day"),
    "month": Sentence("a month"),
}

BUDGETS_TITLE = Sentence("Budgets of this server")
BUDGET_LINE = Sentence("{whose}: {amount} {period}")
FOR_SERVER = Sentence("The whole server")
FOR_ROLE = Sentence("Each student with {role}")
FOR_GONE_ROLE = Sentence("A role that was deleted (counts for nobody)")
FOR_STUDENT = Sentence("{student}")
BY_HOST = Sentence("Set by whoever runs me")
NO_BUDGETS = Sentence("This server's managers have set no budget. `/budget set` sets one.")
HOW_ROLES_ADD_UP = Sentence(
    "A student with several of these roles has the largest of their budgets; of all budgets the tightest holds."
)
HOW_GONE_ROLES_GO = Sentence("`/budget remove` takes away budgets of deleted roles too: choose them from its list.")
NO_BUDGET = Sentence("no budget")
SET = Sentence("Done. {line}")
BEFORE = Sentence("Until now: {amount}.")
BEFORE_BY = Sentence("Until now: {amount}, set by <@{who}> {when}.")
REMOVED = Sentence("That budget is removed.")
NO_SUCH_BUDGET = Sentence("There is no such budget here (any more). `/budget show` tells which there are.")
ROLE_OR_STUDENT = Sentence("A budget is for a role or for a student, not for both. Choose one of them.")
NO_TOKENS = Sentence("An amount of tokens is a whole number from 1 to 1,000,000,000,000, such as 200000 or 200,000.")
NO_DOLLARS = Sentence(
    "An amount of money is in US dollars, from 0.000001 to 1,000,000, such as 2.50: a number with a point, and no "
    "other currency."
)
BOTS_HAVE_NONE = Sentence("Bots ask me nothing, so they have no budget.")
FOR_MANAGERS_ALONE = Sentence("Only who may manage this server sees what it uses.")
FOR_OWNER_ALONE = Sentence("Only the bot's owner sees that.")
NEARLY_SPENT = {
    "bot": Sentence(
        "All servers together have used {percent} % of my budget of {amount} {period}: {used}. It begins anew {when}. "
        "It is set in my host's settings; `/usage` shows what it was used for."
    ),
    "server": Sentence(
        "This server has used {percent} % of its budget of {amount} {period}: {used}. It begins anew {when}. "
        "`/usage` shows what it was used for, and `/budget` sets budgets."
    ),
    "role": Sentence(
        "A student with <@&{subject}> has used {percent} % of the budget of {amount} {period}: {used}. It begins anew "
        "{when}. You are told of the first such student alone; `/usage` shows who used most."
    ),
    "student": Sentence(
        "<@{subject}> has used {percent} % of the budget of {amount} {period}: {used}. It begins anew {when}. "
        "`/budget` sets budgets."
    ),
}
"""By scope: told to whoever has set the budget."""
NEARLY_SPENT_IN = Sentence("{guild}: {notice}")
