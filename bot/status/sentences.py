"""What the status says to the bot's owner, in English and Korean."""

from bot.sentences import Sentence

# Time

DAYS = Sentence("{count} days", "{count}일")
HOURS = Sentence("{count} hours", "{count}시간")
MINUTES = Sentence("{count} minutes", "{count}분")
SECONDS = Sentence("{count} seconds", "{count}초")

# Processes

NEVER_CONNECTED = Sentence(
    "Saem: has never been connected to Discord with this database.",
    "쌤: 이 데이터베이스로 디스코드에 연결된 적이 없어요.",
)
DOES_NOT_RUN = Sentence("Saem: does not run.", "쌤: 실행 중이 아니에요.")
DOES_NOT_RUN_SINCE = Sentence(
    "Saem: does not run; the last process was there {span} ago.",
    "쌤: 실행 중이 아니에요. 마지막 프로세스는 {span} 전에 있었어요.",
)
HEARD_UNTIL = Sentence(
    "Saem: does not run, or does not hear Discord; it heard everything until {span} ago.",
    "쌤: 실행 중이 아니거나 디스코드의 소식을 듣지 못해요. {span} 전까지는 모두 들었어요.",
)
HEARS = Sentence("Discord: everything is heard.", "디스코드: 모든 소식을 듣고 있어요.")
PROCESS = Sentence(
    "Saem {version} (process {pid} on {host}): runs for {span}, {shards}{ending}; {servers} servers.",
    "쌤 {version} ({host}의 프로세스 {pid}): {span}째 실행 중, {shards}{ending}, 서버 {servers}개.",
)
PROCESS_UNKNOWN = Sentence(
    "Saem (process {pid} on {host}): runs for {span}, {shards}{ending}.",
    "쌤 ({host}의 프로세스 {pid}): {span}째 실행 중, {shards}{ending}.",
)
HOLDS_ONE = Sentence("holds shard {shards}", "샤드 {shards} 담당")
HOLDS = Sentence("holds shards {shards}", "샤드 {shards} 담당")
STANDS_BY = Sentence("holds no shard, and stands by", "맡은 샤드 없이 대기 중")
CONNECTS = Sentence("connects to Discord", "디스코드에 연결 중")
ENDS = Sentence(", and is about to end", ", 곧 종료")
OWNS_ONE = Sentence("Shard {shards}: nobody has it just now.", "샤드 {shards}: 지금 맡은 프로세스가 없어요.")
OWNS = Sentence("Shards {shards}: nobody has them just now.", "샤드 {shards}: 지금 맡은 프로세스가 없어요.")
SILENT_ONE = Sentence(
    "Shard {shards}: not everything is heard, or caught up with, yet.",
    "샤드 {shards}: 아직 듣지 못했거나 따라잡지 못한 소식이 있어요.",
)
SILENT = Sentence(
    "Shards {shards}: not everything is heard, or caught up with, yet.",
    "샤드 {shards}: 아직 듣지 못했거나 따라잡지 못한 소식이 있어요.",
)
CHANGES = Sentence("Shards that moved last (UTC): {changes}.", "최근에 옮겨진 샤드(UTC): {changes}.")
CHANGE = Sentence("{time} shard {shard} to {host} ({pid})", "{time} 샤드 {shard} → {host} ({pid})")
NO_STARTS = Sentence(
    "Discord: no further session may be begun today; shards without one wait for {span}.",
    "디스코드: 오늘은 새 세션을 더 시작할 수 없어요. 세션이 없는 샤드는 {span} 동안 기다려요.",
)

# Problems; {span} is empty where nobody knows

FOR = Sentence(" for {span}", " ({span}째)")
NO_SHARD = Sentence("no shard is connected to Discord yet", "아직 디스코드에 연결된 샤드가 없어요")
SHARD_APART = Sentence(
    "shard {subject} is not connected to Discord{span}", "샤드 {subject}: 디스코드에 연결되어 있지 않아요{span}"
)
STOPPING = Sentence("Saem is about to end", "쌤이 곧 종료돼요")
DATABASE = Sentence("the database does not answer ({cause})", "데이터베이스가 응답하지 않아요({cause})")
ASSISTANTS = Sentence("the Assistants server does not answer ({cause})", "Assistants 서버가 응답하지 않아요({cause})")
OUTAGES = {
    "away": Sentence(
        "{subject} is away{span}: see whether the database server runs and can be reached",
        "{subject}: 연결할 수 없어요{span}. 데이터베이스 서버가 실행 중이고 연결되는지 확인해 주세요",
    ),
    "full": Sentence(
        "{subject}: the disk is full{span}: make room on it",
        "{subject}: 디스크가 가득 찼어요{span}. 공간을 확보해 주세요",
    ),
    "read_only": Sentence(
        "{subject} may not be written{span}: see why the disk, the folder or the server may not be written",
        "{subject}: 쓸 수 없어요{span}. 디스크, 폴더 또는 서버에 왜 쓸 수 없는지 확인해 주세요",
    ),
    "locked": Sentence(
        "{subject} is locked{span}: another program is writing to it and does not let go: stop that one",
        "{subject}: 잠겨 있어요{span}. 다른 프로그램이 계속 쓰고 있으니 그 프로그램을 멈춰 주세요",
    ),
    "failing": Sentence(
        "{subject} fails{span}: see whether the disk is full or broken, and whether the files may be opened",
        "{subject}: 오류가 나요{span}. 디스크가 가득 찼거나 고장 났는지, 파일을 열 수 있는지 확인해 주세요",
    ),
    "damaged": Sentence(
        "{subject} is damaged{span}: stop Saem and put a backup in its place (saem restore)",
        "{subject}: 손상되었어요{span}. 쌤을 멈추고 백업으로 되돌려 주세요(saem restore)",
    ),
}
OF_PROCESS = Sentence("Process {pid} on {host}: {problem}.", "{host}의 프로세스 {pid}: {problem}.")
HEALTHY = Sentence("Saem is well.", "쌤은 문제없이 실행 중이에요.")
UNHEALTHY = Sentence("Saem is not well: {problems}.", "쌤에 문제가 있어요: {problems}.")

