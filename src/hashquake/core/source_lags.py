"""How late the values of each source are out: what was known at an instant rests on it."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceLags:
    """The lags of sources, as their cards state them.

    Parameters
    ----------
    of_source : mapping of str to float
        By source, seconds.
    of_quantity : mapping of str to (mapping of str to float)
        By source and the beginning of a quantity's name, where it differs: subtypes of a quantity
        carry longer names. The longest beginning that fits counts. Seconds.
    """

    of_source: Mapping[str, float] = field(default_factory=dict)
    of_quantity: Mapping[str, Mapping[str, float]] = field(default_factory=dict)

    def lag_s(self, source: str, quantity: str) -> float:
        """Return for how long after its window's end a value is not out.

        Parameters
        ----------
        source : str
            As in a reading: the plugin's name, or with more after a colon.
        quantity : str
            What is measured.

        Returns
        -------
        float
            Seconds; 0 for a source without a card, such as a citation.

        Examples
        --------
        >>> lags = SourceLags(of_source={"ioda": 1200.0}, of_quantity={"ioda": {"gtr": 5400.0}})
        >>> lags.lag_s("ioda", "gtr_index"), lags.lag_s("ioda", "bgp_count"), lags.lag_s("x", "y")
        (5400.0, 1200.0, 0.0)
        """
        name = source.partition(":")[0]
        fitting = {
            beginning: lag_s
            for beginning, lag_s in self.of_quantity.get(name, {}).items()
            if quantity.startswith(beginning)
        }
        if fitting:
            return fitting[max(fitting, key=len)]
        return self.of_source.get(name, 0.0)


NO_LAGS = SourceLags()
"""Everything counts as known as soon as its window ends."""
