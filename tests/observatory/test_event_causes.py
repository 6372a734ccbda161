"""One answer on causes: the report of an event, and the quake that pools' reports raised of it."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from tests.january_2022 import (
    BLOCKS_FROM_S,
    DARK_FROM_S,
    LIVE_FROM_S,
    blocks_between,
    ends_between,
    pool_reports,
    probes,
)

import hashquake as hq
from hashquake.catalog.causes import window_causes
from hashquake.catalog.documents import quake_document, quake_of
from hashquake.catalog.event_causes import event_causes, reported_quake
from hashquake.catalog.ledger import next_quakes
from hashquake.core.contracts import Batch
from hashquake.core.fused_change import FusedChange
from hashquake.core.incident import Incident, WeighedCauses
from hashquake.core.interval import Interval
from hashquake.core.quake import Cause, Quake
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window
from hashquake.serve.report.document import report_document
from hashquake.serve.report.gist import brief
from hashquake.serve.report.panel_causes import cause_panel

UNTIL_S = DARK_FROM_S + 27.0 * HOUR_S
FROM_S = DARK_FROM_S - 14.0 * DAY_S
BEFORE = Window(start_s=FROM_S, end_s=DARK_FROM_S)
DARK = Window(start_s=DARK_FROM_S, end_s=UNTIL_S)

BLOCKS_SAY = Interval(median=1.02, low=0.85, high=1.22, level=0.9)


@dataclass
class Lived:
    """A day lived through: each opinion of a quake with the report of the same instant."""

    observatory: hq.Observatory
    now_s: list[float]
    pairs: list[tuple[Quake, Incident]] = field(default_factory=list)


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lived]:
    now = [float(LIVE_FROM_S)]
    path = tmp_path_factory.mktemp("january") / "january.db"
    readings = (*probes(), *pool_reports())
    with hq.open(path, create=True, now_s=lambda: now[0]) as observatory:
        observatory.feed_all([Batch(blocks=blocks_between(BLOCKS_FROM_S, now[0]))], source="node")
        known = ends_between(readings, 0.0, now[0])
        observatory.feed_all([Batch(readings=known)], source="instruments")
        found = Lived(observatory, now)
        while now[0] < UNTIL_S:
            start_s = now[0]
            now[0] += 600.0 if DARK_FROM_S <= start_s < DARK_FROM_S + 2.0 * HOUR_S else HOUR_S
            window = Window(start_s=start_s, end_s=now[0])
            blocks = Batch(blocks=blocks_between(start_s, now[0]), observed=(window,))
            come = Batch(readings=ends_between(readings, start_s, now[0]))
            for source, batch in (("node", blocks), ("instruments", come)):
                last_id = observatory.changes(limit=100_000)[-1].id
                observatory.feed(batch, source=source)
                later = observatory.changes(after_id=last_id, limit=100_000)
                opinions = [quake_of(one.document) for one in later if one.kind == "quake"]
                if opinions:
                    report = observatory.report(
                        (DARK_FROM_S, now[0]), baseline=(FROM_S, DARK_FROM_S)
                    )
                    found.pairs.append((opinions[-1], report))
        yield found


def told(causes: tuple[Cause, ...]) -> Any:
    """Return probabilities of causes, to the four digits that the catalog keeps."""
    return pytest.approx(shown(causes), abs=2e-4)


def shown(causes: tuple[Cause, ...]) -> dict[tuple[str, str | None], float]:
    return {(one.name, one.country): one.probability for one in causes if one.probability > 1e-3}


def test_the_report_and_the_alert_of_an_instant_agree(lived: Lived) -> None:
    assert len(lived.pairs) >= 2
    for quake, incident in lived.pairs:
        assert incident.causes_evidence == "quake"
        assert incident.causes_quake == quake.id
        assert shown(incident.causes) == told(quake.causes)


def test_the_report_of_the_day_finds_the_cut(lived: Lived) -> None:
    incident = lived.observatory.report((DARK_FROM_S, UNTIL_S), baseline=(FROM_S, DARK_FROM_S))
    first = incident.causes[0]
    assert (first.name, first.country) == ("internet", "KZ")
    assert first.probability > 0.8
    # By its blocks alone nothing is shown: the finding is theirs, and the page says what else is.
    assert incident.finding == "none"
    alone = window_causes(
        lived.observatory.record,
        Interval(median=0.9, low=0.7, high=1.1, level=0.9),
        window=DARK,
        baseline=BEFORE,
    )
    assert alone[0].probability < first.probability
    panel = cause_panel(incident)
    assert panel is not None
    assert "The blocks alone show no fall beyond luck and drift." in panel.sentence
    assert f"Judged as the quake {incident.causes_quake}" in panel.sentence
    assert "by what pools reported" in dict(brief(incident, None))["Why"]
    document = report_document(incident)
    assert document["causes_evidence"] == "quake"
    assert document["causes_quake"] == incident.causes_quake


def test_a_quake_of_another_time_is_not_what_a_window_is_about(lived: Lived) -> None:
    record = lived.observatory.record

    def found(window: Window, baseline: Window) -> bool:
        return reported_quake(record, window=window, baseline=baseline) is not None

    assert found(DARK, BEFORE)
    # It lies in less than half of the window, or in most of the baseline, too.
    early = Window(start_s=DARK_FROM_S - 3.0 * DAY_S, end_s=UNTIL_S)
    assert not found(early, Window(start_s=FROM_S, end_s=early.start_s))
    middle_s = DARK_FROM_S + 14.0 * HOUR_S
    first = Window(start_s=DARK_FROM_S + HOUR_S, end_s=middle_s)
    assert not found(Window(start_s=middle_s, end_s=UNTIL_S), first)


class _UndoneError(Exception):
    """Raised so that nothing of a transaction stays."""


def with_opinion(lived: Lived, **changed: Any) -> WeighedCauses:
    """Weigh the day's causes with one more opinion of its quake, and take that back."""
    record = lived.observatory.record
    quake = reported_quake(record, window=DARK, baseline=BEFORE)
    assert quake is not None
    other = quake_document(replace(quake, issued_s=UNTIL_S, **changed))
    found: list[WeighedCauses] = []
    with contextlib.suppress(_UndoneError), record.writing() as inside:
        inside.add_opinions(next_quakes(inside.opinions("quake"), [other]))
        found.append(weighed(inside, fused=fused_by(-0.12)))
        raise _UndoneError
    return found[0]


