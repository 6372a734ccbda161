"""What a reader must know before quoting a number of an incident report."""

from hashquake.core.event import Event
from hashquake.core.label_gap import LabelGap
from hashquake.core.window import Window


def caveats_of(
    *,
    event: Event,
    baseline: Window,
    detectable_share: float,
    detectable_first_day_share: float,
    label_gaps: tuple[LabelGap, ...],
    labels: str,
) -> tuple[str, ...]:
    """Put the caveats of an incident in words, the one that matters most first.

    Parameters
    ----------
    event : Event
        The event.
    baseline : Window
        What it is compared with.
    detectable_share, detectable_first_day_share : float
        Falls found four times in five, over the window and its first 24 hours.
    label_gaps : tuple of LabelGap
        Known faults of the pool labels.
    labels : str
        What is to be said of the labels as a whole; empty when nothing.
    """
    compared = (event.window, baseline)
    caveats = [_detectability(detectable_share, detectable_first_day_share)]
    caveats += [_label(gap, compared) for gap in label_gaps if _touches(gap, compared)]
    if labels:
        caveats.append(labels)
    if event.open_end:
        caveats.append("The sources give no end of the event; the window's end is an assumption.")
    caveats.append(
        "Intervals hold luck alone. Hash rate also drifts, by about 0.9 % per square-root day "
        "outside events, and grows; a comparison with a baseline cannot tell that from the event."
    )
    caveats.append(
        "Times are the miners' clocks, about 20 s ahead or behind, at times much more; single "
        "intervals between blocks carry that error, counts over hours do not."
    )
    caveats.append(
        "That a pool's hash rate changed does not tell where its machines stand, and machines that "
        "change pool look like a fall of one and a rise of another."
    )
    return tuple(caveats)


def _detectability(share: float, first_day_share: float) -> str:
    return (
        f"Blocks come by chance. Over this window a fall of {_percent(share)} would be found four "
        f"times in five, over the first 24 hours one of {_percent(first_day_share)}; smaller ones "
        f"can neither be confirmed nor excluded."
    )


def _touches(gap: LabelGap, compared: tuple[Window, Window]) -> bool:
    return any(gap.window.overlap(one) for one in compared)


def _label(gap: LabelGap, compared: tuple[Window, Window]) -> str:
    text = f"Labels of {gap.pool} and {gap.filed_under}: {gap.note}"
    if all(gap.window.overlap(one) == one for one in compared):
        return text
    return f"{text} The fault covers only part of what is compared: these two cannot be."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
