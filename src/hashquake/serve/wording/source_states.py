"""What a source does, after its name: by its state, and by why it is in it."""

import re

from hashquake.core.source_status import CHAIN, CONCLUSIONS
from hashquake.serve.language import message, translate

_STATES = {
    "starting": message("is asked for the first time"),
    "ok": message("answers"),
    "late": message("is late"),
    "stuck": message("is stuck"),
    "down": message("gives no usable answer"),
    "refused": message("is not accepted"),
    "unwatched": message("is not watched any more"),
}
"""Unless the code of the error says more."""
_BY_CODE = {
    "down": (
        (r"^$|-(unreachable|timeout|stalled)$", message("does not answer")),
        (r"-(failing|rate-limited|error)$", message("answers with an error")),
        (r"-behind$", message("follows another branch")),
        (r"-(warming-up|syncing|chain-moved)$", message("is not ready")),
        (r"^(record|disk)-", message("cannot be stored")),
        (r"^source-fault$", message("cannot be read")),
    ),
    "refused": (
        (
            r"-(auth|cookie|unauthorised|forbidden|refused)$",
            message("refuses the request"),
        ),
    ),
}
_OURS = {
    (CONCLUSIONS, "ok"): message("are drawn again"),
    (CONCLUSIONS, "down"): message("cannot be drawn"),
    (CHAIN, "ok"): message("is sound"),
    (CHAIN, "stuck"): message("was replaced"),
}
_CODE = re.compile(r"\[([a-z-]+)\]$")


def state_words(source: str, state: str, because: str) -> str:
    """Return what a source does, to be written after its name.

    Parameters
    ----------
    source : str
        Its name.
    state : str
        One of `hashquake.core.source_status.STATES`.
    because : str
        Why, with the code of the error at its end.
    """
    if (source, state) in _OURS:
        return translate(_OURS[source, state])
    found = _CODE.search(because)
    code = "" if found is None else found[1]
    for pattern, words in _BY_CODE.get(state, ()):
        if re.search(pattern, code):
            return translate(words)
    return translate(_STATES[state])
