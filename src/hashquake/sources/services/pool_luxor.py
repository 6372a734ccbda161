"""What Luxor says its hash rate is, by GraphQL; a key of an account is needed."""

from collections.abc import Iterator

from pydantic import Field, SecretStr

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports
from hashquake.sources.services._pool_token import sent_token

CARD = SourceCard(
    name="pool_luxor",
    title="Luxor: the hash rate it reports itself (needs a key)",
    gives=("readings",),
    owner="Luxor Technology",
    licence="Luxor's terms of use",
    capabilities=("pool", "token"),
    verified="unverified: the query of its documentation, no recorded answer",
    cadence_s=300.0,
    lag_s=60.0,
)
_QUERY = (
    "query getPoolHashrate($mpn: MiningProfileName!, $orgSlug: String!) "
    "{ getPoolHashrate(mpn: $mpn, orgSlug: $orgSlug) }"
)
_REPORT = PoolApi(
    source=CARD.name,
    pool="luxor",
    path="/graphql",
    value="data.getPoolHashrate",
    unit="H/s",
    form="decimal",
    span_s=300.0,
    body={"query": _QUERY, "variables": {"mpn": "BTC", "orgSlug": "luxor"}},
)


class Options(PoolOptions):
    """The options of `pool_luxor`."""

    url: str = Field("https://api.luxor.tech", description="address of the service")
    token: SecretStr | None = Field(
        None,
        description="API key; better in the environment, as other users of "
        "the machine may see the command line in ps",
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.

    Raises
    ------
    UsageError
        ``token-missing``, ``token-malformed``.
    """
    yield from read_reports(
        _REPORT,
        options.url,
        options,
        context,
        token=sent_token(options.token, "Luxor", needed=True),
        auth_header="x-lux-api-key",
    )
