"""Sentences for what a price did in a window, from the values of its study."""

from hashquake.explain.price import LEAST_PLACEBOS, SIGNIFICANT, PriceStudy, WindowReturn


def price_because(study: PriceStudy) -> str:
    """Return why a study finds what it finds, in one to four sentences.

    Parameters
    ----------
    study : PriceStudy
        Its windows with their returns, and the confounders in the window.
    """
    whole, clean, inside = study.whole, study.clean, study.confounders
    if clean is None:
        unusual = ", although the move is unusual" if _is_unusual(whole) else ""
        return f"The window begins with {inside[0].text}; the two cannot be separated{unusual}."
    if clean.p_value is None:
        return (
            f"Of ordinary windows of the same hours and weekdays, {clean.placebos} are known; it "
            f"takes {LEAST_PLACEBOS} to show anything at one in twenty."
        )
    start = f"Up to {inside[0].text}, the" if inside else "The"
    if study.call == "supported":
        return (
            f"{start} price fell more than ordinary windows do. That it came at the same time does "
            f"not make it the cause."
        )
    if study.call == "contradicted":
        return (
            f"{start} price rose more than ordinary windows do. A fall caused by the quake would "
            f"have had to be stronger still than that rise."
        )
    return f"{start} price moved no more than ordinary windows do.{_later(study, clean)}"


def _later(study: PriceStudy, clean: WindowReturn) -> str:
    """Return what else moved, and why that shows no effect."""
    said = ""
    if clean.p_value is not None and _is_unusual(clean):
        said += (
            f" The interval excludes zero, but {100.0 * clean.p_value:.0f} % of ordinary windows "
            f"moved as much, and an effect counts as shown below {100.0 * SIGNIFICANT:.0f} %."
        )
    inside = study.confounders
    if inside and _is_unusual(study.whole):
        said += (
            f" The move of the whole window is unusual, but it contains {inside[0].text}, so the "
            f"move cannot be attributed to the event."
        )
    if inside and study.whole.change_share < min(0.0, clean.change_share):
        said += " It fell after that; whether the event contributed cannot be determined."
    return said


def _is_unusual(part: WindowReturn) -> bool:
    return part.abnormal_share is not None and not part.abnormal_share.holds(0.0)
