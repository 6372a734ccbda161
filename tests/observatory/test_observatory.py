"""The observatory: one door, whole batches, tables, and the bundled record through it."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.errors import ChainError, NoCoverage, RecordError, UsageError
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import Observatory, open_observatory

ORIGIN = 664_063
DAY = Window(start_s=parse_time("2022-01-05"), end_s=parse_time("2022-01-06"))


@pytest.fixture(scope="module")
def bundled() -> Iterator[Observatory]:
    with open_observatory("bundled") as observatory:
        yield observatory


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Observatory]:
    with open_observatory(str(tmp_path / "own.db"), create=True) as observatory:
        yield observatory


def _part(first: int, last: int) -> BlockColumns:
    return bundled_blocks().take(slice(first - ORIGIN, last + 1 - ORIGIN))


def test_the_same_blocks_give_the_same_rates_from_any_record(
    own: Observatory, bundled: Observatory
) -> None:
    own.feed(Batch(blocks=_part(713_000, 719_000)), source="test")
    assert own.rate(DAY) == bundled.rate(DAY)


def test_a_batch_that_breaks_a_rule_leaves_nothing(own: Observatory) -> None:
    own.feed(Batch(blocks=_part(715_680, 717_000)), source="test")
    rest = _part(717_001, 717_700)
    wrong = rest.take(np.arange(len(rest)))
    wrong.bits[-1] += 1
    with pytest.raises(ChainError) as caught:
        own.feed(Batch(blocks=wrong), source="test")
    assert caught.value.height == 717_700
    assert own.record.tip() == (717_000, None)
    own.feed(Batch(blocks=rest), source="test")
    assert own.record.tip() == (717_700, None)


def test_a_gap_is_refused_at_the_door(own: Observatory) -> None:
    own.feed(Batch(blocks=_part(715_680, 715_700)), source="test")
    with pytest.raises(ChainError) as caught:
        own.feed(Batch(blocks=_part(715_702, 715_710)), source="test")
    assert (caught.value.code, caught.value.height) == ("height-gap", 715_701)


def test_coinbases_are_named_at_the_door_and_labels_are_kept(own: Observatory) -> None:
    blocks = BlockColumns.build(
        height=[1, 2, 3],
        header_s=[10_000, 10_600, 11_200],
        bits=[0x1D00FFFF] * 3,
        coinbase=[b"\x03abc/ViaBTC/", b"\x03abc/ViaBTC/", b"nobody"],
        payouts=[(), (), None],
        pool=[None, "labelled", None],
    )
    own.feed(Batch(blocks=blocks), source="test")
    kept = own.record.blocks()
    assert [kept.pool_of(at) for at in range(3)] == ["viabtc", "labelled", "unknown"]


def test_the_bundled_record_takes_nothing_in(bundled: Observatory) -> None:
    with pytest.raises(RecordError) as caught:
        bundled.feed(Batch(blocks=_part(946_200, 946_236)), source="test")
    assert caught.value.code == "record-read-only"


def test_an_empty_record_says_so(own: Observatory) -> None:
    with pytest.raises(NoCoverage):
        own.end_s()


def test_a_window_that_is_not_covered_is_no_zero(bundled: Observatory) -> None:
    end_s = bundled.end_s()
    with pytest.raises(NoCoverage):
        bundled.rate(Window(start_s=end_s - DAY_S, end_s=end_s + DAY_S))


def test_a_pool_nobody_knows_is_an_error_and_one_that_found_nothing_an_interval(
    bundled: Observatory,
) -> None:
    with pytest.raises(UsageError) as caught:
        bundled.rate(DAY, subjects=("pool:antpol",))
    assert "antpool" in caught.value.hint
    (rate,) = bundled.rate(DAY, subjects=("pool:poolin",))
    assert rate.hashrate.n_blocks == 0
    assert rate.share is not None
    assert rate.hashrate.interval().low == 0 < rate.hashrate.interval().high
    assert rate.share.interval().low == 0 < rate.share.interval().high


def test_results_are_tables(bundled: Observatory) -> None:
    rates = bundled.rate(DAY, subjects=("network", "pool:f2pool"))
    frame = rates.to_pandas()
    assert list(frame["subject"]) == ["network", "pool:f2pool"]
    assert frame["share_q50"].isna().tolist() == [True, False]
    assert frame["hashrate_hps_q5"][1] == rates[1].hashrate.interval().low
    blocks = bundled.blocks(DAY)
    assert len(blocks) == rates[0].hashrate.n_blocks
    assert blocks["hash"].null_count() == len(blocks)
