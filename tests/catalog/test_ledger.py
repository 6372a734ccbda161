"""The ledger: opinions are compared with the tail of their own quake."""

from typing import Any

from hashquake.catalog.ledger import latest, next_quakes, replayed_quakes
from hashquake.core.opinion import Opinion, quake_scope

SCOPE = quake_scope(1.0)


def opinion(status: str, issued_s: int, *, size: float = 0.2, name: str = "hq20210416a") -> Any:
    return {
        "id": name,
        "revision": 0,
        "status": status,
        "issued_s": issued_s,
        "size": size,
        "false_alarms_per_year": 1.0,
        "onset": {"start_s": 0, "end_s": 1},
    }


LADDER = [opinion("preliminary", 10), opinion("confirmed", 20), opinion("reviewed", 30)]


def replayed(
    stored: tuple[Opinion, ...], told: list[Any], *, complete: bool = True
) -> tuple[Opinion, ...]:
    return replayed_quakes(stored, told, scope=SCOPE, complete=complete, at_s=99.0)


def statuses(opinions: tuple[Opinion, ...]) -> list[str]:
    return [one.document["status"] for one in opinions]


def test_the_first_replay_adds_the_whole_ladder_and_the_second_nothing() -> None:
    first = replayed((), LADDER)
    assert [one.revision for one in first] == [1, 2, 3]
    assert [one.document["revision"] for one in first] == [1, 2, 3]
    assert replayed(first, LADDER) == ()


def test_an_early_opinion_that_changed_does_not_turn_the_latest_back() -> None:
    stored = replayed((), LADDER)
    changed = [opinion("preliminary", 10, size=0.25), *LADDER[1:]]
    assert replayed(stored, changed) == ()
    all_changed = [{**one, "size": 0.3} for one in LADDER]
    (added,) = replayed(stored, all_changed)
    assert (added.revision, added.document["status"]) == (4, "reviewed")


def test_a_longer_replay_adds_what_came_after_the_tail() -> None:
    stored = replayed((), LADDER[:1])
    assert statuses(replayed(stored, LADDER)) == ["confirmed", "reviewed"]


def test_a_replay_that_stopped_earlier_replaces_and_withdraws_nothing() -> None:
    stored = replayed((), [*LADDER, opinion("confirmed", 25, name="hq20210501a")])
    early = [opinion("preliminary", 10, size=0.4)]
    assert replayed(stored, early, complete=False) == ()
    assert statuses(replayed(stored, [{**LADDER[2], "issued_s": 40}], complete=False)) == [
        "reviewed"
    ]


def test_a_quake_that_a_complete_replay_no_longer_tells_is_rejected_once() -> None:
    stored = replayed((), LADDER)
    (added,) = replayed(stored, [])
    assert (added.revision, added.document["status"]) == (4, "rejected")
    assert added.document["issued_s"] == 99
    assert replayed((*stored, added), []) == ()
    # And it returns under its name when it is told again.
    assert statuses(replayed((*stored, added), LADDER)) == ["reviewed"]


def test_catalogs_of_other_rates_do_not_meet() -> None:
    stored = replayed((), LADDER)
    seldom = [{**one, "false_alarms_per_year": 0.1} for one in LADDER]
    scope = quake_scope(0.1)
    added = replayed_quakes(stored, seldom, scope=scope, complete=True, at_s=99.0)
    assert [one.revision for one in added] == [1, 2, 3]
    assert [one.scope for one in latest((*stored, *added))] == [SCOPE, scope]


def test_a_running_catalog_adds_each_opinion_after_its_tail() -> None:
    first = next_quakes((), LADDER[:2])
    assert [one.revision for one in first] == [1, 2]
    assert next_quakes(first, LADDER[1:2]) == ()
    (third,) = next_quakes(first, LADDER[1:])
    assert third.revision == 3
