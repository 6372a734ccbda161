"""Tables of any kind: damaged and hostile files end in one error, and cost no memory."""

import gzip
import io
import os
import signal
import subprocess
import sys
from pathlib import Path

import polars as pl
import pytest

from hashquake.core.errors import FormatError
from hashquake.sources.tables import _csv_chunks, _parquet_process, _table_file
from hashquake.sources.tables._table_file import TableFile


def rows_of(path: Path, *names: str) -> list[tuple[object, ...]]:
    table = TableFile(path)
    return [row for part in table.batches(names or table.names) for row in part.rows()]


def csv_file(folder: Path, data: bytes) -> Path:
    path = folder / "t.csv"
    path.write_bytes(data)
    return path


@pytest.mark.parametrize(
    ("data", "rows"),
    [
        (b"a,b\n1,2\n3,4", [("1", "2"), ("3", "4")]),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n3,4\r\n", [("1", "2"), ("3", "4")]),
        (b"a\tb\n\n1\t\n\n\nnull\t4\n\n", [("1", None), (None, "4")]),
        (b"a,b\r1,2\r3,4\r", [("1", "2"), ("3", "4")]),
        (
            b'"a","b"\n1,2\n"3","x, ""y""\n\nz"\n,""\n',
            [("1", "2"), ("3", 'x, "y"\n\nz'), (None, None)],
        ),
        (b'a,b\n1,5" rig\n3,4\n', [("1", '5" rig'), ("3", "4")]),
        (b"a,b\n 1 ,NaN\n#3,\xc3\xa9\n", [(" 1 ", None), ("#3", "é")]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("chunk", [16, 1 << 20])
@pytest.mark.parametrize("packed", [False, True])
def test_csv_is_read_as_it_is_written(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    data: bytes,
    rows: list[tuple[str | None, ...]],
    chunk: int,
    packed: bool,
) -> None:
    monkeypatch.setattr(_csv_chunks, "CHUNK_BYTES", chunk)
    path = csv_file(tmp_path, gzip.compress(data) if packed else data)
    assert TableFile(path).names == ["a", "b"]
    assert rows_of(path) == rows
    assert rows_of(path, "b") == [(row[1],) for row in rows]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"a,b\n1,2\n\n3\n4,5\n", "row 2 has 1 cells, its header 2"),
        (b"a,b\n1,2\n3,4,5\n", "row 2 has 3 cells, its header 2"),
        (b"a,b\n1\n3,4,5\n", "row 1 has 1 cells, its header 2"),
        (b'a,b\n"1",2\n3\n', "row 2 has 1 cells, its header 2"),
        (b'a,b\n1,2\n"' + b"x" * 200_000 + b'",1\n', "larger than field limit"),
        (b"a,b\n1,2\n" + b"x" * (9 << 20), "a line is longer than 4 MB"),
        (b"a,b\n1,\xff\n", "not UTF-8"),
        (b'a,b\n"1",\xff\n', "not UTF-8"),
        (b"a,\xff\n1,2\n", "not UTF-8"),
    ],
)
def test_a_wrong_csv_file_says_where(tmp_path: Path, data: bytes, said: str) -> None:
    with pytest.raises(FormatError, match=said) as caught:
        rows_of(csv_file(tmp_path, data), "a", *(["b"] if b",b" in data else []))
    assert caught.value.code == "table-unreadable"


def damaged(folder: Path, at: int, flip: int) -> Path:
    """Flip bits of a small file whose pages are as they are, without statistics."""
    whole = io.BytesIO()
    frame = pl.DataFrame({"a": [1, 2, 3], "b": [4, 5, 6]})
    frame.write_parquet(whole, compression="uncompressed", statistics=False)
    data = bytearray(whole.getvalue())
    data[at] ^= flip
    path = folder / f"{at}.{flip}.parquet"
    path.write_bytes(data)
    return path


def test_a_damaged_file_that_kills_the_library_is_one_error(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """Lengths in the pages are changed: one makes the library ask for 2 exabytes and abort."""
    said = []
    for at in range(4, 60):
        for flip in (1, 4, 16):
            try:
                rows_of(damaged(tmp_path, at, flip))
            except FormatError as error:
                said.append((error.code, error.message))
    assert {code for code, _ in said} == {"table-unreadable"}
    assert any("the library that reads it crashed (SIGABRT)" in one for _, one in said)
    assert capfd.readouterr().err == ""


def test_rows_of_any_stretch_are_read_whatever_was_read_before(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(_table_file, "READ_ROWS", 7)
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": range(50)}).write_parquet(path, row_group_size=10)
    table = TableFile(path)
    assert table.runs() == [(0, 50)]
    assert table.runs(20) == [(0, 20), (20, 20), (40, 10)]
    left = table.batches(["a"], rows=4)
    assert next(left)["a"].to_list() == [0, 1, 2, 3]  # left alone, with rows read ahead
    found = [row for part in table.batches(["a"], run=(20, 20)) for row in part["a"].to_list()]
    assert found == list(range(20, 40))
    assert [len(part) for part in table.batches(["a"], rows=4)][:4] == [4, 3, 4, 3]


def test_a_reader_is_used_again_and_replaced_when_it_was_killed(tmp_path: Path) -> None:
    path = tmp_path / "t.parquet"
    pl.DataFrame({"a": [1]}).write_parquet(path)
    assert rows_of(path) == [(1,)]
    [idle] = _parquet_process._IDLE
    assert rows_of(path) == [(1,)]
    assert [idle] == _parquet_process._IDLE
    os.kill(idle._process._process.pid, signal.SIGKILL)
    idle._process._process.wait()
    assert rows_of(path) == [(1,)]


def test_the_reader_ends_with_the_program(tmp_path: Path) -> None:
    pl.DataFrame({"a": [1]}).write_parquet(tmp_path / "t.parquet")
    code = (
        "import sys; from pathlib import Path\n"
        "from hashquake.sources.tables import _parquet_process\n"
        "from hashquake.sources.tables._table_file import TableFile\n"
        "print(TableFile(Path(sys.argv[1])).names)\n"
        "print(_parquet_process._IDLE[0]._process._process.pid)\n"
    )
    asked = [sys.executable, "-c", code, str(tmp_path / "t.parquet")]
    names, reader = subprocess.run(asked, check=True, capture_output=True, text=True).stdout.split(
        "\n", 1
    )
    assert names == "['a']"
    with pytest.raises(ProcessLookupError):
        os.kill(int(reader), 0)


def test_a_file_named_parquet_that_is_none_is_refused(tmp_path: Path) -> None:
    (tmp_path / "t.parquet").write_bytes(b"a,b\n1,2\n")
    with pytest.raises(FormatError, match="does not begin as such files do") as caught:
        TableFile(tmp_path / "t.parquet")
    assert caught.value.code == "table-unreadable"
