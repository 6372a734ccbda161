"""What a simulation is asked: who goes dark, when, how far, and in which world.

A scenario is a value made of literals, so that a file can hold it and an error can name the field.
Times count from the start of the epoch in which the run begins.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from math import inf, isfinite
from typing import NoReturn

from hashquake.core.errors import InputError
from hashquake.core.subject import parse_subject
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.economy import Economy

OTHER = "other"
"""The pool that stands for all pools not named."""
ABROAD = "elsewhere"
"""The country that stands for all countries not named."""
MAX_EPOCHS = 50
MOST_WINDOWS = 2_000
"""Dark windows, or points of a profile, of one shock."""
_MOST = {"outages": 100, "countries": 300, "pools": 500, "exposures": 5_000}
_MOST_SPAN_S = 1e11
"""Some 3,000 years: far beyond any run, and still exact to less than a millisecond."""
_LATEST_START_S = 7_258_118_400.0
"""The year 2200; dates that cannot be written would come of later ones."""
SUM_SLACK = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class Shock:
    """Hash rate that stops for a while, or for good.

    Parameters
    ----------
    subject : str
        ``country:KZ`` or ``pool:antpool``. Machines in a dark country stop; machines of a dark
        pool turn to other pools.
    depth : Amount
        Part of the subject's hash rate that is struck, 0 to 1.
    onset_s, duration_s : float
        When it begins, from the start of the epoch, and how long it lasts; may be infinite.
    windows : tuple of (start_s, end_s)
        Dark hours, from the onset, inside the duration; empty means dark throughout. Curfews and
        flapping links are many windows.
    profile : tuple of (after_s, online_share)
        What is online of the part struck, at times from the onset, straight in between. Takes the
        place of windows.
    ramp_s, recovery_s : float
        How long going dark takes, and coming back after the end.
    failover_s : float
        After the onset, when miners of a dark pool have changed to another.
    return_share : float
        The part struck that ever comes back; the rest stays off.

    Raises
    ------
    InputError
        ``outage-malformed`` saying which field and why.
    """

    subject: str
    depth: Amount = field(default_factory=lambda: exactly(1.0))
    onset_s: float
    duration_s: float
    windows: tuple[tuple[float, float], ...] = ()
    profile: tuple[tuple[float, float], ...] = ()
    ramp_s: float = 0.0
    recovery_s: float = 0.0
    failover_s: float = 0.0
    return_share: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what cannot happen."""
        kind = parse_subject(self.subject).kind
        if kind not in ("country", "pool"):
            _refuse(f"{self.subject} cannot go dark", "name a country or a pool")
        for name in ("onset_s", "ramp_s", "recovery_s", "failover_s"):
            value = getattr(self, name)
            if not 0 <= value <= _MOST_SPAN_S:
                _refuse(f"{name} of {self.subject} is {value}", "give 0 or a positive time")
        if not (0 < self.duration_s <= _MOST_SPAN_S or self.duration_s == inf):
            _refuse(f"{self.subject} is dark for {self.duration_s} s", "give a positive duration")
        check_share(self.return_share, f"return_share of {self.subject}")
        check_share(self.depth.low, f"depth of {self.subject}")
        check_share(self.depth.high, f"depth of {self.subject}")
        self._check_windows()

    def _check_windows(self) -> None:
        if max(len(self.windows), len(self.profile)) > MOST_WINDOWS:
            _refuse(
                f"{self.subject} has more than {MOST_WINDOWS:,} windows or points",
                "join those that touch",
            )
        for start_s, end_s in self.windows:
            if not 0 <= start_s < end_s <= self.duration_s:
                _refuse(
                    f"the dark window {start_s} to {end_s} s of {self.subject} is reversed or "
                    f"outside its {self.duration_s} s",
                    "windows count from the onset and end after they start",
                )
        for before, after in pairwise(self.windows):
            if after[0] < before[1]:
                _refuse(
                    f"dark windows of {self.subject} overlap at {after[0]} s after the onset",
                    "give them in order, none inside another",
                )
        times = [time_s for time_s, _ in self.profile]
        if self.profile and (
            self.windows or times[0] != 0 or any(a >= b for a, b in pairwise(times))
        ):
            _refuse(
                f"the profile of {self.subject} must rise in time from 0 and replace windows",
                "begin with a point at 0 and leave windows out",
            )
        for time_s, online in self.profile:
            check_share(online, f"profile of {self.subject} at {time_s} s")
        if self.profile and times[-1] > self.duration_s:
            _refuse(f"the profile of {self.subject} outlasts it", "lengthen the duration")

    @property
    def end_s(self) -> float:
        """When it is over, from the start of the epoch."""
        return self.onset_s + self.duration_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Everything a simulation needs to know.

    Parameters
    ----------
    name, title : str
        A short name and a line for people.
    outages : tuple of Shock
        What goes dark; no two of one subject.
    countries : tuple of (code, Amount)
        Shares of hash rate; what is missing to 1 is elsewhere.
    pools : tuple of (slug, share)
        Shares of hash rate; what is missing to 1 is ``other``.
    pool_blocks : float
        Blocks the pools' shares were counted on, whose noise the run then carries; 0 takes the
        shares as exact.
    exposures : tuple of (pool, country, share)
        Part of a pool's hash rate that is in a country; a country without any is spread over pools
        as the network is.
    correlation : float
        Between the depths of several outages, 0 to 1, as one storm strikes many places.
    growth_per_year : float
        Relative growth of hash rate a year; negative shrinks.
    walk_share, level_sd_share : float
        Standard deviation of the log hash rate's random walk after a day, and of its level at the
        start; 0 keeps to the plan.
    epochs : int
        Retargets to run through.
    start_s : float or None
        Start of the epoch, UTC Unix seconds, for dates; None leaves dates out.
    economy : Economy
        Money and energy: price, subsidy, fleet, hash rate.
    header_sd_s : float
        Standard deviation of the miners' clocks; 0 for exact ones.
    sources : tuple of str
        Where its numbers come from.

    Raises
    ------
    InputError
        ``scenario-malformed`` or ``share-range`` saying which field and why.
    UsageError
        ``subject-syntax`` for what is not a country or pool.
    """

    name: str
    title: str = ""
    outages: tuple[Shock, ...] = ()
    countries: tuple[tuple[str, Amount], ...] = ()
    pools: tuple[tuple[str, float], ...] = ()
    pool_blocks: float = 0.0
    exposures: tuple[tuple[str, str, float], ...] = ()
    correlation: float = 0.0
    growth_per_year: float = 0.0
    walk_share: float = 0.0
    level_sd_share: float = 0.0
    epochs: int = 4
    start_s: float | None = None
    economy: Economy = field(default_factory=Economy)
    header_sd_s: float = 0.0
    sources: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse worlds that cannot be."""
        self._check_numbers()
        for code, share in self.countries:
            parse_subject(f"country:{code}")
            check_share(share.low, f"share of country:{code}")
            check_share(share.high, f"share of country:{code}")
        for slug, part in self.pools:
            parse_subject(f"pool:{slug}")
            check_share(part, f"share of pool:{slug}")
        check_sum((a.value for _, a in self.countries), "countries")
        check_sum((part for _, part in self.pools), "pools")
        _check_unique((code for code, _ in self.countries), "country")
        _check_unique((slug for slug, _ in self.pools), "pool")
        _check_unique((outage.subject for outage in self.outages), "outage of")
        for outage in self.outages:
            self.share_of(outage.subject)
        self._check_exposures()

    def share_of(self, subject: str) -> Amount:
        """Return the share of a country or pool.

        Parameters
        ----------
        subject : str
            Such as ``country:KZ`` or ``pool:antpool``.

        Raises
        ------
        InputError
            ``subject-unknown`` when the scenario knows no such country or pool.
        """
        kind, name = parse_subject(subject)
        known = dict(self.countries)
        if kind == "pool":
            known = {slug: exactly(part) for slug, part in self.pools}
        if name not in known:
            listed = ", ".join(f"{kind}:{one}" for one in known) or f"no {kind} at all"
            raise InputError(
                f"the scenario {self.name} has no {subject}",
                code="subject-unknown",
                hint=f"it has {listed}",
            )
        return known[name]

    def _check_exposures(self) -> None:
        pools, countries = {p for p, _ in self.pools}, {c for c, _ in self.countries}
        for pool, country, part in self.exposures:
            if pool not in pools or country not in countries:
                refuse_scenario(f"an exposure names pool {pool} in {country}, which is unknown")
            check_share(part, f"exposure of pool {pool} to {country}")
        for pool in pools:
            parts = (part for one, _, part in self.exposures if one == pool)
            check_sum(parts, f"exposures of {pool}")

    def _check_numbers(self) -> None:
        check_share(self.correlation, "correlation")
        if not 1 <= self.epochs <= MAX_EPOCHS:
            refuse_scenario(f"epochs is {self.epochs}; it may be 1 to {MAX_EPOCHS}")
        if not (isfinite(self.growth_per_year) and -0.99 <= self.growth_per_year <= 100):
            refuse_scenario(f"growth_per_year is {self.growth_per_year}; it may be -0.99 to 100")
        for name in ("walk_share", "level_sd_share", "header_sd_s", "pool_blocks"):
            value = getattr(self, name)
            if not (isfinite(value) and value >= 0):
                refuse_scenario(f"{name} is {value}; it must be 0 or more")
        if self.start_s is not None and not 0 <= self.start_s <= _LATEST_START_S:
            refuse_scenario(f"start is {self.start_s:.0f} s; it may be 1970-01-01 to 2200-01-01")
        for name, most in _MOST.items():
            count = len(getattr(self, name))
            if count > most:
                refuse_scenario(f"{name} has {count:,} entries; it may have {most:,} at most")

    @property
    def window_s(self) -> tuple[float, float]:
        """First onset and last end of the outages; the first fortnight where there is none."""
        if not self.outages:
            return 0.0, 14 * 86_400.0
        return min(o.onset_s for o in self.outages), max(o.end_s for o in self.outages)


