"""Reasons of a verdict, as values: what was measured, or why nothing could be.

A verdict holds one of these and no prose; `hashquake.serve.wording` writes the sentences.
"""

from dataclasses import dataclass
from typing import ClassVar, Literal

from hashquake.core.interval import Interval
from hashquake.core.window import Window

Limit = Literal[
    "no_place",
    "no_country_share",
    "no_connectivity",
    "no_price",
    "no_power",
    "no_generation",
    "level_for_change",
    "not_judged",
    "no_machines",
    "no_sites",
    "count_unsaid",
    "no_money",
    "no_money_of",
]
"""What blocks cannot tell."""

ChangeFinding = Literal[
    "excluded",
    "excluded_though_changed",
    "favoured",
    "consistent",
    "between_levels",
    "holds_no_change",
    "needs_blocks",
    "needs_both_sides",
    "long_enough",
]
"""How a claimed change stands to the measured one."""

Lean = Literal["claim", "no_change", "neither"]
"""Which of the two the blocks lean to where they cannot tell: the claim, or no change."""

Evidence = Literal[
    "map", "rank_of_map", "rank_of_blocks", "power", "generation", "connectivity",
    "connectivity_change", "price", "price_change", "price_step", "reports", "blocks_found",
    "revenue", "hashprice", "map_change", "network_bound", "hashrate_step",
]  # fmt: skip
"""What other than blocks a claim is compared with."""