def fused_by(change: float) -> FusedChange:
    interval = Interval(median=change, low=change - 0.02, high=change + 0.02, level=0.9)
    return FusedChange(change_share=interval, pools=("p00",), made_by="test")


def weighed(record: hq.core.record.Record, *, fused: FusedChange | None) -> WeighedCauses:
    return event_causes(
        record,
        BLOCKS_SAY,
        window=DARK,
        baseline=BEFORE,
        with_drift=True,
        fused=fused,
        labelled=True,
    )


def test_reports_that_blocks_contradict_are_left_out(lived: Lived) -> None:
    found = with_opinion(lived, kind="disagreement")
    assert (found.evidence, found.quake) == ("blocks", None)
    alone = window_causes(
        lived.observatory.record,
        BLOCKS_SAY,
        window=DARK,
        baseline=BEFORE,
        with_drift=True,
    )
    assert shown(found.causes) == told(alone)


def test_without_a_quake_what_pools_reported_still_counts(lived: Lived) -> None:
    found = with_opinion(lived, status="rejected")
    assert found.evidence == "blocks+reports"
    assert (found.causes[0].name, found.causes[0].country) == ("internet", "KZ")


def test_reports_without_a_fall_speak_for_luck() -> None:
    with hq.open("bundled") as bundled:
        alone = weighed(bundled.record, fused=None)
        steady = weighed(bundled.record, fused=fused_by(0.0))
    assert (alone.evidence, steady.evidence) == ("blocks", "blocks+reports")

    def luck(found: WeighedCauses) -> float:
        return next(one.probability for one in found.causes if one.name == "luck")

    assert luck(steady) > luck(alone)
