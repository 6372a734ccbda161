"""Numbers inside the sentences of reasons: plain text, which JSON and terminals share."""

from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.serve.language import number, translate


def times(count: float) -> str:
    """Write how often something happens.

    Parameters
    ----------
    count : float
        How often.

    Examples
    --------
    >>> times(1.0), times(4.0), times(0.8)
    ('once', '4 times', '0.8 times')
    """
    return (
        translate("once")
        if count == 1.0
        else translate("{count} times", count=number(f"{count:g}"))
    )


def percent(share: float) -> str:
    """Write a share in percent, with a decimal where it is small.

    Parameters
    ----------
    share : float
        1 is 100 %.

    Examples
    --------
    >>> percent(0.141), percent(0.018), percent(0.0)
    ('14 %', '1.8 %', '0 %')
    """
    if share == 0.0:
        return "0 %"
    return number(f"{100.0 * share:.0f} %" if abs(share) >= 0.095 else f"{100.0 * share:.1f} %")


def length(span_s: float) -> str:
    """Write a length of time with one unit.

    Parameters
    ----------
    span_s : float
        Seconds.

    Examples
    --------
    >>> length(1800.0), length(7200.0), length(3 * 86400.0)
    ('30 min', '2 h', '3 d')
    """
    if span_s < HOUR_S:
        return translate("{minutes} min", minutes=max(1, round(span_s / MINUTE_S)))
    if span_s < 2 * DAY_S:
        return translate("{hours} h", hours=f"{span_s / HOUR_S:.0f}")
    return translate("{days} d", days=f"{span_s / DAY_S:.0f}")


def listed(names: tuple[str, ...]) -> str:
    """Write names as a list in prose.

    Parameters
    ----------
    names : tuple of str
        In the order of the list.

    Examples
    --------
    >>> listed(("probing", "traffic", "bgp"))
    'probing, traffic and bgp'
    """
    if len(names) < 2:
        return "".join(names)
    return translate("{names} and {last}", names=", ".join(names[:-1]), last=names[-1])
