"""What was laid over a scenario, in words: *Kazakhstan: 90 % of its hash rate goes dark*."""

from collections.abc import Mapping
from math import isinf

from hashquake.core.errors import HashquakeError
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import parse_duration
from hashquake.serve.format import percent
from hashquake.serve.format_times import duration
from hashquake.serve.language import message, translate
from hashquake.serve.subject_names import subject_words

_OF_SUBJECTS = {
    "depth": message("{who}: {value} of its hash rate goes dark"),
    "share": message("{who} has {value} of all hash rate"),
}
_OF_ALL = {
    "onset": message("it begins {value} into the epoch"),
    "duration": message("it lasts {value}"),
    "failover": message("miners change pool within {value}"),
    "return_share": message("{value} of what stopped comes back"),
    "growth_per_year": message("hash rate grows by {value} a year"),
}
_SPANS = ("onset", "duration", "failover")
_LONGEST = 60


def asked_words(settings: Mapping[str, str]) -> list[str]:
    r"""Return each setting as a phrase; one that has no phrase as ``key = value``.

    Parameters
    ----------
    settings : mapping of str to str
        That a simulation took: the keys of `hashquake.forward.settings.KEYS`.

    Examples
    --------
    >>> asked_words({"country:KZ.depth": "0.9", "epochs": "2"})
    ['Kazakhstan: 90\xa0% of its hash rate goes dark', 'epochs = 2']
    """
    return [_phrase(key, value) for key, value in settings.items()]


def _phrase(key: str, value: str) -> str:
    subject, _, field = key.rpartition(".")
    words = (_OF_SUBJECTS if subject else _OF_ALL).get(field)
    plain = visible_text(f"{key} = {value}", limit=_LONGEST)
    if words is None:
        return plain
    try:
        if field in _SPANS:
            span_s = parse_duration(value)
            if isinf(span_s):  # more digits than a number has
                return translate("it does not end") if field == "duration" else plain
            shown = duration(span_s)
        else:
            shown = _percent(float(value))
        return translate(words, value=shown, **({"who": subject_words(subject)} if subject else {}))
    except (HashquakeError, ValueError):
        return plain


def _percent(share: float) -> str:
    return percent(share, digits=0 if round(100 * share, 6).is_integer() else 1)
