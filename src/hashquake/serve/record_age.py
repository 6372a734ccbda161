"""How old a record is, where an answer about the present rests on it."""

from typing import TYPE_CHECKING

from hashquake.core.times import DAY_S
from hashquake.serve.format import count_word
from hashquake.serve.format_times import date

if TYPE_CHECKING:
    from hashquake.observatory import Observatory

OLD_S = 2 * DAY_S
_UNITS = ((365.25 * DAY_S, "year"), (30.4375 * DAY_S, "month"), (DAY_S, "day"))


def age_note(observatory: "Observatory") -> str:
    """Return a sentence on when the record ends; empty where it is fresh or holds no block.

    Parameters
    ----------
    observatory : Observatory
        Its clock says what is old: `OLD_S` after the last block.
    """
    if not observatory.coverage().windows:
        return ""
    return age_text(observatory.end_s(), observatory.record_age_s())


def age_text(end_s: float, age_s: float) -> str:
    r"""Write when a record ends and how long ago that is; empty where it is fresh.

    Parameters
    ----------
    end_s : float
        End of the record, UTC Unix seconds.
    age_s : float
        How long ago that is, seconds.

    Examples
    --------
    >>> age_text(1776816000, 221 * 86400.0).partition(";")[0]
    'the record ends on 22\xa0April\xa02026, seven months ago'
    """
    if age_s < OLD_S:
        return ""
    span_s, unit = next(pair for pair in _UNITS if age_s >= pair[0])
    number = int(age_s / span_s)
    ago = f"{count_word(number)} {unit}{'s' if number > 1 else ''} ago"
    return f"the record ends on {date(end_s)}, {ago}; hashquake update brings it up to date"
