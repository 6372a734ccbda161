"""Properties: how blocks lie in the files never changes the chain that comes out."""

import tempfile
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.sources.block_forge import REGTEST, ForgedBlock, forge_chain, write_files
from tests.sources.record_stub import joined, world

from hashquake.core.chain import check_chain
from hashquake.core.errors import HashquakeError
from hashquake.sources.chain import block_files

MAIN_CHAIN = forge_chain(24)
KEYS = st.one_of(st.none(), st.binary(min_size=8, max_size=8))


@st.composite
def layouts(draw: st.DrawFn) -> tuple[list[list[ForgedBlock]], list[int], list[ForgedBlock]]:
    """Draw forks off the chain and a placement of all blocks in files with tails."""
    forks: list[ForgedBlock] = []
    for number in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, 20))
        length = draw(st.integers(1, min(3, 23 - at)))
        forks += forge_chain(
            length, first_height=at + 1, prev=MAIN_CHAIN[at].hash, tag=b"/fork%d/" % number
        )
    # A fork that ends at the tip's height would tie; the chain always has one block more.
    forks = [block for block in forks if block.height < 23]
    order = draw(st.permutations([*MAIN_CHAIN, *forks]))
    n_files = draw(st.integers(1, 4))
    edges = sorted(draw(st.lists(st.integers(0, len(order)), min_size=n_files - 1, max_size=3)))
    bounds = [0, *edges, len(order)]
    files = [order[a:b] for a, b in pairwise(bounds)]
    tails = draw(st.lists(st.integers(0, 3000), min_size=len(files), max_size=len(files)))
    return files, tails, forks


@settings(max_examples=60, deadline=None)
@given(layouts(), KEYS, st.integers(0, 7))
def test_any_order_key_tail_and_fork_give_the_same_chain(
    layout: tuple[list[list[ForgedBlock]], list[int], list[ForgedBlock]],
    key: bytes | None,
    first_number: int,
) -> None:
    files, tails, forks = layout
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), files, key=key, tails=tails, first_number=first_number)
        options = block_files.Options(path=Path(folder))
        found = joined(list(block_files.read(options, world(REGTEST))))
    main, stale = found.main(), found.take(found.stale)
    assert main.hash.tolist() == [block.hash for block in MAIN_CHAIN]
    assert main.height.tolist() == list(range(24))
    check_chain(main, network=REGTEST)
    assert dict(zip(stale.hash, stale.height.tolist(), strict=True)) == {
        block.hash: block.height for block in forks
    }


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400), KEYS, st.integers(0, 3))
def test_garbage_never_crashes(garbage: bytes, key: bytes | None, n_blocks: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        write_files(Path(folder), [MAIN_CHAIN[:n_blocks]], key=key)
        with (Path(folder) / "blk00000.dat").open("ab") as file:
            file.write(garbage)
        try:
            options = block_files.Options(path=Path(folder))
            found = joined(list(block_files.read(options, world(REGTEST))))
        except HashquakeError:
            return
    assert found.hash.tolist() == [block.hash for block in MAIN_CHAIN[:n_blocks]]


def test_the_properties_can_fail(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [MAIN_CHAIN], key=b"\1" * 8)
    (folder / "xor.dat").write_bytes(b"\2" * 8)
    with pytest.raises(HashquakeError):
        list(block_files.read(block_files.Options(path=folder), world(REGTEST)))
