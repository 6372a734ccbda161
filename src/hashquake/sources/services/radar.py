"""Traffic of countries and networks as Cloudflare Radar sees it, and the outages it notes.

Traffic is never absolute: Radar gives shares of the largest value in one answer. Readings of
different answers are on different scales, so a reading's source names the days of its answer.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.sources.services._asked import asked_subjects, asked_window
from hashquake.sources.services._instrument import Failures, ask, service_error
from hashquake.sources.services._radar_outages import PAGE_ITEMS, outages_batch
from hashquake.sources.services._radar_traffic import series_name, traffic_batch
from hashquake.sources.wire.answer import as_list, as_object
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.retrying import Patience

CARD = SourceCard(
    name="radar",
    title="Cloudflare Radar: traffic of countries and networks, outages noted (needs a token)",
    gives=("readings",),
    owner="Cloudflare",
    licence="CC BY-NC 4.0: attribution, non-commercial",
    capabilities=("country", "asn", "history", "annotations", "token"),
    verified="outages: a public sample and the documentation's example; traffic: shapes in the "
    "documentation and in the official client's types; every live answer: unverified",
    cadence_s=900.0,
)

_TOKEN = re.compile(r"[!-~]{1,500}")
_MOST_PAGES = 20


class Options(BaseModel):
    """Options of the source `radar`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: str = Field("", description="two-letter codes, separated by commas, such as KZ")
    asn: str = Field("", description="autonomous systems, separated by commas, such as 9198")
    since: str = Field(description="first time to read, ISO 8601; its whole UTC day is read")
    until: str = Field("", description="end of the time to read; by default now")
    interval: Literal["15m", "1h", "1d"] = Field(
        "15m", description="length of a bin: 15m, 1h or 1d"
    )
    outages: bool = Field(False, description="read the outages that Cloudflare noted too")
    token: SecretStr | None = Field(
        None,
        description="API token; better set as HASHQUAKE_SOURCES__RADAR__TOKEN because other users "
        "of the machine may see the command line in ps",
    )
    url: str = Field("https://api.cloudflare.com/client/v4", description="address of the service")
    requests_per_second: float = Field(
        0.5, gt=0, le=100, description="most requests a second; Cloudflare limits them"
    )
    timeout_s: float = Field(60.0, gt=0, le=86_400, description="seconds to wait for an answer")
    private_redirects: bool = Field(
        False, description="follow redirects to private addresses too, such as 192.168.0.2"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Read the traffic of each subject in one answer, so that it is on one scale.

    A subject that fails is left out while the others carry on; its error is raised at the end.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The clock, waiting, the network.

    Yields
    ------
    Batch
        Traffic of one subject and the time it covers, or the outages noted, which cover none.

    Raises
    ------
    SourceError
        ``service-unreachable``, ``service-timeout``, ``service-rate-limited``,
        ``service-failing``, ``service-unauthorised``, ``service-forbidden``,
        ``service-refused``, ``service-error``, ``clock-skew``.
    FormatError
        ``answer-not-json``, ``answer-truncated``, ``answer-shape``, ``answer-mismatch``,
        ``answer-too-long``, ``normalisation-unknown``, ``value-negative``,
        ``value-not-finite``, ``value-no-share``, ``time-backwards``, ``window-duplicate``,
        ``window-overlap``.
    UsageError
        ``token-missing``, ``token-malformed``, ``url-malformed``, ``subject-missing``,
        ``subject-syntax``, ``time-syntax``, ``window-reversed``, ``window-ahead``.
    """
    now_s = context.now_s()
    asked = _whole_days(asked_window(options.since, options.until, now_s=now_s), now_s)
    subjects = asked_subjects(country=options.country, asn=options.asn)
    patience = Patience(
        timeout_s=options.timeout_s,
        interval_s=1.0 / options.requests_per_second,
        retry_statuses=frozenset({429, *range(500, 600)}),
    )
    http = Http(
        parse_address(options.url),
        who="service",
        context=context,
        patience=patience,
        token=_token(options),
        private_redirects=options.private_redirects,
    )
    kinds = ("traffic", "outages") if options.outages else ("traffic",)
    jobs = [(subject, kind) for subject in subjects for kind in kinds]
    failures = Failures()
    try:
        for done, (subject, kind) in enumerate(jobs, 1):
            batch = Batch()
            with failures.spare(f"{kind} of {subject}"):
                if kind == "traffic":
                    result = _ask_traffic(http, subject, asked, options.interval)
                    batch = traffic_batch(
                        result, subject=subject, asked=asked, interval=options.interval, now_s=now_s
                    )
                else:
                    items = _ask_outages(http, subject, asked)
                    batch = outages_batch(items, subject=subject, asked=asked, now_s=now_s)
            if batch.readings:
                yield batch
            context.progress(Progress(done=done, total=len(jobs), unit="requests"))
        failures.end()
    finally:
        http.close()


def _token(options: Options) -> str:
    token = options.token.get_secret_value().strip() if options.token else ""
    if not token:
        raise UsageError(
            "Cloudflare Radar answers only with an API token, and none is set",
            code="token-missing",
            hint="it is free: see docs/how-to/get_a_radar_token.md",
        )
    if not _TOKEN.fullmatch(token):
        raise UsageError(  # not echoed: it may be most of a real one
            "the token for Cloudflare Radar holds characters that no token has",
            code="token-malformed",
            hint="was it copied whole, without quotes or line breaks?",
        )
    return token


def _whole_days(asked: Window, now_s: float) -> Window:
    """Widen to whole UTC days, up to now: the days name the scale of the values."""
    start_s = int(asked.start_s // DAY_S) * DAY_S
    end_s = -int(-asked.end_s // DAY_S) * DAY_S
    return Window(start_s=start_s, end_s=min(end_s, int(now_s)))


def _about(subject: str, asked: Window) -> dict[str, str | int]:
    kind, code = parse_subject(subject)
    return {
        "location" if kind == "country" else "asn": code,
        "dateStart": format_time(asked.start_s),
        "dateEnd": format_time(asked.end_s),
        "format": "json",
    }


def _result(http: Http, path: str, query: Mapping[str, str | int]) -> Mapping[str, Any]:
    answer = as_object(ask(http, path, query), "an answer")
    if answer.get("success") is not True:
        raise service_error(http, path, answer.get("errors"))
    return as_object(answer.get("result"), "an answer's result")


def _ask_traffic(http: Http, subject: str, asked: Window, interval: str) -> Mapping[str, Any]:
    query = _about(subject, asked) | {"name": series_name(subject), "aggInterval": interval}
    return _result(http, "/radar/netflows/timeseries", query)


def _ask_outages(http: Http, subject: str, asked: Window) -> list[Any]:
    path = "/radar/annotations/outages"
    items: list[Any] = []
    for page in range(_MOST_PAGES):
        query = _about(subject, asked) | {"limit": PAGE_ITEMS, "offset": page * PAGE_ITEMS}
        found = as_list(_result(http, path, query).get("annotations"), "a list of outages")
        items += found
        if len(found) < PAGE_ITEMS:
            return items
    raise FormatError(
        f"the answers to {path} do not end after {_MOST_PAGES * PAGE_ITEMS} outages",
        code="answer-too-long",
        hint="ask for a shorter time",
    )
