"""Block files with what a crash leaves between blocks, and files that begin mid-chain."""

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from tests.sources.block_forge import (
    REGTEST,
    ForgedBlock,
    coinbase_transaction,
    encoded,
    forge_block,
    forge_chain,
    record_bytes,
    transaction,
    write_files,
)
from tests.sources.record_stub import Told, joined, world
from tests.sources.test_block_files import CHAIN, KEY, assert_chain, error_of, read

from hashquake.core.errors import FormatError
from hashquake.core.header import double_sha256
from hashquake.core.network import NETWORKS
from hashquake.sources.chain import block_files

JUNK = {
    "zeros": bytes(8),
    "many zeros": bytes(1_100_000),
    "encoded zeros": None,
    "no block": b"\1\2\3\4\5\6\7\10" * 4,
    "the magic twice": REGTEST.magic,
    "the magic and a length": REGTEST.magic + struct.pack("<I", 200),
    "half a block": record_bytes(CHAIN[5])[:100],
    "half a block and zeros": record_bytes(CHAIN[5])[:150].ljust(300, b"\0"),
    "half a long block": record_bytes(forge_chain(1, padding=900)[0])[:500],
    "a block that is no block": record_bytes(forge_block(5, CHAIN[4].hash, proven=False)),
}


@pytest.mark.parametrize("what", JUNK)
@pytest.mark.parametrize("place", [0, 5, 12])
def test_what_a_crash_leaves_between_blocks_is_read_over_and_said(
    tmp_path: Path, what: str, place: int
) -> None:
    junk = JUNK[what]
    plain = [b"".join(map(record_bytes, part)) for part in (CHAIN[:place], CHAIN[place:])]
    raw = encoded(plain[0], KEY)
    if junk is None:
        junk = bytes(8)
    elif "zeros" in what and "half" not in what:
        junk = encoded(junk, (KEY * 2)[len(raw) % 8 :][:8])  # zeros as they lie in the file
    whole = encoded(plain[0] + junk + plain[1], KEY)
    (tmp_path / "blk00000.dat").write_bytes(whole)
    # A file behind, so that the end of the first is not where a node is writing.
    tip = forge_block(12, CHAIN[-1].hash)
    (tmp_path / "blk00001.dat").write_bytes(encoded(record_bytes(tip), KEY))
    (tmp_path / "xor.dat").write_bytes(KEY)
    told = Told()
    assert_chain(read(tmp_path, told), [*CHAIN, tip])
    if place == 12 and what in ("zeros", "many zeros"):
        assert not told.notes  # as Core leaves a file it set too much aside for
        return
    [said] = told.notes
    assert f"(blk00000.dat bytes {len(raw)} to {len(raw) + len(junk) - 1}: " in said
    assert (": zeros)" in said) == (what in ("zeros", "many zeros"))
    assert said.startswith(f"skipped {len(junk)} bytes")
    assert "no height is missing" in said
    assert "reindex" not in said


def test_a_block_that_was_cut_short_and_stored_again_counts_once(tmp_path: Path) -> None:
    chain = forge_chain(6, padding=500)
    for kept in range(1, len(record_bytes(chain[3])), 37):
        plain = b"".join(map(record_bytes, chain[:3])) + record_bytes(chain[3])[:kept]
        plain += b"".join(map(record_bytes, chain[3:]))
        (tmp_path / "blk00000.dat").write_bytes(plain)
        assert_chain(read(tmp_path), chain)


def test_a_block_inside_another_is_not_taken_for_one(tmp_path: Path) -> None:
    """A miner may write a block's bytes into a transaction; zeros after it raise no doubt."""
    inner = record_bytes(forge_block(3, CHAIN[2].hash, tag=b"/inner/"))
    outer = forge_block(3, CHAIN[2].hash, padding=10)
    second = transaction(b"", inner)
    root = double_sha256(double_sha256(coinbase_transaction(outer.script)) + double_sha256(second))
    start = outer.raw[:36] + root + outer.raw[68:76]
    header = next(
        start + nonce.to_bytes(4, "little")
        for nonce in range(1000)
        if double_sha256(start + nonce.to_bytes(4, "little"))[31] < 0x7F
    )
    raw = header + b"\2" + coinbase_transaction(outer.script) + second
    block = ForgedBlock(
        raw=raw,
        height=3,
        hash=double_sha256(header),
        prev=outer.prev,
        header_s=outer.header_s,
        script=outer.script,
    )
    after = forge_chain(2, first_height=4, prev=block.hash)
    for gap in (b"", bytes(8)):
        plain = b"".join(map(record_bytes, [*CHAIN[:3], block])) + gap
        (tmp_path / "blk00000.dat").write_bytes(plain + b"".join(map(record_bytes, after)))
        found = read(tmp_path)
        assert_chain(found, [*CHAIN[:3], block, *after])
        assert not found.stale.any()


