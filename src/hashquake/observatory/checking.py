"""Claims judged by all that the record knows, as it is known now or was known on a day."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from hashquake.core.claim import Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import HashquakeError, NoCoverage, UsageError
from hashquake.core.record import Record
from hashquake.core.subject import BITCOIN, NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.verdict_reason import DataMissing, NoSubject, NoTime, NotMeasured, VerdictReason
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.judge.arithmetic import calculations
from hashquake.judge.check import Asked, Check
from hashquake.judge.claim_groups import claim_groups
from hashquake.judge.claims import LARGE_POOLS, Setting, judge_claim
from hashquake.judge.impossible import impossible_value
from hashquake.judge.interval_claims import Measurement, judge_interval
from hashquake.judge.record_claims import judge_record
from hashquake.observatory import claim_ledger
from hashquake.observatory.claim_evidence import ClaimEvidence
from hashquake.observatory.fused_rates import fused_change_between
from hashquake.observatory.measure import CONTEXT_S, blocks_around, heights_between

if TYPE_CHECKING:
    from hashquake.claims.extract import Extraction

BASELINE_S = 14 * DAY_S
USUAL_CHANGE_S = DAY_S
USUAL_LEVEL_S = 3 * DAY_S
"""Windows of claims that name no time, up to the instant of publication."""
_AN_HOUR_S = HOUR_S + 1
_SOON_S = 40 * DAY_S


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
    verdicts = _Judge(record, known_s=latest_s, now_s=now_s, published_s=published_s).all(claims)
    then: tuple[Verdict, ...] = ()
    if published_s is not None and _end_of_day(published_s) < latest_s:
        then = _Judge(
            record, known_s=_end_of_day(published_s), now_s=now_s, published_s=published_s
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


def _end_of_day(published_s: float) -> float:
    """Return when a text was out: a date alone leaves the whole day open."""
    return published_s + DAY_S if published_s % DAY_S == 0 else published_s


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


class _Judge:
    """Judges claims by what was known at one instant."""

    def __init__(
        self, record: Record, *, known_s: float, now_s: float, published_s: float | None
    ) -> None:
        self._record = record
        self._known_s = known_s
        self._published_s = published_s
        self._coverage = record.coverage()
        self._evidence = ClaimEvidence(record, known_s=known_s, now_s=now_s)
        self._made: dict[tuple[object, ...], Verdict] = {}
        self._blocks: dict[Window, BlockColumns] = {}

    def all(self, claims: Sequence[Claim]) -> tuple[Verdict, ...]:
        return tuple(self._once(claim) for claim in claims)

    def _once(self, claim: Claim) -> Verdict:
        """Judge a claim; the same figure twice in a text is judged once."""
        key = (
            claim.subject,
            claim.quantity,
            claim.low,
            claim.high,
            claim.relation,
            claim.window,
            claim.published_s,
            claim.is_former,
        )
        if key not in self._made:
            self._made[key] = self._judged(claim)
        return replace(self._made[key], about=claim)

    def _judged(self, claim: Claim) -> Verdict:
        impossible = impossible_value(claim)
        if impossible is not None:
            return Verdict(
                about=claim, call="contradicted", probability=0.0, measured=None, reason=impossible
            )
        if claim.subject == "unknown":
            return _unresolved(claim, NoSubject(quantity=claim.quantity))
        window = self._window(claim)
        if window is None:
            return _unresolved(claim, NoTime())
        if claim.is_former and claim.window is None:
            window = self._before(window)
        if window.start_s >= self._known_s:
            missing = DataMissing(
                error="window-ahead",
                message=f"nothing of {window} was known on the day asked about",
            )
            return _unresolved(claim, missing)
        window = Window(start_s=window.start_s, end_s=min(window.end_s, self._known_s))
        try:
            return self._by_evidence(claim, window)
        except NoCoverage as error:
            return _unresolved(claim, DataMissing(error=error.code, message=error.message))

    def _by_evidence(self, claim: Claim, window: Window) -> Verdict:
        measurement = self._evidence.measure(claim, window)
        if measurement is not None:
            return judge_interval(claim, measurement)
        if claim.quantity == "rank" and claim.subject == NETWORK and claim.low == claim.high == 1:
            end = Window(start_s=0.0, end_s=window.end_s + CONTEXT_S)
            return judge_record(claim, window, self._loaded(end, heights_between))
        if claim.quantity == "rank" and claim.subject.startswith("pool:"):
            return _unresolved(claim, NotMeasured(limit="not_judged", quantity="rank"))
        by_reports = self._by_reports(claim, window)
        if by_reports is not None:
            return by_reports
        setting = self._setting(claim, window)
        return judge_claim(replace(claim, window=window), setting)

    def _by_reports(self, claim: Claim, window: Window) -> Verdict | None:
        """Judge by blocks and pools' reports together, where pools reported in both windows."""
        if claim.quantity != "hashrate_change_share" or claim.subject not in (NETWORK, LARGE_POOLS):
            return None
        before = Window(start_s=window.start_s - BASELINE_S, end_s=window.start_s)
        fused = fused_change_between(self._record, before, window)
        if fused is None:
            return None
        return judge_interval(
            claim,
            Measurement(
                evidence="reports",
                measured=fused.change_share,
                window=window,
                source=", ".join(fused.pools),
                reach=0.01,
            ),
        )

    def _setting(self, claim: Claim, window: Window) -> Setting:
        baseline_s = max(BASELINE_S, window.duration_s)
        baseline = Window(start_s=window.start_s - baseline_s, end_s=window.start_s)
        after_s = float(CONTEXT_S)
        if claim.quantity == "difficulty_change_share":
            after_s = min(_SOON_S, max(CONTEXT_S, self._known_s - window.end_s))
        around = Window(start_s=baseline.start_s, end_s=window.end_s)
        blocks = self._loaded(
            around, lambda record, one: blocks_around(record, one, after_s=after_s), after_s
        )
        blocks = blocks.take(blocks.header_s <= self._known_s + CONTEXT_S)
        return Setting(
            blocks=blocks,
            window=window,
            baseline=baseline,
            coverage=self._coverage,
            label_gaps=load_label_gaps(),
            network=self._record.network,
        )

    def _loaded(
        self,
        window: Window,
        load: Callable[[Record, Window], BlockColumns],
        after_s: float = 0.0,
    ) -> BlockColumns:
        key = Window(start_s=window.start_s, end_s=window.end_s + after_s)
        if key not in self._blocks:
            if len(self._blocks) > 8:
                self._blocks.clear()
            self._blocks[key] = load(self._record, window)
        return self._blocks[key]

    def _window(self, claim: Claim) -> Window | None:
        """Return the time a claim is about; the usual one where it names none."""
        end_s = claim.published_s or self._published_s
        level = claim.relation == "level" or not claim.quantity.endswith("_change_share")
        if claim.window is None:
            if end_s is None:
                return None
            out_s = min(_end_of_day(end_s), self._known_s)
            length_s = USUAL_LEVEL_S if level and claim.subject != BITCOIN else USUAL_CHANGE_S
            return Window(start_s=out_s - length_s, end_s=out_s)
        if claim.window.duration_s <= _AN_HOUR_S:  # an instant: what was at it, or what followed it
            start_s, stop_s = claim.window.start_s, claim.window.end_s
            if claim.subject == BITCOIN or claim.quantity.startswith("connectivity"):
                return claim.window
            if level:
                return Window(start_s=stop_s - DAY_S, end_s=stop_s)
            return Window(start_s=start_s, end_s=start_s + DAY_S)
        return claim.window

    def _before(self, window: Window) -> Window:
        """Return the time of a value "from" which a change began: the days before it."""
        return Window(start_s=window.start_s - USUAL_LEVEL_S, end_s=window.start_s)


def _unresolved(claim: Claim, reason: VerdictReason) -> Verdict:
    return Verdict(about=claim, call="unresolved", probability=None, measured=None, reason=reason)
