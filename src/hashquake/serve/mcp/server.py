"""The server of the tools: over standard input and output, or mounted next to the API."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

import anyio
from mcp.server.mcpserver import MCPServer
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import ToolAnnotations
from pydantic import Field

from hashquake import __version__
from hashquake.observatory import Observatory
from hashquake.serve.cli.faults import said_of
from hashquake.serve.cli.output import finite_document
from hashquake.serve.mcp import answers, claim_answers

AT_ONCE = 2
"""Questions answered at the same time; more wait."""
LONGEST_TEXT = 2**20
"""Characters of a text to be checked."""
_INSTRUCTIONS = """\
hashquake measures Bitcoin's hash rate from the blocks, with an interval on every number. Each
answer has a `quote`: pass that sentence on as it is, interval and time included; never the number
alone. Hash rates are hashes a second, shares are 0 to 1, times are UTC (Unix seconds in answers,
ISO 8601 in questions). Not seen is not zero: ask `coverage` what the record observed, and say so
where it ends.
"""
_TIME = "ISO 8601, UTC unless it carries an offset, such as 2022-01-05T10:45Z"
Subject = Annotated[str, Field(description="network, or pool:SLUG such as pool:antpool")]
Time = Annotated[str, Field(description=_TIME)]
AnyTime = Annotated[str | None, Field(description=_TIME)]
Answer = dict[str, Any]


def make_server(observatory: Observatory) -> MCPServer[Any]:
    """Return the server of the six tools over a record, which is read and never written.

    Parameters
    ----------
    observatory : Observatory
        Read by several threads at once; the caller closes it.
    """
    server: MCPServer[Any] = MCPServer(
        "hashquake", instructions=_INSTRUCTIONS, version=__version__, log_level="ERROR"
    )
    limiter = anyio.CapacityLimiter(AT_ONCE)

    async def asked(question: Callable[[Observatory], Answer]) -> Answer:
        try:
            found = await anyio.to_thread.run_sync(partial(question, observatory), limiter=limiter)
        except Exception as error:  # noqa: BLE001  the last catch: a fault comes with its code
            message, code, hint = said_of(error)
            raise ToolError(f"{message} [{code}]{f'; {hint}' if hint else ''}") from None
        return dict(finite_document(found))

    tool = partial(
        server.tool,
        annotations=ToolAnnotations(
            read_only_hint=True,
            destructive_hint=False,
            idempotent_hint=True,
            open_world_hint=False,
        ),
    )

    @tool()
    async def rate(
        subject: Subject = "network",
        at: AnyTime = None,
        since: AnyTime = None,
        until: AnyTime = None,
        span: Annotated[str, Field(description="length of a window given by its end")] = "24h",
    ) -> Answer:
        """Return the hash rate of the network or a pool over a time: median and 90 % interval."""
        return await asked(
            partial(answers.rate, subject=subject, at=at, since=since, until=until, span=span)
        )

    @tool()
    async def did_it_break(
        since: Time,
        until: AnyTime = None,
        country: Annotated[
            str | None, Field(description="outages of this country alone, such as KZ")
        ] = None,
    ) -> Answer:
        """Return whether hash rate fell in a time, and how often chance does that.

        With the falls and outages that the catalog has then. Without `until`: 24 hours.
        """
        return await asked(partial(answers.did_it_break, since=since, until=until, country=country))

    @tool()
    async def known_then(at: Time) -> Answer:
        """Return what could be known at an instant.

        The hash rate by the blocks until then, and the opinions on falls and outages as they stood.
        """
        return await asked(partial(answers.known_then, at=at))

    @tool()
    async def forecast(at: AnyTime = None) -> Answer:
        """Return the next difficulty over the present one and when it comes, with intervals."""
        return await asked(partial(answers.forecast, at=at))

    @tool()
    async def check_claim(
        text: Annotated[
            str, Field(max_length=LONGEST_TEXT, description="the words: a sentence or an article")
        ],
        published: Annotated[
            str | None, Field(description=f"when it was published; {_TIME}")
        ] = None,
        as_known_on: Annotated[
            str | None, Field(description=f"judge by what was known then; {_TIME}")
        ] = None,
        since: AnyTime = None,
        until: AnyTime = None,
        quantity: Annotated[
            claim_answers.ClaimQuantity | None,
            Field(
                description="of a claim taken apart. hashrate_change_share: a change against the "
                "two weeks before, signed (a fall of 12 % is -0.12); hashrate_hps: a level, hashes "
                "a second; hashrate_share: the part of a pool or a country, 0 to 1"
            ),
        ] = None,
        low: Annotated[float | None, Field(description="lower end of the range claimed")] = None,
        high: Annotated[float | None, Field(description="upper end; equal for one number")] = None,
        subject: Annotated[
            str | None,
            Field(
                description="network (also without), pools (the large ones together), pool:SLUG "
                "or country:CC"
            ),
        ] = None,
    ) -> Answer:
        """Return what the record supports, contradicts or cannot decide of published numbers.

        Give the text alone, best with `published`: its claims are found and judged one by one. Or
        give one claim taken apart: quantity, low, high, since and until.
        """
        return await asked(
            partial(
                claim_answers.check_claim,
                text=text,
                published=published,
                as_known_on=as_known_on,
                since=since,
                until=until,
                quantity=quantity,
                low=low,
                high=high,
                subject=subject,
            )
        )

    @tool()
    async def coverage() -> Answer:
        """Return what the record observed and how old it is: not seen is not zero."""
        return await asked(answers.coverage)

    return server
