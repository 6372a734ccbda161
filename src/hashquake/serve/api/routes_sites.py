"""Paths of an operator's own mining farms: /sites, POST /sites/{id}/heartbeat."""

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, Path, Query, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.errors import UsageError
from hashquake.core.times import parse_time
from hashquake.observatory import Observatory
from hashquake.serve.api.faults import RequestError
from hashquake.serve.api.paging import in_order, page
from hashquake.serve.api.parameters import At, Cursor, Limit, number
from hashquake.serve.api.reply import listed, reply
from hashquake.serve.api.room import room_of
from hashquake.serve.api.site_documents import SitePage
from hashquake.serve.api.tokens import check_token, sent_token
from hashquake.serve.site_settings import no_sites
from hashquake.serve.site_table import site_shapes

router = APIRouter(tags=["sites"])
_MOST_HPS = 1e22
_MOST_MW = 1e5


@router.get("/sites", response_model=SitePage, dependencies=[Depends(check_token)])
async def sites(
    request: Request,
    at: At = None,
    price_usd: Annotated[
        str | None, Query(description="Price of a bitcoin; the record's own, else the bundled one.")
    ] = None,
    cursor: Cursor = None,
    limit: Limit = None,
) -> Response:
    """Return which of the operator's mining farms stand behind a dark network or grid.

    Needs a token where the settings hold any, and where other machines can reach the server.
    """
    wanted = room_of(request).sites
    if not wanted:
        raise no_sites()
    price = number("price_usd", price_usd)
    if price is not None and price <= 0.0:
        raise UsageError(f"price_usd must be greater than 0, got {price:g}", code="option-invalid")

    def question(ask: Observatory) -> dict[str, Any]:
        rows = ask.sites(wanted, None if at is None else parse_time(at), price_usd=price)
        documents = site_shapes(rows)
        return page(documents, in_order(documents), cursor=cursor, limit=limit)

    # Without an instant the clock alone changes the answer.
    return await reply(request, question, rows=listed, lasting=at is not None)


class HeartbeatRequest(BaseModel):
    """What a site says of itself; all of it may be left out."""

    model_config = ConfigDict(extra="forbid")

    hashrate_hps: float | None = Field(
        None, ge=0, le=_MOST_HPS, allow_inf_nan=False, description="Hash rate, hashes a second."
    )
    power_mw: float | None = Field(
        None, ge=0, le=_MOST_MW, allow_inf_nan=False, description="Power drawn, megawatts."
    )


@router.post(
    "/sites/{site}/heartbeat",
    status_code=HTTPStatus.NO_CONTENT,
    response_class=Response,
    responses={int(HTTPStatus.NO_CONTENT): {"description": "Heard."}},
)
async def heartbeat(
    request: Request,
    site: Annotated[str, Path(description="Its id in the file of sites.")],
    said: Annotated[
        HeartbeatRequest | None, Body(description="What the site says of itself, if anything.")
    ] = None,
) -> Response:
    """Hear that a site is at work; it proves itself with its token.

    One a minute is enough, and one a second the most. The body may be empty.
    """
    taker = room_of(request).heartbeats
    if taker is None:
        raise RequestError(
            "this server takes no heartbeats",
            code="heartbeats-off",
            status=HTTPStatus.FORBIDDEN,
            hint="give a site in the file of sites a token_hash: hashquake sites token ID",
        )
    sender = taker.sender(site, sent_token(request, hint="hashquake sites token ID makes one"))
    asked = said or HeartbeatRequest()
    await taker.take(sender, hashrate_hps=asked.hashrate_hps, power_mw=asked.power_mw)
    return Response(status_code=HTTPStatus.NO_CONTENT)
