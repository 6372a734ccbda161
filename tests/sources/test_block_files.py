"""Block files as Core writes them: any order, any key, any tail give the same chain."""

import gzip
import random
from pathlib import Path

import pytest
from tests.sources.block_forge import (
    REGTEST,
    START_S,
    ForgedBlock,
    encoded,
    forge_block,
    forge_chain,
    record_bytes,
    write_files,
)
from tests.sources.record_stub import Told, joined, world

from hashquake.core.chain import check_chain
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import FormatError, HashquakeError, InputError, UsageError
from hashquake.core.header import hash_text
from hashquake.core.network import MAIN, NETWORKS
from hashquake.core.window import Window
from hashquake.sources.chain import block_files

TAPES = Path(__file__).parents[1] / "tapes" / "block_files"
KEY = bytes.fromhex("9a3b0c47e1f25d68")
CHAIN = forge_chain(12)


def read(folder: Path, told: Told | None = None, **options: str) -> BlockColumns:
    return joined(
        list(block_files.read(block_files.Options(path=folder, **options), world(REGTEST, told)))
    )


def assert_chain(found: BlockColumns, chain: list[ForgedBlock]) -> None:
    main = found.main()
    assert main.height.tolist() == [block.height for block in chain]
    assert main.hash.tolist() == [block.hash for block in chain]
    assert main.prev.tolist() == [block.prev for block in chain]
    assert main.header_s.tolist() == [block.header_s for block in chain]
    assert main.coinbase.tolist() == [block.script for block in chain]


def test_a_directory_gives_the_chain_with_coinbases_and_payouts(tmp_path: Path) -> None:
    found = read(write_files(tmp_path, [CHAIN[:7], CHAIN[7:]], key=KEY, tails=[0, 4096]))
    assert_chain(found, CHAIN)
    assert not found.stale.any()
    assert set(found.bits.tolist()) == {0x207FFFFF}
    assert set(found.payouts.tolist()) == {("bcrt1qw508d6qejxtdg4y5r3zarvary0c5xw7kygt080",)}
    check_chain(found, network=REGTEST)


def test_the_file_bitcoin_core_wrote_gives_the_chain_it_told_over_rpc(tmp_path: Path) -> None:
    packed = TAPES / "core_regtest_blk00000.dat.gz"
    (tmp_path / "blk00000.dat").write_bytes(gzip.decompress(packed.read_bytes()) + bytes(1 << 20))
    (tmp_path / "xor.dat").write_bytes((TAPES / "core_regtest_xor.dat").read_bytes())
    found = read(tmp_path)
    assert found.main().height.tolist() == list(range(61))
    genesis = "0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206"
    assert hash_text(found.hash[0]) == genesis
    check_chain(found.main(), network=REGTEST)


def test_a_real_mainnet_block_is_read_to_its_payout(tmp_path: Path) -> None:
    start = bytes.fromhex((TAPES / "main_363703_start.hex").read_text().replace("\n", ""))
    rest = b"\x5a" * (612_096 - len(start))  # nothing behind the coinbase is looked at
    frame = MAIN.magic + (612_096).to_bytes(4, "little")
    (tmp_path / "blk00301.dat").write_bytes(encoded(frame + start + rest, KEY))
    (tmp_path / "xor.dat").write_bytes(KEY)
    (batch,) = block_files.read(block_files.Options(path=tmp_path), world(MAIN))
    block = batch.blocks.block(0)
    assert (block.height, block.header_s, block.bits) == (363_703, 1_435_963_905, 0x1816418E)
    assert block.hash is not None
    shown = "0000000000000000011b2a4cb91b63886ffe0d2263fd17ac5a9b902a219e0a14"
    assert hash_text(block.hash) == shown
    assert block.payouts == ("15urYnyeJe3gwbGJ74wcX89Tz7ZtsFDVew",)
    assert b"/AntPool/sc2/" in (block.coinbase or b"")


@pytest.mark.parametrize("key", [None, bytes(8), KEY, b"\0\0\0\0\0\0\0\1"])
def test_every_key_reads_back(tmp_path: Path, key: bytes | None) -> None:
    assert_chain(read(write_files(tmp_path, [CHAIN], key=key, tails=[100])), CHAIN)


