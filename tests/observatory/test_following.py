"""Feeding steps the catalog: any split, any restart and any replay give the same opinions."""

from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.made_levels import LEVELS, levels

from hashquake.catalog.documents import outage_document, quake_document
from hashquake.core.claim import Claim
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.errors import ChainError
from hashquake.core.times import parse_time
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory

SINCE_S, UNTIL_S = float(parse_time("2021-03-01")), float(parse_time("2021-05-10"))
XINJIANG = "hq20210416a"


def spring() -> BlockColumns:
    """Return the bundled blocks around Xinjiang's power cut of April 2021."""
    blocks = bundled_blocks()
    return blocks.take((blocks.header_s >= SINCE_S) & (blocks.header_s < UNTIL_S))


def opened(path: Path) -> Observatory:
    return open_observatory(str(path), create=True)


def quakes(observatory: Observatory) -> list[dict[str, Any]]:
    return [quake_document(quake) for quake in observatory.quake_opinions()]


def stated(observatory: Observatory) -> list[dict[str, Any]]:
    """Return the opinions of quakes in the feed of changes, in its order."""
    found = observatory.changes(limit=10_000)
    return [dict(one.document) for one in found if one.kind == "quake"]


def in_order(documents: list[dict[str, Any]]) -> list[tuple[str, int]]:
    return sorted((one["id"], one["revision"]) for one in documents)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The opinions of the spring, fed at once."""
    with opened(tmp_path_factory.mktemp("whole") / "r.db") as observatory:
        observatory.feed(Batch(blocks=spring()), source="bundled")
        return quakes(observatory)


def test_feeding_blocks_forms_the_opinions_of_a_replay(
    tmp_path: Path, whole: list[dict[str, Any]]
) -> None:
    ladder = [one["status"] for one in whole if one["id"] == XINJIANG]
    assert ladder[0] in ("preliminary", "confirmed")
    assert ladder[-1] == "reviewed"
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(Batch(blocks=spring()), source="bundled")
        told = observatory.replay(write=True)
        # The replay also deals with what is pending at the last block, and tells nothing else.
        assert quakes(observatory)[: len(whole)] == whole
        latest = {one.id: one.status for one in observatory.quakes()}
        assert latest == {quake.id: quake.status for quake in told}


@settings(
    max_examples=4, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(cuts=st.lists(st.integers(1, 9_000), max_size=4), restarts=st.booleans())
def test_any_split_and_any_restart_give_the_same_opinions(
    tmp_path_factory: pytest.TempPathFactory,
    whole: list[dict[str, Any]],
    cuts: list[int],
    restarts: bool,
) -> None:
    path = tmp_path_factory.mktemp("split") / "r.db"
    blocks = spring()
    edges = sorted({0, len(blocks), *(cut for cut in cuts if cut < len(blocks))})
    observatory = opened(path)
    for first, last in pairwise(edges):
        if restarts:
            observatory.close()
            observatory = opened(path)
        observatory.feed(Batch(blocks=blocks.take(slice(first, last))), source="bundled")
    assert quakes(observatory) == whole
    assert stated(observatory) == whole
    observatory.close()


def test_a_program_without_a_snapshot_rebuilds_the_state(
    tmp_path: Path, whole: list[dict[str, Any]]
) -> None:
    blocks = spring()
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed_all(
            (Batch(blocks=blocks.take(slice(at, at + 3_000))) for at in (0, 3_000)), source="b"
        )
    from sqlalchemy import delete

    from hashquake.store.open_record import open_record
    from hashquake.store.schema import snapshots

    with open_record(tmp_path / "r.db") as record, record._opened.writer.begin() as connection:
        connection.execute(delete(snapshots))
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(Batch(blocks=blocks.take(slice(6_000, None))), source="b")
        assert quakes(observatory) == whole
        assert stated(observatory) == whole


def test_two_programs_that_take_turns_tell_each_opinion_once(
    tmp_path: Path, whole: list[dict[str, Any]]
) -> None:
    blocks = spring()
    with opened(tmp_path / "r.db") as one, opened(tmp_path / "r.db") as other:
        for number, (first, last) in enumerate(
            pairwise([0, 4_000, 6_900, 7_000, 7_400, len(blocks)])
        ):
            part = Batch(blocks=blocks.take(slice(first, last)))
            (one if number % 2 else other).feed(part, source="bundled")
        assert quakes(one) == whole
        assert stated(one) == whole


def test_pools_learnt_later_give_what_a_replay_gives(tmp_path: Path) -> None:
    blocks = spring()
    nameless = blocks.with_pools([None] * len(blocks))
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(Batch(blocks=nameless), source="table")
        assert all(one["kind"] == "network" for one in quakes(observatory))
        # The same blocks, with their pools: every one of them was followed already.
        observatory.feed(Batch(blocks=blocks), source="labels")
        (found,) = (one for one in observatory.quakes() if one.id == XINJIANG)
        assert found.kind == "network+pools"
        told = {quake.id: quake for quake in observatory.replay()}
        assert found.pools == told[XINJIANG].pools
        # The catalog was rebuilt: whoever reads the feed has every revision of it.
        assert in_order(stated(observatory)) == in_order(quakes(observatory))


def test_a_batch_that_is_refused_leaves_no_trace(tmp_path: Path) -> None:
    blocks = spring()
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(Batch(blocks=blocks.take(slice(0, 6_000))), source="bundled")
        before = (quakes(observatory), observatory.changes(limit=10_000))
        with pytest.raises(ChainError):
            observatory.feed(Batch(blocks=blocks.take(slice(7_000, None))), source="bundled")
        assert (quakes(observatory), observatory.changes(limit=10_000)) == before
        observatory.feed(Batch(blocks=blocks.take(slice(6_000, None))), source="bundled")
        assert [one["status"] for one in quakes(observatory) if one["id"] == XINJIANG]


def test_every_change_has_a_number_and_a_reader_goes_on_from_one(tmp_path: Path) -> None:
    blocks = spring().take(slice(0, 40))
    claim = Claim(
        text="a fifth of it is gone",
        subject="network",
        quantity="hashrate_change_share",
        low=-0.2,
        high=-0.2,
        relation="change",
    )
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(Batch(blocks=blocks.take(slice(0, 38))), source="bundled")
        observatory.feed(Batch(blocks=blocks.take(slice(38, 40))), source="bundled")
        observatory.feed(Batch(claims=(claim, claim)), source="feed")
        observatory.feed(Batch(claims=(claim,)), source="feed")
        observatory.feed(levels(), source="events")
        found = observatory.changes()
        assert [one.id for one in found] == list(range(1, len(found) + 1))
        assert [one.kind for one in found] == [
            "blocks", "block", "block", "claim", "claim", "readings", "outage",
        ]  # fmt: skip
        assert found[0].document["n_blocks"] == 38
        assert [one.document["height"] for one in found[1:3]] == blocks.height[38:].tolist()
        assert observatory.changes(after_id=5) == found[5:]
        assert observatory.changes(after_id=2, limit=1) == found[2:3]
        assert observatory.record.claims() == (claim,)


def test_feeding_readings_forms_corrects_and_rejects_outages(tmp_path: Path) -> None:
    corrected = tuple((start, end, 0.98) for start, end, _ in LEVELS)
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(levels(LEVELS[:2]), source="events")
        observatory.feed(levels(LEVELS[2:]), source="events")
        (now,) = observatory.outages()
        with opened(tmp_path / "other.db") as at_once:
            at_once.feed(levels(), source="events")
            (other,) = at_once.outages()
            documents = [outage_document(one) | {"revision": 0} for one in (now, other)]
            assert documents[0] == documents[1]
        observatory.feed(levels(corrected), source="events")
        assert observatory.outages() == ()
        told = [one for one in observatory.changes() if one.kind == "outage"]
        assert [one.document["status"] for one in told][-1] == "rejected"
        assert [one.document["revision"] for one in told] == [1, 2, 3]


def test_a_series_that_speaks_again_after_a_silence_is_a_gap(tmp_path: Path) -> None:
    hours = [(f"2022-01-05T{hour:02}:00Z", f"2022-01-05T{hour + 1:02}:00Z", 1.0) for hour in (1, 2)]
    late = [("2022-01-05T12:00Z", "2022-01-05T13:00Z", 1.0)]
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(levels(hours), source="events")
    with opened(tmp_path / "r.db") as observatory:
        observatory.feed(levels(late), source="events")
        (gap,) = (one for one in observatory.changes() if one.kind == "gap")
        assert gap.subject == "country:KZ"
        assert gap.document["window"] == {
            "start_s": parse_time("2022-01-05T03:00Z"),
            "end_s": parse_time("2022-01-05T12:00Z"),
        }


def test_only_what_was_not_covered_leaves_a_part_of_the_context_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from hashquake.core.errors import FormatError, NoCoverage
    from hashquake.datasets.events import load_events
    from hashquake.observatory import event_context

    event = next(one for one in load_events() if one.id == "kazakhstan-2022")
    with open_observatory("bundled") as observatory:
        incident = observatory.report(event)

        def fails(error: Exception) -> None:
            def failing(*_: object, **__: object) -> None:
                raise error

            for name in ("event_exposures", "mining_map", "energy", "dark_energy"):
                monkeypatch.setattr(event_context, name, failing)

        fails(NoCoverage("nobody looked"))
        around = observatory.context(incident)
        assert around.missing["energy"] == "Nobody looked."
        assert around.energy is None
        fails(FormatError("the file is broken", code="format"))
        with pytest.raises(FormatError):
            observatory.context(incident)
