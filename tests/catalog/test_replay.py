"""What a replay keeps is what it tells, and an early opinion that changed turns nothing back."""

from pathlib import Path

from hashquake.catalog.documents import quake_document
from hashquake.core.contracts import Batch
from hashquake.core.times import parse_time
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory

UNTIL_S = float(parse_time("2021-05-15"))


def spring(path: Path) -> Observatory:
    """Store the bundled blocks up to the middle of May 2021, without stepping the catalog."""
    blocks = bundled_blocks()
    observatory = open_observatory(str(path), create=True)
    observatory.record.append(
        Batch(blocks=blocks.take(blocks.header_s < UNTIL_S)), source="bundled"
    )
    return observatory


def test_a_replay_that_keeps_its_opinions_tells_the_same_with_their_causes(tmp_path: Path) -> None:
    with spring(tmp_path / "r.db") as observatory:
        told = observatory.replay(write=True)
        assert told == observatory.replay()
        kept = {one.id: quake_document(one) for one in observatory.quakes()}
        assert [quake_document(quake) for quake in told] == [kept[quake.id] for quake in told]
        n = len(observatory.quake_opinions())
        assert observatory.replay(write=True) == told
        assert len(observatory.quake_opinions()) == n
    xinjiang = next(quake for quake in told if quake.id == "hq20210416a")
    assert (xinjiang.causes[0].name, xinjiang.causes[0].country) == ("power", "CN")


def test_a_replay_of_what_was_known_then_turns_no_opinion_back(tmp_path: Path) -> None:
    with spring(tmp_path / "r.db") as observatory:
        early = observatory.replay(until_s=parse_time("2021-04-18"), write=True)
        assert {one.id: one.status for one in observatory.quakes()} == {
            quake.id: quake.status for quake in early
        }
        observatory.replay(write=True)
        whole = observatory.quakes()
        assert next(q for q in whole if q.id == "hq20210416a").status == "reviewed"
        observatory.replay(until_s=parse_time("2021-04-18"), write=True)
        assert observatory.quakes() == whole
