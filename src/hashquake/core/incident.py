"""What the blocks say of an event: the numbers of an incident report, before anybody draws them."""

from dataclasses import dataclass
from typing import Literal

from hashquake.core.claim import Verdict
from hashquake.core.estimate import Estimate
from hashquake.core.event import Event
from hashquake.core.fused_change import FusedChange
from hashquake.core.interval import Interval, Quantiles
from hashquake.core.outage import Outage
from hashquake.core.quake import Cause
from hashquake.core.reported_change import ReportedChange
from hashquake.core.window import Window

Finding = Literal["fall", "rise", "none"]
"""What the blocks show of a window: a fall or a rise beyond luck and drift, or neither."""
CauseEvidence = Literal["blocks", "blocks+reports", "quake"]
"""What the causes of an incident rest on, besides the outages that are known: its blocks; blocks
and pools' reports together; or a quake that pools' reports raised or joined."""
LEVEL = 0.9
"""Of the intervals by which a finding is made, and of all intervals of a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drop:
    """The fall of a hash rate from a baseline to a window; positive when it fell.

    Parameters
    ----------
    window : Window
        The time compared with the baseline.
    n_blocks, baseline_n_blocks : int
        Blocks found in the window and in the baseline.
    expected_blocks : float
        Blocks the window would have held at the baseline's rate.
    drop_share : Quantiles
        One minus the ratio of the two hash rates.
    p_value : float
        Two-sided, exact conditional test of no change.
    predictive_share : Quantiles or None
        The part of the hash rate that went beyond what it drifts by itself, drift and chance
        included: the interval for what an event did. None where it was not computed.
    predictive_p_value : float or None
        Two-sided: how often the null model alone moves the counts so far apart or further.
    """

    window: Window
    n_blocks: int
    baseline_n_blocks: int
    expected_blocks: float
    drop_share: Quantiles
    p_value: float
    predictive_share: Quantiles | None = None
    predictive_p_value: float | None = None

    @property
    def shown_share(self) -> Quantiles:
        """The fall with the interval to be shown: drift and chance where known, else chance."""
        return self.drop_share if self.predictive_share is None else self.predictive_share

    @property
    def shown_p_value(self) -> float:
        """The p-value of the same law as `shown_share`."""
        return self.p_value if self.predictive_p_value is None else self.predictive_p_value


@dataclass(frozen=True, slots=True, kw_only=True)
class DeepestDay:
    """The 24 hours of a window in which the fewest blocks were found, against expectation.

    Parameters
    ----------
    window : Window
        The 24 hours.
    n_blocks : int
        Blocks found in them.
    expected_blocks : float
        Blocks they would have held at the baseline's rate.
    drop_share : Interval
        The fall against the incident's baseline, 90 %; it allows for the search for the deepest
        day and for drift.
    recent_drop_share : Interval or None
        The fall against the 14 days right before the 24 hours, with the same allowances; None
        where these were not observed. In a long decline it is the smaller of the two.
    """

    window: Window
    n_blocks: int
    expected_blocks: float
    drop_share: Interval
    recent_drop_share: Interval | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolRow:
    """One pool in an incident.

    Parameters
    ----------
    pool : str
        Slug.
    share_before : Quantiles
        Its share of the network's hash rate in the baseline, 0 to 1.
    drop : Drop
        Its fall.
    p_value_adjusted : float
        After Holm's correction for the number of pools looked at.
    beyond_luck : bool
        Whether the adjusted p-value is under 0.05, and the pool can be compared.
    note : str
        What to know of the label; empty when nothing.
    is_comparable : bool
        Whether the label means the same pool in both windows. Where a known fault of the labels
        covers only a part of them, a change is one of names.
    """

    pool: str
    share_before: Quantiles
    drop: Drop
    p_value_adjusted: float
    beyond_luck: bool
    note: str
    is_comparable: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockIntervals:
    """Block intervals in the window against expectation.

    Parameters
    ----------
    n_intervals : int
        Intervals that end in the window.
    mean_s : Quantiles
        Mean interval; `expected_mean_s` is what the baseline's hash rate would have given.
    expected_mean_s : float
        Seconds.
    longest_s : float
        Longest wait without a block; `longest_from_height` is the block before it.
    longest_from_height : int
        Height.
    longest_p_value : float
        Probability of one at least as long in so many intervals at the baseline's rate.
    header_s, gap_s, height : tuple
        Each interval: the header time of its later block, its length (may be negative: miners'
        clocks), the later block's height.
    """

    n_intervals: int
    mean_s: Quantiles
    expected_mean_s: float
    longest_s: float
    longest_from_height: int
    longest_p_value: float
    header_s: tuple[int, ...]
    gap_s: tuple[int, ...]
    height: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Retarget:
    """A change of difficulty near the event.

    Parameters
    ----------
    height : int
        First block of the new epoch.
    header_s : int
        Its header time.
    difficulty_before, difficulty_after, ratio : float
        Difficulties and after over before.
    epoch_overlap_share : float
        Part of the epoch that set it (by time) that lies in the window, 0 to 1.
    ratio_without_event : Quantiles or None
        What the ratio would have been with the overlapping part run at the baseline's rate; None
        when there is no overlap.
    """

    height: int
    header_s: int
    difficulty_before: float
    difficulty_after: float
    ratio: float
    epoch_overlap_share: float
    ratio_without_event: Quantiles | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WeighedCauses:
    """Why a hash rate changed, and what that was judged by.

    Parameters
    ----------
    causes : tuple of Cause
        Most probable first; they sum to 1.
    evidence : {"blocks", "blocks+reports", "quake"}
        See `CauseEvidence`.
    quake : str or None
        The quake whose causes they are, such as ``hq20220105a``.
    """

    causes: tuple[Cause, ...]
    evidence: CauseEvidence = "blocks"
    quake: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class Incident:
    """Everything an incident report shows.

    Parameters
    ----------
    event : Event
        The event; for a free window an event made of the window alone.
    window, baseline : Window
        What is compared with what.
    network : Drop
        The network's fall over the whole window.
    first_day : Drop or None
        Its fall over the first 24 hours, when the window is longer.
    detectable_share : float
        The smallest fall that a one-sided 5 % test of this window would have found four times in
        five.
    detectable_first_day_share : float
        The same for the first 24 hours.
    hashrate_before, hashrate_during : Estimate
        Network, hashes per second.
    rates : tuple of Estimate
        The network's hash rate in consecutive windows from before the event to after it.
    pools : tuple of PoolRow
        Largest share first.
    gaps : BlockIntervals or None
        None when the window holds fewer than two blocks.
    retargets : tuple of Retarget
        The retargets in the window and the first after it.
    verdicts : tuple of Verdict
        What was said, compared with what the blocks can say.
    caveats : tuple of str
        What a reader must know before quoting any of it.
    outages : tuple of Outage
        Losses of connectivity of the event's country that overlap the window, oldest first.
    outages_bundled : bool
        Whether the bundled readings stand in for what the record did not watch.
    causes : tuple of Cause
        Why the hash rate of the window differed from the baseline's; they sum to 1.
    causes_evidence : {"blocks", "blocks+reports", "quake"}
        What they rest on, see `CauseEvidence`.
    causes_quake : str or None
        The quake whose causes they are.
    deepest_day : DeepestDay or None
        None when the window is shorter than 24 hours.
    fused : FusedChange or None
        The network's change by blocks and pools' reports together; None where no pool reported in
        both windows.
    reported : ReportedChange or None
        The change of the pools that report, together and by their reports alone; None where no
        pool reported for half of both windows.
    """

    event: Event
    window: Window
    baseline: Window
    network: Drop
    first_day: Drop | None
    detectable_share: float
    detectable_first_day_share: float
    hashrate_before: Estimate
    hashrate_during: Estimate
    rates: tuple[Estimate, ...]
    pools: tuple[PoolRow, ...]
    gaps: BlockIntervals | None
    retargets: tuple[Retarget, ...]
    verdicts: tuple[Verdict, ...]
    caveats: tuple[str, ...]
    outages: tuple[Outage, ...] = ()
    outages_bundled: bool = False
    causes: tuple[Cause, ...] = ()
    causes_evidence: CauseEvidence = "blocks"
    causes_quake: str | None = None
    deepest_day: DeepestDay | None = None
    fused: FusedChange | None = None
    reported: ReportedChange | None = None

    def __repr__(self) -> str:
        """Summarise it on one line, rounded."""
        fall = self.network.shown_share.interval(LEVEL)
        name = self.event.id or "of a window"
        return (
            f"<Incident {name}: finding {self.finding}, a fall of {fall.summary()}, "
            f"{self.network.n_blocks} blocks of {self.network.expected_blocks:.0f} expected>"
        )

    @property
    def null_probability(self) -> float:
        """The probability that nothing but luck and drift changed the hash rate, 0 to 1."""
        return sum(cause.probability for cause in self.causes if cause.name == "luck")

    @property
    def finding(self) -> Finding:
        """The one verdict from which headline, figures, causes and power follow.

        A fall is found when the interval of the change (luck and drift) leaves out no change and
        the causes put more than even odds on something other than luck and drift.
        """
        moved = self.network.shown_share.interval(LEVEL)
        if moved.high < 0.0:
            return "rise"
        return "fall" if moved.low > 0.0 and self.null_probability < 0.5 else "none"

    def place_probability(self, country: str | None) -> float:
        """Return the probability that the cause lay in a country, 0 to 1.

        Parameters
        ----------
        country : str or None
            ISO 3166-1 alpha-2; None is a cause without a place.
        """
        if country is None:
            return 0.0
        return sum(cause.probability for cause in self.causes if cause.country == country)

    @property
    def leading_place(self) -> str | None:
        """The country in which the likeliest cause lay; None where no place is likeliest."""
        chances: dict[str, float] = {}
        for cause in self.causes:
            name = cause.country or f" {cause.name}"
            chances[name] = chances.get(name, 0.0) + cause.probability
        first = max(chances, key=lambda name: chances[name], default=" ")
        return None if first.startswith(" ") else first

    @property
    def dark_windows(self) -> tuple[Window, ...]:
        """The stretches without connectivity, oldest first."""
        return tuple(sorted(dark for outage in self.outages for dark in outage.dark_windows))
