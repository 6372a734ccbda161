"""An outage made by hand, for tests that need one."""

from hashquake.core.interval import Interval
from hashquake.core.outage import OUTAGE_CLASSES, Outage, OutageClass, Witness
from hashquake.core.reason import Sentence
from hashquake.core.window import Window

START_S = 1_641_379_500.0


def made_outage(subject: str = "country:KZ", **chances: float) -> Outage:
    """Return an outage of two days with the class probabilities named; they sum to 1."""
    window = Window(start_s=START_S, end_s=START_S + 2 * 86_400.0)
    return Outage(
        id="ou20220105kza",
        revision=1,
        issued_s=window.end_s,
        subject=subject,
        onset=Window(start_s=START_S - 900.0, end_s=START_S + 900.0),
        end_s=window.end_s,
        dark_windows=(window,),
        restorations=(),
        depth_share=Interval(median=0.95, low=0.9, high=0.98, level=0.9),
        seen_by=(
            Witness(
                signal="probing",
                covered_share=1.0,
                remaining_share=0.05,
                onset=Window(start_s=START_S - 900.0, end_s=START_S),
                made_by="test",
            ),
        ),
        not_seen_by=(),
        classes=tuple(
            OutageClass(
                name=name, probability=chances.get(name, 0.0), reason=Sentence(text="made by hand")
            )
            for name in OUTAGE_CLASSES
        ),
        made_by="test",
    )