@pytest.mark.parametrize("damage", [bytes(40), b"\1" * 40])
def test_damage_that_costs_a_height_stops(tmp_path: Path, damage: bytes) -> None:
    plain = bytearray(b"".join(map(record_bytes, CHAIN)))
    at = sum(len(record_bytes(block)) for block in CHAIN[:6])
    plain[at : at + len(damage)] = damage
    (tmp_path / "blk00000.dat").write_bytes(plain)
    error = error_of(tmp_path)
    assert error.code == "block-file-garbage"
    assert f"at byte {at}" in error.message
    assert "reindex" not in error.hint


def test_numbers_in_coinbases_are_heights_only_where_bip_34_applies(tmp_path: Path) -> None:
    chain = forge_chain(8, first_height=70_000, prev=b"\7" * 32)
    # Version 1: a clock as the first number, as early miners wrote it.
    clock = (1_364_140_153).to_bytes(4, "little")
    old = forge_block(70_008, chain[-1].hash, script=b"\x04" + clock, version=1)
    found = read(write_files(tmp_path / "lone", [[chain[-1]]]))
    assert found.height.tolist() == [70_007]
    with pytest.raises(FormatError) as caught:
        read(write_files(tmp_path / "old", [[old]]))
    assert caught.value.code == "height-unknown"
    newer = forge_block(70_009, old.hash)
    # The tip's number is wrong: most blocks agree upon the height, so the tip contradicts it.
    with pytest.raises(FormatError, match="70008 by its place") as caught:
        read(write_files(tmp_path / "both", [[*chain, old, newer]]))
    assert caught.value.code == "height-inconsistent"


def test_a_directory_that_begins_before_heights_were_written_gets_them_by_links(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    late = replace(REGTEST, bip34_height=70_004)
    monkeypatch.setitem(NETWORKS, "regtest", late)
    prev, chain = b"\7" * 32, []
    for height in range(70_000, 70_008):
        script = b"\x04\x39\xd5\x4e\x51" if height < 70_004 else None
        version = 1 if height < 70_004 else 2
        chain.append(forge_block(height, prev, script=script, version=version))
        prev = chain[-1].hash
    folder = write_files(tmp_path, [chain])
    batches = list(block_files.read(block_files.Options(path=folder), world(late)))
    assert_chain(joined(batches), chain)


def test_pruned_files_take_heights_from_coinbases(tmp_path: Path) -> None:
    chain = forge_chain(9, first_height=70_000, prev=b"\7" * 32)
    sibling = forge_block(70_000, b"\7" * 32, tag=b"/sibling/")
    found = read(write_files(tmp_path, [[chain[4], sibling, *chain[:4], *chain[5:]]], key=KEY))
    assert_chain(found, chain)
    assert found.take(found.stale).height.tolist() == [70_000]


def test_pruned_files_without_heights_are_refused(tmp_path: Path) -> None:
    lone = forge_block(500, b"\7" * 32, script=b"\x06no height")
    with pytest.raises(FormatError) as caught:
        read(write_files(tmp_path, [[lone]]))
    assert caught.value.code == "height-unknown"


def test_a_coinbase_that_contradicts_the_chain_is_refused(tmp_path: Path) -> None:
    chain = forge_chain(3, first_height=500, prev=b"\7" * 32)
    liar = forge_block(503, chain[-1].hash, script=b"\x02\x39\x30/liar/")
    tip = forge_block(504, liar.hash)
    with pytest.raises(FormatError, match=r"503 by its place in the chain .* says 12345") as caught:
        read(write_files(tmp_path, [[*chain, liar, tip]]))
    assert caught.value.code == "height-inconsistent"
