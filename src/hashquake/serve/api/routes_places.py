"""Paths about places: /map, /energy, /exposure."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from hashquake.core.times import parse_time
from hashquake.observatory import Observatory
from hashquake.serve.api.catalog_documents import EnergyDocument, ExposurePage, MapDocument
from hashquake.serve.api.paging import in_order, page
from hashquake.serve.api.parameters import AsOf, At, Country, Cursor, Limit, number
from hashquake.serve.api.reply import listed, reply
from hashquake.serve.cli.geography_options import prices_given
from hashquake.serve.exposure_table import exposure_shapes
from hashquake.serve.geography.shapes import energy_shape, map_shape, published_beside

router = APIRouter(tags=["places"])
USUAL_USD_PER_KWH = 0.05

PriceUsd = Annotated[str | None, Query(description="Price of a bitcoin; the bundled one else.")]
Electricity = Annotated[
    str | None,
    Query(description="Price that miners pay for electricity, roughly. Default: 0.05."),
]


def _prices(price_usd: str | None, electricity: str | None) -> Any:
    paid = number("electricity_usd_per_kwh", electricity)
    return prices_given(number("price_usd", price_usd), USUAL_USD_PER_KWH if paid is None else paid)


@router.get("/map", response_model=MapDocument)
async def mining_map(
    request: Request,
    as_of: AsOf = None,
    at: At = None,
    within: Annotated[
        str | None, Query(description="`CN`: the provinces of China in place of countries.")
    ] = None,
    price_usd: PriceUsd = None,
    electricity_usd_per_kwh: Electricity = None,
) -> Response:
    """Return where hash rate sits, as it was known on a day, with 90 % intervals."""

    def question(ask: Observatory) -> dict[str, Any]:
        from hashquake.datasets.mining_map import place_names

        table = ask.map(
            as_of_s=None if as_of is None else parse_time(as_of),
            at_s=None if at is None else parse_time(at),
            within=within,
            prices=_prices(price_usd, electricity_usd_per_kwh),
        )
        return map_shape(table, place_names(), published_beside(table))

    return await reply(request, question, rows=lambda document: document["countries"])


@router.get("/energy", response_model=EnergyDocument)
async def energy(
    request: Request,
    country: Country = None,
    at: At = None,
    as_of: AsOf = None,
    registered_mw: Annotated[
        str | None,
        Query(description="Power of registered miners, to find the rest."),
    ] = None,
    price_usd: PriceUsd = None,
    electricity_usd_per_kwh: Electricity = None,
) -> Response:
    """Return the megawatts that mining draws, of the network or of a country."""

    def question(ask: Observatory) -> dict[str, Any]:
        report = ask.energy(
            country=country,
            at_s=None if at is None else parse_time(at),
            as_of_s=None if as_of is None else parse_time(as_of),
            registered_mw=number("registered_mw", registered_mw),
            prices=_prices(price_usd, electricity_usd_per_kwh),
        )
        return energy_shape(report)

    return await reply(request, question)


@router.get("/exposure", response_model=ExposurePage)
async def exposure(
    request: Request, country: Country = None, cursor: Cursor = None, limit: Limit = None
) -> Response:
    """Return how much of each pool's power sits in places that went dark."""

    def question(ask: Observatory) -> dict[str, Any]:
        documents = exposure_shapes(ask.exposure(None if country is None else country.upper()))
        return page(documents, in_order(documents), cursor=cursor, limit=limit)

    return await reply(request, question, rows=listed)
