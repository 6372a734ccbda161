"""The judge of claims: each kind of claim goes to the evidence that measures it."""

from collections.abc import Callable, Sequence
from dataclasses import replace

from hashquake.core.claim import Claim, Verdict
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import NoCoverage, UsageError
from hashquake.core.record import Record
from hashquake.core.subject import BITCOIN, NETWORK
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.verdict_reason import (
    DataMissing,
    Limit,
    NoSubject,
    NoTime,
    NotMeasured,
    TimeOpen,
    VerdictReason,
)
from hashquake.core.window import Window
from hashquake.datasets.label_gaps import load_label_gaps
from hashquake.estimate.block_count import pool_block_counts
from hashquake.judge.claims import LARGE_POOLS, Setting, blocks_reach, judge_claim, reference_of
from hashquake.judge.impossible import impossible_value
from hashquake.judge.interval_claims import Measurement, judge_interval
from hashquake.judge.pool_rank import judge_pool_rank
from hashquake.judge.record_claims import judge_price_record, judge_record
from hashquake.observatory.claim_evidence import ClaimEvidence
from hashquake.observatory.fused_rates import fused_change_between
from hashquake.observatory.measure import CONTEXT_S, blocks_around, heights_between
from hashquake.observatory.mined_evidence import (
    blocks_found,
    bound_by_network,
    hashrate_step,
    is_of_network,
)

BASELINE_S = 14 * DAY_S
USUAL_CHANGE_S = DAY_S
USUAL_LEVEL_S = 3 * DAY_S
USUAL_RANK_S = 14 * DAY_S
"""Windows of claims that name no time, up to the instant of publication."""
_UNCOUNTED = ("no_machines", "no_sites")
_AN_HOUR_S = HOUR_S + 1
_SOON_S = 40 * DAY_S


def end_of_day(published_s: float) -> float:
    """Return when a text was out: a date alone leaves the whole day open.

    Parameters
    ----------
    published_s : float
        UTC Unix seconds.
    """
    return published_s + DAY_S if published_s % DAY_S == 0 else published_s


def judge_event_claims(
    record: Record, claims: Sequence[Claim], event: Setting, *, now_s: float
) -> tuple[Verdict, ...]:
    """Judge what was said of an event by all that the record knows.

    Parameters
    ----------
    record : Record
        Blocks and readings.
    claims : sequence of Claim
        Without a time of its own a claim is about the event's window.
    event : Setting
        Blocks about the event, its window and what its changes are measured from.
    now_s : float
        The clock, UTC Unix seconds.
    """
    known_s = max(now_s, event.window.end_s)
    judge = ClaimJudge(record, known_s=known_s, now_s=now_s, published_s=None, event=event)
    return judge.all(claims)


