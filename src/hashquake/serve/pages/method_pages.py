"""Pages of the catalog, of the power of detection and of the back-tests, from their numbers."""

from collections.abc import Sequence
from math import isinf
from typing import Any

from hashquake.core.interval import Interval
from hashquake.core.quake import Quake
from hashquake.core.subject import NETWORK
from hashquake.core.times import HOUR_S
from hashquake.judge.peer_table import PeerRow
from hashquake.judge.power import Power
from hashquake.serve.format import percent
from hashquake.serve.format_times import duration
from hashquake.serve.pages.former_falls import former_falls_table
from hashquake.serve.pages.markdown import page, table
from hashquake.serve.quake_table import HEADINGS, expected_by_luck, quake_row

AGAIN = "`python scripts/build_pages.py` makes this page again."
_ERRORS = ("crps_share", "mae_share", "linear_mae_share", "mempool_mae_share")


def catalog_page(quakes: Sequence[Quake], *, picture: str) -> str:
    """Write the page of the bundled catalog: falls of the network, then those of pools.

    Parameters
    ----------
    quakes : sequence of Quake
        The latest revisions.
    picture : str
        Address of the picture, relative to the page.
    """
    standing = [one for one in quakes if one.status != "rejected"]
    network = [one for one in standing if one.subject == NETWORK]
    pools = [one for one in standing if one.subject != NETWORK]
    return page(
        "# The catalog of 2021 to 2026",
        "Replayed from the bundled blocks at one false alarm a year of the network, and one of all "
        f"pools together. {expected_by_luck(network)} "
        f"{len(pools)} falls are of pools alone: machines that changed pool, or trouble of one "
        "operator, and not falls of Bitcoin's hash rate.",
        f"![The network's hash rate with the catalog's falls marked]({picture})",
        "## The network",
        _table(network),
        "## Pools alone",
        _table(pools),
        "## What changed when drift was learned instead of assumed",
        "The former catalog took the drift of the hash rate as fixed, 0.009 a square-root day. Now "
        "the detector [learns it](theory/volatility.md), goes on after an alarm, and a review "
        "weighs the chance that nothing broke; a pool confirms a fall of the network only when its "
        "share of the blocks fell too. Luck is the probability that nothing broke. The former "
        "catalog named 14 falls of the network:",
        former_falls_table(quakes),
        "Falls of pools have luck as likely as their reviews found it. Before, their size alone "
        "was compared with that of chance alarms: Poolin (September 2022), whose blocks leave no "
        "doubt, read luck 45 %. How luck and real falls look was measured again for detectors that "
        "learn drift, and the chance of luck moved most for falls with pools (before: Elliott "
        "11 %, June 2022 and June 2025 78 %, January 2026 51 %).",
        "Made by `hashquake replay --db bundled`; `hashquake quakes show ID` gives the reasons.",
        AGAIN,
    )


def power_page(rows: Sequence[Power], peers: Sequence[PeerRow], *, picture: str) -> str:
    """Write the page that tells how long it takes to find a fall.

    Parameters
    ----------
    rows : sequence of Power
        One a size of fall.
    peers : sequence of PeerRow
        What other methods reached.
    picture : str
        Address of the picture, relative to the page.
    """
    headings = ("fall", "limit", "mean", "nine in ten", "found in 30 days", "days to size it")
    return page(
        "# How long it takes to find a fall",
        "At one false alarm a year. The limit is the best any test can do that knows the size and "
        "the hash rate before, and that nothing drifts; hashquake knows none of these. Falls that "
        "are not found within 30 days count as 30 days in the mean.",
        f"![Mean hours to an alarm by the size of the fall]({picture})",
        table(headings, [_power_row(row) for row in rows]),
        "## Compared with other methods",
        "Every method is set to one false alarm a year on networks that drift by 0.009 a "
        "square-root day, measured on others, and meets the same falls there; "
        "[how they are set](theory/calibration.md#compared-with-other-methods). "
        "Where a setting says that "
        "drift was fixed, it is the former version that was measured; the table above has the "
        "present one. Fast drift, where it was measured, is 0.020 a square-root day.",
        _peer_table([row for row in peers if row.wanted_per_year == 1.0]),
        *_rare(peers),
        "Made by `hashquake power --table` and `hashquake backtest peers`.",
        AGAIN,
    )


