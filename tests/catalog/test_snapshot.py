"""A snapshot gives back what was written, and builds only values of this package."""

import io
import json
import zlib
from dataclasses import dataclass

import numpy as np
import pytest
from tests.simulated_falls import fall

from hashquake.catalog import pipeline
from hashquake.catalog.snapshot import SnapshotError, decode, encode
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Foreign:
    """A value of another package."""

    x: int


def altered(state: bytes, before: str, after: str) -> bytes:
    """Change the text of a snapshot."""
    with np.load(io.BytesIO(zlib.decompress(state))) as found:
        arrays = {name: found[name] for name in found.files}
    text = arrays["tree"].tobytes().decode()
    assert before in text
    arrays["tree"] = np.frombuffer(text.replace(before, after).encode(), np.uint8)
    out = io.BytesIO()
    np.savez(out, **arrays)
    return zlib.compress(out.getvalue())


def test_a_state_goes_on_from_a_snapshot_as_if_nothing_had_been() -> None:
    blocks, _ = fall()
    head, tail = blocks.take(slice(0, 4_300)), blocks.take(slice(4_300, None))
    state, first = pipeline.step(pipeline.start(), Batch(blocks=head))
    back = pipeline.restore(pipeline.snapshot(state))
    assert back is not None
    went_on, told = pipeline.step(state, Batch(blocks=tail))
    came_back, told_again = pipeline.step(back, Batch(blocks=tail))
    assert told.quakes == told_again.quakes
    assert (*first.quakes, *told.quakes) == went_on.quakes.ledger == came_back.quakes.ledger
    assert encode(went_on) == encode(came_back)


def test_what_occurs_twice_is_written_once_and_bytes_come_back() -> None:
    blocks = BlockColumns.build(height=[1, 2], header_s=[1, 2], bits=[3, 4], hash=[b"ab", None])
    window = Window(start_s=0.1, end_s=float("inf"))
    twice = (blocks, window, (window, None, "x", 1.5, True, b"\x00x"), blocks)
    text = encode(twice)
    first, seen, inner, second = decode(text)
    assert first is second
    assert inner[0] is seen
    assert (seen, inner[1:]) == (window, (None, "x", 1.5, True, b"\x00x"))
    assert first.hash.tolist() == [b"ab", None]
    assert first.bits.dtype == np.uint32
    assert len(text) < 2 * len(encode((blocks, window)))


def test_other_values_are_not_written() -> None:
    for value in (object(), [1], {1: 2}, {1}):
        with pytest.raises(TypeError):
            encode(value)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("hashquake.core.window:Window", "builtins:eval"),
        ("hashquake.core.window:Window", "tests.catalog.test_snapshot:Foreign"),
        ("hashquake.core.window:Window", "hashquake.core.window:dataclass"),
        ("hashquake.core.window:Window", "hashquake.core.interval:Interval"),
        ("start_s", "begin_s"),
        ("format 1", "format 2"),
    ],
)
def test_a_snapshot_that_was_altered_builds_nothing(before: str, after: str) -> None:
    state = encode(Window(start_s=1.0, end_s=2.0))
    with pytest.raises(SnapshotError):
        decode(altered(state, before, after))


@pytest.mark.parametrize("state", [b"", b"PK", json.dumps({"a": 1}).encode(), bytes(1000)])
def test_damage_is_an_error_of_the_snapshot(state: bytes) -> None:
    with pytest.raises(SnapshotError):
        decode(state)


def test_a_snapshot_of_another_version_is_not_read() -> None:
    from dataclasses import replace

    found = pipeline.snapshot(pipeline.start())
    assert pipeline.restore(found) is not None
    assert pipeline.restore(replace(found, version="0")) is None
    assert pipeline.restore(replace(found, state=b"damaged")) is None
    assert pipeline.restore(None) is None
