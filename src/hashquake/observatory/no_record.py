"""A record without blocks, for what reads a source apart from any record."""

from dataclasses import dataclass

from hashquake.core.network import MAIN, Network


@dataclass(frozen=True, slots=True)
class NoRecord:
    """A record without blocks, for a source that asks nothing of it.

    Parameters
    ----------
    network : Network
        Whose blocks it would hold.
    """

    network: Network = MAIN

    def tip(self) -> tuple[int, bytes | None] | None:
        """Return None: it has no block."""
        return None

    def hash_at(self, height: int) -> bytes | None:
        """Return None: it has no block.

        Parameters
        ----------
        height : int
            Any.
        """
        del height
        return None

    def stale_hashes(self, first_height: int) -> frozenset[bytes]:
        """Return none: it has no block.

        Parameters
        ----------
        first_height : int
            Any.
        """
        del first_height
        return frozenset()
