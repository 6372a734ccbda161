"""What a detector reports: one subject broke away from its past."""

from dataclasses import dataclass

from hashquake.core.interval import Interval
from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedSum:
    """What a detection in the pools' own reports rests on.

    Parameters
    ----------
    pools : tuple of str
        Slugs of the pools whose reports were compared.
    before_hps, after_hps : float
        What they reported together before and after the onset, hashes per second.
    """

    pools: tuple[str, ...]
    before_hps: float
    after_hps: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Pick:
    """One detection on one subject.

    Parameters
    ----------
    subject : str
        Such as ``network``, ``pool:antpool``, or ``pools`` for all that report together.
    onset : Window
        When the change began, as a 90 % interval.
    detected_s : float
        When the threshold was crossed, UTC Unix seconds.
    remaining_share : Interval
        Hash rate after over before, as seen at detection; biased towards large changes by the
        very fact of detection, so it is estimated again at review.
    statistic, threshold : float
        Natural logarithms of the detection statistic and of its threshold.
    false_alarms_per_year : float
        The rate the threshold was calibrated to.
    made_by : str
        Detector and version.
    drift_log_per_sqrt_day : float or None
        Standard deviation, after a day, of the hash rate's random walk as it was known at
        detection; None where the detector does not learn it.
    reported : ReportedSum or None
        What pools reported, where the detection rests on that and not on blocks.
    """

    subject: str
    onset: Window
    detected_s: float
    remaining_share: Interval
    statistic: float
    threshold: float
    false_alarms_per_year: float
    made_by: str
    drift_log_per_sqrt_day: float | None = None
    reported: ReportedSum | None = None
