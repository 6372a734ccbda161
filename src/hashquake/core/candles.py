"""Prices by the hour, or any other step: where trade opened, how far it went, where it closed."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import isnan

import numpy as np
from numpy.typing import NDArray

from hashquake.core.coverage import Coverage
from hashquake.core.errors import FormatError
from hashquake.core.reading import Reading
from hashquake.core.subject import BITCOIN
from hashquake.core.times import format_time
from hashquake.core.window import Window

BTC = BITCOIN
QUANTITIES = ("open_usd", "high_usd", "low_usd", "close_usd", "volume_btc")
CLOSES = ("close_usd", "volume_btc")
"""What a table of closing prices measures."""
_Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Candles:
    """A price over consecutive steps; a step without trade is missing, never repeated.

    Parameters
    ----------
    step_s : float
        Length of each, seconds.
    start_s : array of float64, shape (n,)
        Their starts, increasing, whole steps from each other; UTC Unix seconds.
    open_usd, high_usd, low_usd, close_usd : array of float64, shape (n,)
        Dollars a bitcoin.
    volume_btc : array of float64, shape (n,)
        Bitcoin traded; NaN where it is not known.
    """

    step_s: float
    start_s: _Floats
    open_usd: _Floats
    high_usd: _Floats
    low_usd: _Floats
    close_usd: _Floats
    volume_btc: _Floats

    def __len__(self) -> int:
        """Count the steps with trade."""
        return len(self.start_s)

    @property
    def coverage(self) -> Coverage:
        """The time with trade."""
        breaks = np.flatnonzero(np.diff(self.start_s) > self.step_s)
        firsts = np.concatenate([[0], breaks + 1])[: len(self)]
        lasts = np.concatenate([breaks, [len(self) - 1]])[: len(self)]
        return Coverage(
            tuple(
                Window(start_s=float(self.start_s[a]), end_s=float(self.start_s[b]) + self.step_s)
                for a, b in zip(firsts, lasts, strict=True)
            )
        )

    def between(self, window: Window) -> "Candles":
        """Return the steps that overlap a window.

        Parameters
        ----------
        window : Window
            Steps that share any instant with it are kept.
        """
        inside = (self.start_s + self.step_s > window.start_s) & (self.start_s < window.end_s)
        return Candles(
            step_s=self.step_s,
            start_s=self.start_s[inside],
            open_usd=self.open_usd[inside],
            high_usd=self.high_usd[inside],
            low_usd=self.low_usd[inside],
            close_usd=self.close_usd[inside],
            volume_btc=self.volume_btc[inside],
        )

    def readings(
        self, source: str, *, quantities: Sequence[str] = QUANTITIES
    ) -> tuple[Reading, ...]:
        """Return a reading for each number, in order of time.

        Parameters
        ----------
        source : str
            As the readings bear it.
        quantities : sequence of str
            Which of `QUANTITIES`; those measured, where others were derived.
        """
        columns = [(name, getattr(self, name).tolist()) for name in quantities]
        return tuple(
            Reading(
                subject=BTC,
                quantity=name,
                window=Window(start_s=start_s, end_s=start_s + self.step_s),
                value=values[at],
                source=source,
            )
            for at, start_s in enumerate(self.start_s.tolist())
            for name, values in columns
            if not isnan(values[at])
        )


def candles_of_readings(readings: Iterable[Reading]) -> Candles:
    """Put the readings of one instrument together again.

    Parameters
    ----------
    readings : iterable of Reading
        Of ``asset:btc`` and one source; other quantities are passed over, and so are steps that
        lack one of the four prices. Where no step has an opening price, closing prices suffice
        (see `candles_of_closes`).

    Raises
    ------
    FormatError
        ``candles-mixed`` when the readings are of several sources or lengths.
    """
    steps: dict[float, dict[str, float]] = defaultdict(dict)
    kinds: set[tuple[str, float]] = set()
    for reading in readings:
        if reading.subject == BTC and reading.quantity in QUANTITIES:
            steps[reading.window.start_s][reading.quantity] = reading.value
            kinds.add((reading.source, reading.window.duration_s))
    if len(kinds) > 1:
        listed = "; ".join(f"{source}, {step_s:g} s" for source, step_s in sorted(kinds)[:4])
        raise FormatError(
            f"prices of several sources or steps cannot be joined: {listed}",
            code="candles-mixed",
            hint="ask for one source's",
        )
    wanted = set(QUANTITIES[:4] if any("open_usd" in row for row in steps.values()) else CLOSES[:1])
    whole = {at: row for at, row in sorted(steps.items()) if row.keys() >= wanted}
    columns = {
        name: np.array([row.get(name, np.nan) for row in whole.values()], np.float64)
        for name in QUANTITIES
    }
    step_s = next(iter(kinds))[1] if kinds else 0.0
    start_s = np.array(list(whole), np.float64)
    if "open_usd" not in wanted:
        return candles_of_closes(
            start_s,
            step_s=step_s,
            close_usd=columns["close_usd"],
            volume_btc=columns["volume_btc"],
        )
    return build_candles(start_s, step_s=step_s, **columns)


def candles_of_closes(
    start_s: _Floats, *, step_s: float, close_usd: _Floats, volume_btc: _Floats
) -> Candles:
    """Make candles where only closing prices are known, in any order.

    A step opens where the step before it closed, or, after a gap, where it closes itself; its
    highest and lowest price are the higher and the lower of the two.

    Parameters
    ----------
    start_s, close_usd, volume_btc : array of float64, shape (n,)
        As in `Candles`; NaN where a cell is empty.
    step_s : float
        Seconds.

    Raises
    ------
    FormatError
        As `build_candles`.
    """
    # Before the other prices are derived: a wrong price would be found in the row that follows.
    _check_positive(close_usd[:, None])
    order = np.argsort(start_s, kind="stable")
    closed = close_usd[order]
    opened = closed.copy()
    follows = (np.diff(start_s[order]) == step_s) & ~np.isnan(closed[:-1]) & ~np.isnan(closed[1:])
    opened[1:][follows] = closed[:-1][follows]
    # Back to the order of the file, by which an error counts the rows.
    open_usd = np.empty_like(opened)
    open_usd[order] = opened
    return build_candles(
        start_s,
        step_s=step_s,
        open_usd=open_usd,
        high_usd=np.maximum(open_usd, close_usd),
        low_usd=np.minimum(open_usd, close_usd),
        close_usd=close_usd,
        volume_btc=volume_btc,
    )


def build_candles(
    start_s: _Floats,
    *,
    step_s: float,
    open_usd: _Floats,
    high_usd: _Floats,
    low_usd: _Floats,
    close_usd: _Floats,
    volume_btc: _Floats,
) -> Candles:
    """Check candles in any order and put them in order.

    A step without a price, or with a volume of zero, saw no trade: it is left out, for its price is
    only the last one repeated.

    Parameters
    ----------
    start_s, open_usd, high_usd, low_usd, close_usd, volume_btc : array of float64, shape (n,)
        As in `Candles`; NaN where a cell is empty.
    step_s : float
        Seconds.

    Raises
    ------
    FormatError
        ``columns-swapped`` when most rows say that high is under low; ``candle-impossible`` for
        one row that contradicts itself, ``candle-partial`` for one with some prices only;
        ``price-not-positive``; ``reading-twice``, ``readings-overlap``. Rows count from 1.
    """
    prices = np.column_stack([open_usd, high_usd, low_usd, close_usd])
    _check_prices(prices)
    traded = ~np.isnan(prices).any(axis=1) & ~(volume_btc == 0)
    rows = np.flatnonzero(traded)
    rows = rows[np.argsort(start_s[rows], kind="stable")]
    start_s = start_s[rows]
    _check_starts(start_s, step_s, rows)
    return Candles(
        step_s=step_s,
        start_s=start_s,
        open_usd=open_usd[rows],
        high_usd=high_usd[rows],
        low_usd=low_usd[rows],
        close_usd=close_usd[rows],
        volume_btc=volume_btc[rows],
    )


def _check_prices(prices: _Floats) -> None:
    given = ~np.isnan(prices)
    for at in np.flatnonzero(given.any(axis=1) & ~given.all(axis=1))[:1].tolist():
        raise FormatError(
            f"row {at + 1} has some of the four prices and lacks others",
            code="candle-partial",
            hint="leave all four empty where there was no trade",
        )
    _check_positive(prices)
    open_usd, high_usd, low_usd, close_usd = prices.T
    swapped = high_usd < low_usd
    if swapped.sum() * 2 > given.all(axis=1).sum():
        raise FormatError(
            f"high is under low in {int(swapped.sum()):,} of {len(prices):,} rows",
            code="columns-swapped",
            hint="swap them: --map high=LOW,low=HIGH",
        )
    beyond = (np.maximum(open_usd, close_usd) > high_usd) | (
        np.minimum(open_usd, close_usd) < low_usd
    )
    wrong = np.flatnonzero(swapped | beyond)
    if len(wrong):
        at = int(wrong[0])
        shown = ", ".join(
            f"{name} {value:g}"
            for name, value in zip(("open", "high", "low", "close"), prices[at], strict=True)
        )
        many = len(wrong) * 2 > len(prices)
        raise FormatError(
            f"row {at + 1} contradicts itself, as {len(wrong) - 1:,} others do: {shown}",
            code="columns-swapped" if many else "candle-impossible",
            hint="are the columns the right ones? name them with --map",
        )


def _check_positive(prices: _Floats) -> None:
    for at in np.flatnonzero((prices <= 0).any(axis=1))[:1].tolist():
        raise FormatError(
            f"row {at + 1} has a price of {prices[at].min():g}",
            code="price-not-positive",
            hint="leave the row out where there was no trade: not seen is not zero",
        )


def _check_starts(start_s: _Floats, step_s: float, rows: NDArray[np.intp]) -> None:
    apart = np.diff(start_s)
    for at in np.flatnonzero((apart < step_s) | (apart % step_s != 0))[:1].tolist():
        both = f"rows {rows[at] + 1} and {rows[at + 1] + 1}"
        if apart[at] == 0:
            raise FormatError(
                f"{both} are both of {format_time(start_s[at])}",
                code="reading-twice",
                hint="keep one row for each step",
            )
        raise FormatError(
            f"{both} start {apart[at]:g} s apart, not a multiple of the step of {step_s:g} s",
            code="readings-overlap",
            hint="say the step with --step, such as 1h",
        )
