"""What WhitePool says its hash rate is."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports
from hashquake.sources.services._pool_value import at_path
from hashquake.sources.wire.answer import as_list, as_object, wrong_shape

CARD = SourceCard(
    name="pool_whitepool",
    title="WhitePool: the hash rate it reports itself",
    gives=("readings",),
    owner="WhiteBIT",
    licence="WhiteBIT's terms of use",
    capabilities=("pool",),
    verified="unverified: the documentation's example, whose values are made up",
    cadence_s=600.0,
    lag_s=60.0,
)


def _of_bitcoin(answer: Any) -> Any:
    """Find the hash rate of the one entry that mines BTC: two could count the same machines."""
    entries = [as_object(one, "a pool") for one in as_list(at_path(answer, "data"), "the pools")]
    found = [one for one in entries if "BTC" in as_list(one.get("assets"), "the assets of a pool")]
    if len(found) != 1:
        raise wrong_shape("the list of pools with BTC once", entries)
    return at_path(found[0], "currentHashRate")


_REPORT = PoolApi(
    source=CARD.name,
    pool="whitepool",
    path="/api/v4/public/mining-pool",
    value=_of_bitcoin,
    unit="H/s",
    form="decimal",
    span_s=600.0,
)


class Options(PoolOptions):
    """The options of `pool_whitepool`."""

    url: str = Field("https://whitebit.com", description="address of the service")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.
    """
    yield from read_reports(_REPORT, options.url, options, context)
