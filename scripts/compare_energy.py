"""Compare our power of the network with Cambridge's daily best guess, and write docs/energy.md.

python scripts/compare_energy.py FOLDER docs/energy.md

FOLDER holds the public tables under the names used below: Cambridge's daily guess, miners' revenue,
hash rate and the epochs' difficulty. They are compared, not kept. From 2021 on the power is stated
again from the bundled record alone: its blocks, its difficulty, the bundled price.
"""

import sys
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.datasets.hardware import bundled_machines
from hashquake.datasets.price_daily import prices_before
from hashquake.estimate.window import window_rate
from hashquake.explain.energy import power_bounds
from hashquake.explain.fleet import (
    ELECTRICITY_USD_PER_KWH,
    FEE_SHARE,
    MODELS,
    efficiency_at,
    threshold_j_per_th,
    usd_per_hash,
)
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.format import percent
from hashquake.serve.pages.markdown import page, table

FIRST, LAST = date(2019, 1, 1), date(2022, 8, 31)
RECORD_FROM = date(2021, 1, 18)
EPOCH = date(1970, 1, 1)
SHOWN_MODELS = [model for model in MODELS if model != "1.1"]
Floats = NDArray[np.float64]


def main(folder: Path, out: Path) -> None:
    """Write the page."""
    days = [FIRST + timedelta(at) for at in range((LAST - FIRST).days + 1)]
    guess = _daily(folder / "cbeci_daily_guess_to_2023-09.csv", "date", 2)
    theirs = np.array([guess[day] for day in days]) * 1000
    hps, hash_usd = published_inputs(folder, days)
    ours = {
        model: np.array(
            [
                best_mw(day, rate, usd, model)
                for day, rate, usd in zip(days, hps, hash_usd, strict=True)
            ]
        )
        for model in SHOWN_MODELS
    }
    with open_observatory("bundled") as observatory:
        record = np.array([record_mw(observatory, day) for day in days])
    out.write_text(page_text(days, theirs, ours, record), encoding="utf-8")
    print(out)