# Work

QUESTIONS = Sentence(
    "Questions: {waiting} waiting{oldest}, {running} being answered.",
    "질문: {waiting}개 대기 중{oldest}, {running}개 답변 중.",
)
OLDEST = Sentence(" (the oldest for {span})", " (가장 오래된 것 {span}째)")
MODEL = Sentence(
    "Model, last hour: {runs} runs, {failed} failed{causes}{first}{whole}.",
    "모델, 지난 1시간: 실행 {runs}번, 실패 {failed}번{causes}{first}{whole}.",
)
CAUSES = Sentence(" ({causes})", " ({causes})")
FIRST_WORD = Sentence(
    "; first word after {median} s (95 of 100: {p95} s)", ", 첫 글자까지 {median}초(100번 중 95번: {p95}초)"
)
WHOLE = Sentence("; whole run {median} s (95 of 100: {p95} s)", ", 실행 전체 {median}초(100번 중 95번: {p95}초)")
RUN_CAUSES = {
    "key_refused": Sentence("the provider refuses the key", "제공자가 키를 거절함"),
    "quota_used_up": Sentence("the provider's quota is used up", "제공자 할당량 소진"),
    "rate_limited": Sentence("the provider's rate limit is reached", "제공자 속도 제한"),
    "unreachable": Sentence("the model cannot be reached, or breaks off", "모델에 연결할 수 없거나 끊김"),
    "no_such_model": Sentence("no such model or address", "그런 모델이나 주소가 없음"),
    "provider_fault": Sentence("a fault of the provider's", "제공자 오류"),
    "server_refuses_key": Sentence("the Assistants server refuses the key", "Assistants 서버가 키를 거절함"),
    "server_busy": Sentence("the Assistants server is busy", "Assistants 서버가 바쁨"),
    "server_unreachable": Sentence("the Assistants server cannot be reached", "Assistants 서버에 연결할 수 없음"),
    "server_fault": Sentence("a fault of the Assistants server's", "Assistants 서버 오류"),
    "stalled": Sentence("no word for too long", "너무 오래 말이 없음"),
    "expired": Sentence("did not end in time", "제시간에 끝나지 않음"),
    "other": Sentence("other", "기타"),
}
REST = Sentence(
    "Discord's REST API, last hour: {requests} requests{troubles}.",
    "디스코드 REST API, 지난 1시간: 요청 {requests}번{troubles}.",
)
SERVER_ERRORS = Sentence("; server errors: {counts}", ", 서버 오류: {counts}")
LIMITED = Sentence("; rate limits (429): {counts}", ", 속도 제한(429): {counts}")
REFUSED = Sentence("; refused: {counts}", ", 거절: {counts}")
UNANSWERED = Sentence("; without a response: {counts}", ", 응답 없음: {counts}")
NO_ERRORS = Sentence("Errors of the last hour: none.", "지난 1시간의 오류: 없음.")
ERRORS = Sentence("Errors of the last hour: {count} ({counts}).", "지난 1시간의 오류: {count}번({counts}).")
MORE = Sentence("{count} more kinds", "그 밖에 {count}종류")
TOKENS = Sentence("Tokens of today (UTC): {tokens}{limit}.", "오늘 쓴 토큰(UTC): {tokens}{limit}.")
TOKENS_LIMIT = Sentence(" of {limit}", " / {limit}")
TOKENS_SPENT = Sentence("{line} Nothing more is answered today.", "{line} 오늘은 더 답하지 않아요.")
SIZE = Sentence("Database: {size} MB.", "데이터베이스: {size} MB.")

# Discord

TITLE = Sentence("How Saem is", "쌤의 상태")
FOR_OWNER_ALONE = Sentence("Only Saem's owner may see this.", "쌤의 소유자만 볼 수 있어요.")
OWNER_UNKNOWN = Sentence(
    "Discord does not tell just now whose bot I am. Please try again in a minute.",
    "지금은 제가 누구의 봇인지 디스코드에서 확인할 수 없어요. 잠시 뒤에 다시 해 주세요.",
)
NO_ROOM = Sentence(
    "… and {count} more lines: `saem status` on the machine shows all.",
    "… 그리고 {count}줄 더 있어요. 서버에서 `saem status`를 실행하면 모두 볼 수 있어요.",
)
NOT_READ = Sentence(
    "I cannot read how I am just now: the database does not answer.",
    "지금은 제 상태를 읽을 수 없어요. 데이터베이스가 응답하지 않아요.",
)
