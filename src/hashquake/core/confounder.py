"""Something else that may have moved the price while hash rate fell."""

from dataclasses import dataclass

from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Confounder:
    """A dated fact that stands in the way of an easy explanation.

    Parameters
    ----------
    window : Window
        When it became known; from its start on the price may answer to it.
    text : str
        What it was, as a noun phrase.
    source : str
        An address that says so.
    """

    window: Window
    text: str
    source: str
