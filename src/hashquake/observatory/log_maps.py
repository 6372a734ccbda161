"""Maps from a pool's own logs: the counting of sources and the estimates of science joined."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from hashquake.core import clock
from hashquake.core.contracts import Progress, SourceContext
from hashquake.core.errors import UsageError
from hashquake.core.option_problem import option_problem
from hashquake.core.regular_file import refuse_special_in
from hashquake.explain.telemetry_map import LogMap, log_map
from hashquake.observatory.no_record import NoRecord
from hashquake.plugins import load_plugin


@dataclass(frozen=True, slots=True, kw_only=True)
class LogMaps:
    """What logs say of where a pool's workers are.

    Parameters
    ----------
    total : LogMap
        All pools and all months.
    pools : tuple of LogMap
        Each pool by itself, by name.
    months : tuple of (float, LogMap)
        Each month by itself with its first second, all pools, in order.
    n_ahead : int
        Rows dated after our clock, counted nowhere else.
    n_outside : int
        Rows outside the time asked for, counted nowhere else.
    unit : {"account", "worker"}
        What moves as one.
    """

    total: LogMap
    pools: tuple[LogMap, ...]
    months: tuple[tuple[float, LogMap], ...]
    n_outside: int
    n_ahead: int
    unit: str


def maps_from_logs(
    options: Mapping[str, Any], progress: Callable[[Progress], None] = lambda _progress: None
) -> LogMaps:
    """Make maps of a pool's logs; no record is needed and none is changed.

    Parameters
    ----------
    options : mapping
        Those of the source ``telemetry_log``.
    progress : callable
        Told of progress.

    Raises
    ------
    UsageError
        ``option-malformed`` for a text that is not an option.
    NoCoverage
        When no row lies in the time asked for.
    HashquakeError
        As the source ``telemetry_log``.
    """
    source = load_plugin("sources", "telemetry_log")
    try:
        checked = source.Options(**options)
    except ValidationError as error:
        raise UsageError(option_problem(error), code="option-malformed") from None
    for name in type(checked).model_fields:
        refuse_special_in(getattr(checked, name))
    context = SourceContext(
        record=NoRecord(), now_s=clock.now_s, sleep=clock.sleep, progress=progress
    )
    tally = source.tally_of(checked, context)
    return LogMaps(
        total=log_map(tally),
        pools=tuple(log_map(tally, pool=pool) for pool in tally.pools),
        months=tuple((month_s, log_map(tally, month_s=month_s)) for month_s in tally.months_s),
        n_outside=tally.n_outside,
        n_ahead=tally.n_ahead,
        unit=checked.unit,
    )
