"""One value of an instrument that watches something other than blocks."""

from dataclasses import dataclass

from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """What one instrument said of one subject over one window.

    Parameters
    ----------
    subject : str
        Such as ``country:KZ`` or ``pool:braiins``.
    quantity : str
        What is measured, its unit as the last word, such as ``connectivity_share``.
    window : Window
        The time the value is about.
    value : float
        In the quantity's unit.
    normal : float or None
        The usual value, where the instrument tells it.
    source : str
        The source plugin, or the citation of a transcribed value.
    """

    subject: str
    quantity: str
    window: Window
    value: float
    source: str
    normal: float | None = None
