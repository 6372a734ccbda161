"""The outbox: alerts with their cursor in one transaction, deliveries in the order of threads."""

from pathlib import Path

import pytest

from hashquake.core.alert import Alert, AlertAdvance, AlertCursor, AlertDelivery, OutboxDepth
from hashquake.core.opinion import Change
from hashquake.store.open_record import open_record
from hashquake.store.sql_record import SqlRecord


def alert(
    key: str, *, thread: str = "t", state: str = "raised", ways: tuple[str, ...] = ("w",)
) -> Alert:
    return Alert(
        key=key,
        rule="r",
        thread=thread,
        state=state,  # type: ignore[arg-type]  # tests name states as text
        at_s=100.0 + len(key),
        subject="network",
        false_alarms_per_year=1.0,
        change_id=7,
        document={"title": key},
        deliveries=tuple(AlertDelivery(way=one, next_try_s=50.0) for one in ways),
    )


def add(record: SqlRecord, *alerts: Alert, after_id: int = 7) -> tuple[Alert, ...]:
    cursor = AlertCursor(after_id=after_id, state="{}")
    return record.outbox().advance(
        lambda _cursor, _inside: AlertAdvance(cursor=cursor, alerts=alerts)
    )


@pytest.fixture
def record(path: Path) -> SqlRecord:
    return open_record(path, create=True)


def test_a_key_comes_once_and_threads_count(record: SqlRecord) -> None:
    first = add(record, alert("a"), alert("b", state="recovered"))
    assert [(one.id, one.n) for one in first] == [(1, 1), (2, 2)]
    assert add(record, alert("a"), alert("c", thread="u"))[0].key == "c"
    stored = record.outbox().alerts()
    assert [(one.key, one.n, len(one.deliveries)) for one in stored] == [
        ("a", 1, 1),
        ("b", 2, 1),
        ("c", 1, 1),
    ]
    assert [one.key for one in record.outbox().alerts(limit=2)] == ["b", "c"]
    assert [one.key for one in record.outbox().threads()] == ["b", "c"]
    assert [one.key for one in record.outbox().alerts(after_id=1)] == ["b", "c"]


def test_cursor_and_alerts_are_stored_together_or_not_at_all(record: SqlRecord) -> None:
    outbox = record.outbox()
    assert outbox.cursor() is None

    def broken(cursor: AlertCursor | None, inside: object) -> AlertAdvance:
        del cursor
        assert isinstance(inside, SqlRecord)
        inside.add_changes([Change(kind="block", subject="network", document={})])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        outbox.advance(broken)
    assert outbox.cursor() is None
    assert record.last_change_id() == 0
    add(record, alert("a"), after_id=3)
    add(record, after_id=9)
    assert outbox.cursor() == AlertCursor(after_id=9, state="{}")
    assert outbox.advance(lambda _cursor, _inside: None) == ()
    assert outbox.cursor() == AlertCursor(after_id=9, state="{}")


def test_a_later_alert_of_a_thread_waits_for_the_one_before(record: SqlRecord) -> None:
    add(record, alert("a", ways=("w", "x")), alert("b", ways=("w", "x")), alert("c", thread="u"))
    outbox = record.outbox()

    def due(way: str, now_s: float = 60.0) -> list[str]:
        return [one.key for one, _ in outbox.due(way, now_s)]

    assert due("w", 49.0) == []
    assert (due("w"), due("x"), due("y")) == (["a", "c"], ["a"], [])
    _, delivery = outbox.due("w", 60.0)[0]
    late = AlertDelivery(
        id=delivery.id, alert_id=1, way="w", tries=1, next_try_s=99.0, because="no answer"
    )
    outbox.settle(late)
    assert due("w") == ["c"]
    assert due("w", 99.0) == ["a", "c"]
    outbox.settle(AlertDelivery(id=delivery.id, way="w", state="undelivered", tries=9))
    assert due("w") == ["b", "c"]
    assert due("x") == ["a"]
    assert outbox.depth() == OutboxDepth(waiting=4, undelivered=1, oldest_s=101.0)


def test_open_matters_are_counted_as_they_were(record: SqlRecord) -> None:
    add(
        record,
        alert("a"),
        alert("b", thread="u"),
        alert("c", state="recovered"),
        alert("d", thread="u", state="recovered"),
    )
    assert [record.outbox().n_open("r", number) for number in (1, 2, 3, 4)] == [1, 2, 1, 0]


def test_one_process_delivers(record: SqlRecord, path: Path) -> None:
    with open_record(path) as other:
        with record.outbox().delivering() as ours:
            assert ours.take()
            assert ours.take()
            with other.outbox().delivering() as theirs:
                assert not theirs.take()
        with other.outbox().delivering() as theirs:
            assert theirs.take()
