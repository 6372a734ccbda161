"""Read block files from the page cache: MB/s and memory, on files made here.

The files are as a mainnet node's: blocks of 1 to 2 MB, 128 MiB a file, an XOR key, slightly out
of order. Run as ``python bench/bench_block_files.py [MEGABYTES] [TINY_BLOCKS]``; the second
figure is for as many coinbase-only blocks, where the cost a block shows. Bytes between coinbases
are skipped, so the first figure says how fast a chain passes, not how fast bytes are touched.
"""

import multiprocessing
import resource
import struct
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

from hashquake.core.contracts import SourceContext
from hashquake.core.header import double_sha256
from hashquake.core.network import NETWORKS, Network
from hashquake.sources.chain import block_files

REGTEST = NETWORKS["regtest"]
FILE_BYTES = 128 << 20
EASY_BITS = 0x207FFFFF


class _EmptyRecord:
    network: Network = REGTEST

    def tip(self) -> tuple[int, bytes | None] | None:
        return None

    def hash_at(self, height: int) -> bytes | None:
        del height
        return None

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        del first_height
        return frozenset()


def coinbase(height: int) -> bytes:
    script = b"\x03" + height.to_bytes(3, "little") + b"/bench/" + bytes(40)
    pays = b"\x00\x14" + (height % 50).to_bytes(20, "little")
    return (
        struct.pack("<i", 2)
        + b"\1"
        + bytes(32)
        + b"\xff" * 4
        + bytes([len(script)])
        + script
        + b"\xff" * 4
        + b"\1"
        + bytes(8)
        + bytes([len(pays)])
        + pays
        + bytes(4)
    )


def mined(height: int, prev: bytes, root: bytes) -> tuple[bytes, bytes]:
    for nonce in range(1000):
        header = struct.pack("<i32s32sIII", 4, prev, root, 1_600_000_000 + height, EASY_BITS, nonce)
        digest = double_sha256(header)
        if digest[31] < 0x80:
            return header, digest
    raise AssertionError


def write_chain(folder: Path, sizes: list[int], key: bytes) -> None:
    """Write a chain with blocks of these sizes."""
    filler = np.random.default_rng(1).bytes(4_000_000)
    mask = np.frombuffer(key, np.uint8)
    number = 0
    plain = bytearray()
    prev, held = bytes(32), b""
    for height, size in enumerate(sizes):
        header, prev = mined(height, prev, filler[height % 1000 : height % 1000 + 32])
        body = header + b"\xfd\xb8\x0b" + coinbase(height)
        body += filler[: max(0, size - len(body))]
        record = REGTEST.magic + struct.pack("<I", len(body)) + body
        if height % 7 == 3:  # every seventh block comes after the next
            held = record
            continue
        plain += record + held
        held = b""
        if len(plain) >= FILE_BYTES or height == len(sizes) - 1:
            raw = np.frombuffer(plain, np.uint8)
            raw = raw ^ np.resize(mask, len(raw))
            (folder / f"blk{number:05d}.dat").write_bytes(raw.tobytes())
            number += 1
            plain = bytearray()
    (folder / "xor.dat").write_bytes(key)


def measure(title: str, sizes: list[int]) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        # In a process of its own, so that the peak measured here is the reader's.
        writer = multiprocessing.Process(
            target=write_chain, args=(folder, sizes, bytes.fromhex("9a3b0c47e1f25d68"))
        )
        writer.start()
        writer.join()
        total = sum(file.stat().st_size for file in folder.glob("blk*.dat"))
        context = SourceContext(
            record=_EmptyRecord(), now_s=time.time, sleep=lambda _duration_s: None
        )
        best_s = float("inf")
        for _ in range(3):
            start_s = time.perf_counter()
            blocks = sum(
                len(batch.blocks)
                for batch in block_files.read(block_files.Options(path=folder), context)
            )
            best_s = min(best_s, time.perf_counter() - start_s)
    # Linux gives the peak in KiB, macOS in bytes.
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (
        1 if sys.platform == "darwin" else 1024
    )
    print(
        f"block_files, {title}: {blocks} blocks, {total / 1e6:.0f} MB in {best_s:.2f} s = "
        f"{total / 1e6 / best_s:.0f} MB/s, {blocks / best_s:.0f} blocks/s, "
        f"peak memory {peak / 1e6:.0f} MB"
    )


def main() -> None:
    megabytes = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    tiny = int(sys.argv[2]) if len(sys.argv) > 2 else 50_000
    chance = np.random.default_rng(2)
    sizes = chance.integers(1_000_000, 2_000_000, megabytes * 2 // 3).tolist()
    measure("big blocks", sizes)
    measure("tiny blocks", [0] * tiny)


if __name__ == "__main__":
    main()
