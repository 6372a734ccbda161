"""What ViaBTC says its hash rate is.

``hash_unit`` of its answer is the unit of the earnings next to it, not of the hash rate, which is
in hashes per second.
"""

from collections.abc import Iterator

from pydantic import Field

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports

CARD = SourceCard(
    name="pool_viabtc",
    title="ViaBTC: the hash rate it reports itself",
    gives=("readings",),
    owner="ViaBTC",
    licence="ViaBTC's terms of use",
    capabilities=("pool",),
    verified="unverified: field names from public clients of an undocumented address",
    cadence_s=600.0,
    lag_s=60.0,
)
_REPORT = PoolApi(
    source=CARD.name,
    pool="viabtc",
    path="/res/pool/BTC/state",
    value="data.hashrate",
    unit="H/s",
    form="decimal",
    span_s=600.0,
)


class Options(PoolOptions):
    """The options of `pool_viabtc`."""

    url: str = Field("https://www.viabtc.com", description="address of the service")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.
    """
    yield from read_reports(_REPORT, options.url, options, context)
