"""A collector's files in a folder, and what is read of them."""

from pathlib import Path
from typing import Any, Self

import pytest
from tests.sources.mrt_forge import Route, rib
from tests.sources.record_stub import Told, world

from hashquake.core.errors import HashquakeError
from hashquake.core.reading import Reading
from hashquake.sources.routes import mrt
from hashquake.sources.routes._mrt_elements import Elements, read_elements

START_S = 1_641_379_200  # 5 January 2022, 10:40
KZ, RU, ELSE = 9198, 12389, 64_496
DELEGATED = """\
2|ripencc|20220105|5|19830705|20220104|+0100
ripencc|KZ|ipv4|2.72.0.0|524288|20101103|allocated|a
ripencc|RU|ipv4|2.80.0.0|768|20101103|allocated|b
ripencc|KZ|ipv4|2.80.3.0|256|20101103|allocated|a
ripencc|KZ|ipv6|2a00:1d80::|32|20101103|allocated|a
ripencc|KZ|asn|9198|1|19990101|allocated|a
ripencc|RU|asn|12389|1|19990101|allocated|b
"""
ALL = {0: KZ, 1: KZ, 2: KZ}
ROUTES: list[Route] = [
    ("2.72.0.0/22", ALL),
    ("2.72.1.0/24", ALL),  # inside the one before: no further /24
    ("2.73.0.0/25", {0: KZ, 1: KZ}),  # two of three: seen, and a /24 of its own
    ("2.74.0.0/24", {0: KZ}),  # one of three: not seen
    ("2.80.0.0/22", {0: RU, 1: RU, 2: ELSE}),  # three /24s in RU, one in KZ
    ("0.0.0.0/0", ALL),
    ("2a00:1d80::/32", ALL),
]
TABLE = rib(START_S, 4, [*ROUTES, ("9.9.9.0/24", {3: 42})])


def saved(folder: Path, *files: bytes) -> dict[str, Any]:
    """Keep files and give the options to read them."""
    mrts = folder / "mrt"
    mrts.mkdir(exist_ok=True)
    for number, data in enumerate(files):
        (mrts / f"{number}").write_bytes(data)
    (folder / "delegated").write_text(DELEGATED)
    return {
        "path": mrts,
        "delegated": folder / "delegated",
        "full_feed_v4": 2,
        "full_feed_v6": 0,
    }


def read(options: dict[str, Any], told: Told | None = None, **more: Any) -> list[Reading]:
    batches = mrt.read(mrt.Options(**options | more), world(told=told))
    return [reading for batch in batches for reading in batch.readings]


class InThisProcess:
    """Reads as a process does, without the time that starting one takes."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return

    def read(self, path: Path) -> Elements:
        return read_elements(path)


def values(readings: list[Reading], subject: str, quantity: str) -> list[tuple[float, float]]:
    return [
        (one.window.start_s - START_S, one.value)
        for one in readings
        if (one.subject, one.quantity) == (subject, quantity)
    ]


def error_of(options: dict[str, Any], **more: Any) -> HashquakeError:
    with pytest.raises(HashquakeError) as caught:
        read(options, **more)
    return caught.value
