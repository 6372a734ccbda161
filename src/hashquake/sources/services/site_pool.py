"""What a pool sees of one of your own sites: the hash rate of its account there.

Each site needs an account (or a worker's name) of its own at the pool. The answer becomes a reading
of the site, not of the pool: a zero is kept, for it says that the pool answers and sees no work.
"""

import re
from collections.abc import Iterator
from typing import Literal

from pydantic import Field, SecretStr

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.hashrate_unit import unit_hps
from hashquake.core.subject import parse_subject
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports
from hashquake.sources.services._pool_token import sent_token
from hashquake.sources.services._pool_value import path_steps

CARD = SourceCard(
    name="site_pool",
    title="A pool's view of one of your own sites: the hash rate of its account",
    gives=("readings",),
    owner="the pool named",
    licence="the pool's terms of use",
    capabilities=("pool",),
    verified="unverified: field names from public clients, no recorded answer",
    cadence_s=300.0,
    lag_s=60.0,
)
_ACCOUNT = re.compile(r"[A-Za-z0-9._-]{1,120}", re.ASCII)
Service = Literal["braiins", "ocean", "viabtc", "json"]


class Options(PoolOptions):
    """The options of `site_pool`."""

    site: str = Field(description="the site's id in sites.toml")
    service: Service = Field(
        description="braiins, ocean, viabtc; or json for any other, with --url, --path, --unit"
    )
    account: str = Field("", description="of ocean: the address, with .worker where there are many")
    url: str = Field("", description="address of the service, where it is not the usual one")
    path: str = Field("", description="of json: where the value stands, such as data.hashrate")
    unit: str = Field("H/s", description="of json: unit of the value: H/s, TH/s, PH/s and so on")
    token: SecretStr | None = Field(
        None,
        description="the account's key; better in the environment, as other users of the machine "
        "may see the command line in ps",
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.

    Raises
    ------
    UsageError
        ``subject-syntax``, ``option-invalid``, ``path-malformed``, ``unit-unknown``,
        ``token-missing``, ``token-malformed``.
    """
    subject = f"site:{options.site}"
    parse_subject(subject)
    report, usual_url, header = _asked(options, subject)
    token = sent_token(
        options.token,
        f"the account of {options.site}",
        needed=options.service in ("braiins", "viabtc"),
        hint="add token to the options of the source in the settings, or --token",
    )
    yield from read_reports(
        report, options.url or usual_url, options, context, token=token, auth_header=header
    )


def _asked(options: Options, subject: str) -> tuple[PoolApi, str, str]:
    """Return what to ask, the usual address, and the header that carries the key."""
    site = options.site
    if options.service == "braiins":
        report = PoolApi(
            source=CARD.name,
            pool=site,
            subject=subject,
            path="/accounts/profile/json/btc/",
            value="btc.hash_rate_5m",
            unit="Gh/s",
            unit_at="btc.hash_rate_unit",
            form="decimal",
            span_s=300.0,
        )
        return report, "https://pool.braiins.com", "pool-auth-token"
    if options.service == "ocean":
        if not _ACCOUNT.fullmatch(options.account):
            raise UsageError(
                "--account must be the address that you mine to, with .worker where there are many",
                code="option-invalid",
            )
        report = PoolApi(
            source=CARD.name,
            pool=site,
            subject=subject,
            path=f"/v1/user_hashrate/{options.account}",
            value="result.hashrate_300s",
            unit="H/s",
            form="decimal",
            span_s=300.0,
        )
        return report, "https://api.ocean.xyz", "authorization"
    if options.service == "viabtc":
        report = PoolApi(
            source=CARD.name,
            pool=site,
            subject=subject,
            path="/res/openapi/v1/hashrate?coin=BTC",
            value="data.hashrate_10min",
            unit="H/s",
            form="decimal",
            span_s=600.0,
        )
        return report, "https://www.viabtc.com", "x-api-key"
    if not (options.url and options.path):
        raise UsageError(
            "--service json needs --url and --path",
            code="option-invalid",
            hint="such as --url https://pool.example/api/me --path data.hashrate --unit TH/s",
        )
    path_steps(options.path)
    try:
        unit_hps(options.unit)
    except FormatError as error:  # here it was given by hand
        raise UsageError(error.message, code=error.code, hint=error.hint) from None
    _, mark, query = options.url.partition("?")
    report = PoolApi(
        source=CARD.name,
        pool=site,
        subject=subject,
        path=f"?{query}" if mark else "",
        value=options.path,
        unit=options.unit,
        form="decimal",
        span_s=300.0,
    )
    return report, options.url, "authorization"
