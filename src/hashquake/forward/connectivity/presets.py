"""Documented outages written as scripts: their times are real, their levels rounded, no series is.

What is documented and what is assumed: ``docs/theory/connectivity_simulator.md``.
"""

from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.scripts import Remaining
from hashquake.forward.connectivity.shutdown_scripts import (
    Curfew,
    KillSwitch,
    MobileOnly,
    StaggeredShutdown,
)


def _window(start: str, end: str) -> Window:
    return Window(start_s=parse_time(start), end_s=parse_time(end))


KAZAKHSTAN_2022 = KillSwitch(
    window=_window("2022-01-05T10:45Z", "2022-01-10T02:00Z"),
    online=(
        _window("2022-01-05T17:30Z", "2022-01-05T22:00Z"),
        _window("2022-01-06T10:30Z", "2022-01-06T14:00Z"),
        _window("2022-01-07T02:30Z", "2022-01-07T06:00Z"),
        _window("2022-01-08T02:30Z", "2022-01-08T10:00Z"),
        _window("2022-01-09T02:30Z", "2022-01-09T06:00Z"),
    ),
    remaining=Remaining(bgp_share=(0.98, 1.0), telescope_share=(0.02, 0.05)),
)
"""January 2022: routes stay; 2 to 5 % of the rest; five stretches online, the first for the
president's speech. The last cut, before January 11, is left out: no source dates its start."""

IRAN_2019 = StaggeredShutdown(window=_window("2019-11-16T14:30Z", "2019-11-21T08:00Z"))
"""November 2019: mobile routes go at 14:30, three quarters are dark by 16:45; days until the first
return, which itself took days."""

IRAN_2022 = MobileOnly(window=_window("2022-09-21T17:00Z", "2022-09-21T21:00Z"))
"""21 September 2022: phones only; the country as a whole stays flat. The end is a round figure."""

MYANMAR_2021 = Curfew(first=_window("2021-02-14T18:30Z", "2021-02-15T02:30Z"), nights=72)
"""From 15 February 2021, 01:00 to 09:00 local every night, written as 72 of them."""
