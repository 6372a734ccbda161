"""From a collector's files to dips, as the how-to says: found where routes went, and only there."""

from pathlib import Path

import pytest
from tests.sources.mrt_forge import rib, update
from tests.sources.mrt_world import DELEGATED, KZ

import hashquake as hq
from hashquake.detect import sliding_median
from hashquake.detect.anomaly_flags import dips
from hashquake.detect.series import BGP, series_of

RIB_S = 1_641_168_000  # 3 January 2022
CUT_S, BACK_S = RIB_S + 30 * 3600, RIB_S + 36 * 3600
HELD = [f"2.72.{n}.0/24" for n in range(10)]
STEADY = "2.80.0.0/24"


def files(folder: Path, *, withdrawn: bool) -> None:
    """Two days of a collector whose peers announce something every five minutes."""
    folder.mkdir()
    peers = range(3)
    routes = [(prefix, dict.fromkeys(peers, KZ)) for prefix in (*HELD, STEADY)]
    (folder / "bview").write_bytes(rib(RIB_S, 3, routes))
    changes = []
    for at in range(RIB_S, RIB_S + 48 * 3600, 300):
        if withdrawn and at == CUT_S:
            changes += [update(at, place, withdrawn=HELD) for place in peers]
        if withdrawn and at == BACK_S:
            changes += [update(at, place, announced=HELD, origin=KZ) for place in peers]
        changes.append(update(at, at // 300 % 3, announced=[STEADY], origin=KZ))
    (folder / "updates").write_bytes(b"".join(changes))


@pytest.mark.parametrize("withdrawn", [True, False])
def test_routes_that_go_are_a_dip_and_routes_that_stay_are_none(
    tmp_path: Path, *, withdrawn: bool
) -> None:
    """Kazakhstan's stayed in January 2022: this witness alone would have seen nothing."""
    files(tmp_path / "rrc", withdrawn=withdrawn)
    (tmp_path / "delegated").write_text(DELEGATED)
    options = {"path": tmp_path / "rrc", "delegated": tmp_path / "delegated", "countries": "KZ"}
    options |= {"full_feed_v4": 0, "full_feed_v6": 0}
    with hq.open(str(tmp_path / "ris.db"), create=True) as observatory:
        observatory.ingest("mrt", options)
        readings = observatory.record.readings(subject="country:KZ")
    series = series_of(
        readings, subject="country:KZ", signal=BGP, quantity="visible_slash24s", step_s=300.0
    )
    found = dips(sliding_median.judge(series))
    assert len(found) == int(withdrawn)
    for dip in found:
        assert dip.onset.start_s <= CUT_S <= dip.onset.end_s
        assert dip.end is not None
        assert dip.end.start_s <= BACK_S <= dip.end.end_s
