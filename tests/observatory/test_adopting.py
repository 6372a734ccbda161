"""A catalog that is taken over is the catalog that would have been formed, then and later on."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from tests.made_levels import LEVELS, levels

from hashquake.catalog.documents import outage_document, quake_document
from hashquake.catalog.pipeline import KIND
from hashquake.core.contracts import Batch
from hashquake.core.opinion import Snapshot, quake_scope
from hashquake.core.times import parse_time
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory, outage_following
from hashquake.observatory.following import Follower

SINCE_S, UNTIL_S = float(parse_time("2021-03-01")), float(parse_time("2021-05-10"))
SCOPE = quake_scope(1.0)


def batches(first: int, last: int) -> list[Batch]:
    """Return two batches of the spring in which Xinjiang's power was cut."""
    blocks = bundled_blocks()
    spring = blocks.take((blocks.header_s >= SINCE_S) & (blocks.header_s < UNTIL_S))
    middle = (first + last) // 2
    parts = (slice(first, middle), slice(middle, last))
    return [Batch(blocks=spring.take(part)) for part in parts]


def opinions(observatory: Observatory) -> list[dict[str, object]]:
    record = observatory.record
    return [dict(one.document) for kind in ("quake", "outage") for one in record.opinions(kind)]


def changed(observatory: Observatory) -> list[tuple[str, object]]:
    rows = [(one.kind, dict(one.document)) for one in observatory.changes()]
    return sorted(rows, key=repr)


@pytest.fixture(scope="module")
def formed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Form the catalog of the spring's first 7,000 blocks, and of a few readings."""
    path = tmp_path_factory.mktemp("formed") / "r.db"
    with open_observatory(str(path), create=True) as observatory:
        observatory.feed_all(batches(0, 7_000), source="bundled")
        observatory.feed_all([levels(LEVELS)], source="bundled")
    return path


@pytest.fixture
def no_forming(monkeypatch: pytest.MonkeyPatch) -> None:
    """Fail where a catalog is formed, and not taken over."""

    def forming(*_: object, **__: object) -> None:
        raise AssertionError("the catalog is formed again")

    monkeypatch.setattr(Follower, "_rebuilt", forming)
    monkeypatch.setattr(outage_following, "search", forming)


def adopted(path: Path, formed: Path, parts: Sequence[Batch]) -> Observatory:
    """Open a new record that takes the catalog over."""
    observatory = open_observatory(str(path), create=True)
    with open_observatory(str(formed)) as other:
        observatory.feed_all(parts, source="bundled", formed=other.record)
        observatory.feed_all([levels(LEVELS)], source="bundled", formed=other.record)
    return observatory


@pytest.mark.usefixtures("no_forming")
def test_what_is_taken_over_is_what_was_formed(tmp_path: Path, formed: Path) -> None:
    with (
        adopted(tmp_path / "r.db", formed, batches(0, 7_000)) as ours,
        open_observatory(str(formed)) as theirs,
    ):
        assert len(ours.quakes()) > 0
        assert len(ours.outages()) == 1
        assert opinions(ours) == opinions(theirs)
        assert changed(ours) == changed(theirs)
        for kind in ("quake", "outage"):
            mine, other = (one.record.searched(kind) for one in (ours, theirs))
            assert mine[-1:] == other[-1:]
            assert {one.subject for one in mine} == {one.subject for one in other}


def test_a_record_goes_on_as_if_it_had_formed_all_itself(tmp_path: Path, formed: Path) -> None:
    rest = batches(7_000, 9_900)
    with open_observatory(str(tmp_path / "whole.db"), create=True) as whole:
        whole.feed_all([*batches(0, 7_000), *rest], source="bundled")
        expected = [quake_document(one) for one in whole.quake_opinions()]
    with adopted(tmp_path / "r.db", formed, batches(0, 7_000)) as ours:
        for batch in rest:
            ours.feed(batch, source="node")
        assert [quake_document(one) for one in ours.quake_opinions()] == expected
        ours.feed(levels((("2022-01-06T12:00Z", "2022-01-06T14:00Z", 0.0),)), source="events")
        (outage,) = ours.outages()
        assert (outage.revision, len(outage.dark_windows)) == (2, 3)


def test_a_catalog_that_does_not_fit_is_formed(tmp_path: Path, formed: Path) -> None:
    """Of other blocks, or of code that is not today's."""
    with open_observatory(str(formed)) as theirs:
        expected = opinions(theirs)
    with adopted(tmp_path / "short.db", formed, batches(0, 6_500)) as ours:
        snapshot = ours.record.snapshot(KIND, SCOPE)
        assert snapshot is not None
        tip = ours.record.tip()
        assert tip is not None
        assert snapshot.height == tip[0]
    old = tmp_path / "old.db"
    old.write_bytes(formed.read_bytes())
    with open_observatory(str(old)) as theirs:
        theirs.record.save_snapshot(
            Snapshot(kind=KIND, scope=SCOPE, version="of old", height=1, state=b"")
        )
    with adopted(tmp_path / "r.db", old, batches(0, 7_000)) as ours:
        assert opinions(ours) == expected


def test_one_that_was_stopped_before_it_was_taken_over_is_whole_when_fed_again(
    tmp_path: Path, formed: Path
) -> None:
    """The blocks of an interrupted copy are followed like any others."""
    path = tmp_path / "r.db"

    def stopping() -> object:
        yield batches(0, 7_000)[0]
        raise KeyboardInterrupt

    with open_observatory(str(formed)) as theirs, open_observatory(str(path), create=True) as ours:
        expected = opinions(theirs)
        with pytest.raises(KeyboardInterrupt):
            ours.feed_all(stopping(), source="bundled", formed=theirs.record)  # type: ignore[arg-type]
        assert opinions(ours) == []
    with open_observatory(str(path)) as ours:
        ours.feed(batches(0, 7_000)[1], source="node")
        quakes = [quake_document(one) for one in ours.quake_opinions()]
        assert quakes == [one for one in expected if str(one["id"]).startswith("hq")]


def test_the_bundled_record_answers_without_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    with open_observatory("bundled") as bundled:
        found = bundled.detect_outages()

        def searching(*_: object, **__: object) -> None:
            raise AssertionError("a question searches")

        monkeypatch.setattr("hashquake.catalog.outage_search.search", searching)
        monkeypatch.setattr("hashquake.catalog.event_outages.outages", searching)
        kept = [outage_document(one) for one in bundled.outages()]
        assert kept == [outage_document(one) for one in found]
        assert len(kept) == 3
        assert len(bundled.outages(subjects=["country:KZ"])) == 1
        bundled.report("kazakhstan-2022")