def test_a_key_may_be_given_by_hand(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [CHAIN], key=KEY)
    (folder / "xor.dat").unlink()
    assert_chain(read(folder, xor_key=KEY.hex()), CHAIN)


def test_stale_blocks_are_marked_at_their_heights(tmp_path: Path) -> None:
    fork = forge_chain(3, first_height=8, prev=CHAIN[7].hash, tag=b"/fork/")
    found = read(write_files(tmp_path, [[*fork, *CHAIN]], key=KEY))
    assert_chain(found, CHAIN)
    stale = found.take(found.stale)
    assert stale.height.tolist() == [8, 9, 10]
    assert stale.hash.tolist() == [block.hash for block in fork]
    assert found.height.tolist() == sorted(found.height.tolist())


def test_most_work_wins_over_most_blocks(tmp_path: Path) -> None:
    hard = forge_block(10, CHAIN[9].hash, bits=0x200FFFFF, tag=b"/hard/")  # eight times the work
    found = read(write_files(tmp_path, [[*CHAIN, hard]]))
    assert_chain(found, [*CHAIN[:10], hard])
    assert found.take(found.stale).height.tolist() == [10, 11]


def test_of_equal_work_the_first_stored_wins(tmp_path: Path) -> None:
    rival = forge_block(11, CHAIN[10].hash, tag=b"/rival/")
    assert_chain(read(write_files(tmp_path / "a", [[*CHAIN, rival]])), CHAIN)
    assert_chain(
        read(write_files(tmp_path / "b", [[*CHAIN[:11], rival, CHAIN[11]]])),
        [*CHAIN[:11], rival],
    )


def test_a_block_stored_twice_counts_once(tmp_path: Path) -> None:
    found = read(write_files(tmp_path, [CHAIN, CHAIN[3:6]]))
    assert_chain(found, CHAIN)
    assert len(found) == len(CHAIN)


def test_blocks_with_missing_ancestors_are_left_out_with_a_note(tmp_path: Path) -> None:
    told = Told()
    found = read(write_files(tmp_path, [[*CHAIN[:8], *CHAIN[9:]]]), told)
    assert_chain(found, CHAIN[:8])
    assert told.notes == ["3 blocks are left out: their ancestors are not in the files"]


def test_a_missing_file_in_the_middle_is_no_silent_gap(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [CHAIN[:4], CHAIN[4:6], CHAIN[6:8]])
    (folder / "blk00001.dat").unlink()
    assert_chain(read(folder), CHAIN[:4])


