"""The condition of the bot in words."""

from dataclasses import replace
from decimal import Decimal

import pytest

from bot.shards.lease_store import LEASE
from bot.status import sentences as say
from bot.status.condition import NOTED_LATELY, Condition
from bot.status.process_status import ModelStatus, Problem, RestStatus, ShardChange, ShardStatus
from bot.status.report import SHOWN_CAUSES, SHOWN_CHANGES, SILENT_AFTER, WAITS_LONG, DayLimits, report, span
from bot.store.notes import ALIVE_AT
from database.outages import ADVICE
from tests.bot.status.conditions import ALONE, MANY, NOW, A, B, process_status


def lines(seen: Condition, tokens_per_day: int = 0) -> list[str]:
    return [str(each) for each in report(seen, DayLimits(tokens_per_day, Decimal("0.5")))]


def alone(**status: object) -> Condition:
    (process,) = ALONE.processes
    return replace(ALONE, processes=[replace(process, status=process_status(**status))])  # type: ignore[arg-type]


def test_one_that_is_well_says_so() -> None:
    assert lines(replace(ALONE, waiting=2, oldest_waiting=NOW - 130, running=3, tokens=1234), 5000) == [
        "✓ Saem 1.2 (process 11 on one): runs for 2 hours, holds shard 0 (42 ms); servers: 3.",
        "✓ Discord: everything is heard.",
        "✓ Questions: 2 waiting (the oldest for 2 minutes), 3 being answered.",
        "• Model, last hour: runs: 42, failed: 2 (the provider refuses the key: 2); first word after 1.2 s (95 of 100: "
        "4.0 s); whole run 5.0 s (95 of 100: 9.0 s).",
        "• Discord's REST API, last hour: requests: 1,234; server errors: 503: 2; rate limits (429): user: 3; refused: "
        "403: 1; without a response: ServerDisconnectedError: 1.",
        "• Errors of the last hour: 3 (answer.failed (503 server_error): 3).",
        "✓ Tokens of today (UTC): 1,234 of 5,000.",
        "✓ Cost of today (UTC): $0.0000 of $0.50.",
        "✓ Database: 12.3 MB.",
    ]


def test_one_with_nothing_to_tell_is_short() -> None:
    seen = alone(model=ModelStatus({}, {}), rest=RestStatus(0, {}, {}, {}, {}), errors={})
    assert lines(seen)[2:5] == [
        "✓ Questions: 0 waiting, 0 being answered.",
        "✓ Errors of the last hour: none.",
        "✓ Tokens of today (UTC): 0.",
    ]


def test_several_say_who_holds_what() -> None:
    assert lines(MANY) == [
        "✓ Saem (process 11 on one): runs for 2 hours, holds shards 0, 1.",
        "✓ Saem (process 12 on two): runs for 30 seconds, holds shard 2, and is about to end.",
        "✓ Questions: 0 waiting, 0 being answered.",
        "✓ Errors of the last hour: none.",
        "✓ Tokens of today (UTC): 0.",
        "✓ Cost of today (UTC): $0.0000 of $0.50.",
    ]
    stands_by = replace(MANY, shards={0: "a"}, heard_until={ALIVE_AT: NOW})
    assert lines(stands_by)[1].endswith("holds no shard, and stands by, and is about to end.")


def test_errors_of_all_processes_are_added_and_each_measures_its_own_shards() -> None:
    a = replace(A, status=process_status("a", ShardStatus(0, True, 0.04), ShardStatus(1, False)))
    b = replace(B, status=process_status("b", ShardStatus(2, True, 0.1), version="1.3", servers=1))
    said = lines(replace(MANY, processes=[a, b]))
    assert said[0] == "✓ Saem 1.2 (process 11 on one): runs for 2 hours, holds shards 0 (40 ms), 1; servers: 3."
    assert said[1].startswith("✓ Saem 1.3 (process 12 on two): runs for 30 seconds, holds shard 2 (100 ms), and is")
    assert "• Errors of the last hour: 6 (answer.failed (503 server_error): 6)." in said
    assert len([line for line in said if ": Model, last hour" in line]) == 2
    assert any(line.startswith("• Process 12 on two: Discord's REST API") for line in said)


def test_the_last_changes_of_shards_are_told_oldest_first() -> None:
    changes = tuple(ShardChange(NOW - 100 + each, 0, gained=each % 2 == 0) for each in range(2 * SHOWN_CHANGES + 4))
    a = replace(A, status=process_status("a", changes=changes))
    b = replace(B, status=process_status("b", changes=(ShardChange(NOW, 2, gained=True),)))
    (told,) = [line for line in lines(replace(MANY, processes=[a, b])) if "moved last" in line]
    assert told.endswith("08:00:00 shard 2 to two (12).")
    assert told.count("shard 0 to one (11)") == SHOWN_CHANGES - 1
    assert "07:58:32 shard 0" in told
    assert not [line for line in lines(replace(MANY, processes=[a])) if "moved last" in line]


