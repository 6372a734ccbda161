"""What was judged of a place is kept: a batch costs its own place, and changes no opinion."""

from pathlib import Path
from typing import Any

import pytest
from tests.made_levels import LEVELS, levels

from hashquake.catalog import judged_signals
from hashquake.catalog.signals import read_signals
from hashquake.core.contracts import Batch
from hashquake.core.errors import RecordError
from hashquake.observatory import Observatory, open_observatory
from hashquake.store.sql_record import SqlRecord

PLACES = ("country:IR", "country:KZ", "country:MM", "country:SD", "country:TR")


def documents(observatory: Observatory) -> list[dict[str, Any]]:
    """Return the last opinion of each outage, its number aside: how often it was searched."""
    found = {one.name: dict(one.document) for one in observatory.record.opinions("outage")}
    return [{**one, "revision": 0} for _, one in sorted(found.items())]


def batches() -> list[Batch]:
    return [
        levels([row], subject=place)
        for at, row in enumerate(LEVELS)
        for place in (PLACES if at % 2 else reversed(PLACES))
    ]


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """List the subjects that are read and judged."""
    subjects: list[str] = []

    def noted(record: Any, subject: str, **more: Any) -> Any:
        subjects.append(subject)
        return read_signals(record, subject, **more)

    monkeypatch.setattr(judged_signals, "read_signals", noted)
    return subjects


def test_a_batch_has_only_its_own_place_judged_again(tmp_path: Path, read: list[str]) -> None:
    with open_observatory(str(tmp_path / "r.db"), create=True) as observatory:
        for place in PLACES:
            observatory.feed(levels(LEVELS[:2], subject=place), source="events")
        read.clear()
        observatory.feed(levels(LEVELS[2:3], subject="country:KZ"), source="events")
        assert read == ["country:KZ"]
        observatory.feed(levels(LEVELS[2:3], subject="country:KZ"), source="events")
        assert read == ["country:KZ"], "readings that are stored already are nothing new"


@pytest.mark.parametrize("restarts", [False, True])
def test_any_split_and_any_restart_give_the_same_outages(tmp_path: Path, restarts: bool) -> None:
    with open_observatory(str(tmp_path / "whole.db"), create=True) as whole:
        for batch in batches():
            whole.record.append(batch, source="events")
        whole.detect_outages(write=True)
        expected = documents(whole)
    assert len(expected) == len(PLACES)
    observatory = open_observatory(str(tmp_path / "r.db"), create=True)
    for batch in batches():
        if restarts:
            observatory.close()
            observatory = open_observatory(str(tmp_path / "r.db"))
        observatory.feed(batch, source="events")
    with observatory:
        assert documents(observatory) == expected


def test_what_was_judged_in_a_transaction_that_failed_is_forgotten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The numbers of readings that were not kept are given to the next ones."""

    def failing(*_: object) -> None:
        raise RecordError("the disk is full", code="disk-full", hint="")

    with open_observatory(str(tmp_path / "r.db"), create=True) as observatory:
        observatory.feed(levels(LEVELS[:1]), source="events")
        dark = levels([(LEVELS[1][0], LEVELS[1][1], 0.03)])
        light = levels([(LEVELS[1][0], LEVELS[1][1], 0.99)])
        with monkeypatch.context() as patched:
            patched.setattr(SqlRecord, "add_changes", failing)
            with pytest.raises(RecordError):
                observatory.feed(dark, source="events")
        observatory.feed(light, source="events")
        assert observatory.record.opinions("outage") == ()
        assert observatory.outages() == ()
