"""The condition of the bot in words, a line for each thing, for the terminal and for Discord."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Final

from bot.catalogues.number_format import in_digits
from bot.prices import PICO
from bot.sentences import Locale, Sentence
from bot.settings import Settings
from bot.status import sentences as say
from bot.status.condition import Condition, Process
from bot.status.process_status import Problem, Spread
from bot.store.notes import ALIVE_AT

SILENT_AFTER: Final = 60.0
"""Seconds after which a shard that notes nothing hears nothing: it notes every fifteen that it has heard all."""
WAITS_LONG: Final = 600.0
"""Seconds after which a question that waits still says that something is wrong."""
SHOWN_CAUSES: Final = 8
SHOWN_CHANGES: Final = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A thing that is well, or not."""

    well: bool
    text: str
    worth_a_look: bool = False
    """Whether something was wrong with it lately."""

    def __str__(self) -> str:
        return f"{'✗' if not self.well else '•' if self.worth_a_look else '✓'} {self.text}"


@dataclass(frozen=True, slots=True)
class DayLimits:
    """What the whole bot may use in a day; 0 for no limit."""

    tokens: int = 0
    dollars: Decimal = Decimal(0)


def day_limits(settings: Settings) -> DayLimits:
    """Those of the host's settings."""
    return DayLimits(settings.tokens_per_day, settings.dollars_per_day)


def report(seen: Condition, limits: DayLimits, locale: Locale = "en") -> list[Line]:
    """What the rows mean."""
    return list(_lines(seen, limits, locale))


def _lines(seen: Condition, limits: DayLimits, locale: Locale) -> Iterator[Line]:
    living = seen.living
    yield from _processes(seen, living, locale)
    for process in living:
        for problem in process.status.problems if process.status is not None else ():
            told = say.OF_PROCESS(
                locale, pid=process.pid, host=process.host, problem=in_words(problem, seen.now, locale)
            )
            yield Line(False, told)
    if seen.starts_again_at is not None and seen.starts_again_at > seen.now:
        yield Line(False, say.NO_STARTS(locale, span=span(seen.starts_again_at - seen.now, locale)))
    yield _questions(seen, locale)
    for process in living:
        for line in _measured(process, locale):
            told = say.BY_PROCESS(locale, pid=process.pid, host=process.host, line=line.text)
            yield line if len(living) == 1 else replace(line, text=told)
    errors: dict[str, int] = {}
    for process in living:
        for cause, count in process.status.errors.items() if process.status is not None else ():
            errors[cause] = errors.get(cause, 0) + count
    if errors:
        told = say.ERRORS(locale, count=sum(errors.values()), counts=_counts(errors, locale))
        yield Line(True, told, worth_a_look=True)
    elif living:
        yield Line(True, say.NO_ERRORS(locale))
    yield from _spent(seen, limits, locale)
    if seen.database_bytes is not None:
        yield Line(True, say.SIZE(locale, size=in_digits(locale, seen.database_bytes / 1e6, 1)))


def _spent(seen: Condition, limits: DayLimits, locale: Locale) -> Iterator[Line]:
    limit = say.OF_LIMIT(locale, limit=in_digits(locale, limits.tokens)) if limits.tokens else ""
    yield _spend(
        say.TOKENS(locale, tokens=in_digits(locale, seen.tokens), limit=limit), seen.tokens, limits.tokens, locale
    )
    dollars = Decimal(seen.picodollars) / PICO
    if dollars or limits.dollars:
        limit = say.OF_LIMIT(locale, limit=f"${in_digits(locale, limits.dollars, 2)}") if limits.dollars else ""
        yield _spend(
            say.COST(locale, cost=f"${in_digits(locale, dollars, 4)}", limit=limit), dollars, limits.dollars, locale
        )


def _spend(line: str, used: Decimal | int, limit: Decimal | int, locale: Locale) -> Line:
    spent = bool(limit) and used >= limit
    return Line(not spent, say.ALL_SPENT(locale, line=line) if spent else line)


