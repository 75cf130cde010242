"""Who takes and who gives shards."""

from hypothesis import given
from hypothesis import strategies as st

from bot.shards.balance import LEFT_LYING, Plan, ProcessView, ShardView, plan

A, B, C = ProcessView("a"), ProcessView("b"), ProcessView("c")


def _shards(owners: str) -> list[ShardView]:
    """A shard for each letter: its owner, `-` for none."""
    return [ShardView(number, None if each == "-" else each) for number, each in enumerate(owners)]


def _plans(processes: list[ProcessView], shards: list[ShardView], **more: bool) -> dict[str, Plan]:
    return {each.process_id: plan(each.process_id, processes, shards, identifies=99, **more) for each in processes}


def test_free_shards_go_to_those_that_have_the_fewest() -> None:
    assert _plans([A, B], _shards("----")) == {"a": Plan((0, 2)), "b": Plan((1, 3))}
    assert _plans([A, B], _shards("aa--")) == {"a": Plan(), "b": Plan((2, 3))}
    assert _plans([A, B, C], _shards("ab-")) == {"a": Plan(), "b": Plan(), "c": Plan((2,))}


def test_who_has_two_more_gives_one_and_waits_until_it_is_taken() -> None:
    assert _plans([A, B], _shards("aaa")) == {"a": Plan(give=2), "b": Plan()}
    assert _plans([A, B], _shards("aa-")) == {"a": Plan(), "b": Plan((2,))}
    assert _plans([A, B], _shards("aab")) == {"a": Plan(), "b": Plan()}
    assert _plans([A, B, C], _shards("aabb")) == {"a": Plan(give=1), "b": Plan(), "c": Plan()}


def test_who_closes_takes_none_and_is_given_none() -> None:
    closing = ProcessView("b", closing=True)
    assert _plans([A, closing], _shards("a-b-")) == {"a": Plan((1, 3)), "b": Plan()}
    assert _plans([A, closing], _shards("aaa")) == {"a": Plan(), "b": Plan()}
    assert _plans([A, closing], _shards("aaab")) == {"a": Plan(), "b": Plan()}


def test_processes_that_see_the_shards_in_another_order_come_to_the_same_result() -> None:
    shards = _shards("----")
    assert plan("a", [B, A], shards[::-1], identifies=9) == plan("a", [A, B], shards, identifies=9) == Plan((0, 2))


def test_a_dead_owners_shards_are_free_when_their_leases_have_run_out() -> None:
    lapsed = ShardView(0, "dead", lapsed=True)
    assert _plans([A, B], [lapsed, *_shards("-ab")[1:]])["a"].take == (0,)
    assert _plans([A], [ShardView(0, "dead")])["a"] == Plan()


def test_lapsed_shards_are_left_to_owners_that_may_come_back() -> None:
    lapsed = [ShardView(0, "a", lapsed=True), ShardView(1, "b", lapsed=True)]
    assert _plans([B], lapsed, spares_lapsed=True)["b"] == Plan()
    assert _plans([B], lapsed)["b"] == Plan((0, 1))


def test_what_nobody_takes_for_long_is_taken_by_whoever_sees_it() -> None:
    lying = [ShardView(0, None, free_for=LEFT_LYING + 0.1)]
    assert {each: made.take for each, made in _plans([A, B], lying).items()} == {"a": (0,), "b": (0,)}
    fresh = [ShardView(0, None, free_for=LEFT_LYING)]
    assert {each: made.take for each, made in _plans([A, B], fresh).items()} == {"a": (0,), "b": ()}


def test_no_more_shards_are_taken_than_may_identify_but_all_that_can_be_resumed() -> None:
    shards = [ShardView(0, None), ShardView(1, None, resumable=True), ShardView(2, None), ShardView(3, None)]
    assert plan("a", [A], shards, identifies=2).take == (0, 1, 2)
    assert plan("a", [A], shards, identifies=0).take == (1,)
    assert plan("a", [A], shards, identifies=-3).take == (1,)


@given(
    st.lists(st.sampled_from("abcdefgh-"), min_size=1, max_size=40),
    st.sets(st.sampled_from("abcdefgh"), min_size=1),
    st.integers(1, 3),
)
def test_from_any_state_all_shards_are_spread_evenly_and_no_shard_moves_twice(
    owners: list[str], alive: set[str], identifies: int
) -> None:
    processes = [ProcessView(each) for each in sorted(alive)]
    state = [each if each in alive else "-" for each in owners]
    moved = [0] * len(state)
    for _ in range(3 * len(state) + 3):
        shards = _shards("".join(state))
        plans = {each: plan(each, processes, shards, identifies=identifies) for each in alive}
        if all(made == Plan() for made in plans.values()):
            break
        taken = [number for made in plans.values() for number in made.take]
        assert len(taken) == len(set(taken))
        for process_id, made in plans.items():
            for number in made.take:
                assert state[number] == "-"
                state[number] = process_id
            if made.give is not None:
                assert state[made.give] == process_id
                state[made.give] = "-"
                moved[made.give] += 1
    held = [state.count(each) for each in alive]
    assert sum(held) == len(state)
    assert max(held) - min(held) <= 1
    assert max(moved) <= 1
