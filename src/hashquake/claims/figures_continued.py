"""A list whose unit is clear goes on in the next sentence: "F2Pool came next with 690"."""

from collections.abc import Sequence

from hashquake.claims.ellipses import is_labelled, is_same_size
from hashquake.claims.meaning import Meaning
from hashquake.claims.sentence import SentenceRead
from hashquake.claims.tokens import Cue
from hashquake.claims.units import Quantity, exact
from hashquake.core.claim import Claim

_LISTED = ("count", "hps", "percent")


def figures_continued(
    sentence: SentenceRead, listed: Claim | None, unit: Quantity | None
) -> list[tuple[tuple[int, int], Meaning]]:
    """Return the bare numbers of a sentence that go on with a list, each with what it claims.

    Parameters
    ----------
    sentence : SentenceRead
        Without a unit of its own.
    listed : Claim or None
        The last one before it in the same paragraph.
    unit : Quantity or None
        The number of that claim, with its unit.
    """
    if listed is None or unit is None or unit.kind not in _LISTED or sentence.quantities:
        return []
    if listed.relation == "change" or not sentence.bare:
        return []
    kind = listed.subject.partition(":")[0]
    names = sentence.pools if kind == "pool" else sentence.of("place") if kind == "country" else ()
    found = []
    for number in sentence.bare:
        name = is_labelled(sentence.text, number, names) or _ranked_next(sentence, names)
        if name is None or not is_same_size(number, unit):
            continue
        value = exact(
            number.value / 100 if unit.kind == "percent" else number.value * unit.unit_size
        )
        meaning = Meaning(
            subject=f"{kind}:{name.value}",
            quantity=listed.quantity,
            low=value,
            high=value,
            relation="level",
            measure=listed.measure,
            window=None if sentence.times else listed.window,
        )
        found.append(((number.start, number.end), meaning))
    return found


def _ranked_next(sentence: SentenceRead, names: Sequence[Cue]) -> Cue | None:
    """Return the one name of a sentence with one number, where it is said to come next."""
    alone = len(names) == 1 and len(sentence.bare) == 1
    return names[0] if alone and sentence.of("roles:next_ranked") else None
