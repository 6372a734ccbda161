"""National outages that people looked at and described, with their causes."""

import csv
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Literal, get_args

from hashquake.core.times import MINUTE_S, parse_time

RealCause = Literal["ordered", "exam", "cable", "power", "weather"]


@dataclass(frozen=True, slots=True, kw_only=True)
class RealOutage:
    """One outage as a person described it.

    Parameters
    ----------
    began_s : float
        UTC Unix seconds, to ten minutes as a rule.
    duration_s : float or None
        None where no end was written down.
    country : str
        ISO 3166 alpha-2.
    cause : str
        ``ordered``, ``exam`` (ordered, for exams), ``cable``, ``power`` or ``weather``.
    shown_by : tuple of str
        Which of ``bgp``, ``probing`` and ``telescope`` showed it.
    """

    began_s: float
    duration_s: float | None
    country: str
    cause: RealCause
    shown_by: tuple[str, ...]


@lru_cache(maxsize=1)
def load_real_outages() -> tuple[RealOutage, ...]:
    """Load the bundled outages with a known cause.

    Returns
    -------
    tuple of RealOutage
        Of 2018 to early 2022, in order of time. Alarms of IODA raised them: an outage that its
        instruments missed is not here, and neither is a fault of an instrument.
    """
    text = (resources.files("hashquake.datasets") / "real_outages.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    causes = {str(cause): cause for cause in get_args(RealCause)}
    return tuple(
        RealOutage(
            began_s=parse_time(row["began"]),
            duration_s=float(row["minutes"]) * MINUTE_S if row["minutes"] else None,
            country=row["country"],
            cause=causes[row["cause"]],
            shown_by=tuple(row["shown_by"].split("+")) if row["shown_by"] else (),
        )
        for row in csv.DictReader(lines)
    )
