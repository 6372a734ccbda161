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
    """No retarget follows in the blocks at hand."""

    code: ClassVar[str] = "no-retarget"


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelMeasured:
    """A level beside a claimed one.

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
    """

    code: ClassVar[str] = "level-measured"
    subject: str
    n_blocks: int
    measured_share: Interval
    of_claim: bool
    finding: Literal["outside", "near", "wide"]


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
    """A change beside a claimed one, and what it would take to tell.

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


VerdictReason = (
    NotMeasured | DataMissing | EmptyReference | LabelsFail | PoolUnnamed | LevelImpossible
    | NoRetarget | LevelMeasured | RetargetMeasured | ChangeMeasured
)  # fmt: skip
"""Why a verdict is what it is."""
