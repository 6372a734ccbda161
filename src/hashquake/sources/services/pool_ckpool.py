"""What solo CKPool says its hash rate is: the mean of five minutes.

Its answer is several JSON objects one after the other, with hash rates such as ``44.4P``.
"""

import json
from collections.abc import Iterator
from typing import Any

from pydantic import Field

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports
from hashquake.sources.wire.answer import Answer, as_object, parse_json

CARD = SourceCard(
    name="pool_ckpool",
    title="Solo CKPool: the hash rate it reports itself",
    gives=("readings",),
    owner="Con Kolivas",
    licence="none stated",
    capabilities=("pool",),
    verified="unverified: the shape of public clients and of ckpool's own source, made-up values",
    cadence_s=300.0,
    lag_s=60.0,
)
_MOST_OBJECTS = 20


def _merged(answer: Answer, what: str) -> dict[str, Any]:
    """Join the objects of an answer into one."""
    decoder, at = json.JSONDecoder(), 0
    merged: dict[str, Any] = {}
    try:
        text = answer.body.decode("utf-8").strip()
        for _ in range(_MOST_OBJECTS):
            found, at = decoder.raw_decode(text, at)
            merged |= as_object(found, what)
            at += len(text) - at - len(text[at:].lstrip())
            if at == len(text):
                return merged
    except (ValueError, RecursionError):
        pass  # said below as of any other answer
    return dict(as_object(parse_json(answer, what=what), what))


_REPORT = PoolApi(
    source=CARD.name,
    pool="ckpool",
    path="/pool/pool.status",
    value="hashrate5m",
    unit="H/s",
    form="suffixed",
    time_at="lastupdate",
    span_s=300.0,
    parse=_merged,
)


class Options(PoolOptions):
    """The options of `pool_ckpool`."""

    url: str = Field("https://solo.ckpool.org", description="address of the service")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.
    """
    yield from read_reports(_REPORT, options.url, options, context)
