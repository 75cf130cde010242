"""What the status says to the bot's owner, in English and Korean."""

from bot.sentences import Sentence

# Time

DAYS = Sentence("{count} day", plural="{count} days")
HOURS = Sentence("{count} hour", plural="{count} hours")
MINUTES = Sentence("{count} minute", plural="{count} minutes")
SECONDS = Sentence("{count} second", plural="{count} seconds")

# Processes

NEVER_CONNECTED = Sentence("Saem: has never been connected to Discord with this database.")
DOES_NOT_RUN = Sentence("Saem: does not run.")
DOES_NOT_RUN_SINCE = Sentence("Saem: does not run; the last process was there {span} ago.")
NOTES_NOTHING = Sentence("Saem: does not run, or cannot write into the database; its last note is {span} old.")
HEARD_UNTIL = Sentence("Saem: does not run, or does not hear Discord; it heard everything until {span} ago.")
HEARS = Sentence("Discord: everything is heard.")
PROCESS = Sentence("Saem {version} (process {pid} on {host}): runs for {span}, {shards}{ending}; servers: {servers}.")
PROCESS_UNKNOWN = Sentence("Saem (process {pid} on {host}): runs for {span}, {shards}{ending}.")
HOLDS_ONE = Sentence("holds shard {shards}")
HOLDS = Sentence("holds shards {shards}")
STANDS_BY = Sentence("holds no shard, and stands by")
CONNECTS = Sentence("connects to Discord")
ENDS = Sentence(", and is about to end")
OWNS_ONE = Sentence("Shard {shards}: nobody has it just now.")
OWNS = Sentence("Shards {shards}: nobody has them just now.")
SILENT_ONE = Sentence("Shard {shards}: not everything is heard, or caught up with, yet.")
SILENT = Sentence("Shards {shards}: not everything is heard, or caught up with, yet.")
CHANGES = Sentence("Shards that moved last (UTC): {changes}.")
CHANGE = Sentence("{time} shard {shard} to {host} ({pid})")
NO_STARTS = Sentence("Discord: no further session may be begun today; shards without one wait for {span}.")

# Problems; {span} is empty where nobody knows

FOR = Sentence(" for {span}")
NO_SHARD = Sentence("no shard is connected to Discord yet")
SHARD_APART = Sentence("shard {subject} is not connected to Discord{span}")
STOPPING = Sentence("Saem is about to end")
DATABASE = Sentence("the database does not answer ({cause})")
ASSISTANTS = Sentence("the Assistants server does not answer ({cause})")
OUTAGES = {
    "away": Sentence("{subject} is away{span}: see whether the database server runs and can be reached"),
    "full": Sentence("{subject}: the disk is full{span}: make room on it"),
    "read_only": Sentence(
        "{subject} may not be written{span}: see why the disk, the folder or the server may not be written"
    ),
    "locked": Sentence(
        "{subject} is locked{span}: another program is writing to it and does not let go: stop that one"
    ),
    "failing": Sentence(
        "{subject} fails{span}: see whether the disk is full or broken, and whether the files may be opened"
    ),
    "damaged": Sentence("{subject} is damaged{span}: stop Saem and put a backup in its place (saem restore)"),
}
OF_PROCESS = Sentence("Process {pid} on {host}: {problem}.")
BY_PROCESS = Sentence("Process {pid} on {host}: {line}")
HEALTHY = Sentence("Saem is well.")
UNHEALTHY = Sentence("Saem is not well: {problems}.")

# Work

QUESTIONS = Sentence("Questions: {waiting} waiting{oldest}, {running} being answered.")
OLDEST = Sentence(" (the oldest for {span})")
MODEL = Sentence("Model, last hour: runs: {runs}, failed: {failed}{causes}{first}{whole}.")
CAUSES = Sentence(" ({causes})")
FIRST_WORD = Sentence("; first word after {median} s (95 of 100: {p95} s)")
WHOLE = Sentence("; whole run {median} s (95 of 100: {p95} s)")
RUN_CAUSES = {
    "key_refused": Sentence("the provider refuses the key"),
    "quota_used_up": Sentence("the provider's quota is used up"),
    "rate_limited": Sentence("the provider's rate limit is reached"),
    "unreachable": Sentence("the model cannot be reached, or breaks off"),
    "no_such_model": Sentence("no such model or address"),
    "provider_fault": Sentence("a fault of the provider's"),
    "server_refuses_key": Sentence("the Assistants server refuses the key"),
    "server_busy": Sentence("the Assistants server is busy"),
    "server_unreachable": Sentence("the Assistants server cannot be reached"),
    "server_fault": Sentence("a fault of the Assistants server's"),
    "stalled": Sentence("no word for too long"),
    "expired": Sentence("did not end in time"),
    "other": Sentence("other"),
}
REST = Sentence("Discord's REST API, last hour: requests: {requests}{troubles}.")
SERVER_ERRORS = Sentence("; server errors: {counts}")
LIMITED = Sentence("; rate limits (429): {counts}")
REFUSED = Sentence("; refused: {counts}")
UNANSWERED = Sentence("; without a response: {counts}")
NO_ERRORS = Sentence("Errors of the last hour: none.")
ERRORS = Sentence("Errors of the last hour: {count} ({counts}).")
MORE = Sentence("{count} more kind", plural="{count} more kinds")
TOKENS = Sentence("Tokens of today (UTC): {tokens}{limit}.")
OF_LIMIT = Sentence(" of {limit}")
COST = Sentence("Cost of today (UTC): {cost}{limit}.")
ALL_SPENT = Sentence("{line} Nothing more is answered today.")
SIZE = Sentence("Database: {size} MB.")

# Discord

TITLE = Sentence("How Saem is")
FOR_OWNER_ALONE = Sentence("Only Saem's owner may see this.")
OWNER_UNKNOWN = Sentence("Discord does not tell just now whose bot I am. Please try again in a minute.")
NO_ROOM = Sentence(
    "… and {count} more line: `saem status` on the machine shows all.",
    plural="… and {count} more lines: `saem status` on the machine shows all.",
)
NOT_READ = Sentence("I cannot read how I am just now: the database does not answer.")
