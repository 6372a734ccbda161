"""One claim against the record: the setting that the judgement needs, gathered from it."""

from hashquake.core.claim import Claim, Verdict
from hashquake.core.errors import UsageError
from hashquake.core.network import require_steady_bits
from hashquake.core.record import Record
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.explain.incident import default_baseline
from hashquake.judge.claims import Setting, judge_claim
from hashquake.observatory.measure import CONTEXT_S, blocks_around


def judge(record: Record, claim: Claim) -> Verdict:
    """Judge a claim that names its time; see `Observatory.judge`.

    Parameters
    ----------
    record : Record
        With blocks of its window and of the two weeks before.
    claim : Claim
        With a window.
    """
    if claim.window is None:
        raise UsageError(
            "a claim must name the time it is about", code="usage", hint="give its window"
        )
    require_steady_bits(record.network, "the judgement of a claim")
    coverage = record.coverage()
    baseline = default_baseline(claim.window, coverage)
    around = Window(start_s=baseline.start_s, end_s=claim.window.end_s)
    setting = Setting(
        blocks=blocks_around(record, around, after_s=CONTEXT_S),
        window=claim.window,
        baseline=baseline,
        coverage=coverage,
        label_gaps=load_label_gaps(),
        network=record.network,
    )
    return judge_claim(claim, setting)
