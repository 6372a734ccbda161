"""What a run found: distributions of every outcome, and its first paths as arrays."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.result_table import ResultTable
from hashquake.forward.counted import Counted
from hashquake.forward.layout import CONFIRMATIONS, PHASES, Layout, counted_limits
from hashquake.forward.scenario import Scenario

if TYPE_CHECKING:
    import polars as pl

Floats = NDArray[np.float64]
MADE_BY = "time_change/1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """One outcome over all paths.

    Parameters
    ----------
    mean, sd : float
        Mean and standard deviation.
    quantiles : tuple of tuple of float and float
        Level and value of each.
    """

    mean: float
    sd: float
    quantiles: tuple[tuple[float, float], ...]

    @property
    def interval(self) -> Interval:
        """The central 90 % interval."""
        found = dict(self.quantiles)
        return Interval(median=found[0.5], low=found[0.05], high=found[0.95], level=0.9)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False, repr=False)
class Simulation(ResultTable):
    """The outcome of a run.

    Parameters
    ----------
    scenario : Scenario
        What was run.
    seed, paths_asked : int
        As asked.
    partial : bool
        Whether it was interrupted; `paths` then says how many paths it rests on.
    pools, countries : tuple of str
        Names, the rest last.
    place : Layout
        The columns.
    counted : Counted
        Counts of all paths.
    kept : array of float64, shape (m, columns)
        The first paths as drawn.
    pool_share, country_share : array of float64
        Shares before the outages.
    """

    scenario: Scenario
    seed: int
    paths_asked: int
    partial: bool
    pools: tuple[str, ...]
    countries: tuple[str, ...]
    place: Layout
    counted: Counted
    kept: Floats
    pool_share: Floats
    country_share: Floats

    LEVELS = (0.01, 0.05, 0.5, 0.95, 0.99)

    def __repr__(self) -> str:
        """Summarise it on one line."""
        first = self.spread("ratio_1").interval
        return (
            f"<Simulation {self.scenario.name}: {self.paths:,} paths, seed {self.seed}; "
            f"first retarget {first.summary()}>"
        )

    @property
    def paths(self) -> int:
        """How many paths were drawn and counted."""
        return self.counted.paths

    def names(self) -> tuple[str, ...]:
        """Name the columns of a path."""
        place, found = self.place, []
        for name in ("ratio", "time_s", "difficulty", "hashprice", "delay_s"):
            found += [f"{name}_{e + 1}" for e in range(place.epochs)]
        found += ["blocks_in_window", "blocks_lost", "dark_full_rate_s"]
        found += ["longest_gap_s", "longest_gap_in_window_s"]
        found += [f"confirmation_{k}_s" for k in CONFIRMATIONS]
        found += [f"{name}_{phase}" for name in ("hhi", "nakamoto") for phase in PHASES]
        found += [f"{when}_share_pool:{p}" for when in ("window", "run") for p in self.pools]
        found += [f"{when}_share_country:{c}" for when in ("window", "run") for c in self.countries]
        found += [f"struck_share_{o.subject}" for o in self.scenario.outages]
        return (*found, "rate_over_plan")

    def column(self, name: str) -> Floats:
        """Return one outcome of the paths kept, shape (m,).

        Parameters
        ----------
        name : str
            One of `names`.

        Raises
        ------
        UsageError
            ``column-unknown``.
        """
        return self.kept[:, self._at(name)].copy()

    def spread(self, name: str, levels: Sequence[float] = LEVELS) -> Spread:
        """Return the distribution of one outcome over all paths; see `names`.

        Parameters
        ----------
        name : str
            One of `names`.
        levels : sequence of float
            Of the quantiles, 0 to 1.
        """
        at = self._at(name)
        found = self.counted.quantiles(at, levels)
        return Spread(
            mean=self.counted.mean(at),
            sd=self.counted.sd(at),
            quantiles=tuple(zip(levels, found.tolist(), strict=True)),
        )

    def above(self, name: str, limit: float) -> float:
        """Return the share of paths in which an outcome exceeds one of the counted limits.

        Parameters
        ----------
        name : str
            One of `names`.
        limit : float
            One of those counted for it.

        Raises
        ------
        UsageError
            ``limit-unknown`` when the limit was not counted.
        """
        at = self._at(name)
        for index, (column, value) in enumerate(counted_limits(self.place)):
            if (column, value) == (at, limit):
                return float(self.counted.above[index] / max(self.counted.sums[0, at], 1))
        raise UsageError(f"no paths were counted by {name} above {limit}", code="limit-unknown")

    def to_polars(self) -> "pl.DataFrame":
        """Return the paths kept as a table, a row a path."""
        import polars as pl  # noqa: PLC0415  only who asks for tables loads them

        columns: dict[str, Any] = {"path": np.arange(len(self.kept))}
        columns |= {name: self.kept[:, at] for at, name in enumerate(self.names())}
        return pl.DataFrame(columns)

    def _at(self, name: str) -> int:
        names = self.names()
        if name not in names:
            raise UsageError(
                f"there is no outcome {name!r}",
                code="column-unknown",
                hint="names() lists them",
            )
        return names.index(name)
