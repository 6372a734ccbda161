"""One pool's own hash rate: ask, find the value in the answer, check its unit, keep it.

Shared by the sources named ``pool_<slug>``, which say where the value is and in which unit. A
value that is not in the form stated is an error and never 0; an answer that does not come is a
gap. What a pool says of itself is a claim: it is compared with its blocks, not believed.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hashquake.core.contracts import Batch, Progress, SourceContext
from hashquake.core.errors import FormatError, HashquakeError, SourceError, UsageError
from hashquake.core.hashrate_unit import thousands_off, unit_hps
from hashquake.core.reading import Reading
from hashquake.core.reported_rate import QUANTITY
from hashquake.core.subject import pool_subject
from hashquake.core.times import format_time, parse_duration
from hashquake.core.window import Window
from hashquake.sources.services._instrument import refused
from hashquake.sources.services._pool_value import Form, at_path, rate_value, unix_time_s
from hashquake.sources.wire.answer import Answer, as_text, parse_json
from hashquake.sources.wire.http import Http, parse_address
from hashquake.sources.wire.retrying import Patience

_SKEW_S = 900.0
"""How far ahead of our clock a stated time may lie."""
_LATE_WINDOWS = 3.0
_NEVER = "service-unauthorised"
"""A failure that does not pass by asking again."""


class PoolOptions(BaseModel):
    """The options that every source of a pool's own hash rate has."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    duration: str = Field(
        "", description="for how long to go on asking, such as 6h; asks once when empty"
    )
    timeout_s: float = Field(30.0, gt=0, le=86_400, description="seconds to wait for an answer")
    private_redirects: bool = Field(
        False, description="follow redirects to private addresses too, such as 192.168.0.2"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolApi:
    """How a pool publishes its hash rate.

    Parameters
    ----------
    source : str
        The plugin's name.
    pool : str
        The pool's slug.
    value : str or callable
        The path of the value, such as ``btc.pool_5m_hash_rate``, or what finds it in an answer.
    unit : str
        Such as ``Gh/s``.
    form : {"number", "decimal", "suffixed"}
        See `hashquake.sources.services._pool_value`.
    span_s : float
        The time over which the pool takes the mean; also the time between two values.
    path : str
        Of the request, under the URL.
    unit_at, time_at : str
        Paths of the unit and of the time of the value (Unix seconds), where the answer tells
        them; empty where it does not.
    body : mapping or None
        Sent as JSON by POST; None asks by GET.
    subject : str
        Whom the value is about, where that is not the pool as a whole: then its unit cannot be
        checked against the pool's blocks.
    parse : callable
        Reads an answer's body.
    """

    source: str
    pool: str
    value: str | Callable[[Any], Any]
    unit: str
    form: Form
    span_s: float
    path: str = ""
    unit_at: str = ""
    time_at: str = ""
    body: Mapping[str, Any] | None = None
    subject: str = ""
    parse: Callable[[Answer, str], Any] = lambda answer, what: parse_json(answer, what=what)


def read_reports(
    report: PoolApi,
    url: str,
    options: PoolOptions,
    context: SourceContext,
    *,
    token: str = "",
    auth_header: str = "authorization",
) -> Iterator[Batch]:
    """Ask a pool once, or again and again at its own pace.

    Parameters
    ----------
    report : PoolApi
        Where the value is.
    url : str
        The server's address.
    options : PoolOptions
        For how long, how patiently.
    context : SourceContext
        The clock, waiting, the network, what blocks imply.
    token, auth_header : str
        Sent to the pool alone; empty where none is needed.

    Yields
    ------
    Batch
        One reading of ``hashrate_hps`` and its window.

    Raises
    ------
    SourceError
        ``service-unreachable``, ``service-timeout``, ``service-rate-limited``,
        ``service-failing``, ``service-unauthorised``, ``service-forbidden``,
        ``service-refused``, ``clock-skew``. While it goes on asking, a failure is noted and is a
        gap; the last one is raised at the end when no answer came at all.
    FormatError
        ``answer-not-json``, ``answer-truncated``, ``answer-shape``, ``value-negative``,
        ``value-not-finite``, ``unit-unknown``, ``unit-implausible``.
    UsageError
        ``url-malformed``, ``duration-syntax``.
    """
    lasting_s = parse_duration(options.duration) if options.duration else 0.0
    if lasting_s < 0:
        raise UsageError(
            f"--duration must not be negative, got {options.duration}", code="duration-syntax"
        )
    http = Http(
        parse_address(url),
        who="service",
        context=context,
        patience=Patience(
            timeout_s=options.timeout_s, retry_statuses=frozenset({429, *range(500, 600)})
        ),
        token=token,
        auth_header=auth_header,
        private_redirects=options.private_redirects,
    )
    # Counted, not timed: a clock that leaps neither ends it nor keeps it going.
    times, given = 1 + int(lasting_s // report.span_s), 0
    failed: HashquakeError | None = None
    try:
        for at in range(times):
            if at:
                context.sleep(report.span_s)
            try:
                reading = _asked(report, http, context)
            except (SourceError, FormatError) as error:
                if times == 1 or error.code == _NEVER:
                    raise
                failed = error
                context.note(f"{error.message}; asking again in {report.span_s:.0f} s")
            else:
                given += 1
                yield Batch(readings=(reading,), observed=(reading.window,))
                context.progress(Progress(done=given, total=None, unit="answers"))
        if failed is not None and not given:
            raise failed
    finally:
        http.close()


def _asked(report: PoolApi, http: Http, context: SourceContext) -> Reading:
    body = None if report.body is None else dict(report.body)
    answer = http.send("GET" if body is None else "POST", report.path, json_body=body)
    # A query may hold a key: it is never shown.
    what = report.path.partition("?")[0] or f"the address of {report.pool}"
    if answer.status != 200:
        raise refused(http, answer, what)
    found = report.parse(answer, what)
    field = f"the hash rate of {report.pool}"
    value = at_path(found, report.value) if isinstance(report.value, str) else report.value(found)
    unit = report.unit
    if report.unit_at:
        unit = as_text(at_path(found, report.unit_at), f"the unit of {field}")
    value_hps = rate_value(value, report.form, field, unit=unit_hps(unit))
    if not report.subject:
        _check_unit(value_hps, report, unit, context)
    now_s = context.now_s()
    end_s = float(int(now_s))
    if report.time_at:
        stated_s = unix_time_s(at_path(found, report.time_at), f"the time of {field}")
        _check_time(stated_s, report, now_s, context)
        end_s = min(stated_s, end_s)
    return Reading(
        subject=report.subject or pool_subject(report.pool),
        quantity=QUANTITY,
        window=Window(start_s=end_s - report.span_s, end_s=end_s),
        value=value_hps,
        source=report.source,
    )


def _check_unit(value_hps: float, report: PoolApi, unit: str, context: SourceContext) -> None:
    """Refuse a value that is a power of 1,000 away from what the pool's blocks imply."""
    found = context.found_hps(pool_subject(report.pool))
    if found is None:
        context.note(
            f"the unit of {report.pool}'s hash rate was not checked: the record holds no recent "
            "blocks with pools to compare it with"
        )
        return
    off = thousands_off(value_hps, found)
    if off:
        raise FormatError(
            f"{report.pool} reports {value_hps:.3g} H/s (in {unit}), and its blocks imply "
            f"{found.low:.3g} to {found.high:.3g} H/s: about 1,000"
            f"{f'^{abs(off)}' if abs(off) > 1 else ''} times {'less' if off > 0 else 'more'}",
            code="unit-implausible",
            hint="the pool may have changed its unit; nothing of the answer was kept",
        )


def _check_time(stated_s: float, report: PoolApi, now_s: float, context: SourceContext) -> None:
    if stated_s > now_s + _SKEW_S:
        raise SourceError(
            f"{report.pool} dates its hash rate {format_time(stated_s)}, by our clock it is "
            f"{format_time(now_s)}",
            code="clock-skew",
            hint="set this machine's clock; if it is right, the pool's is wrong",
        )
    if now_s - stated_s > _LATE_WINDOWS * report.span_s:
        context.note(
            f"the latest hash rate of {report.pool} is of {format_time(stated_s)}: it has not "
            "been measured since"
        )
