"""What can be said of a checked text in one sentence that may be quoted."""

from hashquake.core.subject import NETWORK
from hashquake.judge.check import Check
from hashquake.serve.format import claimed, count_word
from hashquake.serve.language import message, translate
from hashquake.serve.wording.numbers import listed

_MANY = 3
_ONE = {
    "supported": message("The record supports the one claim."),
    "contradicted": message("The record contradicts the one claim."),
    "undecidable": message("The record cannot decide the one claim."),
    "unresolved": message("The record does not measure the one claim."),
}
_ALL = {
    "supported": message("The record supports all of the {count} claims."),
    "contradicted": message("The record contradicts all of the {count} claims."),
    "undecidable": message("The record cannot decide any of the {count} claims."),
    "unresolved": message("The record does not measure any of the {count} claims."),
}
_SOME = {
    "supported": message("supports {count}"),
    "contradicted": message("contradicts {count}"),
    "undecidable": message("cannot decide {count}"),
    "unresolved": message("does not measure {count}"),
}


def gist(check: Check) -> str:
    """Return one sentence on all claims of a text.

    Parameters
    ----------
    check : Check
        From `Observatory.check`.
    """
    total = len(check.verdicts)
    if not total:
        return translate(
            "No claim about hash rate, pools, connectivity, power or price was found in the text."
        )
    counts = {call: sum(one.call == call for one in check.verdicts) for call in _ONE}
    found = [call for call, count in counts.items() if count]
    if total == 1:
        return translate(_ONE[found[0]])
    if len(found) == 1:
        return translate(_ALL[found[0]], count=count_word(total))
    parts = [translate(_SOME[call], count=count_word(counts[call])) for call in found]
    said = translate(
        "Of the {count} claims the record {parts}.",
        count=count_word(total),
        parts=listed(tuple(parts)),
    )
    return f"{said} {spread}" if (spread := _spread(check)) else said


def _spread(check: Check) -> str:
    """Return what is to be said of many figures for one change that blocks cannot distinguish."""
    alike = [
        one
        for one in check.verdicts
        if one.about.quantity == "hashrate_change_share"
        and one.about.subject == NETWORK
        and one.call not in ("contradicted", "unresolved")
    ]
    values = {(one.about.low, one.about.high) for one in alike}
    if len(values) < _MANY or any(one.call == "supported" for one in alike):
        return ""
    low = min(one.about.low for one in alike)
    high = max(one.about.high for one in alike)
    return translate(
        "Its {count} figures for the change of the hash rate ({range}) cannot be distinguished "
        "by blocks of that time.",
        count=count_word(len(values)),
        range=claimed(low, high),
    )
