"""Faults of our own conclusions, apart from what is wrong with a batch or with the record."""

from collections.abc import Iterator
from contextlib import contextmanager

from hashquake.core.errors import ConclusionError, HashquakeError, RecordError
from hashquake.core.hostile_text import visible_text

_LONGEST = 200


class OwnWork:
    """Whether a transaction is concluding now, rather than checking and storing.

    Parameters
    ----------
    now : bool
        Set while what follows from a batch is worked out.
    """

    def __init__(self, *, now: bool) -> None:
        self.now = now


@contextmanager
def own_faults_named(*, concluding: bool = False) -> Iterator[OwnWork]:
    """Name as ours what fails while it is concluded; enter it outside of the transaction.

    Parameters
    ----------
    concluding : bool
        Whether all of the block concludes.

    Raises
    ------
    ConclusionError
        In place of what was raised, with its code; ``internal`` where it had none. An error of the
        record stays what it is: the disk may be full while something is concluded.
    """
    found = OwnWork(now=concluding)
    try:
        yield found
    except (RecordError, ConclusionError):
        raise
    except Exception as fault:
        if not found.now:
            raise
        raise _of(fault) from fault


def _of(fault: Exception) -> ConclusionError:
    said = (
        fault.message if isinstance(fault, HashquakeError) else f"{type(fault).__name__}: {fault}"
    )
    return ConclusionError(
        "a fault of hashquake, not of the source: what follows from the data cannot be concluded: "
        f"{visible_text(said, limit=_LONGEST)}",
        code=fault.code if isinstance(fault, HashquakeError) else "internal",
        hint="set HASHQUAKE_TRACEBACK=1 to see where, and report it",
    )
