"""A student's progress: results counted by topic, what grows, what fades, and what is due."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal

from bot.learning.result_store import StudyResult
from bot.learning.topics.topic_folding import Topic, fold

Trend = Literal["grows", "fades", "steady"]

FEWEST: Final = 4
"""Results of a topic from which a trend is read; fewer tell nothing."""
LATEST: Final = 40
"""Results of a topic that a trend is read from."""
STEP: Final = 0.15
"""By so much the later half must be better, or worse, than the earlier."""
FORGOTTEN: Final = 0.8
"""A topic fades when its cards are remembered less likely than this; a card is due at 0.9."""
OTHERS: Final = Topic("*", "Other topics", "그 밖의 주제", known=True)
"""In what is shared, the topics that the table does not know: their words may be nobody else's business."""


@dataclass(frozen=True, slots=True)
class CardMemory:
    """What matters of a card here: its topic, how likely it is remembered, and whether it is due. `recall` is None for
    a card that was never seen.
    """

    topic: str
    recall: float | None
    due: bool


@dataclass(frozen=True, slots=True)
class TopicProgress:
    """The progress in one topic."""

    topic: Topic
    right: int
    total: int
    trend: Trend
    due: int
    last_at: float


@dataclass(frozen=True, slots=True)
class Progress:
    """A student's progress, the topics with most results first."""

    topics: Sequence[TopicProgress]
    due: int
    next_due: float | None = None

    @property
    def right(self) -> int:
        """Right answers in all."""
        return sum(each.right for each in self.topics)

    @property
    def total(self) -> int:
        """Answers in all."""
        return sum(each.total for each in self.topics)


@dataclass(slots=True)
class _Gathered:
    topic: Topic
    outcomes: list[bool] = field(default_factory=list)
    recalls: list[float] = field(default_factory=list)
    due: int = 0
    last_at: float = 0.0


def summarise(
    results: Iterable[StudyResult],
    cards: Iterable[CardMemory],
    *,
    due: int = 0,
    next_due: float | None = None,
    public: bool = False,
) -> Progress:
    """Count results, oldest first, and cards by topic; `due` cards are due in all. `public` puts the topics that the
    table does not know together, and leaves out what is due.
    """
    gathered: dict[str, _Gathered] = {}

    def of(written: str) -> _Gathered:
        topic = fold(written)
        if public and not topic.known:
            topic = OTHERS
        return gathered.setdefault(topic.key, _Gathered(topic))

    for result in results:
        one = of(result.topic)
        one.outcomes.append(result.right)
        one.last_at = max(one.last_at, result.at)
    for card in cards:
        one = of(card.topic)
        one.due += card.due and not public
        if card.recall is not None:
            one.recalls.append(card.recall)
    topics = [_progress(one) for one in gathered.values() if one.outcomes or one.due]
    topics.sort(key=lambda each: (-each.total, -each.last_at, each.topic.key))
    return Progress(topics, due, next_due)


def _progress(one: _Gathered) -> TopicProgress:
    return TopicProgress(
        topic=one.topic,
        right=sum(one.outcomes),
        total=len(one.outcomes),
        trend=trend_of(one.outcomes, one.recalls),
        due=one.due,
        last_at=one.last_at,
    )


def trend_of(outcomes: Sequence[bool], recalls: Sequence[float]) -> Trend:
    """Whether a topic grows or fades: by what is remembered of its cards, then by the later half of the results."""
    if recalls and sum(recalls) / len(recalls) < FORGOTTEN:
        return "fades"
    latest = outcomes[-LATEST:]
    if len(latest) < FEWEST:
        return "steady"
    middle = len(latest) // 2
    earlier, later = latest[:middle], latest[middle:]
    change = sum(later) / len(later) - sum(earlier) / len(earlier)
    if abs(change) < STEP:
        return "steady"
    return "grows" if change > 0 else "fades"


def folded_together(topics: Sequence[TopicProgress], most: int) -> tuple[Sequence[TopicProgress], Mapping[str, int]]:
    """The first `most` topics, and the counts of the rest: `topics`, `right`, `total`, `due`."""
    rest = topics[most:]
    counts = {
        "topics": len(rest),
        "right": sum(each.right for each in rest),
        "total": sum(each.total for each in rest),
        "due": sum(each.due for each in rest),
    }
    return topics[:most], counts
