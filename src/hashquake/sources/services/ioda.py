"""National and network connectivity as IODA sees it: routes, probes, a telescope, traffic.

One request a signal and week. Values keep IODA's own units; see `SIGNALS`.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S
from hashquake.core.window import Window
from hashquake.sources.services._asked import asked_list, asked_subjects, asked_window, pieces
from hashquake.sources.services._instrument import Failures, ask, service_error
from hashquake.sources.services._ioda_entities import asked_regions, entity_of
from hashquake.sources.services._ioda_opinions import alerts_batch, events_batch
from hashquake.sources.services._ioda_signals import SIGNALS, signal_batches
from hashquake.sources.wire.answer import as_list, as_object
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.retrying import Patience

CARD = SourceCard(
    name="ioda",
    title="IODA: routes, active probes, telescope and traffic of countries and networks",
    gives=("readings",),
    owner="Georgia Institute of Technology, Internet Intelligence Lab",
    licence="copyright Georgia Tech Research Corporation; no open licence stated: ask before "
    "publishing its series",
    capabilities=("country", "region", "asn", "history", "alerts", "events"),
    verified="signals: a public sample of bgp for TR and two of asn 1299; events: values quoted in "
    "public repositories; alerts: a test sample, fields value and historyValue from the server's "
    "source; probing, telescope, traffic and regions and every live answer: unverified",
    cadence_s=300.0,
    # Two of its slowest series' steps; Google's traffic comes an hour and a half late.
    lag_s=1200.0,
    lags_s={"ioda_gtr": 5400.0},
)

_PIECE_S = 7 * DAY_S
_MOST_POINTS = 3000


class Options(BaseModel):
    """Options of the source `ioda`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: str = Field("", description="two-letter codes, separated by commas, such as KZ")
    asn: str = Field("", description="autonomous systems, separated by commas, such as 9198")
    region: str = Field(
        "", description="regions as country and IODA's own number, separated by commas: KZ-4416"
    )
    since: str = Field(description="first time to read, ISO 8601, UTC unless it carries an offset")
    until: str = Field("", description="end of the time to read; by default now")
    datasources: str = Field(
        "bgp,ping-slash24,merit-nt,gtr", description="signals, separated by commas"
    )
    alerts: bool = Field(False, description="read IODA's own alerts too")
    events: bool = Field(False, description="read IODA's own outage events too")
    url: str = Field(
        "https://api.ioda.inetintel.cc.gatech.edu/v2", description="address of the service"
    )
    requests_per_second: float = Field(
        0.5, gt=0, le=100, description="most requests a second; the service is run for everybody"
    )
    timeout_s: float = Field(60.0, gt=0, le=86_400, description="seconds to wait for an answer")
    private_redirects: bool = Field(
        False, description="follow redirects to private addresses too, such as 192.168.0.2"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Read the signals asked for, a week at a time.

    A signal that fails is left out from there on while the others carry on; its error is raised
    at the end.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The clock, waiting, the network.

    Yields
    ------
    Batch
        Readings of one signal of one subject, and the time they cover. Alerts and events are
        IODA's opinions: their readings cover nothing.

    Raises
    ------
    SourceError
        ``service-unreachable``, ``service-timeout``, ``service-rate-limited``,
        ``service-failing``, ``service-unauthorised``, ``service-forbidden``,
        ``service-refused``, ``service-error``, ``clock-skew``.
    FormatError
        ``answer-not-json``, ``answer-truncated``, ``answer-shape``, ``answer-mismatch``,
        ``value-negative``, ``value-not-finite``, ``time-backwards``, ``window-duplicate``,
        ``window-overlap``.
    UsageError
        ``url-malformed``, ``subject-missing``, ``subject-syntax``, ``time-syntax``,
        ``window-reversed``, ``window-ahead``, ``datasource-unknown``, ``region-unknown``.
    """
    now_s = context.now_s()
    asked = asked_window(options.since, options.until, now_s=now_s)
    subjects = asked_subjects(
        country=options.country, asn=options.asn, regions=asked_regions(options.region)
    )
    names = _signals(options)
    opinions = [name for name in ("alerts", "events") if getattr(options, name)]
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
        private_redirects=options.private_redirects,
    )
    jobs = [*product(pieces(asked, _PIECE_S), subjects, names)]
    jobs += product([asked], subjects, opinions)  # whole: an event may outlast a week
    failures = Failures()
    try:
        for done, (part, subject, name) in enumerate(jobs, 1):
            signal = f"{name} of {subject}"
            batches: list[Batch] = []
            if signal not in failures:
                with failures.spare(signal):
                    batches = _read_part(http, name, subject, part, now_s)
            yield from (batch for batch in batches if batch.readings)
            context.progress(Progress(done=done, total=len(jobs), unit="requests"))
        failures.end()
    finally:
        http.close()


def _signals(options: Options) -> tuple[str, ...]:
    names = asked_list(options.datasources)
    unknown = [name for name in names if name not in SIGNALS]
    if unknown or not names:
        raise UsageError(
            f"IODA's signal {', '.join(unknown) or '(none)'} is not one that is read",
            code="datasource-unknown",
            hint=f"known: {', '.join(SIGNALS)}",
        )
    return names


def _read_part(http: Http, name: str, subject: str, part: Window, now_s: float) -> list[Batch]:
    kind, code = entity_of(subject)
    span: dict[str, str | int] = {"from": int(part.start_s), "until": int(part.end_s)}
    if name in SIGNALS:
        path = f"/signals/raw/{kind}/{code}"
        query = span | {"datasource": name, "maxPoints": _MOST_POINTS}
        items = as_list(_data(http, path, query), "the answer's data")
        return signal_batches(items, name=name, subject=subject, asked=part, now_s=now_s)
    path = f"/outages/{name}"
    query = span | {"entityType": kind, "entityCode": code}
    if name == "alerts":
        found = as_list(_data(http, path, query), "a list of alerts")
        steps_s = {known: signal.step_s for known, signal in SIGNALS.items()}
        return [alerts_batch(found, subject=subject, asked=part, now_s=now_s, steps_s=steps_s)]
    found = as_list(_data(http, path, query | {"format": "codf"}), "a list of events")
    return [events_batch(found, subject=subject, asked=part, now_s=now_s, names=tuple(SIGNALS))]


def _data(http: Http, path: str, query: Mapping[str, str | int]) -> Any:
    answer = as_object(ask(http, path, query), "an answer")
    if answer.get("error") is not None:
        raise service_error(http, path, answer["error"])
    return answer.get("data")
