"""Paths of two chains and stale blocks: /partition, /stale."""

from contextlib import nullcontext
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from hashquake.core.errors import UsageError
from hashquake.observatory import Observatory
from hashquake.serve.api.documents import PartitionDocument, StaleDocument
from hashquake.serve.api.parameters import At, Country, number, whole_number
from hashquake.serve.api.race_worker import raced_apart
from hashquake.serve.api.reply import reply
from hashquake.serve.race_documents import partition_document, stale_documents

BLOCKS = 200_000
"""How many blocks the API simulates for a delay; the command line takes more."""
MOST_DELAYS = 5
LONGEST_DELAY_S = 600.0
MOST_CONFIRMATIONS = 144
router = APIRouter(tags=["simulations"])

Share = Annotated[str | None, Query(description="Hash rate behind the cut, such as 18%.")]
Duration = Annotated[str, Query(description="Length of the cut, such as 90m or 5d.")]
Domestic = Annotated[
    str, Query(description="Part of the machines whose pool is inside, too, such as 50%.")
]
Confirmations = Annotated[
    str, Query(description="Of a payment inside, when the cut heals; 1 to 144.")
]
Delays = Annotated[
    str,
    Query(description="Seconds until a block reaches the others, up to five, as 1,2,10."),
]
Shares = Annotated[
    str | None, Query(description="Of pools, such as 30%,29%,41%; the record's without it.")
]


@router.get("/partition", response_model=PartitionDocument)
async def partition(
    request: Request,
    share: Share = None,
    country: Country = None,
    at: At = None,
    duration: Duration = "5d",
    domestic: Domestic = "100%",
    confirmations: Confirmations = "6",
) -> Response:
    """Return how two chains grow when a country is cut off and mines on, and what is undone."""
    count = whole_number("confirmations", confirmations, least=1, most=MOST_CONFIRMATIONS)

    def question(ask: Observatory) -> dict[str, Any]:
        return partition_document(
            lambda: nullcontext(ask),
            duration=duration,
            share=share,
            country=country,
            at=at,
            domestic=domestic,
            confirmations=count,
        )

    return await reply(request, question)


@router.get("/stale", response_model=list[StaleDocument])
async def stale(request: Request, delays: Delays = "1,2,10", shares: Shares = None) -> Response:
    """Return the share of each pool's blocks that become stale, by the delay of blocks."""
    asked = asked_delays_s(delays)

    def question(ask: Observatory) -> list[dict[str, Any]]:
        return stale_documents(
            lambda: nullcontext(ask),
            delays_s=asked,
            shares=shares,
            blocks=BLOCKS,
            raced=raced_apart,
        )

    return await reply(request, question)


def asked_delays_s(text: str) -> list[float]:
    """Return delays that were asked for, seconds.

    Parameters
    ----------
    text : str
        Numbers with commas between them.

    Raises
    ------
    UsageError
        ``usage`` for what cannot be read as a number; ``delay-range`` for too many or too long
        ones.
    """
    found = [number("delays", one) or 0.0 for one in text.split(",")]
    if len(found) > MOST_DELAYS or not all(0.0 <= one <= LONGEST_DELAY_S for one in found):
        raise UsageError(
            f"delays must be up to {MOST_DELAYS} numbers from 0 to {LONGEST_DELAY_S:.0f} s",
            code="delay-range",
            hint="such as 1,2,10",
        )
    return found
