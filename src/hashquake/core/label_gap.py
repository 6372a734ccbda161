"""A stretch during which a pool's blocks carry another label: a gap in names, not in power."""

from dataclasses import dataclass

from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelGap:
    """A pool whose blocks the record files under another pool for a while.

    Parameters
    ----------
    pool : str
        Slug of the pool whose label is missing.
    filed_under : str
        Slug its blocks carry instead.
    window : Window
        From the first block labelled otherwise to the return of the pool's own label.
    note : str
        What a reader must know, in a sentence.
    source : str
        Where the gap can be checked.
    """

    pool: str
    filed_under: str
    window: Window
    note: str
    source: str = ""

    def concerns(self, pool: str) -> bool:
        """Return whether it makes a pool's count too low or too high.

        Parameters
        ----------
        pool : str
            Its slug.
        """
        return pool in (self.pool, self.filed_under)
