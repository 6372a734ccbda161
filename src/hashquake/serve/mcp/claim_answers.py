"""Claims that language models may ask about: a text as it is, or one claim taken apart."""

from typing import TYPE_CHECKING, Any, Literal

from hashquake.core.claim import Claim
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.subject import NETWORK, parse_subject
from hashquake.core.times import parse_time
from hashquake.core.window import Window
from hashquake.observatory import Observatory
from hashquake.serve.check.document import claim_document
from hashquake.serve.check.gist import gist
from hashquake.serve.mcp.quotes import claim_quote, plain
from hashquake.serve.wording import verdict_because

if TYPE_CHECKING:
    from hashquake.judge.check import Check

Answer = dict[str, Any]
ClaimQuantity = Literal["hashrate_change_share", "hashrate_hps", "hashrate_share"]
_LONGEST_CLAIM = 1_000
_MOST_CLAIMS = 100


def check_claim(
    ask: Observatory,
    *,
    text: str,
    published: str | None = None,
    as_known_on: str | None = None,
    since: str | None = None,
    until: str | None = None,
    quantity: ClaimQuantity | None = None,
    low: float | None = None,
    high: float | None = None,
    subject: str | None = None,
) -> Answer:
    """Return what the record says of the claims of a text, or of one claim taken apart.

    Parameters
    ----------
    ask : Observatory
        The record.
    text : str
        The words; without `quantity` the claims are found in them.
    published : str or None
        When they were published; weekdays and hours depend on it.
    as_known_on : str or None
        Judge by what was known then; None is all that is known.
    since, until : str or None
        The time that a claim taken apart is about.
    quantity : str or None
        What it claims; a change is signed: a fall of 12 % is -0.12.
    low, high : float or None
        The range it claims; equal for one number.
    subject : str or None
        ``network``, ``pools``, ``pool:SLUG`` or ``country:CC``; None is the network.

    Raises
    ------
    UsageError
        ``usage`` for a claim that is taken apart in part only; ``interval-order``; and as for
        `Observatory.check`.
    """
    if quantity is None:
        if any(one is not None for one in (since, until, low, high, subject)):
            raise UsageError(
                "a claim taken apart needs its quantity",
                code="usage",
                hint="give quantity, low and high, or the text alone",
            )
        return _answer(ask.check(text, published=published, as_known_on=as_known_on))
    lowest, highest = _range(low, high)
    claim = Claim(
        text=visible_text(text, limit=_LONGEST_CLAIM, sentences=True),
        subject=_subject(subject),
        quantity=quantity,
        low=lowest,
        high=highest,
        relation="change" if quantity == "hashrate_change_share" else "level",
        window=_window(since, until),
        published_s=None if published is None else parse_time(published),
    )
    return _answer(ask.check(claims=[claim], published=published, as_known_on=as_known_on))


def _subject(subject: str | None) -> str:
    if subject is not None and subject != "pools":
        parse_subject(subject)
    return subject or NETWORK


def _range(low: float | None, high: float | None) -> tuple[float, float]:
    if low is None or high is None:
        raise UsageError(
            "a claim taken apart needs low and high", code="usage", hint="equal for one number"
        )
    if not low <= high:
        raise UsageError(
            f"low must not be above high, got {low:g} and {high:g}", code="interval-order"
        )
    return low, high


def _window(since: str | None, until: str | None) -> Window | None:
    if since is None and until is None:
        return None
    if since is None or until is None:
        raise UsageError(
            "the time of a claim needs both since and until", code="usage", hint="give both"
        )
    return Window(start_s=parse_time(since), end_s=parse_time(until))


def _answer(check: "Check") -> Answer:
    """Return all claims; of a single one what was found stands at the top too."""
    then = check.at_publication or (None,) * len(check.verdicts)
    claims = [
        {
            "quote": claim_quote(verdict, verdict_because(verdict.reason), earlier=earlier),
            **claim_document(verdict),
            "call_at_publication": None if earlier is None else earlier.call,
        }
        for verdict, earlier in zip(check.verdicts[:_MOST_CLAIMS], then, strict=False)
    ]
    answer = {
        "quote": plain(f"{gist(check).removesuffix('.')} (hashquake)."),
        "n_claims": len(check.verdicts),
        "claims": claims,
        "questions": [
            visible_text(one.text, limit=_LONGEST_CLAIM, sentences=True) for one in check.questions
        ],
        "known_s": check.known_s,
    }
    if len(claims) != 1:
        return answer
    [only] = claims
    keys = ("quote", "call", "probability", "measured", "because")
    about = ("text", "subject", "quantity", "low", "high", "window")
    return (
        answer
        | {key: only[key] for key in keys}
        | {"is_consistent": only["consistent"], "claim": {key: only[key] for key in about}}
    )
