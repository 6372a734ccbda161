"""What Braiins Pool says its hash rate is: the mean of five minutes."""

from collections.abc import Iterator

from pydantic import Field, SecretStr

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports
from hashquake.sources.services._pool_token import sent_token

CARD = SourceCard(
    name="pool_braiinspool",
    title="Braiins Pool: the hash rate it reports itself",
    gives=("readings",),
    owner="Braiins Systems",
    licence="Braiins' terms of use",
    capabilities=("pool",),
    verified="an answer published in a public repository (4 April 2026)",
    cadence_s=300.0,
    lag_s=60.0,
)
_REPORT = PoolApi(
    source=CARD.name,
    pool="braiinspool",
    path="/stats/json/btc",
    value="btc.pool_5m_hash_rate",
    unit="Gh/s",
    unit_at="btc.hash_rate_unit",
    time_at="btc.update_ts",
    form="number",
    span_s=300.0,
)


class Options(PoolOptions):
    """The options of `pool_braiinspool`."""

    url: str = Field("https://pool.braiins.com", description="address of the service")
    token: SecretStr | None = Field(
        None,
        description="token, where one is asked for; better in the environment, as other users of "
        "the machine may see the command line in ps",
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.
    """
    yield from read_reports(
        _REPORT,
        options.url,
        options,
        context,
        token=sent_token(options.token, "Braiins Pool"),
        auth_header="pool-auth-token",
    )