def check_share(value: float, what: str) -> None:
    """Refuse a share outside 0 to 1.

    Parameters
    ----------
    value : float
        The share.
    what : str
        Whose it is, for the message.

    Raises
    ------
    InputError
        ``share-range``.
    """
    if not 0.0 <= value <= 1.0:
        raise InputError(f"{what} must be a share from 0 to 1, got {value}", code="share-range")


def check_sum(shares: Iterable[float], what: str) -> None:
    """Refuse shares that add up to more than everything.

    Parameters
    ----------
    shares : iterable of float
        Each 0 to 1.
    what : str
        Whose they are, for the message.

    Raises
    ------
    InputError
        ``share-range``.
    """
    total = sum(shares)
    if total > 1.0 + SUM_SLACK:
        raise InputError(
            f"the shares of {what} add up to {total:.4g}, more than everything", code="share-range"
        )


def refuse_scenario(problem: str) -> NoReturn:
    """Raise ``scenario-malformed``.

    Parameters
    ----------
    problem : str
        What is wrong.

    Raises
    ------
    InputError
        Always.
    """
    raise InputError(problem, code="scenario-malformed")


def _check_unique(names: Iterable[str], what: str) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            refuse_scenario(f"{what} {name} is given twice")
        seen.add(name)


def _refuse(problem: str, hint: str) -> NoReturn:
    raise InputError(problem, code="outage-malformed", hint=hint)