def _processes(seen: Condition, living: Sequence[Process], locale: Locale) -> Iterator[Line]:
    for process in living:
        yield Line(True, _process(seen, process, locale))
    if not seen.shared:
        yield from _alone(seen, living, locale)
        return
    if not living:
        last = max((each.seen_at for each in seen.processes), default=None)
        words = say.DOES_NOT_RUN(locale)
        if last is not None:
            words = say.DOES_NOT_RUN_SINCE(locale, span=span(seen.now - last, locale))
        yield Line(False, words)
        return
    owners = {each.process_id for each in living}
    free = [shard for shard, owner in seen.shards.items() if owner not in owners]
    if free:
        yield Line(False, _of_shards(say.OWNS_ONE, say.OWNS, free, locale))
    silent = [
        shard
        for shard, owner in seen.shards.items()
        if owner in owners and seen.now - _heard(seen, shard) > SILENT_AFTER
    ]
    if silent:
        yield Line(False, _of_shards(say.SILENT_ONE, say.SILENT, silent, locale))
    if len(seen.processes) > 1 and (changes := _changes(seen, locale)):
        yield Line(True, say.CHANGES(locale, changes=changes))


def _alone(seen: Condition, living: Sequence[Process], locale: Locale) -> Iterator[Line]:
    """One bot on SQLite: it notes what it has heard."""
    if not seen.heard_until:
        yield Line(False, say.NEVER_CONNECTED(locale))
        return
    of_count: dict[str, list[float]] = {}  # notes of another number of shards stay
    for name, until in seen.heard_until.items():
        of_count.setdefault(name.partition("/")[2], []).append(until)
    silent = seen.now - min(max(of_count.values(), key=max))
    if not living:
        last = max((each.seen_at for each in seen.processes), default=seen.now - silent)
        yield Line(False, say.NOTES_NOTHING(locale, span=span(seen.now - last, locale)))
    elif silent > SILENT_AFTER:
        yield Line(False, say.HEARD_UNTIL(locale, span=span(silent, locale)))
    else:
        yield Line(True, say.HEARS(locale))


def _process(seen: Condition, process: Process, locale: Locale) -> str:
    status = process.status
    latencies: dict[int, float | None] = (
        {each.shard_id: each.latency for each in status.shards} if status is not None else {}
    )
    held = sorted(latencies)
    if seen.shared:
        held = sorted(shard for shard, owner in seen.shards.items() if owner == process.process_id)
    named = [
        f"{shard} ({1000 * latency:.0f} ms)" if (latency := latencies.get(shard)) is not None else str(shard)
        for shard in held
    ]
    shards = (say.STANDS_BY if seen.shared else say.CONNECTS)(locale)
    if held:
        shards = (say.HOLDS_ONE if len(held) == 1 else say.HOLDS)(locale, shards=", ".join(named))
    values = {
        "pid": process.pid,
        "host": process.host,
        "span": span(seen.now - process.started_at, locale),
        "shards": shards,
        "ending": say.ENDS(locale) if process.closing else "",
    }
    if status is None:
        return say.PROCESS_UNKNOWN(locale, **values)
    return say.PROCESS(locale, version=status.version, servers=status.servers, **values)


def _changes(seen: Condition, locale: Locale) -> str:
    """Which shards went to whom last."""
    gained = [
        (change.at, change.shard_id, process)
        for process in seen.processes
        if process.status is not None
        for change in process.status.changes
        if change.gained
    ]
    last = sorted(gained, key=lambda each: each[:2])[-SHOWN_CHANGES:]
    return ", ".join(
        say.CHANGE(
            locale,
            time=datetime.fromtimestamp(at, UTC).strftime("%H:%M:%S"),
            shard=shard,
            host=process.host,
            pid=process.pid,
        )
        for at, shard, process in last
    )


