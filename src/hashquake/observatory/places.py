"""What can be asked of a record about places: outages, the mining map, energy, exposure."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from hashquake.core.contracts import Record
from hashquake.core.errors import NoCoverage
from hashquake.core.window import Window

if TYPE_CHECKING:
    from hashquake.catalog.outage_catalog import OutageSignals
    from hashquake.core.autonomous_system import AutonomousSystem
    from hashquake.core.incident import Incident
    from hashquake.core.interval import Quantiles
    from hashquake.core.mining_map import MiningMap
    from hashquake.core.outage import Outage
    from hashquake.explain.energy import DarkPower
    from hashquake.explain.energy_report import EnergyReport
    from hashquake.explain.mining_table import MapTable
    from hashquake.observatory.event_context import EventContext
    from hashquake.observatory.exposures import ExposureTable
    from hashquake.observatory.fleet_efficiency import EnergyPrices


class Places:
    """The part of an `Observatory` that asks about places.

    Parameters
    ----------
    record : Record
        Where blocks and readings are kept.
    now_s : callable
        The clock, UTC Unix seconds.
    """

    def __init__(self, record: Record, *, now_s: Callable[[], float]) -> None:
        self.record = record
        self._now_s = now_s

    def end_s(self) -> float:
        """Give the end of what was observed, UTC Unix seconds.

        Raises
        ------
        NoCoverage
            When the record is empty.
        """
        windows = self.record.coverage().windows
        if not windows:
            raise NoCoverage(
                "the record is empty", hint="fill it with hashquake ingest, or use --db bundled"
            )
        return windows[-1].end_s

    def record_age_s(self) -> float:
        """Return the time since the end of what was observed, seconds.

        Raises
        ------
        NoCoverage
            When the record is empty.
        """
        return self._now_s() - self.end_s()

    def detect_outages(
        self,
        *,
        subjects: Sequence[str] | None = None,
        window: Window | None = None,
        until_s: float | None = None,
        networks: "Sequence[AutonomousSystem] | None" = None,
        write: bool = False,
    ) -> "tuple[Outage, ...]":
        """Find outages of countries in the record's readings.

        Parameters
        ----------
        subjects : sequence of str or None
            Such as ``country:KZ``; None is every country that has readings.
        window : Window or None
            Outages that overlap it; None is all.
        until_s : float or None
            Use only what was out by then, UTC Unix seconds.
        networks : sequence of AutonomousSystem or None
            Which networks belong to which country; see `hashquake.catalog.outages`.
        write : bool
            Whether to keep the opinions in the record: a changed one is a new revision of the
            same outage, an unchanged one is nothing new.

        Returns
        -------
        tuple of Outage
            In order of onset, under the names the record knows them by.

        Raises
        ------
        UsageError
            ``subject-no-country``, ``subject-syntax``.
        RecordError
            When they are to be kept and cannot.
        """
        from hashquake.catalog import outage_catalog

        return outage_catalog.detect(
            self.record,
            subjects=subjects,
            window=window,
            until_s=until_s,
            networks=networks,
            write=write,
        )

    def outages(
        self, *, subjects: Sequence[str] | None = None, window: Window | None = None
    ) -> "tuple[Outage, ...]":
        """Return the latest opinion of each outage, in order of onset.

        In a record into which no opinion of an outage was ever written, such as the bundled one,
        they are formed now and not kept.
        """
        from hashquake.catalog import outage_catalog

        return outage_catalog.held(self.record, subjects=subjects, window=window)

    def outage_opinions(self, outage: str | None = None) -> "tuple[Outage, ...]":
        """Return every stored opinion of an outage, or of all, in the order they were formed.

        Parameters
        ----------
        outage : str or None
            Such as ``ou20220105kza``; None is all. Where none was ever stored, those formed now.
        """
        from hashquake.catalog import outage_catalog

        found = outage_catalog.stored(self.record) or self.outages()
        return tuple(one for one in found if outage is None or one.id == outage)

    def outage_signals(
        self, outage: "Outage", *, networks: "Sequence[AutonomousSystem] | None" = None
    ) -> "OutageSignals":
        """Return the signals around an outage as they were judged, to be drawn.

        Parameters
        ----------
        outage : Outage
            One opinion of it.
        networks : sequence of AutonomousSystem or None
            As for `detect_outages`.
        """
        from hashquake.catalog import outage_catalog

        return outage_catalog.signals_around(self.record, outage, networks=networks)

    def map(
        self,
        *,
        as_of_s: float | None = None,
        at_s: float | None = None,
        within: str | None = None,
        maps: "tuple[MiningMap, ...]" = (),
        prices: "EnergyPrices | None" = None,
    ) -> "MapTable":
        """Tell where hash rate sat: see `hashquake.observatory.geography.mining_map`.

        Without `as_of_s` it is what was known at the record's end, or is known now where it holds
        no blocks; without `at_s` the same time.
        """
        from hashquake.observatory import geography

        if as_of_s is None:
            as_of_s = self.end_s() if self.record.coverage().windows else self._now_s()
        return geography.mining_map(
            self.record,
            at_s=as_of_s if at_s is None else at_s,
            as_of_s=as_of_s,
            now_s=self._now_s(),
            within=within,
            maps=maps,
            prices=prices,
        )

    def energy(
        self,
        *,
        country: str | None = None,
        at_s: float | None = None,
        as_of_s: float | None = None,
        registered_mw: float | None = None,
        maps: "tuple[MiningMap, ...]" = (),
        prices: "EnergyPrices | None" = None,
    ) -> "EnergyReport":
        """Tell the power that mining drew: see `hashquake.observatory.geography.energy`.

        Without `at_s` it is at the record's end; without `as_of_s` by all maps known by then.
        """
        from hashquake.observatory import geography

        at_s = self.end_s() if at_s is None else at_s
        return geography.energy(
            self.record,
            country=country,
            at_s=at_s,
            as_of_s=max(at_s, self.end_s()) if as_of_s is None else as_of_s,
            now_s=self._now_s(),
            registered_mw=registered_mw,
            maps=maps,
            prices=prices,
        )

    def megawatts_dark(
        self,
        lost_hps: "Quantiles",
        *,
        at_s: float,
        country: str | None = None,
        as_of_s: float | None = None,
    ) -> "DarkPower":
        """Turn lost hash rate into megawatts: see `hashquake.observatory.geography.megawatts_dark`.

        Without `as_of_s` all maps known at the record's end may be used.
        """
        from hashquake.observatory import geography

        return geography.megawatts_dark(
            self.record,
            lost_hps,
            at_s=at_s,
            country=country,
            as_of_s=max(at_s, self.end_s()) if as_of_s is None else as_of_s,
        )

    def exposure(self, country: str | None = None) -> "ExposureTable":
        """Estimate how much of each pool's power sits in the places that went dark.

        Parameters
        ----------
        country : str or None
            ISO 3166 alpha-2; None means every country with an event that the record covers.

        Raises
        ------
        NoCoverage
            ``no-darkness`` when no event that the record covers darkened the country.
        UsageError
            ``subject-syntax`` when it is no country.
        """
        from hashquake.observatory import exposures

        return exposures.exposures(self.record, country)

    def context(self, incident: "Incident") -> "EventContext":
        """Gather what is known around an incident beside its blocks: exposure, maps, power, price.

        Parameters
        ----------
        incident : Incident
            From `Observatory.report`.

        Returns
        -------
        EventContext
            What cannot be told is None, with the reason in ``missing``.
        """
        from hashquake.observatory import event_context as context

        return context.context(self.record, incident, now_s=self._now_s())