IntervalFinding = Literal["outside", "near", "inside_lower", "inside", "inside_higher", "part"]
"""How a claim stands to a measured interval: outside, all within reach of it, or in it: in its
lower or upper half, or on its median; under it, as the figure of a part would be."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Impossible:
    """No value such as the one claimed can be.

    Parameters
    ----------
    quantity : str
        What is claimed.
    low, high : float
        As claimed.
    limit : {"share", "stop", "negative"}
        A share lies from 0 to 1; nothing falls by more than all of it; a level is not below 0.
    """

    code: ClassVar[str] = "impossible"
    quantity: str
    low: float
    high: float
    limit: Literal["share", "stop", "negative"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NoTime:
    """Neither the claim nor its publication is dated."""

    code: ClassVar[str] = "no-time"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOpen:
    """The claim's time has more than one reading.

    Parameters
    ----------
    question : str
        What has to be asked; it quotes the text.
    """

    code: ClassVar[str] = "time-open"
    question: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSubject:
    """The claim does not say whom it is about.

    Parameters
    ----------
    quantity : str
        What is claimed.
    """

    code: ClassVar[str] = "no-subject"
    quantity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IntervalMeasured:
    """A claim compared with what something other than blocks measures.

    Parameters
    ----------
    evidence : str
        One of `Evidence`.
    quantity : str
        What is claimed; its unit is its last word.
    measured : Interval
        In that unit.
    window : Window
        The time that the measured value is about.
    source : str
        Which map, which prices, which instruments; as far as it says more than `evidence`.
    finding : str
        One of `IntervalFinding`.
    """

    code: ClassVar[str] = "interval-measured"
    evidence: Evidence
    quantity: str
    measured: Interval
    window: Window
    source: str
    finding: IntervalFinding


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordMeasured:
    """A claimed record compared with the extreme before it.

    Parameters
    ----------
    ratio : Interval
        The value over the highest (or lowest) before; the 90 % interval, without width where both
        are exact.
    span_s : float
        Length of the means of a hash rate, seconds; 0 of what is exact.
    before_s : float
        When that extreme before was, or ended, UTC Unix seconds.
    finding : {"record", "no_record", "open"}
        Whether it is a record, is not, or cannot be determined.
    matter : {"hashrate", "difficulty", "price"}
        Of what.
    lowest : bool
        Whether it is said to be the lowest, not the highest.
    since : bool
        Whether it is said to be so since some time, not of all time.
    """

    code: ClassVar[str] = "record-measured"
    ratio: Interval
    span_s: float
    before_s: float
    finding: Literal["record", "no_record", "open"]
    matter: Literal["hashrate", "difficulty", "price"] = "hashrate"
    lowest: bool = False
    since: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class NotMeasured:
    """Blocks do not measure what is claimed.

    Parameters
    ----------
    limit : str
        One of `Limit`.
    quantity : str
        What is claimed.
    """

    code: ClassVar[str] = "not-measured"
    limit: Limit
    quantity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DataMissing:
    """What the claim needs is not in the record.

    Parameters
    ----------
    error : str
        The code of the error.
    message : str
        What it says is missing.
    """

    code: ClassVar[str] = "data-missing"
    error: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EmptyReference:
    """The reference holds no block of who is claimed about.

    Parameters
    ----------
    who : str
        ``network``, a pool's slug, or ``pools``.
    n_pools : int
        How many pools are counted together; 0 for one subject.
    window : Window
        The reference.
    """

    code: ClassVar[str] = "empty-reference"
    who: str
    n_pools: int
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsFail:
    """Blocks of a pool are known to be filed under another in the time asked.

    Parameters
    ----------
    pool, filed_under : str
        Slugs.
    window : Window
        From when to when.
    """

    code: ClassVar[str] = "labels-fail"
    pool: str
    filed_under: str
    window: Window


@dataclass(frozen=True, slots=True, kw_only=True)
class PoolUnnamed:
    """No block names the pool.

    Parameters
    ----------
    subject : str
        Such as ``pool:antpool``.
    """

    code: ClassVar[str] = "pool-unnamed"
    subject: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelImpossible:
    """A hash rate is claimed that cannot be."""

    code: ClassVar[str] = "level-impossible"


@dataclass(frozen=True, slots=True, kw_only=True)
class NoRetarget:
    """No retarget follows in the blocks of the record."""

    code: ClassVar[str] = "no-retarget"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMeasured:
    """A level compared with a claimed one.

    Parameters
    ----------
    subject : str
        ``network`` or a pool.
    n_blocks : int
        On which it rests.
    measured_share : Interval
        The 95 % interval: of the network's hash rate, or of the claimed level.
    of_claim : bool
        Whether it is of the claimed level.
    finding : {"outside", "near", "wide"}
        The claim lies outside it; it lies within a tenth of the claim; the claim lies in it, as
        much else does.
    lean : {"lower", "median", "higher"} or None
        Where in the interval the claim lies; None in documents from before it was kept.
    """

    code: ClassVar[str] = "level-measured"
    subject: str
    n_blocks: int
    measured_share: Interval
    of_claim: bool
    finding: Literal["outside", "near", "wide"]
    lean: Literal["lower", "median", "higher"] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetargetMeasured:
    """The retarget nearest to the claim.

    Parameters
    ----------
    height : int
        Of the first block at the new difficulty.
    header_s : float
        Its header time, UTC Unix seconds.
    change_share : float
        New difficulty over old, less one.
    """

    code: ClassVar[str] = "retarget-measured"
    height: int
    header_s: float
    change_share: float


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeMeasured:
    """A change compared with a claimed one, and what it would take to tell.

    Parameters
    ----------
    who : str
        ``network``, a pool's slug, or ``pools``.
    n_pools : int
        How many pools are counted together; 0 for one subject.
    n_blocks : int
        Found in the claim's window.
    expected_blocks : float
        From the rate of the reference.
    duration_s, reference_s : float
        Lengths of the window and of its reference, seconds.
    measured_share : Interval
        The change, with its 90 % interval; a limit may be infinite.
    low_share, high_share : float
        The claimed change with its rounding.
    finding : str
        One of `ChangeFinding`.
    shown : bool
        Whether the interval excludes no change.
    needed_blocks : float or None
        So many blocks find a change of the claimed size four times in five, on either side where
        the finding is ``needs_both_sides``; None where that is not the question.
    needed_s : float or None
        How long they take, seconds.
    power_share : float or None
        How often blocks of this window would find a change of the claimed size; None in documents
        that were written before it was kept.
    lean : str or None
        One of `Lean`; None likewise.
    central : bool
        Whether the claim lies about the median of a narrow interval that includes no change too.
    """

    code: ClassVar[str] = "change-measured"
    who: str
    n_pools: int
    n_blocks: int
    expected_blocks: float
    duration_s: float
    reference_s: float
    measured_share: Interval
    low_share: float
    high_share: float
    finding: ChangeFinding
    shown: bool
    needed_blocks: float | None = None
    needed_s: float | None = None
    power_share: float | None = None
    lean: Lean | None = None
    central: bool = False


VerdictReason = (
    NotMeasured | DataMissing | EmptyReference | LabelsFail | PoolUnnamed | LevelImpossible
    | NoRetarget | LevelMeasured | RetargetMeasured | ChangeMeasured | Impossible | NoTime
    | TimeOpen | NoSubject | IntervalMeasured | RecordMeasured
)  # fmt: skip
"""Why a verdict is what it is."""