def _questions(seen: Condition, locale: Locale) -> Line:
    late = seen.oldest_waiting is not None and seen.now - seen.oldest_waiting > WAITS_LONG
    oldest = ""
    if seen.oldest_waiting is not None:
        oldest = say.OLDEST(locale, span=span(seen.now - seen.oldest_waiting, locale))
    return Line(not late, say.QUESTIONS(locale, waiting=seen.waiting, oldest=oldest, running=seen.running))


def _measured(process: Process, locale: Locale) -> Iterator[Line]:
    """What a process has measured of the model and of Discord."""
    if process.status is None:
        return
    model, rest = process.status.model, process.status.rest
    if model.runs:
        causes = {say.RUN_CAUSES.get(each, say.RUN_CAUSES["other"])(locale): n for each, n in model.failures.items()}
        yield Line(
            not model.failing,
            say.MODEL(
                locale,
                runs=sum(model.runs.values()),
                failed=sum(model.failures.values()),
                causes=say.CAUSES(locale, causes=_counts(causes, locale)) if causes else "",
                first=_spread(say.FIRST_WORD, model.first_word, locale),
                whole=_spread(say.WHOLE, model.whole, locale),
            ),
            worth_a_look=bool(causes),
        )
    if rest.requests:
        troubles = "".join(
            sentence(locale, counts=_counts(counts, locale))
            for sentence, counts in (
                (say.SERVER_ERRORS, rest.server_errors),
                (say.LIMITED, rest.limited),
                (say.REFUSED, rest.refused),
                (say.UNANSWERED, rest.unanswered),
            )
            if counts
        )
        told = say.REST(locale, requests=in_digits(locale, rest.requests), troubles=troubles)
        yield Line(not rest.failing, told, worth_a_look=bool(troubles))


def in_words(problem: Problem, now: float, locale: Locale = "en") -> str:
    """A problem, for the end of a sentence."""
    sentences = {
        "no_shard": say.NO_SHARD,
        "shard_apart": say.SHARD_APART,
        "stopping": say.STOPPING,
        "database": say.DATABASE,
        "assistants": say.ASSISTANTS,
        "outage": say.OUTAGES.get(problem.cause, say.OUTAGES["failing"]),
    }
    since = say.FOR(locale, span=span(now - problem.since, locale)) if problem.since else ""
    return sentences[problem.kind](locale, subject=problem.subject, cause=problem.cause, span=since)


def span(seconds: float, locale: Locale) -> str:
    """So many seconds, in a unit of which there are two or more."""
    for size, unit in ((86_400, say.DAYS), (3_600, say.HOURS), (60, say.MINUTES)):
        if seconds >= 2 * size:
            return unit(locale, count=int(seconds // size))
    return say.SECONDS(locale, count=round(max(0.0, seconds)))


def _counts(counts: Mapping[str, int], locale: Locale) -> str:
    ordered = sorted(counts.items(), key=lambda each: -each[1])
    told = [f"{name}: {count}" for name, count in ordered[:SHOWN_CAUSES]]
    if len(ordered) > SHOWN_CAUSES:
        told.append(say.MORE(locale, count=len(ordered) - SHOWN_CAUSES))
    return ", ".join(told)


def _spread(sentence: Sentence, spread: Spread | None, locale: Locale) -> str:
    if spread is None:
        return ""
    return sentence(locale, median=in_digits(locale, spread.median, 1), p95=in_digits(locale, spread.p95, 1))


def _of_shards(one: Sentence, several: Sentence, shards: Sequence[int], locale: Locale) -> str:
    return (one if len(shards) == 1 else several)(locale, shards=", ".join(map(str, sorted(shards))))


def _heard(seen: Condition, shard_id: int) -> float:
    count = len(seen.shards)
    return seen.heard_until.get(ALIVE_AT if count == 1 else f"{ALIVE_AT}:{shard_id}/{count}", 0.0)
