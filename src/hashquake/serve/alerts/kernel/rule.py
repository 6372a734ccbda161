"""A rule: what to raise, how large, how rare by chance, and for how long it must last."""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal, get_args

from hashquake.serve.alerts.kernel.notice import AlertNotice

About = Literal[
    "quake",
    "outage",
    "reports",
    "pool-silence",
    "difficulty",
    "source",
    "site",
    "silence",
    "tips",
]
"""What rules are about: a fall of hash rate; a country without its Internet; pools that report
another hash rate than they find; a pool that finds or reports nothing; the next difficulty; an
instrument that fails; a site of one's own; no block for long; sources on different chains."""
ABOUT: tuple[About, ...] = get_args(About)
STILL_SHARE = 0.75
"""A matter that was raised goes on until its size is below this part of the least size."""
CAUSE_PROBABILITY = 0.5
"""The wanted causes together must be at least as probable as this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRule:
    """A rule of alerts.

    Parameters
    ----------
    name : str
        Its name in the settings.
    about : str
        One of `About`.
    subjects : tuple of str
        Patterns such as ``country:*``; empty is every subject.
    at_most_per_year : float
        Alerts that the null model raises more often are left out.
    least_share : float
        The least fall, 0 to 1; of the difficulty, the least change either way.
    causes : tuple of str
        Causes of falls, or classes of outages, that are wanted; empty is any.
    states : tuple of str
        Of sources and sites: what counts as a fault.
    hold_s : float
        It must last so long before it is raised, seconds.
    recover_after_s : float
        It must be over for so long before it is called recovered, seconds.
    update_every_s : float
        Two updates are at least so long apart, seconds.
    """

    name: str
    about: About
    subjects: tuple[str, ...] = ()
    at_most_per_year: float = 1.0
    least_share: float = 0.0
    causes: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    hold_s: float = 0.0
    recover_after_s: float = 0.0
    update_every_s: float = 0.0

    @property
    def identity(self) -> str:
        """What makes it the same rule after a change of its settings: its name and its kind."""
        return f"{self.name}|{self.about}"

    def covers(self, subject: str) -> bool:
        """Return whether the rule is about a subject.

        Parameters
        ----------
        subject : str
            Such as ``pool:antpool``.
        """
        return not self.subjects or any(fnmatchcase(subject, one) for one in self.subjects)

    def wants(self, notice: AlertNotice, *, raised: bool) -> bool:
        """Return whether a notice is what the rule is for.

        Parameters
        ----------
        notice : AlertNotice
            Of the rule's kind.
        raised : bool
            Whether it was raised before: then only its size and its state count, and a smaller size
            than would raise it is enough.
        """
        if self.states and notice.state not in self.states:
            return False
        size = notice.size_share
        least = self.least_share * (STILL_SHARE if raised else 1.0)
        if least and size is not None and size < least:
            return False
        if raised:
            return True
        rate = notice.false_alarms_per_year
        if rate is not None and rate > self.at_most_per_year * (1.0 + 1e-9):
            return False
        if not self.causes:
            return True
        wanted = sum(chance for name, chance in notice.likelihoods if name in self.causes)
        return wanted >= CAUSE_PROBABILITY
