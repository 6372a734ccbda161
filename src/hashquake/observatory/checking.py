"""Claims judged by all that the record knows, as it is known now or was known on a day."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hashquake.core.claim import Claim, Verdict
from hashquake.core.errors import HashquakeError, UsageError
from hashquake.core.record import Record
from hashquake.judge.arithmetic import calculations
from hashquake.judge.check import Asked, Check
from hashquake.judge.claim_groups import claim_groups
from hashquake.observatory import claim_ledger
from hashquake.observatory.claim_evidence import ClaimEvidence
from hashquake.observatory.claim_judge import ClaimJudge, end_of_day

if TYPE_CHECKING:
    from hashquake.claims.extract import Extraction


def check(
    record: Record,
    text: str,
    *,
    published_s: float | None,
    known_s: float | None,
    now_s: float,
    language: str | None = None,
    claims: Sequence[Claim] | None = None,
    url: str = "",
    keep: bool = False,
) -> Check:
    """Find the claims in a text and judge them; see `Observatory.check`.

    Parameters
    ----------
    record : Record
        Blocks and readings.
    text : str
        Plain text or HTML.
    published_s : float or None
        When it was published, UTC Unix seconds; None is what the page's own head says, if anything.
    known_s : float or None
        As for `check_claims`.
    now_s : float
        The clock, UTC Unix seconds.
    language : str or None
        None finds it.
    claims : sequence of Claim or None
        Judge these instead.
    url : str
        Where it was published; may be empty.
    keep : bool
        Whether to keep claims and verdicts in the ledger, if the record can be written.
    """
    if claims is not None:
        made = check_claims(
            record,
            claims,
            text=text,
            language=claims[0].language if claims else "en",
            published_s=published_s,
            known_s=known_s,
            now_s=now_s,
        )
    else:
        made = _check_text(
            record,
            read_text(text, published_s=published_s, language=language, url=url),
            text=text,
            known_s=known_s,
            now_s=now_s,
        )
    if keep and not record.read_only:
        claim_ledger.keep(record, made, now_s=now_s)
    return made


def _check_text(
    record: Record, found: "Extraction", *, text: str, known_s: float | None, now_s: float
) -> Check:
    return check_claims(
        record,
        found.claims,
        text=text,
        language=found.language,
        published_s=found.published_s,
        known_s=known_s,
        now_s=now_s,
        questions=[Asked(text=one.text, span=one.span) for one in found.questions],
    )


def read_text(
    text: str, *, published_s: float | None, language: str | None = None, url: str = ""
) -> "Extraction":
    """Find the claims in a plain text or a page of HTML.

    Parameters
    ----------
    text : str
        Of either kind.
    published_s : float or None
        When it was published; None is what the page's own head says, if anything.
    language : str or None
        None finds it.
    url : str
        Where it was published; may be empty.

    Raises
    ------
    UsageError
        ``extra-missing`` where the extra ``claims`` is not installed.
    """
    try:
        from hashquake.claims.extract import extract_claims
        from hashquake.claims.markup import is_markup, published_of, read_markup

        if not is_markup(text):
            return extract_claims(text, published_s=published_s, language=language, url=url)
        said_s = published_of(text) if published_s is None else published_s
        page = read_markup(text)
        found = extract_claims(page.text, published_s=said_s, language=language, url=url)
    except ImportError as missing:
        raise UsageError(
            f"reading claims needs the package {missing.name}",
            code="extra-missing",
            hint="pip install 'hashquake[claims]'",
        ) from None
    return page.mapped(found)


def check_claims(
    record: Record,
    claims: Sequence[Claim],
    *,
    text: str,
    language: str,
    published_s: float | None,
    known_s: float | None,
    now_s: float,
    questions: Sequence[Asked] = (),
) -> Check:
    """Judge claims; see `Observatory.check`.

    Parameters
    ----------
    record : Record
        Blocks and readings.
    claims : sequence of Claim
        In the order of the text.
    text, language : str
        What they were read from.
    published_s : float or None
        When it was published, UTC Unix seconds.
    known_s : float or None
        Use what was known by then alone; None is all that is known.
    now_s : float
        The clock, UTC Unix seconds.
    questions : sequence of Asked
        What the text leaves open.
    """
    latest_s = now_s if known_s is None else min(known_s, now_s)
    verdicts = ClaimJudge(record, known_s=latest_s, now_s=now_s, published_s=published_s).all(
        claims
    )
    then: tuple[Verdict, ...] = ()
    if published_s is not None and end_of_day(published_s) < latest_s:
        then = ClaimJudge(
            record, known_s=end_of_day(published_s), now_s=now_s, published_s=published_s
        ).all(claims)
    return Check(
        text=text,
        language=language,
        published_s=published_s,
        known_s=latest_s,
        verdicts=verdicts,
        at_publication=then,
        groups=claim_groups(verdicts),
        calculations=calculations(
            claims, capacity_mw=_capacity_mw(record, claims, latest_s, now_s)
        ),
        questions=tuple(questions),
    )


def _capacity_mw(
    record: Record, claims: Sequence[Claim], known_s: float, now_s: float
) -> float | None:
    """Return the generating capacity of the country whose share is stated, where it is known."""
    share = next((one for one in claims if one.quantity == "generation_share"), None)
    if share is None or not share.subject.startswith("country:"):
        return None
    at_s = share.window.start_s if share.window else share.published_s
    try:
        report = ClaimEvidence(record, known_s=known_s, now_s=now_s).energy_of(
            share.subject.removeprefix("country:"), min(at_s or known_s, known_s)
        )
    except HashquakeError:
        return None
    return None if report.capacity is None else report.capacity.installed_mw
