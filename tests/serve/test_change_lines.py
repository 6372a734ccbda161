"""Every kind of change has a line of its own, in plain characters."""

from typing import Any, get_args

import pytest

from hashquake.core.opinion import Change, ChangeKind
from hashquake.serve.wording.changes import _WORDED, change_line

WINDOW = {"start_s": 1641379500.0, "end_s": 1641383100.0}


def test_every_kind_is_worded() -> None:
    assert set(_WORDED) == set(get_args(ChangeKind))


@pytest.mark.parametrize(
    ("kind", "subject", "document", "said"),
    [
        (
            "block",
            "network",
            {"height": 717_012, "pool": "foundryusa"},
            "717,012, found by Foundry",
        ),
        ("reorg", "network", {"height": 5, "n_staled": 2}, "reorganisation at block 5: 2 blocks"),
        ("reorg", "network", {"height": 5, "n_staled": 1}, "block 5: 1 block replaced"),
        (
            "blocks",
            "network",
            {"n_blocks": 1, "first_height": 7, "last_height": 7},
            "1 block read, 7",
        ),
        ("readings", "country:KZ", {"n_readings": 1}, "1 reading of Kazakhstan"),
        ("readings", "country:KZ", {"n_readings": 12}, "12 readings of Kazakhstan"),
        ("readings", "several", {"n_readings": 12}, "12 readings of several places"),
        (
            "gap",
            "country:KZ",
            {"source": "ioda", "window": WINDOW},
            "ioda sent nothing on Kazakhstan for 1 h",
        ),
        (
            "source",
            "source:ioda",
            {"source": "ioda", "state": "down", "because": "no answer [service-timeout]"},
            "ioda does not answer: no answer [service-timeout]",
        ),
        (
            "quake",
            "network",
            {"id": "hq20210416a", "status": "reviewed", "end_s": None},
            "quake hq20210416a of the network: reviewed",
        ),
        (
            "claim",
            "network",
            {"text": "\x1b[31mdown 12 %"},
            "claim on the network: \\x1b[31mdown 12 %",
        ),
    ],
)
def test_a_line_says_what_changed(
    kind: Any, subject: str, document: dict[str, Any], said: str
) -> None:
    line = change_line(
        Change(id=1, at_s=1641379500.0, kind=kind, subject=subject, document=document)
    )
    assert line.startswith("5 January 2022, 10:45 UTC: ")
    assert said in line
    assert "\xa0" not in line
