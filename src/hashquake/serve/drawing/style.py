"""The colours and sizes of the charts in reports.

The palette is Okabe and Ito's, which colour-blind readers can tell apart; what is measured is
always blue and solid, what was claimed always orange and a diamond, so colour is never alone. Each
colour is written into the drawing, so that it can stand alone in a file; the style sheet of the
page (``report_frame.css``) finds it there and gives it the theme's.
"""

from typing import NamedTuple

INK = "#1c2630"
MUTED = "#5a6672"
RULE = "#d5dade"
MEASURED = "#0b63a5"
MEASURED_HALF = "#4d7ea8"
MEASURED_PALE = "#9cc4e4"
MEASURED_PALEST = "#d9e9f5"
CLAIMED = "#c2500a"
DARK = "#dedad2"
DARK_BAR = "#6f6a60"
PAPER = "#ffffff"


class Size(NamedTuple):
    """The size of a drawing, and of its text, in CSS pixels.

    Parameters
    ----------
    name : str
        ``wide`` or ``narrow``.
    width_px, height_px : int
        Of the drawing.
    text_px : float
        Of its text.
    """

    name: str
    width_px: int
    height_px: int
    text_px: float

    @property
    def is_narrow(self) -> bool:
        """Whether it is drawn for a phone."""
        return self.name == "narrow"


WIDE = Size("wide", 820, 380, 13)
NARROW = Size("narrow", 358, 360, 12.5)
