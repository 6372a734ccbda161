"""January 2022 fed to a record: real blocks, scripted instruments, what pools might have reported.

The blocks are those of the chain. An instrument's probes lose Kazakhstan when it was cut off, its
routes stay up, as RIPE saw them; the pools' own reports fall by a seventh meanwhile.
"""

import numpy as np
from tests.reported_records import REPORTS, readings_of

from hashquake.core.columns import BlockColumns
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import bundled_blocks
from hashquake.forward.pool_reports import ReportedFall, simulate_reports

BLOCKS_FROM_S = parse_time("2021-12-05")
REPORTS_FROM_S = parse_time("2021-12-25")
LIVE_FROM_S = parse_time("2022-01-05T06:00")
DARK_FROM_S = parse_time("2022-01-05T10:30")
DARK_UNTIL_S = parse_time("2022-01-08T00:00")
LIVE_UNTIL_S = parse_time("2022-01-08T06:00")
STEP_S = 600.0


def blocks_between(start_s: float, end_s: float) -> BlockColumns:
    blocks = bundled_blocks()
    return blocks.take((blocks.header_s >= start_s) & (blocks.header_s < end_s))


def probes() -> tuple[Reading, ...]:
    rng = np.random.default_rng(20220105)
    found = []
    for start_s in np.arange(REPORTS_FROM_S, LIVE_UNTIL_S, STEP_S).tolist():
        dark = DARK_FROM_S <= start_s < DARK_UNTIL_S
        for quantity, left in (
            ("ioda_ping_slash24_up_count", 0.04),
            ("ioda_gtr", 0.05),
            ("ioda_bgp_prefixes_count", 1.0),
        ):
            level = 1000.0 * (left if dark else 1.0) * (1.0 + 0.01 * rng.standard_normal())
            found.append(
                Reading(
                    subject="country:KZ",
                    quantity=quantity,
                    window=Window(start_s=start_s, end_s=start_s + STEP_S),
                    value=round(level),
                    source="ioda",
                )
            )
    return tuple(found)


def pool_reports() -> tuple[Reading, ...]:
    fall = ReportedFall(
        start_s=DARK_FROM_S - REPORTS_FROM_S, end_s=DARK_UNTIL_S - REPORTS_FROM_S, shares=(0.15,)
    )
    return readings_of(
        simulate_reports(
            REPORTS,
            np.random.default_rng(7),
            days=(LIVE_UNTIL_S - REPORTS_FROM_S) / DAY_S,
            start_s=REPORTS_FROM_S,
            fall=fall,
        )
    )


def ends_between(
    readings: tuple[Reading, ...], start_s: float, end_s: float
) -> tuple[Reading, ...]:
    return tuple(one for one in readings if start_s < one.window.end_s <= end_s)
