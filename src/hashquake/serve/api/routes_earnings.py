"""Paths about what miners earn: /earnings, /halvings."""

from typing import Any

from fastapi import APIRouter, Request, Response

from hashquake.core.errors import UsageError
from hashquake.observatory import Observatory
from hashquake.serve.api.earnings_documents import EarningsDocument, HalvingsDocument
from hashquake.serve.api.parameters import Since, Until
from hashquake.serve.api.reply import reply
from hashquake.serve.asked import rate_window
from hashquake.serve.earnings import (
    earnings_rows,
    earnings_shape,
    halving_rows,
    halvings_shape,
)

router = APIRouter(tags=["hash rate"])


@router.get("/earnings", response_model=EarningsDocument)
async def earnings(request: Request, since: Since = None, until: Until = None) -> Response:
    """Return what a terahash a second earned on each whole day, dollars; a gap is null.

    Hashprice is what difficulty, subsidy and price give, with what fees usually are; with it
    stand the subsidies of the blocks that were found over the hash rate of the day.
    """

    def question(ask: Observatory) -> dict[str, Any]:
        if since is None:
            raise UsageError(
                "earnings need a window",
                code="usage",
                hint="give since, and until where it does not end with the record",
            )
        return earnings_shape(ask.earnings(rate_window(None, "24h", since, until, ask.end_s)))

    return await reply(request, question, rows=earnings_rows)


@router.get("/halvings", response_model=HalvingsDocument)
async def halvings(request: Request) -> Response:
    """Return the hash rate of the weeks after each halving over that of the 30 days before."""
    return await reply(request, lambda ask: halvings_shape(ask.halvings()), rows=halving_rows)