@pytest.mark.parametrize("batch", [1, 5, 100])
def test_batches_join_without_a_gap_in_time(
    tmp_path: Path, batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(block_files, "BATCH_BLOCKS", batch)
    told = Told()
    folder = write_files(tmp_path, [CHAIN])
    batches = list(block_files.read(block_files.Options(path=folder), world(REGTEST, told)))
    windows = [window for item in batches for window in item.observed]
    assert all(len(item.blocks) <= batch for item in batches)
    assert windows[0].start_s == START_S
    assert windows[-1].end_s == START_S + 600 * 11
    assert sum(window.duration_s for window in windows) == 600 * 11
    if batch == 100:
        assert windows == [Window(start_s=START_S, end_s=START_S + 600 * 11)]
    assert told.progress[0].unit == "bytes"
    assert told.progress[-1].done == told.progress[-1].total == len(CHAIN)


def test_a_long_coinbase_behind_a_long_count_is_read(tmp_path: Path) -> None:
    big = forge_block(0, bytes(32), script=b"\0" + b"x" * 90, padding=5000, witness=True)
    # The count of transactions in three bytes, as in a block of more than 252.
    raw = big.raw[:80] + b"\xfd\x2c\x01" + big.raw[81:]
    block = ForgedBlock(
        raw=raw, height=0, hash=big.hash, prev=big.prev, header_s=big.header_s, script=big.script
    )
    assert_chain(read(write_files(tmp_path, [[block]], key=KEY)), [block])


def error_of(folder: Path, **options: str) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        read(folder, None, **options)
    return caught.value


def test_failed_proof_of_work_names_file_and_offset(tmp_path: Path) -> None:
    bad = forge_block(4, CHAIN[3].hash, proven=False)
    offset = sum(len(record_bytes(block)) for block in CHAIN[:4])
    after = forge_chain(2, first_height=5, prev=bad.hash)
    error = error_of(write_files(tmp_path, [[*CHAIN[:4], bad, *after]]))
    assert error.code == "pow-failed"
    assert f"blk00000.dat holds a block with hash {hash_text(bad.hash)}" in error.message
    assert f"at byte {offset}" in error.message


def test_bits_easier_than_the_network_allows_are_no_proof(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [CHAIN], network=MAIN)
    with pytest.raises(FormatError) as caught:
        list(block_files.read(block_files.Options(path=folder), world(MAIN)))
    assert caught.value.code == "pow-failed"


def test_another_network_is_named(tmp_path: Path) -> None:
    error = error_of(write_files(tmp_path, [CHAIN], key=KEY, network=NETWORKS["testnet4"]))
    assert (error.code, "--network testnet4" in error.hint) == ("network-magic", True)


def test_a_wrong_or_missing_key_is_suspected(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [CHAIN], key=KEY)
    (folder / "xor.dat").unlink()
    error = error_of(folder)
    assert (error.code, "xor.dat" in error.hint) == ("network-magic", True)
    error = error_of(write_files(tmp_path / "plain", [CHAIN]), xor_key=KEY.hex())
    assert (error.code, "--xor-key" in error.hint) == ("network-magic", True)


def test_a_record_of_another_network_is_refused(tmp_path: Path) -> None:
    error = error_of(write_files(tmp_path, [CHAIN]), network="main")
    assert isinstance(error, UsageError)
    assert error.code == "network-mismatch"


def test_a_cut_in_an_older_file_is_an_error(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [CHAIN[:6], CHAIN[6:]], key=KEY)
    whole = (folder / "blk00000.dat").read_bytes()
    last = sum(len(record_bytes(block)) for block in CHAIN[:5])
    for kept in (last + 3, last + 50, len(whole) - 1):
        (folder / "blk00000.dat").write_bytes(whole[:kept])
        error = error_of(folder)
        assert error.code == "block-file-cut"
        assert f"blk00000.dat ends in the middle of a block, at byte {last}" in error.message


@pytest.mark.parametrize("key", [None, KEY])
def test_a_cut_anywhere_in_the_last_file_leaves_the_whole_blocks(
    tmp_path: Path, key: bytes | None
) -> None:
    chain = CHAIN[:3]
    folder = write_files(tmp_path, [chain], key=key)
    whole = (folder / "blk00000.dat").read_bytes()
    ends = [0]
    for block in chain:
        ends.append(ends[-1] + len(record_bytes(block)))
    for kept in range(len(whole) + 1):
        (folder / "blk00000.dat").write_bytes(whole[:kept])
        n_whole = sum(end <= kept for end in ends) - 1
        if n_whole == 0:
            assert error_of(folder).code == "blocks-none"
            continue
        told = Told()
        assert_chain(read(folder, told), chain[:n_whole])
        assert any("unfinished block" in note for note in told.notes) == (kept not in ends)


@pytest.mark.parametrize("key", [bytes(8), KEY])
def test_a_block_half_written_into_a_preallocated_file_is_left_for_later(
    tmp_path: Path, key: bytes
) -> None:
    chain = forge_chain(3, padding=300)
    plain = b"".join(record_bytes(block) for block in chain)
    whole = encoded(plain, key)
    (tmp_path / "xor.dat").write_bytes(key)
    start = len(plain) - len(record_bytes(chain[2]))
    for written in range(1, len(chain[2].raw) + 9):
        (tmp_path / "blk00000.dat").write_bytes(whole[: start + written].ljust(9_000, b"\0"))
        found = read(tmp_path)
        assert_chain(found, chain[: len(found)])
        # A block ends in a lock time of zero: in a plain file it is the same without those bytes.
        missing = len(chain[2].raw) + 8 - written
        assert len(found) == (3 if missing <= (0 if any(key) else 4) else 2)
        assert None not in found.payouts.tolist()
        assert set(map(len, found.payouts.tolist())) == {1}


def test_only_the_file_being_written_may_hold_half_a_block(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [CHAIN[:2], CHAIN[2:]])
    whole = (folder / "blk00000.dat").read_bytes()
    written = len(record_bytes(CHAIN[0])) + 20
    (folder / "blk00000.dat").write_bytes(whole[:written].ljust(5_000, b"\0"))
    assert error_of(folder).code in {"pow-failed", "coinbase-malformed"}


def test_a_block_that_ends_in_zeros_is_whole_when_another_follows(tmp_path: Path) -> None:
    first = CHAIN[0]
    padded = ForgedBlock(
        raw=first.raw + bytes(200),
        height=0,
        hash=first.hash,
        prev=first.prev,
        header_s=first.header_s,
        script=first.script,
    )
    assert_chain(read(write_files(tmp_path, [[padded, *CHAIN[1:]]])), CHAIN)


@pytest.mark.parametrize("length", [0, 80, 4_000_001, 0xFFFFFFFF])
def test_a_garbage_length_is_an_error(tmp_path: Path, length: int) -> None:
    plain = bytearray(b"".join(record_bytes(block) for block in CHAIN))
    plain[4:8] = length.to_bytes(4, "little")
    (tmp_path / "blk00000.dat").write_bytes(plain)
    error = error_of(tmp_path)
    assert error.code == "block-file-garbage"
    assert f"claims a block of {length} bytes, at byte 0" in error.message


def test_a_long_length_is_not_taken_for_the_end_of_the_file(tmp_path: Path) -> None:
    plain = bytearray(b"".join(record_bytes(block) for block in CHAIN))
    plain[4:8] = (3_000_000).to_bytes(4, "little")
    (tmp_path / "blk00000.dat").write_bytes(encoded(bytes(plain), KEY))
    (tmp_path / "xor.dat").write_bytes(KEY)
    error = error_of(tmp_path)
    assert error.code == "block-file-garbage"
    assert "another begins at byte" in error.message


def test_a_malformed_coinbase_is_an_error_with_its_place(tmp_path: Path) -> None:
    block = CHAIN[0]
    broken = ForgedBlock(
        raw=block.raw[:85] + b"\x02" + block.raw[86:],
        height=0,
        hash=block.hash,
        prev=block.prev,
        header_s=block.header_s,
        script=block.script,
    )
    error = error_of(write_files(tmp_path, [[broken, *CHAIN[1:]]]))
    assert error.code == "coinbase-malformed"
    assert "blk00000.dat" in error.message
    assert "at byte 0" in error.message


def test_flipped_bits_never_crash(tmp_path: Path) -> None:
    folder = write_files(tmp_path, [CHAIN[:2]], key=KEY)
    whole = (folder / "blk00000.dat").read_bytes()
    chance = random.Random(20220105)
    codes = set()
    for _ in range(400):
        damaged = bytearray(whole)
        damaged[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
        (folder / "blk00000.dat").write_bytes(damaged)
        try:
            read(folder)
        except HashquakeError as error:
            codes.add(error.code)
    assert {"pow-failed", "block-file-garbage", "coinbase-malformed"} <= codes


def test_missing_things_are_named(tmp_path: Path) -> None:
    assert error_of(tmp_path / "nowhere").code == "file-missing"
    write_files(tmp_path / "data" / "blocks", [CHAIN])
    error = error_of(tmp_path / "data")
    assert (error.code, "did you mean" in error.hint) == ("file-missing", True)
    error = error_of(tmp_path / "data" / "blocks" / "blk00000.dat")
    assert (error.code, isinstance(error, InputError)) == ("file-missing", True)
    (tmp_path / "data" / "blocks" / "xor.dat").write_bytes(b"short")
    assert error_of(tmp_path / "data" / "blocks").code == "xor-key-malformed"
    assert error_of(tmp_path / "data" / "blocks", xor_key="zz").code == "xor-key-malformed"
