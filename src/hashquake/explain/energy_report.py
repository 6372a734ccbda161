"""What is known of the power of mining in a place at a time, and why the rest is not known."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from hashquake.core.electricity import Capacity, RegisteredPower
from hashquake.core.interval import Quantiles
from hashquake.core.result_table import ResultTable, quantile_columns
from hashquake.core.times import format_time
from hashquake.explain.energy import PowerBounds, Unregistered
from hashquake.explain.fleet import Efficiency
from hashquake.explain.mining_map import ShareLaw

if TYPE_CHECKING:
    import polars as pl


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class EnergyReport(ResultTable):
    """The power of mining, of the network or of a country.

    Parameters
    ----------
    at_s : float
        The instant, UTC Unix seconds.
    country : str or None
        Two letters; None is the whole network.
    power_mw, hashrate_hps : Quantiles
        At the wall; of the place.
    share : Quantiles or None
        Of the network, by the map; None for the network itself.
    efficiency : Efficiency
        Of machines, by Cambridge's method.
    efficiency_j_per_th : Quantiles
        At the wall, with all that is not known.
    bounds : PowerBounds
        Of the network, by Cambridge's method.
    law : ShareLaw or None
        The map used.
    share_of_generation : Quantiles or None
        Over the mean power generated in the place.
    generation_year, carbon_year : int or None
        Of what year these are.
    emissions_t_per_day : Quantiles or None
        Tonnes of CO2 equivalent.
    unregistered : Unregistered or None
        What is left besides the registered power.
    capacity : Capacity or None
        The place's power plants.
    share_of_capacity : Quantiles or None
        Over the installed capacity.
    claim : RegisteredPower or None
        What an authority said for that time.
    reasons : mapping of str to str
        Why a figure is None, by its name.
    caveats : tuple of str
        What to know before using it.
    """

    at_s: float
    country: str | None
    power_mw: Quantiles
    hashrate_hps: Quantiles
    share: Quantiles | None
    efficiency: Efficiency
    efficiency_j_per_th: Quantiles
    bounds: PowerBounds
    law: ShareLaw | None
    share_of_generation: Quantiles | None
    generation_year: int | None
    emissions_t_per_day: Quantiles | None
    carbon_year: int | None
    unregistered: Unregistered | None
    capacity: Capacity | None
    share_of_capacity: Quantiles | None
    claim: RegisteredPower | None
    reasons: Mapping[str, str] = field(default_factory=dict)
    caveats: tuple[str, ...] = ()

    def __repr__(self) -> str:
        """Summarise it on one line, rounded, with the unit."""
        power = self.power_mw.interval(0.9)
        at = format_time(self.at_s, seconds=False)
        return f"<EnergyReport {self.country or 'network'} at {at}: {power.summary()} MW>"

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a figure, with its unit in its name and its seven quantiles.

        Returns
        -------
        polars.DataFrame
            Columns ``figure``, ``q2.5`` to ``q97.5``; null where a figure is not known.
        """
        import polars as pl  # noqa: PLC0415  only who asks for tables loads them

        rest = self.unregistered
        figures: dict[str, Quantiles | None] = {
            "power_mw": self.power_mw,
            "unregistered_mw": None if rest is None else rest.unregistered_mw,
            "hashrate_hps": self.hashrate_hps,
            "share": self.share,
            "efficiency_j_per_th": self.efficiency_j_per_th,
            "share_of_generation": self.share_of_generation,
            "share_of_capacity": self.share_of_capacity,
            "emissions_t_per_day": self.emissions_t_per_day,
        }
        return pl.DataFrame(
            [{"figure": name} | quantile_columns(found) for name, found in figures.items()],
            infer_schema_length=None,
        )

    @property
    def sources(self) -> tuple[str, ...]:
        """Where facts of the place come from."""
        facts = (self.claim, self.capacity)
        return tuple(url for fact in facts if fact is not None for url in fact.sources)
