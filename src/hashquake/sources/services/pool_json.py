"""What any other pool says its hash rate is: an address, and where in its JSON the value stands."""

import re
from collections.abc import Iterator
from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr

from hashquake.core.contracts import Batch, SourceCard, SourceContext
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.hashrate_unit import unit_hps
from hashquake.core.subject import parse_subject, pool_subject
from hashquake.core.times import parse_duration
from hashquake.sources.services._pool_report import PoolApi, PoolOptions, read_reports
from hashquake.sources.services._pool_token import sent_token
from hashquake.sources.services._pool_value import path_steps

CARD = SourceCard(
    name="pool_json",
    title="Any pool that publishes its hash rate as JSON: you say where the value stands",
    gives=("readings",),
    owner="the pool named",
    licence="the pool's",
    capabilities=("pool",),
    verified="answers in the shapes of other pools; each pool is yours to check",
)
_HEADER = re.compile(r"[A-Za-z0-9-]{1,60}", re.ASCII)


class Options(PoolOptions):
    """The options of `pool_json`."""

    pool: str = Field(description="the pool's slug, such as antpool: its blocks are compared")
    url: str = Field(description="address of the answer, with its query if it has one")
    path: str = Field(
        description="where the value stands, such as btc.hash_rate, data[0].rate or "
        "data[coin=BTC].rate"
    )
    unit: str = Field(description="unit of the value: H/s, TH/s, PH/s, EH/s and so on")
    unit_path: str = Field("", description="where the answer states its unit, if it does")
    time_path: str = Field("", description="where it states the time of the value, Unix seconds")
    form: Literal["number", "decimal", "suffixed"] = Field(
        "decimal",
        description="number: a JSON number only; decimal: digits in quotes too; suffixed: with a "
        "letter, such as 44.4P",
    )
    span: str = Field("5m", description="over how long the pool takes the mean, and asks again")
    token: SecretStr | None = Field(
        None,
        description="token, where one is asked for; better in the environment, as other users of "
        "the machine may see the command line in ps",
    )
    token_header: str = Field("authorization", description="header that carries the token")


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Ask the pool; see `hashquake.sources.services._pool_report.read_reports`.

    Parameters are those of `hashquake.sources.services._pool_report.read_reports`.

    Raises
    ------
    UsageError
        ``subject-syntax``, ``path-malformed``, ``unit-unknown``, ``duration-syntax``,
        ``token-malformed``, ``option-invalid``.
    """
    parse_subject(pool_subject(options.pool))
    for path in (options.path, options.unit_path, options.time_path):
        if path or path is options.path:
            path_steps(path)
    try:
        unit_hps(options.unit)
    except FormatError as error:  # here it was given by hand
        raise UsageError(error.message, code=error.code, hint=error.hint) from None
    span_s = parse_duration(options.span)
    if not span_s >= 1:
        raise UsageError(f"--span must be 1 s or more, got {options.span}", code="duration-syntax")
    if not _HEADER.fullmatch(options.token_header):
        raise UsageError(
            "--token-header is not the name of a header",
            code="option-invalid",
            hint="write it like x-api-key",
        )
    query = _query(options.url)
    report = PoolApi(
        source=CARD.name,
        pool=options.pool,
        path=f"?{query}" if query else "",
        value=options.path,
        unit=options.unit,
        unit_at=options.unit_path,
        time_at=options.time_path,
        form=options.form,
        span_s=span_s,
    )
    yield from read_reports(
        report,
        options.url,
        options,
        context,
        token=sent_token(options.token, options.pool),
        auth_header=options.token_header,
    )


def _query(url: str) -> str:
    try:
        return urlsplit(url.strip()).query
    except ValueError:
        return ""  # the address is refused where it is read