def published_inputs(folder: Path, days: list[date]) -> tuple[Floats, Floats]:
    """Return hash rate, and what a hash earned over the fourteen days to each day."""
    early = _daily(folder / "miners_revenue_daily_to_2021-05.csv", "Timestamp", 1)
    late = _daily(folder / "miners_revenue_every3d_to_2022-09.csv", None, 1)
    revenue = {**{day: usd for day, usd in late.items() if day > max(early)}, **early}
    rate = pl.read_csv(folder / "hashrate_7day_mean_3y_to_2022-10.csv", infer_schema_length=0)
    charted = {
        EPOCH + timedelta(int(float(at)) // 86_400_000): float(value) * 1e12
        for at, value in rate.iter_rows()
    }
    epochs = pl.read_csv(folder / "difficulty_epochs.csv")
    start = epochs["start_time"].to_numpy()
    epoch_hps = epochs["difficulty"].to_numpy()[:-1] * 2.0**32 * 2015 / np.diff(start)

    def hps_on(day: date) -> float:
        if day >= min(charted):
            return float(np.interp(_number(day), *_curve(charted)))
        return float(epoch_hps[np.searchsorted(start, _number(day) * DAY_S, "right") - 1])

    longer = [days[0] - timedelta(at) for at in range(13, 0, -1)] + days
    hps = np.array([hps_on(day) for day in longer])
    usd = np.interp([_number(day) for day in longer], *_curve(revenue))
    earned = np.convolve(usd / (hps * DAY_S), np.ones(14) / 14, mode="valid")
    return hps[13:], earned


def best_mw(day: date, hps: float, hash_usd: float, model: str) -> float:
    """Return our best guess on a day, megawatts."""
    threshold = threshold_j_per_th(hash_usd, electricity_usd_per_kwh=ELECTRICITY_USD_PER_KWH)
    at_s = float(_number(day)) * DAY_S
    efficiency = efficiency_at(bundled_machines(), at_s, threshold, model=model)
    return power_bounds(hps, efficiency).best_mw


def record_mw(observatory: Observatory, day: date) -> float:
    """Return the same from the bundled record: seven days of hash rate, fourteen of earnings."""
    if day < RECORD_FROM:
        return float("nan")
    end_s = float(_number(day) + 1) * DAY_S
    record = observatory.record
    blocks = record.blocks(window=Window(start_s=end_s - 14 * DAY_S, end_s=end_s))
    week = Window(start_s=end_s - 7 * DAY_S, end_s=end_s)
    around = record.blocks(window=Window(start_s=end_s - 30 * DAY_S, end_s=end_s + DAY_S))
    hps = window_rate(around, week, "network", record.coverage()).quantiles.median
    prices, _ = prices_before(end_s - 1, days=14)
    at = 13 - np.minimum((end_s - 1 - blocks.header_s) // DAY_S, 13).astype(int)
    earned = usd_per_hash(blocks.height, blocks.work_hashes, prices[at], fee_share=FEE_SHARE)
    return best_mw(day, hps, earned, "2023")


def page_text(days: list[date], theirs: Floats, ours: dict[str, Floats], record: Floats) -> str:
    """Write the page."""
    off = {model: mw / theirs - 1 for model, mw in ours.items()}
    own = record / theirs - 1
    seen = ~np.isnan(own)
    quarters = np.array([f"{day.year} Q{(day.month + 2) // 3}" for day in days])

    def rows() -> Iterator[tuple[str, ...]]:
        for quarter in dict.fromkeys(quarters.tolist()):
            there = quarters == quarter
            told = own[there & seen]
            yield (
                quarter,
                f"{np.median(theirs[there]):,.0f}",
                f"{np.median(ours['2023'][there]):,.0f}",
                _signed(np.median(off["2023"][there])),
                _signed(np.median(told)) if len(told) else "",
                *(_signed(np.median(off[model][there])) for model in SHOWN_MODELS[:-1]),
            )

    def apart(values: Floats, of: Callable[[Floats], float]) -> str:
        return percent(of(values), digits=1)

    main_off = off["2023"]
    worst = max(abs(np.median(main_off[quarters == one])) for one in set(quarters.tolist()))
    return page(
        "# Our power of the network compared with Cambridge's",
        "Daily best guesses at 0.05 USD/kWh from January 2019 to August 2022, compared with the "
        "series that Cambridge published in September 2023. Ours is made with the same method and "
        "our own list of machines; the megawatts of a quarter are medians of its days.",
        f"The median day is off by {apart(main_off, lambda x: float(np.median(np.abs(x))))} "
        f"(either way; {_signed(np.median(main_off))} with its sign), "
        f"{percent(float((np.abs(main_off) < 0.1).mean()))} of days by less than 10 %, and the "
        f"worst quarter by {percent(float(worst), digits=1)}. "
        f"From the bundled record alone (since {RECORD_FROM:%d %B %Y}: its blocks and difficulty, "
        f"the bundled price, fees taken as {percent(FEE_SHARE)} of the subsidy) the median day is "
        f"off by {apart(own[seen], lambda x: float(np.median(np.abs(x))))}.",
        table(
            (
                "quarter",
                "Cambridge, MW",
                "ours, MW",
                "difference",
                "from the record",
                *(f"model {model}" for model in SHOWN_MODELS[:-1]),
            ),
            list(rows()),
        ),
        "The last columns are Cambridge's older ways to weigh machines, with our list: all alike "
        "(1.0), and all alike but none older than five years (1.3.1). They grow too high after "
        "2020, as Cambridge itself found: its figure for 2021 fell from 104 to 89 TWh with the "
        "method of August 2023.",
        "Cambridge's series is under CC BY-NC-SA 4.0 and not part of this project; the medians of "
        "its quarters are kept in `datasets/ccaf`. `python scripts/compare_energy.py FOLDER "
        "docs/energy.md` makes this page again. The method: [energy](theory/energy.md).",
    )


def _daily(path: Path, name: str | None, column: int) -> dict[date, float]:
    rows = pl.read_csv(path, infer_schema_length=0)
    key = rows.columns.index(name) if name else 0
    return {date.fromisoformat(row[key][:10]): float(row[column]) for row in rows.iter_rows()}


def _curve(values: dict[date, float]) -> tuple[list[int], list[float]]:
    days = sorted(values)
    return [_number(day) for day in days], [values[day] for day in days]


def _number(day: date) -> int:
    return (day - EPOCH).days


def _signed(share: float) -> str:
    return percent(float(share), digits=1, signed=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
