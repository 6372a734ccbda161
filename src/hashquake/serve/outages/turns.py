"""What was believed of an outage in turn, for whoever shows its revisions."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from hashquake.core.outage import Outage

Said = TypeVar("Said")


def turns(
    opinions: Sequence[Outage], say: Callable[[Outage], Said]
) -> list[tuple[str, Outage, Said]]:
    """Return what was believed in turn: revisions that say the same are one.

    Parameters
    ----------
    opinions : sequence of Outage
        All revisions of one outage, the latest last.
    say : callable
        Returns what is shown of a revision.

    Returns
    -------
    list of (str, Outage, object)
        The numbers of the revisions, such as ``3`` or ``3 to 5`` with a dash, the first of them,
        and what they say. Revisions of one turn differ in figures that only documents have.
    """
    found: list[tuple[str, Outage, Said]] = []
    for each in opinions:
        said, first = say(each), each
        if found and (found[-1][1].status, found[-1][2]) == (each.status, said):
            first = found.pop()[1]
        alone = first.revision == each.revision
        numbers = f"{first.revision}" if alone else f"{first.revision}\N{EN DASH}{each.revision}"
        found.append((numbers, first, said))
    return found
