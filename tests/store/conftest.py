"""Small made-up chains: hashes are digests of a name, so a branch is known by its letter."""

from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hashquake.core.columns import BlockColumns
from hashquake.store.open_record import open_record
from hashquake.store.sql_record import SqlRecord

ChainMaker = Callable[..., BlockColumns]
EASY_BITS = 0x170B8C8B
START_S = 1_600_000_000


def digest(branch: str, height: int) -> bytes:
    return sha256(f"{branch}{height}".encode()).digest()


def make(
    first: int,
    n: int,
    *,
    branch: str = "a",
    root: str | None = None,
    hashed: bool = True,
    bits: int = EASY_BITS,
    **more: Any,
) -> BlockColumns:
    """Make `n` blocks from a height on; `root` is the branch they leave, their own if None."""
    heights = range(first, first + n)
    # Each branch has its own second, as two real blocks of one height have.
    times_s = [START_S + 600 * height + ord(branch[0]) for height in heights]
    prevs = [digest(branch, height - 1) for height in heights]
    if n and root is not None:
        prevs[0] = digest(root, first - 1)
    return BlockColumns.build(
        height=list(heights),
        header_s=times_s,
        bits=[bits] * n,
        hash=[digest(branch, height) for height in heights] if hashed else None,
        prev=prevs if hashed else None,
        **more,
    )


@pytest.fixture
def chain() -> ChainMaker:
    return make


@pytest.fixture
def name_of() -> Callable[[str, int], bytes]:
    return digest


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "record.db"


@pytest.fixture
def record(path: Path) -> Iterator[SqlRecord]:
    with open_record(path, create=True) as opened:
        yield opened