@pytest.mark.parametrize(
    ("seen", "wrong"),
    [
        (replace(ALONE, heard_until={}), "Saem: has never been connected to Discord with this database."),
        (
            replace(ALONE, heard_until={ALIVE_AT: NOW - SILENT_AFTER - 1}),
            "Saem: does not run, or does not hear Discord; it heard everything until 61 seconds ago.",
        ),
        (
            replace(ALONE, heard_until={f"{ALIVE_AT}:0/2": NOW - 300, f"{ALIVE_AT}:1/2": NOW - 5}),
            "Saem: does not run, or does not hear Discord; it heard everything until 5 minutes ago.",
        ),
        (
            replace(ALONE, processes=[replace(ALONE.processes[0], seen_at=NOW - NOTED_LATELY)]),
            "Saem: does not run, or cannot write into the database; its last note is 35 seconds old.",
        ),
        (
            replace(ALONE, processes=[]),
            "Saem: does not run, or cannot write into the database; its last note is 14 seconds old.",
        ),
        (
            replace(ALONE, waiting=1, oldest_waiting=NOW - WAITS_LONG - 1),
            "Questions: 1 waiting (the oldest for 10 minutes), 0 being answered.",
        ),
        (replace(ALONE, tokens=5_000), "Tokens of today (UTC): 5,000 of 5,000. Nothing more is answered today."),
        (
            replace(ALONE, picodollars=500_000_000_000),
            "Cost of today (UTC): $0.5000 of $0.50. Nothing more is answered today.",
        ),
        (
            alone(model=ModelStatus({"failed": 4}, {"stalled": 3, "never heard of": 1}, failing=True)),
            "Model, last hour: runs: 4, failed: 4 (no word for too long: 3, other: 1).",
        ),
        (
            alone(rest=RestStatus(9, {"500": 9}, {}, {}, {}, failing=True)),
            "Discord's REST API, last hour: requests: 9; server errors: 500: 9.",
        ),
        (
            replace(ALONE, starts_again_at=NOW + 7_201),
            "Discord: no further session may be begun today; shards without one wait for 2 hours.",
        ),
        (
            replace(MANY, processes=[replace(each, seen_at=NOW - 200_000) for each in (A, B)]),
            "Saem: does not run; the last process was there 2 days ago.",
        ),
        (replace(MANY, processes=[]), "Saem: does not run."),
        (replace(MANY, processes=[A, replace(B, seen_at=NOW - LEASE)]), "Shard 2: nobody has it just now."),
        (replace(MANY, shards={0: "a", 1: None, 2: None}), "Shards 1, 2: nobody has them just now."),
        (
            replace(MANY, heard_until={**MANY.heard_until, f"{ALIVE_AT}:1/3": NOW - 61}),
            "Shard 1: not everything is heard, or caught up with, yet.",
        ),
        (replace(MANY, heard_until={}), "Shards 0, 1, 2: not everything is heard, or caught up with, yet."),
    ],
)
def test_what_is_wrong_is_marked(seen: Condition, wrong: str) -> None:
    assert [line for line in lines(seen, 5_000) if line.startswith("✗")] == [f"✗ {wrong}"]


def test_notes_of_another_number_of_shards_say_nothing_of_now() -> None:
    seen = replace(ALONE, heard_until={f"{ALIVE_AT}:0/2": NOW - 9_000, f"{ALIVE_AT}:1/2": NOW - 9_000, ALIVE_AT: NOW})
    assert "✓ Discord: everything is heard." in lines(seen)


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        (Problem("no_shard"), "no shard is connected to Discord yet"),
        (Problem("shard_apart", "4", since=NOW - 130), "shard 4 is not connected to Discord for 2 minutes"),
        (Problem("stopping"), "Saem is about to end"),
        (Problem("database", cause="TimeoutError"), "the database does not answer (TimeoutError)"),
        (Problem("assistants", cause="503 x"), "the Assistants server does not answer (503 x)"),
        (Problem("outage", "saem.sqlite3", "full", NOW - 7), "saem.sqlite3: the disk is full for 7 seconds: make room"),
    ],
)
def test_each_problem_has_a_sentence(problem: Problem, words: str) -> None:
    (line,) = [line for line in lines(alone(problems=(problem,))) if line.startswith("✗")]
    assert line.startswith(f"✗ Process 11 on one: {words}")


def test_every_outage_has_a_sentence_and_an_advice() -> None:
    assert say.OUTAGES.keys() == ADVICE.keys()
    for kind, advice in ADVICE.items():
        assert say.OUTAGES[kind]("en", subject="x", span="").endswith(advice.replace(" on the disk", " on it"))


def test_many_causes_are_cut_and_spans_have_a_fitting_unit() -> None:
    (told,) = [line for line in lines(alone(errors={f"e{n}": 1 for n in range(SHOWN_CAUSES + 2)})) if "Errors" in line]
    assert told.endswith("e7: 1, 2 more kinds).")
    assert [span(seconds, "en") for seconds in (-1, 119, 120, 7_199, 7_200, 172_799, 172_800)] == [
        "0 seconds", "119 seconds", "2 minutes", "119 minutes", "2 hours", "47 hours", "2 days"
    ]  # fmt: skip


def test_costs_are_told_where_there_are_some_or_a_limit() -> None:
    said = [str(each) for each in report(replace(ALONE, picodollars=12_345_678_901), DayLimits())]
    assert "✓ Cost of today (UTC): $0.0123." in said
    assert not [str(each) for each in report(ALONE, DayLimits()) if "Cost" in str(each)]


def test_in_korean() -> None:
    said = [str(each) for each in report(replace(ALONE, waiting=1, oldest_waiting=NOW - 130), DayLimits(), "ko")]
    assert said[0] == "✓ 쌤 1.2 (one의 프로세스 11): 2시간째 실행 중, 샤드 0 (42 ms) 담당, 서버 3개."
    assert said[2] == "✓ 질문: 1개 대기 중 (가장 오래된 것 2분째), 0개 답변 중."
    assert not [line for line in said if "hour" in line]
