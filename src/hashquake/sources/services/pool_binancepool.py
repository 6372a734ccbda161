"""What Binance Pool says its hash rate is, over all coins of bitcoin's algorithm."""

from collections.abc import Iterator
from typing import Any

from pydantic import Field

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports
from hashquake.sources.services._pool_value import at_path
from hashquake.sources.wire.answer import as_list, as_object, wrong_shape

CARD = SourceCard(
    name="pool_binancepool",
    title="Binance Pool: the hash rate it reports itself",
    gives=("readings",),
    owner="Binance",
    licence="Binance's terms of use",
    capabilities=("pool",),
    verified="unverified: field names from public clients, no recorded answer",
    cadence_s=600.0,
    lag_s=60.0,
)


def _of_bitcoin(answer: Any) -> Any:
    """Find the hash rate of the one algorithm that mines BTC."""
    what = "the list of algorithms"
    algorithms = [as_object(one, "an algorithm") for one in _list(answer, "data.algoList", what)]
    found = [
        one
        for one in algorithms
        if any(
            as_object(coin, "a coin").get("symbol") == "BTC"
            for coin in as_list(one.get("symbolInfos"), "the coins of an algorithm")
        )
    ]
    if len(found) != 1:
        raise wrong_shape(f"{what} with BTC once", algorithms)
    return at_path(found[0], "poolHash")


def _list(answer: Any, path: str, what: str) -> list[Any]:
    return as_list(at_path(answer, path), what)


_REPORT = PoolApi(
    source=CARD.name,
    pool="binancepool",
    path="/mining-api/v1/public/pool/index",
    value=_of_bitcoin,
    unit="H/s",
    form="decimal",
    span_s=600.0,
)


class Options(PoolOptions):
    """The options of `pool_binancepool`."""

    url: str = Field("https://pool.binance.com", description="address of the service")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.
    """
    yield from read_reports(_REPORT, options.url, options, context)
