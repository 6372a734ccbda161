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
    caveats += [_label(gap, compared) for gap in label_gaps if touches(gap, compared)]
    if labels:
        caveats.append(labels)
    if event.open_end:
        caveats.append("The sources give no end of the event; the window's end is an assumption.")
    caveats.append(
        "Intervals allow for luck and for the drift of hash rate outside events, but not for its "
        "growth: over weeks, growth hides a fall."
    )
    caveats.append(
        "Times are the miners' clocks, usually within 20 s but at times far off. Single intervals "
        "between blocks carry that error; counts over hours do not."
    )
    caveats.append(
        "A change of a pool's hash rate does not show where its machines are, and machines that "
        "change pool look like a fall of one pool and a rise of another."
    )
    return tuple(caveats)


def _detectability(share: float, first_day_share: float) -> str:
    return (
        f"Blocks come by chance. A fall of {_percent(share)} over this window, or of "
        f"{_percent(first_day_share)} over the first 24 hours, would be found in 4 of 5 cases; "
        f"smaller ones can neither be confirmed nor excluded."
    )


def touches(gap: LabelGap, compared: tuple[Window, Window]) -> bool:
    """Return whether a fault of the labels concerns any of the windows that are compared.

    Parameters
    ----------
    gap : LabelGap
        The fault.
    compared : tuple of Window, Window
        The window and its baseline.
    """
    return any(gap.window.overlap(one) for one in compared)


def covers(gap: LabelGap, compared: tuple[Window, Window]) -> bool:
    """Return whether the fault lasts through both windows, so that it does not change in between.

    Parameters
    ----------
    gap : LabelGap
        The fault.
    compared : tuple of Window, Window
        The window and its baseline.
    """
    return all(gap.window.overlap(one) == one for one in compared)


def _label(gap: LabelGap, compared: tuple[Window, Window]) -> str:
    text = f"Labels of {gap.pool} and {gap.filed_under}: {gap.note}"
    if covers(gap, compared):
        return text
    return f"{text} The fault covers only part of what is compared: these two cannot be."


def _percent(share: float) -> str:
    return f"{100 * share:.0f} %"
