"""What OCEAN says its hash rate is: the mean of five minutes."""

from collections.abc import Iterator

from pydantic import Field

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports

CARD = SourceCard(
    name="pool_oceanxyz",
    title="OCEAN: the hash rate it reports itself",
    gives=("readings",),
    owner="OCEAN",
    licence="OCEAN's terms of use",
    capabilities=("pool",),
    verified="unverified: field names from three public clients, no recorded answer",
    cadence_s=300.0,
    lag_s=60.0,
)
_REPORT = PoolApi(
    source=CARD.name,
    pool="oceanxyz",
    path="/v1/pool_hashrate",
    value="result.pool_300s",
    unit="H/s",
    form="decimal",
    span_s=300.0,
)


class Options(PoolOptions):
    """The options of `pool_oceanxyz`."""

    url: str = Field("https://api.ocean.xyz", description="address of the service")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.
    """
    yield from read_reports(_REPORT, options.url, options, context)
