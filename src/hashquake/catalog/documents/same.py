"""Whether two stored documents are the same opinion."""

import json
from collections.abc import Mapping
from typing import Any

from hashquake.core.reason import Sentence


def same_opinion(one: Mapping[str, Any], other: Mapping[str, Any], *, dated: bool = True) -> bool:
    """Return whether two documents hold the same opinion, whatever its wording.

    Parameters
    ----------
    one, other : mapping
        Of quakes or of outages, by this version or an earlier one. A reason that is a sentence,
        as earlier versions stored it, is equal to any reason. The revision's number never counts.
    dated : bool
        Whether the instant at which it was formed is part of an opinion, as it is for quakes. An
        outage's moves on with every new value, which alone does not make another opinion.

    Examples
    --------
    >>> old = {"id": "hq20210416a", "causes": [{"name": "luck", "because": "it may be"}]}
    >>> reason = {"code": "blocks-alone"}
    >>> new = {"id": "hq20210416a", "causes": [{"name": "luck", "reason": reason}]}
    >>> same_opinion(old, new)
    True
    """
    left_out = {"revision", "because", "coverage"} | (set() if dated else {"issued_s"})
    if _has_sentence(one) or _has_sentence(other):
        left_out |= {"reason", "reasons"}
    return _text(one, left_out) == _text(other, left_out)


def _text(document: Mapping[str, Any], left_out: set[str]) -> str:
    return json.dumps(_without(document, left_out), sort_keys=True)


def _without(value: Any, keys: set[str]) -> Any:
    if isinstance(value, Mapping):
        return {key: _without(each, keys) for key, each in value.items() if key not in keys}
    return [_without(each, keys) for each in value] if isinstance(value, list | tuple) else value


def _has_sentence(value: Any) -> bool:
    if isinstance(value, Mapping):
        found = "because" in value or value.get("code") == Sentence.code
        return found or any(_has_sentence(each) for each in value.values())
    return isinstance(value, list | tuple) and any(_has_sentence(each) for each in value)
