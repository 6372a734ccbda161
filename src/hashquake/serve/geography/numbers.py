"""Megawatts, tonnes and months as people read them."""

from datetime import UTC, datetime

from hashquake.core.interval import Interval, Quantiles
from hashquake.core.window import Window
from hashquake.serve.format import NBSP, hashrate_unit, share_interval
from hashquake.serve.language import ENGLISH, between, message, number, spoken, translate
from hashquake.serve.wording.numbers import listed

LEVEL = 0.9
NOTHING = message("not known")
_HPS_PER_EXAHASH = 1e18
_LEAST_EXAHASHES = 0.05
"""Below it a hash rate in EH/s would read 0.0."""


def megawatts(value_mw: float) -> str:
    r"""Write a power.

    Parameters
    ----------
    value_mw : float
        Megawatts.

    Examples
    --------
    >>> megawatts(1532.4), megawatts(85.2), megawatts(2.41)
    ('1,530\xa0MW', '85\xa0MW', '2.4\xa0MW')
    """
    return f"{_three(value_mw)}{NBSP}MW"


def megawatts_interval(quantiles: Quantiles | None) -> str:
    """Write a power with its interval.

    Parameters
    ----------
    quantiles : Quantiles or None
        Megawatts; None where they are not known.
    """
    if quantiles is None:
        return translate(NOTHING)
    found = quantiles.interval(LEVEL)
    return f"{megawatts(found.median)} {_limits(found)}"


def tonnes_interval(quantiles: Quantiles | None) -> str:
    """Write tonnes a day with their interval.

    Parameters
    ----------
    quantiles : Quantiles or None
        Tonnes of CO2 a day; None where they are not known.
    """
    if quantiles is None:
        return translate(NOTHING)
    found = quantiles.interval(LEVEL)
    return translate(
        "{tonnes}\N{NO-BREAK SPACE}t a day {limits}",
        tonnes=_three(found.median),
        limits=_limits(found),
    )


def exahashes(rate_hps: float, *, like_hps: float | None = None) -> str:
    r"""Write a hash rate in EH/s, or in the prefix that fits where that would be next to nothing.

    Parameters
    ----------
    rate_hps : float
        Hashes per second.
    like_hps : float or None
        The rate whose prefix is used; None is `rate_hps`.

    Examples
    --------
    >>> exahashes(32.1e18), exahashes(0.51e18), exahashes(447e3)
    ('32\xa0EH/s', '0.5\xa0EH/s', '447\xa0kH/s')
    """
    scale_hps, unit = _scale(rate_hps if like_hps is None else like_hps)
    return f"{_three(rate_hps / scale_hps)}{NBSP}{unit}"


def rate_text(quantiles: Quantiles | None) -> str:
    """Write a hash rate with its interval.

    Parameters
    ----------
    quantiles : Quantiles or None
        Hashes per second; None where they are not known.
    """
    if quantiles is None:
        return translate(NOTHING)
    scale_hps, _ = _scale(quantiles.median)
    found = quantiles.mapped(scale=1 / scale_hps).interval(LEVEL)
    return f"{exahashes(quantiles.median)} {_limits(found)}"


def _scale(rate_hps: float) -> tuple[float, str]:
    if rate_hps == 0.0 or abs(rate_hps) >= _LEAST_EXAHASHES * _HPS_PER_EXAHASH:
        return _HPS_PER_EXAHASH, "EH/s"
    return hashrate_unit(abs(rate_hps))


def share_text(quantiles: Quantiles | None) -> str:
    """Write a share with its interval.

    Parameters
    ----------
    quantiles : Quantiles or None
        Shares, 0 to 1; None where they are not known.
    """
    return translate(NOTHING) if quantiles is None else share_interval(quantiles.interval(LEVEL))


def month(window: Window) -> str:
    """Write the month, or the day, that a map is about.

    Parameters
    ----------
    window : Window
        A month, or a day.

    Examples
    --------
    >>> month(Window(start_s=1627776000, end_s=1630454400))
    'August 2021'
    """
    start = datetime.fromtimestamp(window.start_s, tz=UTC)
    if spoken() == ENGLISH:
        return f"{f'{start.day} ' if window.duration_s < 2 * 86_400 else ''}{start:%B %Y}"
    return spoken().date(start, "date" if window.duration_s < 2 * 86_400 else "month")


def months(windows: tuple[Window, ...]) -> str:
    """Write the one or two months that a map rests on.

    Parameters
    ----------
    windows : tuple of Window
        One or two, in order of time.
    """
    return listed(tuple(month(window) for window in windows))


def _limits(found: Interval) -> str:
    return f"[{_three(found.low)}{between()}{NBSP}{_three(found.high)}]"


def _three(value: float) -> str:
    if value >= 1000:
        size = 10 ** (len(f"{value:.0f}") - 3)
        return number(f"{round(value / size) * size:,.0f}")
    return number(f"{value:.0f}" if value >= 10 or value == 0 else f"{value:.1f}")
