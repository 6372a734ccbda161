"""Opinions as stored documents: what goes in comes out, and wording is no part of them."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.explain.made_outage import made_outage
from tests.made_quake import made_quake

from hashquake.catalog.documents import (
    outage_document,
    outage_of,
    quake_document,
    quake_of,
    same_opinion,
)
from hashquake.core.errors import RecordError
from hashquake.core.interval import Interval
from hashquake.core.outage import OUTAGE_CLASSES, Outage, OutageClass, Witness
from hashquake.core.quake import Cause, Quake
from hashquake.core.reason import (
    BlocksAlone,
    CauseReason,
    DuringEvent,
    Finding,
    Findings,
    NearEvent,
    NullAlarms,
    NullRange,
    PoolsAlone,
    Sentence,
    ShortHistory,
    SilenceReason,
    SilentSince,
    SilentUntil,
    SourceFailed,
    Undocumented,
)
from hashquake.core.window import Window
from hashquake.serve.opinion_documents import outage_json, quake_json

SHARES = st.integers(0, 10_000).map(lambda n: n / 10_000)
RATES = st.integers(0, 1000).map(lambda n: n / 100)
TIMES = st.integers(1_600_000_000, 1_800_000_000).map(float)
WORDS = st.text(max_size=20)


@st.composite
def windows(draw: st.DrawFn) -> Window:
    start_s = draw(TIMES)
    return Window(start_s=start_s, end_s=start_s + draw(st.integers(1, 10**6)))


@st.composite
def intervals(draw: st.DrawFn, *, unbounded: bool = False) -> Interval:
    low, median, high = sorted(draw(st.tuples(SHARES, SHARES, SHARES)))
    top = float("inf") if unbounded and draw(st.booleans()) else high
    return Interval(median=median, low=low, high=top, level=0.9)


def near_events() -> st.SearchStrategy[NearEvent]:
    return st.builds(
        NearEvent,
        about=WORDS,
        timing=st.sampled_from(("before", "with", "during", "after")),
        apart_s=TIMES,
        place=st.none() | WORDS,
        place_share=st.none() | intervals(),
        remaining_share=intervals(),
    )


def cause_reasons() -> st.SearchStrategy[CauseReason]:
    return st.one_of(
        st.builds(Sentence, text=WORDS),
        st.just(BlocksAlone()),
        st.builds(NullAlarms, false_alarms_per_year=RATES),
        st.builds(Undocumented, falls_per_year=RATES),
        st.builds(PoolsAlone, falls_per_year=RATES),
        st.builds(
            NullRange,
            low_share=SHARES,
            high_share=SHARES,
            measured_share=SHARES,
            least_fall_share=SHARES,
        ),
        near_events(),
        st.builds(
            DuringEvent,
            about=WORDS,
            overlap_share=SHARES,
            place=st.none() | WORDS,
            place_share=st.none() | intervals(),
            remaining_share=intervals(),
        ),
    )


@st.composite
def quakes(draw: st.DrawFn) -> Quake:
    luck = draw(SHARES)
    return made_quake(
        revision=draw(st.integers(1, 99)),
        issued_s=draw(TIMES),
        status=draw(st.sampled_from(("preliminary", "confirmed", "reviewed", "rejected"))),
        onset=draw(windows()),
        end_s=draw(st.none() | TIMES),
        remaining_share=draw(intervals(unbounded=True)),
        pools=tuple(draw(st.lists(WORDS, max_size=3))),
        causes=(
            Cause(name="luck", probability=luck, reason=draw(cause_reasons())),
            Cause(
                name="unknown",
                probability=1.0 - luck if luck in {0.0, 1.0} else round(1.0 - luck, 4),
                reason=draw(cause_reasons()),
                country=draw(st.none() | st.sampled_from(("KZ", "US"))),
            ),
        ),
    )


@given(quakes())
def test_a_quake_survives_its_document_and_json(quake: Quake) -> None:
    stored = json.loads(json.dumps(quake_document(quake), allow_nan=False))
    assert quake_of(stored) == quake
    assert quake_document(quake_of(stored)) == stored


def findings() -> st.SearchStrategy[tuple[Finding, ...]]:
    one = st.builds(
        Finding, name=WORDS, value=st.none() | SHARES, saw=st.tuples(WORDS), missed=st.just(())
    )
    return st.lists(one, max_size=2).map(tuple)


def silences() -> st.SearchStrategy[SilenceReason]:
    return st.one_of(
        st.just(ShortHistory()),
        st.builds(SilentSince, last_s=TIMES),
        st.builds(SilentUntil, first_s=TIMES),
        st.builds(SourceFailed, ended_s=TIMES, error=WORDS),
    )


def witnesses(*, saw: bool) -> st.SearchStrategy[Witness]:
    return st.builds(
        Witness,
        signal=st.sampled_from(("probing", "bgp", "traffic")),
        covered_share=SHARES,
        remaining_share=st.none() | SHARES,
        onset=st.none() | windows(),
        made_by=WORDS,
        source=WORDS,
        quantity=WORDS,
        reasons=st.just(()) if saw else st.lists(silences(), max_size=2).map(tuple),
    )


@st.composite
def outages(draw: st.DrawFn) -> Outage:
    plain = made_outage("country:KZ", power=1.0)
    classes = tuple(
        OutageClass(
            name=name,
            probability=float(name == "power"),
            reason=draw(
                st.builds(
                    Findings, supporting=findings(), opposing=findings(), prior_probability=SHARES
                )
            ),
        )
        for name in OUTAGE_CLASSES
    )
    return replace(
        plain,
        issued_s=draw(TIMES),
        end_s=draw(st.none() | TIMES),
        depth_share=draw(intervals()),
        seen_by=(draw(witnesses(saw=True)),),
        not_seen_by=tuple(draw(st.lists(witnesses(saw=False), max_size=2))),
        classes=classes,
    )


@given(outages())
def test_an_outage_survives_its_document_and_json(outage: Outage) -> None:
    stored = json.loads(json.dumps(outage_document(outage), allow_nan=False))
    assert outage_of(stored) == outage
    assert outage_document(outage_of(stored)) == stored


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=9).filter(any))
def test_probabilities_cut_to_four_digits_still_sum_to_one(weights: list[int]) -> None:
    total = sum(weights)
    causes = [
        Cause(name="unknown", probability=weight / total, reason=BlocksAlone())
        for weight in weights
    ]
    quake = made_quake(causes=(replace(causes[0], name="luck"), *causes[1:]))
    document = quake_document(quake)
    assert sum(round(10_000 * one["probability"]) for one in document["causes"]) == 10_000
    read = quake_of(document)
    for ours, theirs in zip(read.causes, quake.causes, strict=True):
        assert ours.probability == pytest.approx(theirs.probability, abs=1.01e-4)


def as_once_stored(document: dict[str, Any]) -> dict[str, Any]:
    """Put a document into the shape of version 0.1: sentences, no reasons."""
    old = json.loads(json.dumps(document))
    for one in (*old.get("causes", ()), *old.get("classes", ())):
        one.pop("reason")
        one["because"] = "so it was worded then"
    for one in old.get("witnesses", ()):
        one.pop("reasons")
        one["because"] = "it was silent" if not one["covered_share"] else ""
    return old  # type: ignore[no-any-return]


def test_documents_of_the_first_version_are_read_and_are_the_same_opinions() -> None:
    quake, outage = made_quake(), made_outage("country:KZ", power=0.6, cable=0.4)
    old_quake = as_once_stored(quake_document(quake))
    old_outage = as_once_stored(outage_document(outage))
    assert quake_of(old_quake).causes[0].reason == Sentence(text="so it was worded then")
    assert outage_of(old_outage).classes[0].reason == Sentence(text="so it was worded then")
    assert same_opinion(old_quake, quake_document(quake))
    assert same_opinion(old_outage, outage_document(outage))
    assert quake_json(quake_of(old_quake))["causes"][0]["because"] == "so it was worded then"


def test_old_probabilities_that_lost_digits_are_read() -> None:
    old = as_once_stored(quake_document(made_quake()))
    old["causes"][0]["probability"] = 0.7499
    assert sum(cause.probability for cause in quake_of(old).causes) == pytest.approx(1.0, abs=1e-12)
    old["causes"][0]["probability"] = 0.7
    with pytest.raises(RecordError):
        quake_of(old)


def test_another_number_or_reason_is_another_opinion_and_another_date_may_be() -> None:
    quake = made_quake()
    document = quake_document(quake)
    for other in (
        replace(quake, status="reviewed"),
        replace(quake, end_s=quake.detected_s),
        replace(quake, causes=(replace(quake.causes[0], reason=BlocksAlone()), quake.causes[1])),
    ):
        assert not same_opinion(document, quake_document(other))
    later = quake_document(replace(quake, issued_s=quake.issued_s + 60.0, revision=7))
    assert not same_opinion(document, later)
    assert same_opinion(document, later, dated=False)


def test_no_sentence_is_stored_and_every_printed_reason_has_one() -> None:
    quake, outage = made_quake(), made_outage("country:KZ", power=1.0)
    assert "because" not in json.dumps(quake_document(quake))
    assert "because" not in json.dumps(outage_document(outage))
    assert all(cause["because"] for cause in quake_json(quake)["causes"])
    printed = outage_json(outage)
    assert all(each["because"] for each in printed["classes"])
    assert all("because" in each for each in (*printed["witnesses"], *printed["coverage"]))


@pytest.mark.parametrize(
    "damage",
    [
        {"status": "perhaps"},
        {"onset": {"start_s": 5, "end_s": 1}},
        {"issued_s": "noon"},
        {"revision": True},
        {"causes": [{"name": "luck", "probability": 1.0, "reason": {"code": "nonsense"}}]},
        {"picks": [{"subject": "network"}]},
        {"causes": None},
    ],
)
def test_a_damaged_document_is_one_clear_error(damage: dict[str, Any]) -> None:
    with pytest.raises(RecordError) as caught:
        quake_of(quake_document(made_quake()) | damage)
    assert caught.value.code == "opinion-unreadable"
    assert "hq20220105a" in caught.value.message or "cause" in caught.value.message
