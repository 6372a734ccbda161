"""A mining map set out: share, rank, hash rate and megawatts of each country, with intervals."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from hashquake.core.country import REST
from hashquake.core.draws import quantiles_of_draws
from hashquake.core.interval import Quantiles
from hashquake.core.result_table import ResultTable, quantile_columns
from hashquake.core.times import format_time
from hashquake.explain.energy import power_mw
from hashquake.explain.mining_map import ShareLaw, draw_ranks, draw_shares

if TYPE_CHECKING:
    import polars as pl

REDIRECTED = "redirected-addresses"
CARRIED = "carried-from-an-earlier-map"
UNNAMED = "not-named"
_FAR_MONTHS = 6.0
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class CountryRow:
    """What a map implies for one country.

    Parameters
    ----------
    country : str
        Two letters; ``ZZ`` is the rest of the world.
    published_share : float
        As published, or interpolated between two months.
    share : Quantiles
        With the uncertainty of the map.
    hashrate_hps, power_mw : Quantiles or None
        Of the share; None where the hash rate or the price at that time is not known.
    rank : int or None
        By published share, 1 for the largest; None for the rest of the world.
    rank_draws : Quantiles or None
        Of the rank.
    flags : tuple of str
        ``redirected-addresses``, ``carried-from-an-earlier-map``, ``not-named``.
    """

    country: str
    published_share: float
    share: Quantiles
    hashrate_hps: Quantiles | None
    power_mw: Quantiles | None
    rank: int | None
    rank_draws: Quantiles | None
    flags: tuple[str, ...]

    def __repr__(self) -> str:
        """Summarise it on one line, rounded, with the unit."""
        share = self.share.interval(0.9).summary()
        return f"<CountryRow {self.country}: {share} of the world's hash rate>"


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class MapTable(ResultTable):
    """A mining map as it was known on a day.

    Parameters
    ----------
    law : ShareLaw
        Whose map, which months, how far away.
    rows : tuple of CountryRow
        The largest first, the rest of the world last.
    network_hps, network_mw : Quantiles or None
        Hash rate and power of the network at the time.
    caveats : tuple of str
        What to know before using it.
    """

    law: ShareLaw
    rows: tuple[CountryRow, ...]
    network_hps: Quantiles | None
    network_mw: Quantiles | None
    caveats: tuple[str, ...]

    def __repr__(self) -> str:
        """Summarise it on one line."""
        known = format_time(self.law.as_of_s)[:10]
        return (
            f"<MapTable as known on {known}, {self.law.publisher} of "
            f"{format_time(self.law.vintage_s)[:10]}: {len(self.rows)} places>"
        )

    def to_polars(self) -> "pl.DataFrame":
        """Return a row a country, with the seven quantiles of each figure.

        Returns
        -------
        polars.DataFrame
            Columns ``country, rank, published_share``, ``share_q50`` and so on,
            ``hashrate_hps_q50`` and so on, ``power_mw_q50`` and so on, ``flags``; null where a
            figure is not known.
        """
        import polars as pl  # noqa: PLC0415  only who asks for tables loads them

        return pl.DataFrame(
            [
                {"country": one.country, "rank": one.rank, "published_share": one.published_share}
                | quantile_columns(one.share, "share_")
                | quantile_columns(one.hashrate_hps, "hashrate_hps_")
                | quantile_columns(one.power_mw, "power_mw_")
                | {"flags": list(one.flags)}
                for one in self.rows
            ],
            infer_schema_length=None,
        )


def mining_table(
    law: ShareLaw,
    rng: np.random.Generator,
    n_draws: int,
    *,
    hashrate_hps: Floats | None = None,
    efficiency_j_per_th: Floats | None = None,
    caveats: tuple[str, ...] = (),
) -> MapTable:
    """Set a map out.

    Parameters
    ----------
    law : ShareLaw
        From `hashquake.explain.mining_map.share_law`.
    rng : Generator
        Randomness.
    n_draws : int
        How many draws; as many as the two arrays hold.
    hashrate_hps, efficiency_j_per_th : array of float64, shape (n_draws,), or None
        Draws of the network's hash rate and of the energy of a hash; None where not known.
    caveats : tuple of str
        Why not, and whatever else is to be said.
    """
    drawn = draw_shares(law, rng, n_draws)
    ranks = draw_ranks(law, drawn)
    network_mw = (
        None
        if hashrate_hps is None or efficiency_j_per_th is None
        else power_mw(hashrate_hps, efficiency_j_per_th)
    )
    order = sorted(
        range(len(law.countries)),
        key=lambda at: (law.countries[at] == REST, -law.shares[at], law.countries[at]),
    )
    rows = []
    for rank, at in enumerate(order, 1):
        country, share = law.countries[at], drawn[:, at]
        rest = country == REST
        rows.append(
            CountryRow(
                country=country,
                published_share=law.shares[at],
                share=quantiles_of_draws(share),
                hashrate_hps=None
                if hashrate_hps is None
                else quantiles_of_draws(share * hashrate_hps),
                power_mw=None if network_mw is None else quantiles_of_draws(share * network_mw),
                rank=None if rest else rank,
                rank_draws=None if rest else quantiles_of_draws(ranks[:, at].astype(float)),
                flags=_flags(law, country),
            )
        )
    return MapTable(
        law=law,
        rows=tuple(rows),
        network_hps=None if hashrate_hps is None else quantiles_of_draws(hashrate_hps),
        network_mw=None if network_mw is None else quantiles_of_draws(network_mw),
        caveats=(*_caveats(law), *caveats),
    )


def _flags(law: ShareLaw, country: str) -> tuple[str, ...]:
    found = {
        REDIRECTED: country in law.flagged,
        CARRIED: country in law.carried,
        UNNAMED: country == REST,
    }
    return tuple(name for name, holds in found.items() if holds)


def _caveats(law: ShareLaw) -> tuple[str, ...]:
    said = []
    if law.shares[law.countries.index(REST)] > 0:
        said.append(
            f"The map of {law.publisher} locates {100 * law.named_share:.0f} % of the hash rate; "
            "where the rest is, is not known."
        )
    if law.flagged:
        said.append(
            f"Shares of {' and '.join(sorted(law.flagged))} are inflated by redirected addresses "
            "(VPN): below the published share, all values down to zero are equally likely."
        )
    if law.carried:
        said.append(
            f"The nearest map leaves {', '.join(sorted(law.carried))} out; an earlier one's share "
            "stands in."
        )
    zero = [c for c, share in zip(law.countries, law.shares, strict=True) if share == 0]
    if zero:
        said.append(f"{', '.join(zero)}: published as zero, as hidden miners would be.")
    if law.months_away > _FAR_MONTHS:
        said.append(
            f"The nearest published shares are {law.months_away:.0f} months away from "
            f"{format_time(law.at_s)[:10]}; shares change much in that time."
        )
    return tuple(said)
