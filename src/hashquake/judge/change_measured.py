"""What was measured of a claimed change, how the claim stands to it, and what it takes to tell."""

from math import ceil, log, log1p, sqrt

from scipy.special import ndtr, ndtri

from hashquake.core.claim import Call
from hashquake.core.verdict_reason import ChangeFinding, ChangeMeasured, Lean
from hashquake.estimate.block_count import BlockCount
from hashquake.estimate.detectability import blocks_to_detect
from hashquake.judge.evidence import ChangeEvidence

_LEANING_ODDS = 1.5
"""So much more likely one must be for blocks to lean to it."""


def change_measured(
    call: Call,
    evidence: ChangeEvidence,
    during: BlockCount,
    before: BlockCount,
    *,
    who: str,
    n_pools: int,
    drift_sd: float = 0.0,
    consistent: bool = False,
) -> ChangeMeasured:
    """Return the reason of a verdict on a change.

    Parameters
    ----------
    call : {"supported", "contradicted", "undecidable"}
        The finding.
    evidence : ChangeEvidence
        What it rests on.
    during, before : BlockCount
        The claim's window and its reference.
    who : str
        ``network``, a pool's slug, or ``pools``.
    n_pools : int
        How many pools are counted together; 0 for one subject.
    drift_sd : float
        Standard deviation of the log ratio when nothing happens.
    consistent : bool
        Whether the claim lies about the median of a narrow interval that holds no change too.
    """
    expected = before.n_blocks * during.exposure_s_per_hash / before.exposure_s_per_hash
    finding, needed_blocks = _finding(call, evidence, before.n_blocks, expected)
    needed_s = None
    if needed_blocks is not None:
        needed_s = needed_blocks * during.window.duration_s / expected
    return ChangeMeasured(
        who=who,
        n_pools=n_pools,
        n_blocks=during.n_blocks,
        expected_blocks=expected,
        duration_s=during.window.duration_s,
        reference_s=before.window.duration_s,
        measured_share=evidence.measured,
        low_share=evidence.low,
        high_share=evidence.high,
        finding=finding,
        shown=not evidence.measured.holds(0.0),
        needed_blocks=needed_blocks,
        needed_s=needed_s,
        power_share=found_share(
            (evidence.low + evidence.high) / 2,
            expected_blocks=expected,
            reference_blocks=before.n_blocks,
            drift_sd=drift_sd,
        ),
        lean=_lean(evidence),
        central=consistent,
    )


def found_share(
    change_share: float, *, expected_blocks: float, reference_blocks: float, drift_sd: float = 0.0
) -> float | None:
    """Return how often blocks find a change, where one false find in twenty is allowed.

    The one-sided test of the log ratio of two counts, by the normal law of both.

    Parameters
    ----------
    change_share : float
        The true change, signed; -0.12 is a fall of 12 %.
    expected_blocks : float
        Blocks expected in the window when nothing happens.
    reference_blocks : float
        Blocks found in the reference.
    drift_sd : float
        Standard deviation of the log ratio when nothing happens.

    Returns
    -------
    float or None
        Of cases, 0 to 1; None for no change, for a complete stop and without blocks expected.
    """
    if change_share <= -1 or not change_share or not expected_blocks:
        return None
    moved = expected_blocks * (1.0 + change_share)
    sd = sqrt(1.0 / expected_blocks + 1.0 / reference_blocks + drift_sd**2)
    sd_moved = sqrt(1.0 / moved + 1.0 / reference_blocks + drift_sd**2)
    return float(ndtr((abs(log1p(change_share)) - float(ndtri(0.95)) * sd) / sd_moved))


def _lean(evidence: ChangeEvidence) -> Lean:
    if abs(evidence.log_odds) < log(_LEANING_ODDS):
        return "neither"
    return "claim" if evidence.log_odds > 0 else "no_change"


def _finding(
    call: Call, evidence: ChangeEvidence, n_reference: int, expected: float
) -> tuple[ChangeFinding, float | None]:
    """Return how the claim stands, and how many blocks it takes where they cannot tell."""
    if call == "contradicted":
        return "excluded_though_changed" if evidence.favoured else "excluded", None
    if call == "supported":
        return "favoured" if evidence.favoured else "consistent", None
    if not evidence.compatible:
        return "between_levels", None
    if evidence.low <= 0 <= evidence.high:
        return "holds_no_change", None
    return _needed(evidence, n_reference, expected)


def _needed(
    evidence: ChangeEvidence, n_reference: int, expected: float
) -> tuple[ChangeFinding, float | None]:
    size = (evidence.low + evidence.high) / 2
    # A rise needs as many blocks as the fall that would undo it.
    drop_share = -size if size < 0 else size / (1.0 + size)
    n_blocks = blocks_to_detect(drop_share, baseline_blocks=n_reference)
    # A reference that only just suffices would ask for years where a longer one asks for weeks.
    on_either_side = float(ceil(2 * blocks_to_detect(drop_share)))
    if n_blocks > on_either_side:
        return "needs_both_sides", on_either_side
    if n_blocks <= expected:
        return "long_enough", None
    return "needs_blocks", n_blocks
