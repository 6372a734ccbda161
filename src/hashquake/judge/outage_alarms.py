"""The measured false alarms of outage detection, which every list of outages states.

They follow from the other scores, but are written down with them, so that a list reads two
numbers and loads nothing that scores.
"""

import json
from functools import lru_cache
from importlib import resources

from hashquake.core.interval import Interval

ALARMS = ("false_alarms_per_year", "bare_false_alarms_per_year")
"""Their names among the scores: with the networks watched one by one, and without."""


@lru_cache(maxsize=1)
def bundled_scores() -> str:
    """Return the bundled scores as JSON; see `hashquake.judge.outage_table.read_scores`."""
    where = resources.files("hashquake.judge") / "outages_measured.json"
    return where.read_text(encoding="utf-8")


def measured_false_alarms_per_year(*, watched: bool) -> Interval:
    """Return the false alarms a country and year that go with every outage shown.

    Parameters
    ----------
    watched : bool
        Whether the country's networks were watched one by one; without them faults of an
        instrument are believed more often.

    Examples
    --------
    >>> measured_false_alarms_per_year(watched=False).high < 1.0
    True
    """
    alarms, bare_alarms = ALARMS
    return Interval(**json.loads(bundled_scores())[alarms if watched else bare_alarms])
