"""Sentences for what a price did in a window, from the values of its study."""

from hashquake.explain.price import LEAST_PLACEBOS, SIGNIFICANT, PriceStudy, WindowReturn
from hashquake.serve.language import number, translate
from hashquake.serve.wording.fixed import fixed


def price_because(study: PriceStudy) -> str:
    """Return why a study finds what it finds, in one to four sentences.

    Parameters
    ----------
    study : PriceStudy
        Its windows with their returns, and the confounders in the window.
    """
    whole, clean, inside = study.whole, study.clean, study.confounders
    if clean is None:
        unusual = translate(", although the move is unusual") if _is_unusual(whole) else ""
        return translate(
            "The window begins with {text}; the two cannot be separated{unusual}.",
            text=fixed(inside[0].text),
            unusual=unusual,
        )
    if clean.p_value is None:
        return translate(
            "Of ordinary windows of the same hours and weekdays, {placebos} are "
            "known; it takes {least_placebos} to show anything at one in "
            "twenty.",
            placebos=clean.placebos,
            least_placebos=LEAST_PLACEBOS,
        )
    start = (
        translate("Up to {text}, the", text=fixed(inside[0].text)) if inside else translate("The")
    )
    if study.call == "supported":
        return translate(
            "{start} price fell more than ordinary windows do. That it came at "
            "the same time does not make it the cause.",
            start=start,
        )
    if study.call == "contradicted":
        return translate(
            "{start} price rose more than ordinary windows do. A fall caused by "
            "the quake would have had to be stronger still than that rise.",
            start=start,
        )
    return translate(
        "{start} price moved no more than ordinary windows do.{later}",
        start=start,
        later=_later(study, clean),
    )


def _later(study: PriceStudy, clean: WindowReturn) -> str:
    """Return what else moved, and why that shows no effect."""
    said = ""
    if clean.p_value is not None and _is_unusual(clean):
        said += translate(
            " The interval excludes zero, but {p_value} % of ordinary windows "
            "moved as much, and an effect counts as shown below {significant} "
            "%.",
            p_value=number(f"{100.0 * clean.p_value:.0f}"),
            significant=number(f"{100.0 * SIGNIFICANT:.0f}"),
        )
    inside = study.confounders
    if inside and _is_unusual(study.whole):
        said += translate(
            " The move of the whole window is unusual, but it contains {text}, so the move cannot "
            "be attributed to the event.",
            text=fixed(inside[0].text),
        )
    if inside and study.whole.change_share < min(0.0, clean.change_share):
        said += translate(
            " It fell after that; whether the event contributed cannot be determined."
        )
    return said


def _is_unusual(part: WindowReturn) -> bool:
    return part.abnormal_share is not None and not part.abnormal_share.holds(0.0)
