"""What can be said of a checked text in one sentence that may be quoted."""

from hashquake.judge.check import Check
from hashquake.serve.format import count_word

_VERBS = (
    ("supported", "supports"),
    ("contradicted", "contradicts"),
    ("undecidable", "cannot decide"),
    ("unresolved", "does not measure"),
)


def gist(check: Check) -> str:
    """Return one sentence on all claims of a text.

    Parameters
    ----------
    check : Check
        From `Observatory.check`.
    """
    total = len(check.verdicts)
    if not total:
        return (
            "No claim about hash rate, pools, connectivity, power or price was found in the text."
        )
    counts = {call: sum(one.call == call for one in check.verdicts) for call, _ in _VERBS}
    claims = "the one claim" if total == 1 else f"the {count_word(total)} claims"
    parts = [f"{verb} {count_word(counts[call])}" for call, verb in _VERBS if counts[call]]
    if len(parts) == 1:
        verb = next(verb for call, verb in _VERBS if counts[call])
        negative = verb.startswith(("cannot", "does"))
        some = "" if total == 1 else "any of " if negative else "all of "
        return f"The record {verb} {some}{claims}."
    return f"Of {claims} the record {', '.join(parts[:-1])} and {parts[-1]}."