def forecast_page(title: str, rows: Sequence[dict[str, Any]], *, picture: str) -> str:
    """Write the page of the difficulty forecast's back-test.

    Parameters
    ----------
    title : str
        What was scored, as a sentence.
    rows : sequence of dict
        Scores by the part of the epoch that had elapsed.
    picture : str
        Address of the picture, relative to the page.
    """
    headings = ("elapsed", "epochs", "CRPS", "MAE", "linear MAE", "mempool MAE", "90 % covers")
    cells = [
        (
            percent(row["elapsed_share"]),
            f"{row['n_epochs']}",
            *(percent(row[name], digits=2) for name in _ERRORS),
            percent(row["covered_90_share"], digits=1),
        )
        for row in rows
    ]
    return page(
        "# How good the difficulty forecast was",
        title,
        f"![Mean error of the forecast compared with two other estimates]({picture})",
        table(headings, cells),
        "Linear: the epoch goes on at its pace so far, as explorers show. Mempool: mempool.space's "
        "formula, until the 504th block the time since 503 blocks back, scaled over a retarget, "
        "taken for 504 blocks, then the epoch's time so far, taken for one block more than it has "
        "intervals. Made by `hashquake backtest forecast`.",
        AGAIN,
    )


def _power_row(row: Power) -> tuple[str, ...]:
    mean = "not promised" if row.mean_delay_s is None else duration(row.mean_delay_s)
    spread = ""
    if row.delay_s is not None:
        high = "never" if isinf(row.delay_s.high) else duration(row.delay_s.high)
        spread = f"{duration(row.delay_s.low)} to {high}"
    return (
        percent(row.drop_share),
        duration(row.bound_s),
        mean,
        spread,
        percent(row.found_share),
        f"{row.sizing_days:.1f}",
    )


def _rare(peers: Sequence[PeerRow]) -> tuple[str, ...]:
    rare = [row for row in peers if row.wanted_per_year < 1.0]
    return ("Set to one in ten years:", _peer_table(rare)) if rare else ()


def _peer_table(peers: Sequence[PeerRow]) -> str:
    drops = sorted({row.drop_share for row in peers})
    cells = {(row.name, row.drop_share): row for row in peers}
    wild = any(row.wild_per_year for row in peers)
    rows = []
    for name in dict.fromkeys(row.name for row in peers):
        first = cells[name, drops[0]]
        fast = "" if first.wild_per_year is None else _often(first.wild_per_year)
        rows.append(
            (
                f"{name} ({first.setting})",
                _often(first.false_alarms_per_year),
                *((fast,) if wild else ()),
                *(_hours(cells[name, drop]) for drop in drops),
            )
        )
    headings = ("mean hours to an alarm (median)", "false alarms a year")
    return table(
        (*headings, *(("the same, fast drift",) if wild else ()), *map(percent, drops)), rows
    )


def _often(rate: Interval) -> str:
    return f"{rate.median:.2f} [{rate.low:.2f}, {rate.high:.2f}]"


def _hours(cell: PeerRow) -> str:
    mean, error = cell.mean_delay_s / HOUR_S, cell.mean_error_s / HOUR_S
    median = "never" if isinf(cell.median_delay_s) else f"{cell.median_delay_s / HOUR_S:.0f}"
    digits = 0 if mean >= 100 else 1
    return f"{mean:.{digits}f} ± {error:.{digits}f} ({median})"


def _table(quakes: Sequence[Quake]) -> str:
    return table(HEADINGS, [quake_row(one) for one in quakes])
