"""An outage in the ledger while it is young: stated after ten minutes, confirmed or withdrawn."""

from collections.abc import Callable
from pathlib import Path

import numpy as np

import hashquake as hq
from hashquake.core.contracts import Batch
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, MINUTE_S, parse_time
from hashquake.core.window import Window

FELL_S = parse_time("2022-01-05T10:40Z")
FROM_S = FELL_S - 10.0 * DAY_S
SERIES = (("ioda_ping_slash24_up_count", 600.0), ("ioda_bgp_prefixes_count", 300.0))
Statuses = list[tuple[int, str]]
"""Minutes after the fall, and the status of an opinion entered then."""


def readings(start_s: float, end_s: float, dark_minutes: float) -> tuple[Reading, ...]:
    """Return what two kinds of signal measured of windows that end in a stretch of time."""
    found = []
    for quantity, step_s in SERIES:
        for at_s in np.arange(FROM_S, end_s, step_s).tolist():
            if start_s < at_s + step_s <= end_s:
                dark = FELL_S <= at_s < FELL_S + dark_minutes * MINUTE_S
                usual = 1000.0 + 5.0 * np.sin(at_s)
                window = Window(start_s=at_s, end_s=at_s + step_s)
                found.append(
                    Reading(
                        subject="country:KZ",
                        quantity=quantity,
                        window=window,
                        value=round(0.05 * usual if dark else usual),
                        source="ioda",
                    )
                )
    return tuple(found)


def lived(path: Path, dark_minutes: float) -> tuple[Statuses, Callable[[], hq.Observatory]]:
    """Feed every five minutes for an hour after the fall; return what was entered when."""
    told: Statuses = []
    with hq.open(path, create=True) as observatory:
        observatory.feed(Batch(readings=readings(0.0, FELL_S, dark_minutes)), source="ioda")
        for minutes in range(5, 65, 5):
            now_s = FELL_S + minutes * MINUTE_S
            last_id = observatory.changes(limit=100_000)[-1].id
            come = readings(now_s - 300.0, now_s, dark_minutes)
            observatory.feed(Batch(readings=come), source="ioda")
            told += [
                (minutes, str(one.document["status"]))
                for one in observatory.changes(after_id=last_id, limit=100_000)
                if one.kind == "outage"
            ]
    return told, lambda: hq.open(path)


def test_it_is_stated_after_ten_minutes_and_confirmed_after_thirty(tmp_path: Path) -> None:
    told, again = lived(tmp_path / "long.db", 600.0)
    assert told[0] == (10, "preliminary")
    first = {status: next(at for at, each in told if each == status) for _, status in told}
    assert first == {"preliminary": 10, "confirmed": 30}
    with again() as observatory:
        (outage,) = observatory.outages()
        assert outage.status == "confirmed"
        assert outage.end_s is None


def test_it_is_withdrawn_where_it_was_over_before(tmp_path: Path) -> None:
    told, again = lived(tmp_path / "short.db", 20.0)
    assert told[0] == (10, "preliminary")
    assert told[-1] == (30, "rejected")
    assert {status for _, status in told} == {"preliminary", "rejected"}
    with again() as observatory:
        assert len(observatory.outages()) == 0
