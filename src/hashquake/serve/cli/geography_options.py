"""Options shared by ``map`` and ``energy``: a map of one's own, and prices."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from hashquake.core import clock
from hashquake.core.errors import UsageError
from hashquake.serve.cli.output import note

if TYPE_CHECKING:
    from hashquake.core.mining_map import MiningMap
    from hashquake.observatory.fleet_efficiency import EnergyPrices

PriceUsd = Annotated[
    float | None,
    typer.Option(
        "--price-usd", metavar="USD", help="Price of a bitcoin. Default: the bundled one."
    ),
]
Electricity = Annotated[
    float,
    typer.Option(
        "--electricity-usd-per-kwh",
        metavar="USD",
        help="Price that miners pay for electricity, roughly.",
    ),
]
MapFile = Annotated[
    Path | None,
    typer.Option(
        "--map",
        metavar="F.csv|F.parquet",
        help="Use this map alone: columns country, share, month, vintage. "
        "[bold]hashquake ingest mining_map[/] keeps one.",
    ),
]
MapUnit = Annotated[
    str, typer.Option("--map-unit", metavar="share|percent", help="What its shares are in.")
]
MapPartial = Annotated[
    bool,
    typer.Option(
        "--map-partial", help="It leaves countries out on purpose: do not refuse it for that."
    ),
]


def maps_given(path: Path | None, unit: str, *, partial: bool) -> "tuple[MiningMap, ...]":
    """Read the maps of a file that was named; none when there is none.

    Parameters
    ----------
    path : Path or None
        The table, or None when none was named.
    unit : str
        Of its shares: ``share`` or ``percent``.
    partial : bool
        Whether the shares of a month may sum to less than 1.

    Raises
    ------
    UsageError
        ``map-unit`` for a unit that is neither share nor percent.
    InputError, FormatError
        As the source ``mining_map`` says.
    """
    if unit not in ("share", "percent"):
        raise UsageError(
            f"shares must be in share or percent, got {unit!r}",
            code="map-unit",
            hint="write share or percent",
        )
    if path is None:
        return ()
    from hashquake.observatory.map_file import maps_of_file

    known_unit = cast("Literal['share', 'percent']", unit)
    return maps_of_file(path, now_s=clock.now_s(), unit=known_unit, partial=partial, note=note)


def prices_given(price_usd: float | None, electricity_usd_per_kwh: float) -> "EnergyPrices":
    """Check prices.

    Parameters
    ----------
    price_usd : float or None
        Of a bitcoin, US dollars; None for the record's.
    electricity_usd_per_kwh : float
        Of a kilowatt-hour, US dollars.

    Raises
    ------
    UsageError
        ``price-range`` for one that is not over 0.
    """
    from hashquake.observatory.fleet_efficiency import EnergyPrices

    for name, price in (("bitcoin", price_usd), ("electricity", electricity_usd_per_kwh)):
        if price is not None and not 0 < price < float("inf"):
            raise UsageError(
                f"the price of {name} must be above 0, got {price:g}", code="price-range"
            )
    return EnergyPrices(price_usd=price_usd, electricity_usd_per_kwh=electricity_usd_per_kwh)