class ClaimJudge:
    """Judges claims by what was known at one instant.

    Parameters
    ----------
    record : Record
        Blocks and readings.
    known_s : float
        Nothing later is used, UTC Unix seconds.
    now_s : float
        The clock, UTC Unix seconds.
    published_s : float or None
        When the text was published, for claims that name no time; UTC Unix seconds.
    event : Setting or None
        Of claims about one event: its window for those without a time, its blocks and its baseline.
    """

    def __init__(
        self,
        record: Record,
        *,
        known_s: float,
        now_s: float,
        published_s: float | None,
        event: Setting | None = None,
    ) -> None:
        self._record = record
        self._event = event
        self._known_s = known_s
        self._published_s = published_s
        self._coverage = record.coverage()
        self._evidence = ClaimEvidence(record, known_s=known_s, now_s=now_s)
        self._made: dict[tuple[object, ...], Verdict] = {}
        self._blocks: dict[Window, BlockColumns] = {}

    def all(self, claims: Sequence[Claim]) -> tuple[Verdict, ...]:
        """Return a verdict on each claim.

        Parameters
        ----------
        claims : sequence of Claim
            In any order.
        """
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
            claim.measure,
            claim.question,
            bool(claim.hedge),
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
            return _unresolved(claim, _of_nobody(claim))
        window = None if claim.question else self._window(claim)
        if window is None:
            return _unresolved(
                claim, TimeOpen(question=claim.question) if claim.question else NoTime()
            )
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
        except (NoCoverage, UsageError) as error:
            # Maps and machines are of Bitcoin's main network alone.
            if isinstance(error, UsageError) and error.code != "network-not-main":
                raise
            return _unresolved(claim, DataMissing(error=error.code, message=error.message))

    def _by_evidence(self, claim: Claim, window: Window) -> Verdict:
        measurement = self._evidence.measure(claim, window)
        if measurement is not None:
            return judge_interval(claim, measurement)
        if claim.quantity == "rank" and claim.subject == NETWORK and claim.low == claim.high == 1:
            end = Window(start_s=0.0, end_s=window.end_s + CONTEXT_S)
            return judge_record(claim, window, self._loaded(end, heights_between))
        if claim.quantity == "rank" and claim.subject == BITCOIN:
            return judge_price_record(claim, window, self._evidence.prices_until(window))
        mined = self._by_blocks(claim, window)
        if mined is not None:
            return mined
        by_reports = self._by_reports(claim, window)
        if by_reports is not None:
            return by_reports
        setting = self._setting(claim, window)
        return judge_claim(replace(claim, window=window), setting)

    def _by_blocks(self, claim: Claim, window: Window) -> Verdict | None:
        """Judge counts, ranks of pools, steps of hash rate, and what a country changed by."""
        limit = limit_of(claim)
        if limit is not None:
            return _unresolved(claim, NotMeasured(limit=limit, quantity=claim.quantity))
        place = claim.subject.removeprefix("country:")
        if place != claim.subject and claim.quantity == "hashrate_change_share":
            return self._by_network(claim, place, window)
        counted = claim.quantity == "count" or (
            claim.quantity == "rank" and claim.subject.startswith("pool:")
        )
        stepped = claim.quantity == "hashrate_hps" and claim.relation == "change"
        if not is_of_network(claim) or not (counted or stepped):
            return None
        setting = self._setting(claim, window)
        network = self._record.network
        if not blocks_reach(setting.blocks, window):
            raise NoCoverage(f"the record does not cover {window}", code="blocks-short")
        if stepped:
            before = reference_of(window, setting.baseline)
            step = hashrate_step(
                claim, before, window, setting.blocks, self._coverage, network=network
            )
            return judge_interval(claim, step)
        if claim.quantity == "rank":
            self._coverage.require(window, what=claim.subject)
            counts = pool_block_counts(setting.blocks, window, self._coverage, network=network)
            return judge_pool_rank(claim, window, counts)
        return judge_interval(
            claim, blocks_found(claim, window, setting.blocks, self._coverage, network=network)
        )

    def _by_network(self, claim: Claim, place: str, window: Window) -> Verdict:
        """Judge a country's change by what the whole network's change leaves room for."""
        share, source = self._evidence.share_of(place, window)
        whole = replace(
            claim,
            subject=NETWORK,
            relation="change",
            low=max(-1.0, claim.low * share.median),
            high=claim.high * share.median,
            window=window,
        )
        network = judge_claim(whole, self._setting(whole, window))
        if network.measured is None:
            return replace(network, about=claim)
        bound = bound_by_network(network.measured, share, window, source=source)
        return judge_interval(claim, bound)

    def _by_reports(self, claim: Claim, window: Window) -> Verdict | None:
        """Judge by blocks and pools' reports together, where pools reported in both windows."""
        if claim.quantity != "hashrate_change_share" or claim.subject not in (NETWORK, LARGE_POOLS):
            return None
        before = Window(start_s=window.start_s - BASELINE_S, end_s=window.start_s)
        if self._event is not None and self._is_of_event(window):
            before = reference_of(window, self._event.baseline)
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
        if self._event is not None and self._is_of_event(window):
            return self._event
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

    def _is_of_event(self, window: Window) -> bool:
        """Whether the event's blocks reach over a window and what it is compared with."""
        if self._event is None:
            return False
        reference = reference_of(window, self._event.baseline)
        return all(blocks_reach(self._event.blocks, one) for one in (reference, window))

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
        level = claim.relation == "level" or not claim.quantity.endswith("_change_share")
        window = claim.window
        if window is None:
            return self._usual_window(claim, level=level)
        by_blocks = claim.subject != BITCOIN and not claim.quantity.startswith("connectivity")
        by_blocks = by_blocks and claim.measure != "blocks"
        if window.duration_s > _AN_HOUR_S or not by_blocks:
            return window
        # An instant: what was at it, or what followed it.
        if level:
            return Window(start_s=window.end_s - DAY_S, end_s=window.end_s)
        return Window(start_s=window.start_s, end_s=window.start_s + DAY_S)

    def _usual_window(self, claim: Claim, *, level: bool) -> Window | None:
        """Return the event's time, or the days before publication; None where both are unknown."""
        if self._event is not None:
            return self._event.window
        published_s = claim.published_s or self._published_s
        if published_s is None:
            return None
        out_s = min(end_of_day(published_s), self._known_s)
        if claim.measure == "blocks":
            return None  # so many blocks are found in any three hours
        if claim.quantity == "rank" and claim.subject.startswith("pool:"):
            return Window(start_s=out_s - USUAL_RANK_S, end_s=out_s)
        length_s = USUAL_LEVEL_S if level and claim.subject != BITCOIN else USUAL_CHANGE_S
        return Window(start_s=out_s - length_s, end_s=out_s)

    def _before(self, window: Window) -> Window:
        """Return the time of a value "from" which a change began: the days before it."""
        return Window(start_s=window.start_s - USUAL_LEVEL_S, end_s=window.start_s)


def limit_of(claim: Claim) -> Limit | None:
    """Return why a count or a sum of money cannot be judged; None where it can or is neither.

    Parameters
    ----------
    claim : Claim
        Of any quantity.
    """
    if claim.quantity == "count" and claim.measure != "blocks":
        limits: dict[str, Limit] = {"machines": "no_machines", "sites": "no_sites"}
        return limits.get(claim.measure, "count_unsaid")
    if claim.quantity == "count" and not is_of_network(claim):
        return "no_place"
    if claim.quantity == "money_usd":
        return "no_money" if claim.subject == NETWORK else "no_money_of"
    return None


def _of_nobody(claim: Claim) -> VerdictReason:
    """Return why a claim without a subject is not judged: machines are counted nowhere at all."""
    limit = limit_of(claim)
    if limit is not None and limit in _UNCOUNTED:
        return NotMeasured(limit=limit, quantity=claim.quantity)
    return NoSubject(quantity=claim.quantity)


def _unresolved(claim: Claim, reason: VerdictReason) -> Verdict:
    return Verdict(about=claim, call="unresolved", probability=None, measured=None, reason=reason)
