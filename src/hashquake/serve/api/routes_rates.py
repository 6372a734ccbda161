"""Paths about hash rate now and then: /health, /rate, /rates, /forecast."""

from typing import Annotated, Any

from fastapi import APIRouter, Query, Request, Response

from hashquake.core.errors import UsageError
from hashquake.core.subject import NETWORK
from hashquake.core.times import parse_duration, parse_time
from hashquake.observatory import Observatory
from hashquake.observatory.rate_series import MEAN_DAYS
from hashquake.serve.api.documents import (
    DifficultyDocument,
    RateDocument,
    SeriesDocument,
    SeveralSeriesDocument,
    StatusDocument,
)
from hashquake.serve.api.parameters import At, Since, Span, Until, truth, whole_number
from hashquake.serve.api.reply import CSV, FLOAT32, JSON, PARQUET, reply, wanted_format
from hashquake.serve.api.series import float32_bytes, series_rows, thinned
from hashquake.serve.asked import check_method, rate_instant_s, rate_window
from hashquake.serve.cli.status import status_document
from hashquake.serve.forecast_table import next_difficulty_shape
from hashquake.serve.rate_series import series_shape
from hashquake.serve.shapes import rate_shape

MOST_SUBJECTS = 60
MOST_VALUES = 400_000
MOST_POINTS = 20_000
router = APIRouter(tags=["hash rate"])

Subjects = Annotated[
    list[str] | None, Query(description="`network` or `pool:SLUG`; may be repeated.")
]
Step = Annotated[str, Query(description="Length of a step, such as 1d or 6h; at least 10m.")]
Points = Annotated[
    str | None,
    Query(
        description="Most points of a series, 2 to 20000: of each stretch the lowest and the "
        "highest median are kept. Default: every step."
    ),
]


Means = Annotated[
    str | None,
    Query(description="`true`: tables have trailing means as columns, as JSON of one series has."),
]


@router.get("/health", response_model=StatusDocument)
async def health(request: Request) -> Response:
    """Return whether the record is watched, how old its newest block is, and how sources do."""
    return await reply(request, lambda ask: status_document(ask.status()), lasting=False)


@router.get("/rate", response_model=list[RateDocument])
async def rate(
    request: Request,
    at: At = None,
    since: Since = None,
    until: Until = None,
    subject: Subjects = None,
    method: Annotated[str, Query(description="`window`, `filter` or `smoother`.")] = "window",
    span: Span = "24h",
) -> Response:
    """Return the hash rate of the network and of pools, with 90 % intervals.

    Without a time it is that of the last 24 hours of the record; without a subject that of the
    network and of every pool that found a block.
    """

    def question(ask: Observatory) -> list[dict[str, Any]]:
        check_method(method)
        window = rate_window(at, span, since, until, ask.end_s)
        subjects = tuple(subject or ())
        if method == "window":
            rates = ask.rate(window, subjects=subjects)
        else:
            at_s = rate_instant_s(window, method=method, at=at, since=since)
            rates = ask.rate_at(at_s, subjects=subjects, method=method)
        return [rate_shape(row.hashrate, row.share, method=method) for row in rates]

    return await reply(request, question, rows=lambda rows: rows)


@router.get("/rates", response_model=SeriesDocument | SeveralSeriesDocument)
async def rates(
    request: Request,
    since: Since = None,
    until: Until = None,
    subject: Subjects = None,
    step: Step = "1d",
    points: Points = None,
    means: Means = None,
) -> Response:
    """Return hash rate step by step, with 90 % limits; a gap is null.

    Several subjects give several series. With `Accept: application/octet-stream` the answer is
    little-endian float32: of each series all medians, then all lower, then all upper limits.
    """
    # Trailing means are lines of one chart; tiles are of the steps alone, tables where not asked.
    media = wanted_format(request, (JSON, CSV, PARQUET, FLOAT32))
    wants_means = media == JSON or (media != FLOAT32 and truth("means", means))

    def question(ask: Observatory) -> dict[str, Any]:
        if since is None:
            raise UsageError(
                "a series needs a window",
                code="usage",
                hint="give since, and until where it does not end with the record",
            )
        window = rate_window(None, "24h", since, until, ask.end_s)
        subjects = tuple(dict.fromkeys(subject or (NETWORK,)))
        step_s = parse_duration(step)
        _check_size(window.duration_s, step_s, len(subjects))
        most = None
        if points is not None:
            most = whole_number("points", points, least=2, most=MOST_POINTS)
        found = ask.rates_of(
            window,
            step_s=step_s,
            subjects=subjects,
            mean_days=MEAN_DAYS if wants_means and len(subjects) == 1 else (),
        )
        several = [series_shape(one) for one in found]
        if most is not None:
            several = [thinned(one, most) for one in several]
        return several[0] if len(several) == 1 else {"series": several}

    return await reply(request, question, rows=series_rows, float32=float32_bytes)


@router.get("/forecast", response_model=DifficultyDocument)
async def forecast(request: Request, at: At = None) -> Response:
    """Return the next difficulty and when it comes, with 90 % intervals."""

    def question(ask: Observatory) -> dict[str, Any]:
        at_s = None if at is None else parse_time(at)
        return next_difficulty_shape(ask.forecast(at_s, store=False))

    return await reply(request, question)


def _check_size(duration_s: float, step_s: float, n_subjects: int) -> None:
    """Refuse what would be too much to send before any of it is made."""
    if n_subjects > MOST_SUBJECTS:
        raise UsageError(
            f"{n_subjects} subjects are more than the {MOST_SUBJECTS} that one answer holds",
            code="answer-large",
            hint="ask for some at a time",
        )
    if step_s > 0 and n_subjects * duration_s / step_s > MOST_VALUES:
        raise UsageError(
            f"the series would have {n_subjects * duration_s / step_s:,.0f} steps",
            code="answer-large",
            hint=f"ask for at most {MOST_VALUES:,}: a longer step, or a shorter time",
        )
