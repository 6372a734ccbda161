"""What the record, maps, prices and signals say of the thing a claim is about."""

from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from hashquake.core.candles import Candles, candles_of_readings
from hashquake.core.claim import Claim
from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.record import Record
from hashquake.core.subject import BITCOIN, NETWORK
from hashquake.core.times import DAY_S, HOUR_S, format_time
from hashquake.core.window import Window
from hashquake.datasets.price_daily import bundled_daily_candles
from hashquake.datasets.prices import bundled_candles
from hashquake.judge.interval_claims import Measurement
from hashquake.observatory.mined_evidence import MONEY_MEASURES, map_change, money

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from hashquake.explain.energy_report import EnergyReport
    from hashquake.explain.mining_table import CountryRow, MapTable

_LEVEL = 0.9
_PRICE_REACH = 0.01
_CHANGE_REACH = 0.01
_STEP_REACH = 0.05
_MONTHS_S = 28 * DAY_S
"""Maps are of months: over less, two of them are one."""
_CONNECTIVITY_REACH = 0.25
_PRICE_QUANTITIES = ("open_usd", "high_usd", "low_usd", "close_usd", "volume_btc")


class ClaimEvidence:
    """Answers what is measured, by what was known at an instant; each answer is made once.

    Parameters
    ----------
    record : Record
        Blocks and readings.
    known_s : float
        Nothing later is used: no block, no reading, no map published later. UTC Unix seconds.
    now_s : float
        The clock, UTC Unix seconds.
    """

    def __init__(self, record: Record, *, known_s: float, now_s: float) -> None:
        self._record = record
        self._known_s = known_s
        self._now_s = now_s
        self.map_of = lru_cache(maxsize=8)(self._map_of)
        self.energy_of = lru_cache(maxsize=16)(self._energy_of)
        self._of_country: Mapping[str, Callable[[str, Window], Measurement | None]] = {
            "hashrate_share": self._map_share,
            "hashrate_hps": self._country_hps,
            "hashrate_change_share": self._country_change,
            "rank": self._map_rank,
            "power_mw": self._power,
            "generation_share": self._generation,
        }

    def measure(self, claim: Claim, window: Window) -> Measurement | None:
        """Return what other than blocks measures a claim; None where nothing does.

        Parameters
        ----------
        claim : Claim
            Of any quantity.
        window : Window
            The time it is about.

        Raises
        ------
        NoCoverage
            When what would measure it does not reach that time.
        """
        kind, _, name = claim.subject.partition(":")
        of_country = self._of_country.get(claim.quantity)
        if kind == "country" and of_country is not None:
            return of_country(name, window)
        if kind == "country" and claim.quantity.startswith("connectivity"):
            return self._connectivity(claim, window)
        if claim.subject == NETWORK and claim.measure in MONEY_MEASURES:
            return money(self._record, claim, window)
        if claim.subject == NETWORK and claim.quantity == "power_mw":
            return self._power(None, window)
        if claim.subject == BITCOIN and claim.quantity.startswith("price"):
            return self._price(claim, window)
        return None

    # -- maps and energy ------------------------------------------------------------------------
    def _map_of(self, at_s: float) -> "MapTable":
        from hashquake.observatory.geography import mining_map

        as_of_s = max(self._known_s, at_s)
        return mining_map(self._record, at_s=at_s, as_of_s=as_of_s, now_s=max(self._now_s, as_of_s))

    def _energy_of(self, place: str | None, at_s: float) -> "EnergyReport":
        from hashquake.observatory.geography import energy

        as_of_s = max(self._known_s, at_s)
        return energy(
            self._record, country=place, at_s=at_s, as_of_s=as_of_s, now_s=max(self._now_s, as_of_s)
        )

    def _row(self, place: str, at_s: float) -> "tuple[CountryRow, str]":
        table = self.map_of(at_s)
        row = next((one for one in table.rows if one.country == place), None)
        if row is None:
            raise NoCoverage(f"no mining map names {place}", code="map-missing")
        return row, f"{table.law.publisher} map published {format_time(table.law.vintage_s)[:10]}"

    def _map_share(self, place: str, window: Window) -> Measurement:
        row, source = self._row(place, _middle(window, self._known_s))
        return Measurement(
            evidence="map", measured=row.share.interval(_LEVEL), window=window, source=source
        )

    def _country_hps(self, place: str, window: Window) -> Measurement | None:
        row, source = self._row(place, _middle(window, self._known_s))
        if row.hashrate_hps is None:
            return None
        return Measurement(
            evidence="map",
            measured=row.hashrate_hps.interval(_LEVEL),
            window=window,
            source=source,
            is_whole=True,
        )

    def _country_change(self, place: str, window: Window) -> Measurement | None:
        """Return a change over months; a map has no finer steps."""
        if window.duration_s < _MONTHS_S:
            return None
        before, source = self._row(place, window.start_s)
        after, later = self._row(place, min(window.end_s, self._known_s))
        both = source if source == later else f"{source} and the {later}"
        return map_change(before, after, window, source=both)

    def share_of(self, place: str, window: Window) -> tuple[Interval, str]:
        """Return the share of the hash rate that a country had, and which map says so.

        Parameters
        ----------
        place : str
            Two letters.
        window : Window
            The time asked about.

        Raises
        ------
        NoCoverage
            ``map-missing`` when no map names it.
        """
        row, source = self._row(place, _middle(window, self._known_s))
        return row.share.interval(_LEVEL), source

    def _map_rank(self, place: str, window: Window) -> Measurement | None:
        row, source = self._row(place, _middle(window, self._known_s))
        if row.rank is None or row.rank_draws is None:
            return None
        draws = row.rank_draws.interval(_LEVEL)
        rank = float(row.rank)
        measured = Interval(
            median=rank, low=min(rank, draws.low), high=max(rank, draws.high), level=_LEVEL
        )
        return Measurement(evidence="rank_of_map", measured=measured, window=window, source=source)

    def _power(self, place: str | None, window: Window) -> Measurement:
        report = self.energy_of(place, _middle(window, self._known_s))
        return Measurement(
            evidence="power",
            measured=report.power_mw.interval(_LEVEL),
            window=window,
            source="hash rate, map and machines" if place else "hash rate and machines",
            reach=0.25,
            is_whole=True,
        )

    def _generation(self, place: str, window: Window) -> Measurement | None:
        report = self.energy_of(place, _middle(window, self._known_s))
        found = report.share_of_capacity or report.share_of_generation
        if found is None:
            return None
        year = report.generation_year
        source = "of capacity" if report.share_of_capacity else f"of generation in {year}"
        return Measurement(
            evidence="generation",
            measured=found.interval(_LEVEL),
            window=window,
            source=source,
            reach=0.25,
        )

    # -- signals and prices ---------------------------------------------------------------------
    def _connectivity(self, claim: Claim, window: Window) -> Measurement:
        """Return the lowest to the highest of what instruments said in the window."""
        readings = [
            one
            for one in self._record.readings(subject=claim.subject, window=window)
            if one.window.start_s <= self._known_s
        ]
        # A share of the usual level says more than a state that is either up or down.
        stated = [one for one in readings if one.quantity == "connectivity_share"]
        known = [
            (one.value / one.normal if one.normal else one.value, one.source)
            for one in stated or readings
            if stated or one.normal
        ]
        known = known or self._against_usual(claim.subject, window)
        if not known:
            raise NoCoverage(
                f"no connectivity of {claim.subject} is known for {window}",
                code="not-watched",
                hint="hashquake ingest ioda reads such signals",
            )
        values = sorted(value for value, _ in known)
        shift = 1.0 if claim.quantity == "connectivity_change_share" else 0.0
        measured = Interval(
            median=float(np.median(values)) - shift,
            low=values[0] - shift,
            high=values[-1] - shift,
            level=_LEVEL,
        )
        sources = ", ".join(sorted({source for _, source in known}))
        return Measurement(
            evidence="connectivity_change" if shift else "connectivity",
            measured=measured,
            window=window,
            source=sources,
            reach=_CONNECTIVITY_REACH,
            is_range=True,
        )

    def _against_usual(self, subject: str, window: Window) -> list[tuple[float, str]]:
        """Return what signals without a stated usual level were of what detectors find usual.

        Of users where any shows them: routes may stay up while everybody is offline.
        """
        from hashquake.catalog.signals import read_signals
        from hashquake.detect.series import PROBING, TRAFFIC
        from hashquake.observatory.cards import installed_detectors

        signals = read_signals(
            self._record,
            subject,
            window=window,
            until_s=self._known_s,
            detectors=installed_detectors(),
        )
        direct = [one for one in signals if one.flags.signal in (PROBING, TRAFFIC)]
        return [
            (float(ratio), one.flags.source)
            for one in direct or signals
            for ratio in one.flags.cut(window).ratio
            if np.isfinite(ratio)
        ]

    def _price(self, claim: Claim, window: Window) -> Measurement:
        candles, source = self._candles(window)
        if claim.quantity == "price_usd" and claim.relation == "change":
            return _price_step(candles, window, source)
        if claim.quantity == "price_usd":
            close = float(np.median(candles.close_usd))
            measured = Interval(
                median=close,
                low=min(close, float(candles.low_usd.min())),
                high=max(close, float(candles.high_usd.max())),
                level=1.0,
            )
            return Measurement(
                evidence="price",
                measured=measured,
                window=window,
                source=source,
                reach=_PRICE_REACH,
                is_range=True,
            )
        opened = float(candles.open_usd[0])
        moved = float(candles.close_usd[-1]) / opened - 1.0
        measured = Interval(
            median=moved,
            low=min(moved, float(candles.low_usd.min()) / opened - 1.0),
            high=max(moved, float(candles.high_usd.max()) / opened - 1.0),
            level=1.0,
        )
        return Measurement(
            evidence="price_change",
            measured=measured,
            window=window,
            source=source,
            reach=_CHANGE_REACH,
            is_range=True,
        )

    def prices_until(self, window: Window) -> Candles:
        """Return all prices known up to the end of a window, from the source that reaches it.

        Parameters
        ----------
        window : Window
            Of a claim.

        Raises
        ------
        NoCoverage
            When none reaches it.
        """
        end_s = min(window.end_s, self._known_s)
        for candles in (bundled_daily_candles(), bundled_candles()):
            if len(candles) and end_s - DAY_S <= candles.start_s[-1] + candles.step_s:
                return candles.between(Window(start_s=float(candles.start_s[0]), end_s=end_s))
        raise NoCoverage(f"no bitcoin price is known for {window}", code="price-missing")

    def _candles(self, window: Window) -> tuple[Candles, str]:
        end_s = min(window.end_s, self._known_s)
        wide = Window(
            start_s=window.start_s - HOUR_S, end_s=max(end_s, window.start_s + 2 * HOUR_S)
        )
        readings = [
            one
            for one in self._record.readings(subject=BITCOIN, window=wide)
            if one.quantity in _PRICE_QUANTITIES
        ]
        tried = []
        if readings:
            one_source = readings[0].source
            tried.append(
                (
                    candles_of_readings([one for one in readings if one.source == one_source]),
                    one_source,
                )
            )
        tried += [(bundled_candles(), "hourly prices"), (bundled_daily_candles(), "daily prices")]
        for candles, source in tried:
            step_s = max(candles.step_s, HOUR_S)
            around = Window(
                start_s=wide.start_s if step_s < DAY_S else window.start_s - DAY_S, end_s=wide.end_s
            )
            found = candles.between(around)
            if len(found):
                return found, source
        raise NoCoverage(f"no bitcoin price is known for {window}", code="price-missing")


def _price_step(candles: Candles, window: Window, source: str) -> Measurement:
    """Return how far the price moved from the window's beginning, in dollars."""
    opened = float(candles.open_usd[0])
    moved = float(candles.close_usd[-1]) - opened
    measured = Interval(
        median=moved,
        low=min(moved, float(candles.low_usd.min()) - opened),
        high=max(moved, float(candles.high_usd.max()) - opened),
        level=1.0,
    )
    return Measurement(
        evidence="price_step",
        measured=measured,
        window=window,
        source=source,
        reach=_STEP_REACH,
        is_range=True,
    )


def _middle(window: Window, known_s: float) -> float:
    return min((window.start_s + window.end_s) / 2, known_s)
