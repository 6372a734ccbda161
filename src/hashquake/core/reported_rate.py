"""What a pool says of its own hash rate, over time: fresh, frozen, or silent.

A pool's value that does not move to the last digit was not measured again; one that stopped coming
says nothing. Neither is a steady hash rate.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

from hashquake.core.reading import Reading

QUANTITY = "hashrate_hps"
"""What pools report, in hashes per second."""
ReportedState = Literal["ok", "frozen", "silent", "none"]

FROZEN_WINDOWS = 3.0
"""A value of many digits that lasts longer than so many of its windows is frozen."""
COARSE_FROZEN_WINDOWS = 12.0
"""The same for a value of few digits, such as 1.46 PH/s, which repeats by chance."""
FEW_DIGITS = 5
SILENT_WINDOWS = 3.0
"""A pool is silent when nothing came for so many of its windows."""
LEAST_SILENT_S = 3600.0
"""No pool is called silent sooner: not everybody asks every five minutes."""


def frozen(readings: Sequence[Reading]) -> tuple[bool, ...]:
    """Return which readings of one series repeat a value that is not measured any more.

    What came before a reading alone decides it, so that a replay flags the same as was flagged
    while it happened.

    Parameters
    ----------
    readings : sequence of Reading
        Of one subject, quantity and source, oldest first; they may overlap.

    Returns
    -------
    tuple of bool
        True from where the same value has lasted longer than `FROZEN_WINDOWS` of its windows
        (`COARSE_FROZEN_WINDOWS` where it has fewer than `FEW_DIGITS` digits) up to the next
        other value.
    """
    flags = []
    first_end_s, value = 0.0, None
    for reading in readings:
        if reading.value != value:
            first_end_s, value = reading.window.end_s, reading.value
        lasted_s = reading.window.end_s - first_end_s
        coarse = _digits(reading.value) < FEW_DIGITS
        windows = COARSE_FROZEN_WINDOWS if coarse else FROZEN_WINDOWS
        flags.append(lasted_s > windows * reading.window.duration_s)
    return tuple(flags)


def moving(readings: Sequence[Reading]) -> tuple[Reading, ...]:
    """Return the readings of one series that are not frozen; see `frozen`.

    Parameters
    ----------
    readings : sequence of Reading
        Of one subject and source, in order of time.
    """
    return tuple(
        reading for reading, stuck in zip(readings, frozen(readings), strict=True) if not stuck
    )


def moving_reports(readings: Iterable[Reading]) -> tuple[Reading, ...]:
    """Return the reports of hash rate that are not frozen, of every series among readings.

    Parameters
    ----------
    readings : iterable of Reading
        Of any quantity, subject and source; those of hash rate in order of time.
    """
    series: dict[tuple[str, str], list[Reading]] = {}
    for reading in readings:
        if reading.quantity == QUANTITY:
            series.setdefault((reading.subject, reading.source), []).append(reading)
    return tuple(reading for each in series.values() for reading in moving(each))


def reported_state(readings: Sequence[Reading], at_s: float) -> ReportedState:
    """Return how a pool's reports stand at an instant.

    Parameters
    ----------
    readings : sequence of Reading
        Of one series, oldest first, none of which ends after `at_s`.
    at_s : float
        UTC Unix seconds.

    Returns
    -------
    {"ok", "frozen", "silent", "none"}
        ``none`` when there never was a report.
    """
    if not readings:
        return "none"
    last = readings[-1].window
    if at_s - last.end_s > max(SILENT_WINDOWS * last.duration_s, LEAST_SILENT_S):
        return "silent"
    return "frozen" if frozen(readings)[-1] else "ok"


def _digits(value: float) -> int:
    """Count the significant digits of a number: 3 of 1.46e15."""
    mantissa = f"{value!r}".partition("e")[0].replace(".", "").replace("-", "")
    return len(mantissa.strip("0"))
