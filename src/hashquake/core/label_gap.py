"""Where pool labels fail: a stretch during which a pool's blocks are filed under another name."""

from dataclasses import dataclass

from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelGap:
    """A known fault of the labels, which must not be read as a fault of the power.

    Parameters
    ----------
    pool : str
        Slug of the pool whose blocks are missing under its own name.
    filed_under : str
        Slug they are found under, such as ``unknown``.
    window : Window
        When.
    note : str
        How it is known, in a sentence.
    """

    pool: str
    filed_under: str
    window: Window
    note: str

    def concerns(self, pool: str) -> bool:
        """Tell whether it makes a pool's count too low or too high."""
        return pool in (self.pool, self.filed_under)
