"""Blocks from a public or own REST service: mempool.space's, or plain Esplora.

Which of the two answers at an address is asked once. Every header is put together from the
fields answered (or taken as bytes where given) and proven by its hash and its work.
"""

from collections.abc import Iterator
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.chain._follow import follow
from hashquake.sources.chain._rest_service import RestService
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.retrying import Patience

CARD = SourceCard(
    name="mempool_rest",
    title="A mempool.space or Esplora REST service",
    gives=("blocks",),
    owner="the operator of the service",
    licence="facts of the chain; each service has its own terms of use",
    capabilities=("hash", "coinbase", "payouts", "pool", "resume"),
    verified="documentation samples of mempool.space and Esplora; never against a live service",
)


class Options(BaseModel):
    """The options of `mempool_rest`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: str = Field(
        "https://mempool.space", description="address of the service, with or without /api"
    )
    flavour: Literal["ask", "mempool", "esplora"] = Field(
        "ask", description="kind of service; by default it is asked"
    )
    coinbase: bool = Field(
        False,
        description="on plain Esplora, read each block's coinbase too: one more request a block; "
        "mempool.space gives it anyway",
    )
    from_height: int | None = Field(
        None, ge=0, description="first height to read; by default on from the record's end"
    )
    to_height: int | None = Field(
        None, ge=0, description="last height to read; by default the service's tip"
    )
    requests_per_second: float = Field(
        1.0, gt=0, le=1000, description="most requests a second; raise it on your own instance only"
    )
    timeout_s: float = Field(30.0, gt=0, le=86_400, description="seconds to wait for an answer")
    private_redirects: bool = Field(
        False, description="follow redirects to private addresses too, such as 192.168.0.2"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Read blocks from where the record stops up to the service's tip.

    The service's opinion of the pool is taken only where it gives no coinbase: with a coinbase,
    pools are identified by our own rules, which keep their evidence.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The record, the clock, waiting, the network.

    Yields
    ------
    Batch
        Main-chain blocks in height order; at the end the time observed.

    Raises
    ------
    SourceError
        ``service-unreachable``, ``service-timeout``, ``service-rate-limited``,
        ``service-failing``, ``redirect-private``, ``service-refused``, ``service-network``,
        ``service-behind``,
        ``service-chain-moved``, ``service-height``, ``hash-mismatch``.
    FormatError
        ``answer-not-json``, ``answer-truncated``, ``answer-shape``, ``hash-malformed``,
        ``header-length``.
    ChainError
        ``pow-failed``.
    UsageError
        ``url-malformed``, ``height-gap``, ``heights-reversed``.
    """
    patience = Patience(
        timeout_s=options.timeout_s,
        interval_s=1.0 / options.requests_per_second,
        retry_statuses=frozenset({429, *range(500, 600)}),
    )
    address = parse_address(options.url)
    http = Http(
        address,
        who="service",
        context=context,
        patience=patience,
        private_redirects=options.private_redirects,
    )
    try:
        service = RestService(
            http, context.record.network, flavour=options.flavour, coinbase=options.coinbase
        )
        yield from follow(
            service, context, from_height=options.from_height, to_height=options.to_height
        )
    finally:
        http.close()
