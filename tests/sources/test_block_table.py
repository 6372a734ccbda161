"""Tables of blocks: every usual way of writing them, and every way of getting them wrong."""

import gzip
import re
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.record_stub import Told, joined, world

from hashquake.core.columns import BlockColumns
from hashquake.core.errors import ChainError, FormatError, HashquakeError, UsageError
from hashquake.core.header import hash_text
from hashquake.core.network import MAIN, NETWORKS, Network
from hashquake.core.times import format_time
from hashquake.core.window import Window
from hashquake.sources.chain import block_table
from hashquake.sources.tables._table_file import BATCH_ROWS

# Real heights, header times and bits around the retarget of 8 January 2022 (height 717696).
HEIGHTS = [717_694, 717_695, 717_696, 717_697]
TIMES_S = [1_641_655_400, 1_641_655_500, 1_641_655_450, 1_641_656_900]
BITS = [0x170B98AB, 0x170B98AB, 0x170B8C8B, 0x170B8C8B]


def read(path: Path, network: Network = MAIN, **options: Any) -> BlockColumns:
    return joined(list(block_table.read(block_table.Options(path=path, **options), world(network))))


def error_of(path: Path, **options: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        read(path, **options)
    return caught.value


def parquet(folder: Path, **columns: Any) -> Path:
    path = folder / "blocks.parquet"
    pl.DataFrame(columns).write_parquet(path)
    return path


def csv_file(folder: Path, *lines: str, name: str = "blocks.csv") -> Path:
    path = folder / name
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def moments(zone: Any) -> list[datetime]:
    return [datetime.fromtimestamp(time_s, tz=zone) for time_s in TIMES_S]


ALMATY = timezone(timedelta(hours=6))
WAYS: dict[str, Any] = {
    "seconds": TIMES_S,
    "milliseconds": [time_s * 1000 for time_s in TIMES_S],
    "whole floats": [float(time_s) for time_s in TIMES_S],
    "datetimes with a zone": moments(ALMATY),
    "datetimes without": [moment.replace(tzinfo=None) for moment in moments(UTC)],
    "ISO with Z": [format_time(time_s) for time_s in TIMES_S],
    "ISO with an offset": [moment.isoformat() for moment in moments(ALMATY)],
    "ISO without": [moment.replace(tzinfo=None).isoformat(" ") for moment in moments(UTC)],
    "ISO and the word UTC": [f"{m.replace(tzinfo=None).isoformat(' ')} UTC" for m in moments(UTC)],
    "seconds as text": [str(time_s) for time_s in TIMES_S],
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("kind", ["parquet", "csv", "csv.gz"])
def test_every_way_of_writing_times_gives_the_same(tmp_path: Path, way: str, kind: str) -> None:
    table = pl.DataFrame({"height": HEIGHTS, "time": WAYS[way], "bits": BITS})
    path = tmp_path / f"blocks.{kind}"
    if kind == "parquet":
        table.write_parquet(path)
    else:
        zoned = "datetimes with a zone" in way
        data = table.write_csv(datetime_format="%FT%T%z" if zoned else "%FT%T").encode()
        path.write_bytes(gzip.compress(data) if kind == "csv.gz" else data)
    found = read(path)
    assert found.height.tolist() == HEIGHTS
    assert found.header_s.tolist() == TIMES_S
    assert found.bits.tolist() == BITS


@pytest.mark.parametrize(
    ("height", "time"),
    [("height", "header_s"), ("Block_Height", "Timestamp"), ("block_number", "date")],
)
def test_usual_names_are_found(tmp_path: Path, height: str, time: str) -> None:
    found = read(parquet(tmp_path, **{height: HEIGHTS, time: TIMES_S, "nbits": BITS}))
    assert found.header_s.tolist() == TIMES_S


def test_a_map_names_other_columns_and_beats_usual_names(tmp_path: Path) -> None:
    path = parquet(
        tmp_path, H=HEIGHTS, time=[0] * 4, mined=TIMES_S, P=["a", "b", None, "Foundry USA"], B=BITS
    )
    found = read(path, map="height=H,time=mined,pool=P,bits=B")
    assert found.header_s.tolist() == TIMES_S
    assert [found.pool_of(at) for at in range(4)] == ["a", "b", None, "foundryusa"]


def test_everything_a_table_may_hold_comes_through(tmp_path: Path) -> None:
    hashes = [bytes([at]) * 31 + b"\0" for at in range(1, 5)]
    path = csv_file(
        tmp_path,
        "height;time;bits;hash;prev;coinbase;seen;stale;pool",
        *(
            f"{height};{time_s};{bits:08x};{hash_text(digest)};{hash_text(bytes(32))};"
            f"03a0f30a2f;{time_s + 2.5};{stale};f2pool"
            for height, time_s, bits, digest, stale in zip(
                HEIGHTS, TIMES_S, BITS, hashes, ["false", "main", "0", ""], strict=True
            )
        ),
        f"717697;{TIMES_S[3]};{BITS[3]};{hash_text(hashes[0])};;;;stale;",
    )
    found = read(path)
    assert found.hash.tolist() == [*hashes, hashes[0]]
    assert found.prev.tolist() == [bytes(32)] * 4 + [None]
    assert found.coinbase.tolist() == [bytes.fromhex("03a0f30a2f")] * 4 + [None]
    assert found.seen_s[:4].tolist() == [time_s + 2.5 for time_s in TIMES_S]
    assert np.isnan(found.seen_s[4])
    assert found.stale.tolist() == [False] * 4 + [True]
    assert found.bits.tolist() == [*BITS, BITS[3]]
    assert found.pool_of(0) == "f2pool"
    assert found.pool_of(4) is None


def test_bytes_in_parquet_are_taken_as_they_are(tmp_path: Path) -> None:
    path = parquet(
        tmp_path,
        height=[1],
        time=[TIMES_S[0]],
        bits=["0x1d00ffff"],
        hash=[b"\7" * 32],
        coinbase=[b"\x01/x/"],
    )
    found = read(path)
    assert found.hash[0] == b"\7" * 32
    assert found.coinbase[0] == b"\x01/x/"
    assert found.bits.tolist() == [0x1D00FFFF]


def test_batches_are_small_and_join_without_a_gap_in_time(tmp_path: Path) -> None:
    n = 50_001
    path = parquet(
        tmp_path,
        height=np.arange(n),
        time=TIMES_S[0] + 600 * np.arange(n),
        bits=np.full(n, 0x1D00FFFF),
    )
    told = Told()
    batches = list(block_table.read(block_table.Options(path=path), world(told=told)))
    assert max(len(batch.blocks) for batch in batches) <= 20_000
    windows = [window for batch in batches for window in batch.observed]
    assert sum(window.duration_s for window in windows) == 600 * (n - 1)
    assert windows[0].start_s == TIMES_S[0]
    assert isinstance(windows[0], Window)
    assert (told.progress[-1].done, told.progress[-1].total) == (n, n)


class TestBits:
    def chain(self, folder: Path, n: int, first: int = 0) -> Path:
        return parquet(
            folder,
            height=np.arange(first, first + n),
            time=1_600_000_000 + 300 * np.arange(n),
        )

    def test_from_genesis_the_retarget_rule_gives_them(self, tmp_path: Path) -> None:
        found = read(self.chain(tmp_path, 4033))
        assert set(found.bits[:2016].tolist()) == {0x1D00FFFF}
        # 2,015 intervals of 300 s instead of 2,016 of 600 s: the target times 604500/1209600.
        assert set(found.bits[2016:4032].tolist()) == {0x1C7FEF3F}
        assert found.bits[4032] < 0x1C7FEF3F

    def test_listed_epochs_are_used_and_carried_on(self, tmp_path: Path) -> None:
        epochs = csv_file(tmp_path, "start_height,bits", "715680,170b98ab", name="e.csv")
        found = read(self.chain(tmp_path, 2017, 715_680), epochs=epochs)
        assert set(found.bits[:2016].tolist()) == {0x170B98AB}
        assert found.bits[2016] == 0x1705CB99

    def test_an_epoch_not_seen_whole_gives_none(self, tmp_path: Path) -> None:
        epochs = csv_file(tmp_path, "start_height,bits", "715680,170b98ab", name="e.csv")
        error = error_of(self.chain(tmp_path, 2017, 715_681), epochs=epochs)
        assert error.code == "bits-missing"
        assert "717696" in error.message
        assert "--epochs" in error.hint
        assert error_of(self.chain(tmp_path, 10, 715_680)).code == "bits-missing"

    def test_regtest_has_one_and_test_networks_need_a_column(self, tmp_path: Path) -> None:
        path = self.chain(tmp_path, 10)
        assert set(read(path, NETWORKS["regtest"]).bits.tolist()) == {0x207FFFFF}
        with pytest.raises(HashquakeError) as caught:
            read(path, NETWORKS["testnet4"])
        assert caught.value.code == "bits-missing"

    def test_a_stale_block_does_not_shift_the_epoch(self, tmp_path: Path) -> None:
        height = [*range(2016), 2015, 2016]
        time = [1_600_000_000 + 300 * at for at in range(2016)]
        stale = [False] * 2016 + [True, False]
        path = parquet(
            tmp_path, height=height, time=[*time, time[-1] + 90_000, time[-1] + 300], stale=stale
        )
        found = read(path)
        assert found.bits[-1] == 0x1C7FEF3F
        assert found.stale.tolist() == stale

    @pytest.mark.parametrize(
        "lines",
        [
            ["height,bits", "0,1d00ffff"],
            ["start_height,bits", "5,1d00ffff"],
            ["start_height,bits", "0,x"],
            ["start_height,bits", "0"],
        ],
    )
    def test_a_bad_list_is_refused(self, tmp_path: Path, lines: list[str]) -> None:
        epochs = csv_file(tmp_path, *lines, name="e.csv")
        assert error_of(self.chain(tmp_path, 3), epochs=epochs).code == "epochs-malformed"


def test_heights_out_of_order_need_a_word(tmp_path: Path) -> None:
    order = [2, 0, 3, 1]
    path = parquet(
        tmp_path,
        height=[HEIGHTS[at] for at in order],
        time=[TIMES_S[at] for at in order],
        bits=[BITS[at] for at in order],
    )
    error = error_of(path)
    assert isinstance(error, ChainError)
    assert (error.code, error.height, "--sort" in error.hint) == ("height-order", 717_694, True)
    found = read(path, sort=True)
    assert found.height.tolist() == HEIGHTS
    assert found.header_s.tolist() == TIMES_S
    assert found.bits.tolist() == BITS


def test_heights_may_not_fall_from_batch_to_batch(tmp_path: Path) -> None:
    n = BATCH_ROWS
    path = parquet(
        tmp_path, height=[*range(n), 5], time=[TIMES_S[0]] * (n + 1), bits=[0x1D00FFFF] * (n + 1)
    )
    error = error_of(path)
    assert error.code == "height-order"
    assert f"height 5 comes after height {n - 1}, in row {n + 1}" in error.message


def test_sorting_reaches_across_batches_and_puts_stale_after_main(tmp_path: Path) -> None:
    n = 45_000
    height = np.arange(n)[::-1]
    stale = [False] * n + [True]
    path = parquet(
        tmp_path,
        height=[*height.tolist(), 7],
        time=[*(TIMES_S[0] + 600 * height).tolist(), TIMES_S[0]],
        bits=[0x1D00FFFF] * (n + 1),
        stale=stale,
    )
    found = read(path, sort=True)
    assert found.main().height.tolist() == list(range(n))
    assert np.flatnonzero(found.stale).tolist() == [8]


MIXED = [
    [1_641_655_400, 1_641_655_500_000],
    ["1641655400", "2022-01-08T15:25:00Z"],
    ["2022-01-08T15:25:00Z", "1641655400000"],
]


@pytest.mark.parametrize("times", MIXED, ids=str)
@pytest.mark.parametrize("rows_between", [0, 30_000])
def test_mixed_units_are_an_error_even_far_apart(
    tmp_path: Path, times: list[Any], rows_between: int
) -> None:
    column = [times[0]] * (rows_between + 1) + [times[1]]
    n = len(column)
    error = error_of(parquet(tmp_path, height=range(n), time=column, bits=[0x1D00FFFF] * n))
    assert error.code == "time-units-mixed"
    assert f"in row {n}" in error.message
    assert re.search(r"in row 1\b", error.message)


@pytest.mark.parametrize(
    ("columns", "code"),
    [
        ({"time": [-5]}, "time-malformed"),
        ({"time": [1_641_655_400_000_000]}, "time-malformed"),
        ({"time": ["yesterday"]}, "time-malformed"),
        ({"time": [date(2022, 1, 5)]}, "time-malformed"),
        ({"time": [True]}, "time-malformed"),
        ({"time": [None]}, "column-nulls"),
        ({"time": [float("nan")]}, "column-nulls"),
        ({"height": [None]}, "column-nulls"),
        ({"height": [float("nan")]}, "column-nulls"),
        ({"height": [1.5]}, "height-malformed"),
        ({"height": ["1e3"]}, "height-malformed"),
        ({"height": [-1]}, "height-malformed"),
        ({"height": [1 << 40]}, "height-malformed"),
        ({"height": [datetime(2022, 1, 5, tzinfo=UTC)]}, "height-malformed"),
        ({"bits": [None]}, "column-nulls"),
        ({"bits": [0]}, "bits-malformed"),
        ({"bits": ["hello"]}, "bits-malformed"),
        ({"bits": [-7]}, "bits-malformed"),
        ({"hash": ["ab"]}, "hash-malformed"),
        ({"prev": ["zz" * 32]}, "hash-malformed"),
        ({"coinbase": ["0"]}, "coinbase-malformed"),
        ({"stale": ["maybe"]}, "stale-malformed"),
        ({"pool": ["!!!"]}, "pool-malformed"),
        ({"seen": ["soon"]}, "time-malformed"),
    ],
    ids=str,
)
def test_a_wrong_cell_is_named(tmp_path: Path, columns: dict[str, Any], code: str) -> None:
    whole: dict[str, Any] = {"height": [5], "time": [TIMES_S[0]], "bits": [0x1D00FFFF]}
    error = error_of(parquet(tmp_path, **(whole | columns)))
    assert error.code == code
    assert "blocks.parquet" in error.message


def test_missing_columns_are_named_with_what_was_found(tmp_path: Path) -> None:
    path = parquet(tmp_path, heigth=HEIGHTS, when=TIMES_S)
    error = error_of(path)
    assert error.code == "columns-missing"
    assert "no column for height and time; it has heigth, when" in error.message
    assert "--map height=heigth" in error.hint
    error = error_of(path, map="height=height,time=when")
    assert (error.code, error.hint) == ("columns-missing", "did you mean --map height=heigth?")
    twice = csv_file(tmp_path, "height,time,height", "1,1641655400,1")
    assert error_of(twice).code == "columns-ambiguous"


@pytest.mark.parametrize("text", ["height", "hieght=a", "height=a,height=b", "=a", "height="])
def test_a_map_that_says_nothing_is_refused(tmp_path: Path, text: str) -> None:
    error = error_of(parquet(tmp_path, height=HEIGHTS, time=TIMES_S), map=text)
    assert isinstance(error, UsageError)
    assert error.code == "map-syntax"
    assert ("did you mean height" in error.hint) == (text == "hieght=a")


def test_files_that_are_no_tables(tmp_path: Path) -> None:
    assert error_of(tmp_path / "none.csv").code == "file-missing"
    assert error_of(tmp_path).code == "file-missing"
    (tmp_path / "zero.csv").write_bytes(b"")
    assert error_of(tmp_path / "zero.csv").code == "table-empty"
    assert error_of(csv_file(tmp_path, "height,time")).code == "table-empty"
    assert error_of(parquet(tmp_path, height=[], time=[])).code in {"table-empty", "time-malformed"}
    for name, data in {
        "a.parquet": b"this is no parquet file at all",
        "b.csv": bytes(range(256)) * 20,
        "c.csv": b"height,time\n1,1641655400\n2,1641655500,9,9\n",
        "d.csv.gz": gzip.compress(b"height,time,bits\n1,1641655400,1d00ffff\n" * 500)[:40],
        "e.csv": b"height,time,pool\n1,1641655400,\xff\xfe\xff\n",
    }.items():
        (tmp_path / name).write_bytes(data)
        error = error_of(tmp_path / name)
        assert (error.code, isinstance(error, FormatError)) == ("table-unreadable", True), name


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_a_damaged_parquet_file_never_crashes(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    path = parquet(tmp_path_factory.mktemp("damaged"), height=HEIGHTS, time=TIMES_S, bits=BITS)
    whole = bytearray(path.read_bytes())
    if data.draw(st.booleans()):
        del whole[data.draw(st.integers(0, len(whole) - 1)) :]
        path.write_bytes(whole)
        assert error_of(path).code in {"table-unreadable", "table-empty"}
        return
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(whole)
    try:
        read(path)
    except HashquakeError:
        return
