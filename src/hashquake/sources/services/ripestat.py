"""How many prefixes and networks of a country the RIPE NCC's route collectors see.

Counts are averages over collectors and may be fractional; -1 says "not available" and is a gap.
"""

from collections.abc import Iterator, Mapping
from itertools import product
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceCard, SourceContext
from hashquake.core.errors import FormatError
from hashquake.core.subject import parse_subject
from hashquake.core.times import DAY_S, format_time
from hashquake.core.window import Window
from hashquake.sources.services._asked import asked_subjects, asked_window, pieces
from hashquake.sources.services._instrument import Failures, ask, mismatch, service_error
from hashquake.sources.services._series import (
    Point,
    RequestedSeries,
    as_number,
    as_time_s,
    as_value,
)
from hashquake.sources.wire.answer import as_list, as_object, as_text, wrong_shape
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.retrying import Patience

CARD = SourceCard(
    name="ripestat",
    title="RIPEstat: prefixes and networks of a country in the routing tables",
    gives=("readings",),
    owner="RIPE NCC",
    licence="RIPEstat's terms of service: free with attribution; ask before more than 1,000 "
    "requests a day",
    capabilities=("country", "history"),
    verified="entries of country-resource-stats quoted in public repositories, daily and hourly; "
    "envelope as documented; the 5-minute resolution and every live answer: unverified",
    cadence_s=300.0,
)

QUANTITIES = {
    "v4_prefixes_ris": "ripestat_v4_prefixes_count",
    "v6_prefixes_ris": "ripestat_v6_prefixes_count",
    "asns_ris": "ripestat_asns_count",
}
"""What is read, by RIPEstat's name: what is seen in routing, not what is registered."""

STEPS_S = {"5m": 300, "1h": 3600, "1d": DAY_S, "1w": 7 * DAY_S}
_PIECE_BINS = 2016
_NOT_AVAILABLE = -1.0


class Options(BaseModel):
    """Options of the source `ripestat`."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    country: str = Field(description="two-letter codes, separated by commas, such as KZ")
    since: str = Field(description="first time to read, ISO 8601, UTC unless it carries an offset")
    until: str = Field("", description="end of the time to read; by default now")
    resolution: Literal["5m", "1h", "1d", "1w"] = Field(
        "5m", description="length of a bin: 5m, 1h, 1d or 1w"
    )
    url: str = Field("https://stat.ripe.net", description="address of the service")
    requests_per_second: float = Field(
        0.5, gt=0, le=100, description="most requests a second; the service is run for everybody"
    )
    timeout_s: float = Field(60.0, gt=0, le=86_400, description="seconds to wait for an answer")
    private_redirects: bool = Field(
        False, description="follow redirects to private addresses too, such as 192.168.0.2"
    )


def read(options: Options, context: SourceContext) -> Iterator[Batch]:
    """Read the counts of countries, 2,016 bins (a week at five minutes) at a time.

    A country that fails is left out from there on while the others carry on; its error is
    raised at the end.

    Parameters
    ----------
    options : Options
        See its fields.
    context : SourceContext
        The clock, waiting, the network.

    Yields
    ------
    Batch
        Readings of one quantity of one country, and the time they cover.

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
        ``window-reversed``, ``window-ahead``.
    """
    now_s = context.now_s()
    asked = asked_window(options.since, options.until, now_s=now_s)
    subjects = asked_subjects(country=options.country, asn="")
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
    piece_s = _PIECE_BINS * STEPS_S[options.resolution]
    jobs = [*product(pieces(asked, piece_s), subjects)]
    failures = Failures()
    try:
        for done, (part, subject) in enumerate(jobs, 1):
            batches: list[Batch] = []
            if subject not in failures:
                with failures.spare(subject):
                    data = _ask(http, subject, part, options.resolution)
                    batches = stats_batches(
                        data,
                        subject=subject,
                        asked=part,
                        resolution=options.resolution,
                        now_s=now_s,
                    )
            yield from (batch for batch in batches if batch.readings)
            context.progress(Progress(done=done, total=len(jobs), unit="requests"))
        failures.end()
    finally:
        http.close()


def _ask(http: Http, subject: str, part: Window, resolution: str) -> Mapping[str, Any]:
    path = "/data/country-resource-stats/data.json"
    query: dict[str, str | int] = {
        "resource": parse_subject(subject).name.lower(),
        "starttime": format_time(part.start_s).removesuffix("Z"),
        "endtime": format_time(part.end_s).removesuffix("Z"),
        "resolution": resolution,
        "sourceapp": "hashquake",
    }
    answer = as_object(ask(http, path, query), "an answer")
    if answer.get("status", "ok") != "ok":
        raise service_error(http, path, answer.get("messages") or answer["status"])
    return as_object(answer.get("data"), "the answer's data")


def stats_batches(
    data: Mapping[str, Any], *, subject: str, asked: Window, resolution: str, now_s: float
) -> list[Batch]:
    """Take the readings out of an answer's data, one batch a quantity.

    Parameters
    ----------
    data : mapping
        With ``stats``: counts, and the stretches of bins for which they are valid. Both ends of
        a stretch are the beginnings of bins.
    subject : str
        The country asked for.
    asked : Window
        Bins that begin outside it are left out.
    resolution : str
        The one asked for, a key of `STEPS_S`.
    now_s : float
        Our clock, UTC Unix seconds.

    Raises
    ------
    FormatError, SourceError
        As `read` does.
    """
    code = parse_subject(subject).name
    if str(data.get("resource", code)).upper() != code:
        raise mismatch("country", asked=code, found=data["resource"])
    given = as_text(data.get("resolution", resolution), "a resolution")
    if given not in STEPS_S:
        raise wrong_shape("a resolution", given)
    points: dict[str, list[Point]] = {name: [] for name in QUANTITIES}
    for item in as_list(data.get("stats"), "a list of counts"):
        fields = as_object(item, "counts")
        counts = {name: _count(fields.get(name), name) for name in QUANTITIES}
        for stretch in as_list(fields.get("timeline"), "a timeline"):
            for bin_s in _bins(as_object(stretch, "a stretch"), STEPS_S[given], asked):
                for name, count in counts.items():
                    points[name].append(Point(bin_s, bin_s + STEPS_S[given], count))
    batches = []
    for name, quantity in QUANTITIES.items():
        series = RequestedSeries(
            subject=subject, quantity=quantity, source=CARD.name, asked=asked, now_s=now_s
        )
        # Stretches with the same counts come together, so bins are in no order of time.
        batches.append(series.batch(sorted(points[name], key=lambda point: point.start_s)))
    return batches


def _count(value: Any, name: str) -> float | None:
    if value is None or as_number(value, name) == _NOT_AVAILABLE:
        return None
    return as_value(value, name)


def _bins(stretch: Mapping[str, Any], step_s: int, asked: Window) -> range:
    """Return the beginnings of the bins of a stretch, as far as they matter."""
    start_s = as_time_s(stretch.get("starttime"), "the start of a stretch")
    end_s = as_time_s(stretch.get("endtime"), "the end of a stretch")
    if end_s < start_s:
        raise FormatError(
            f"a stretch runs from {format_time(start_s)} back to {format_time(end_s)}",
            code="time-backwards",
            hint="the service gave a disordered answer; nothing of it was kept, try again",
        )
    # The last stretch may reach ahead of now, but a stretch that begins there is for the check
    # of the clocks to see.
    last_s = min(end_s, max(int(asked.end_s), start_s))
    skipped = max(0, -((start_s - int(asked.start_s)) // step_s))
    return range(start_s + skipped * step_s, last_s + 1, step_s)
