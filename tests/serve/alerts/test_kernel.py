"""Rules over changes: when something is raised, updated, recovered, and when it is not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from tests.serve.alerts.alert_rows import (
    ALL_WATCHED,
    DAY_S,
    HOUR_S,
    T0,
    block,
    blocks,
    forecast,
    gap,
    outage,
    quake,
    rule,
    site,
    source,
    tips,
)

from hashquake.core.coverage import Coverage
from hashquake.core.opinion import Change
from hashquake.core.source_status import OLD_TIP
from hashquake.core.window import Window
from hashquake.serve.alerts.kernel.event import AlertEvent
from hashquake.serve.alerts.kernel.rule import AlertRule
from hashquake.serve.alerts.kernel.state import AlertState, state_of, state_text
from hashquake.serve.alerts.kernel.step import AlertWorld, step


def events(
    rows: Sequence[Change],
    *rules: AlertRule,
    until_s: float | None = None,
    world: AlertWorld = ALL_WATCHED,
) -> tuple[AlertEvent, ...]:
    now_s = rows[-1].at_s if until_s is None else until_s
    return step(AlertState(), rows, rules=rules, world=world, now_s=now_s)[1]


def states(found: Sequence[AlertEvent]) -> list[tuple[str, str]]:
    return [(one.state, one.thread) for one in found]


def test_a_fall_is_raised_updated_and_recovers_in_one_thread() -> None:
    rows = [
        quake(1, T0),
        quake(2, T0 + HOUR_S, status="confirmed"),
        quake(3, T0 + 2 * HOUR_S, status="confirmed"),  # nothing that is worth an update
        quake(4, T0 + 9 * HOUR_S, status="reviewed", end_s=T0 + 8 * HOUR_S),
    ]
    assert states(events(rows, rule("quake"))) == [
        ("raised", "hq20220105a"),
        ("updated", "hq20220105a"),
        ("recovered", "hq20220105a"),
    ]


def test_updates_are_apart_and_the_last_one_is_not_lost() -> None:
    rows = [quake(1, T0)] + [
        quake(2 + at, T0 + 60.0 * (at + 1), drop=0.3 + 0.06 * at) for at in range(5)
    ]
    found = events(rows, rule("quake", update_every_s=HOUR_S), until_s=T0 + DAY_S)
    assert [(one.state, one.at_s) for one in found] == [("raised", T0), ("updated", T0 + HOUR_S)]
    assert found[-1].notice.size_share == pytest.approx(0.54)


def test_a_rule_leaves_out_what_is_smaller_or_otherwise_caused_or_of_others() -> None:
    row = quake(1, T0, drop=0.2, causes={"luck": 0.7, "unknown": 0.3})
    assert not events([row], rule("quake", least_share=0.25))
    assert not events([row], rule("quake", causes=("internet", "unknown")))
    assert not events([row], rule("quake", subjects=("pool:*",)))
    assert not events([quake(1, T0, per_year=12.0)], rule("quake", at_most_per_year=1.0))
    assert events([row], rule("quake", least_share=0.15, causes=("luck",), subjects=("net*",)))


def test_a_raised_fall_stays_until_it_is_clearly_smaller() -> None:
    one = rule("quake", least_share=0.2)
    rows = [quake(1, T0, drop=0.21), quake(2, T0 + HOUR_S, drop=0.18)]
    assert [each.state for each in events(rows, one)] == ["raised"]
    rows.append(quake(3, T0 + 2 * HOUR_S, drop=0.14))
    assert [each.state for each in events(rows, one)] == ["raised", "recovered"]


def test_what_does_not_last_is_not_raised() -> None:
    one = rule("source", states=("down",), hold_s=600.0, recover_after_s=300.0)
    short = [source(1, T0, "down"), source(2, T0 + 599.0, "ok")]
    assert not events(short, one, until_s=T0 + DAY_S)
    long = [source(1, T0, "down"), source(2, T0 + 601.0, "ok")]
    found = events(long, one, until_s=T0 + DAY_S)
    assert [(each.state, each.at_s) for each in found] == [
        ("raised", T0 + 600.0),
        ("recovered", T0 + 901.0),
    ]


def test_what_comes_back_at_once_did_not_recover() -> None:
    one = rule("source", states=("down",), recover_after_s=300.0)
    rows = [
        source(1, T0, "down"),
        source(2, T0 + 1000.0, "ok"),
        source(3, T0 + 1200.0, "down"),
        source(4, T0 + 1300.0, "ok"),
    ]
    found = events(rows, one, until_s=T0 + DAY_S)
    assert [(each.state, each.at_s) for each in found] == [
        ("raised", T0),
        ("recovered", T0 + 1600.0),
    ]


def test_history_raises_nothing() -> None:
    assert not events([quake(1, T0, began_s=T0 - 9 * DAY_S)], rule("quake"))
    assert not events([outage(1, T0, began_s=T0 - 9 * DAY_S)], rule("outage"))


def test_a_fall_without_a_watched_baseline_raises_nothing() -> None:
    late = Coverage(windows=(Window(start_s=T0 - DAY_S, end_s=T0 + DAY_S),))
    assert not events([quake(1, T0)], rule("quake"), world=replace(ALL_WATCHED, covered=late))
    assert events([quake(1, T0)], rule("quake"))


def test_a_source_that_is_down_is_an_alert_of_its_own_and_never_a_quake() -> None:
    rules = (rule("quake"), rule("source", states=("down", "stuck")))
    rows = [source(1, T0, "down"), quake(2, T0 + 60.0)]
    found = events(rows, *rules, until_s=T0 + DAY_S)
    assert [(one.state, one.notice.about) for one in found] == [("raised", "source")]
    rows.append(source(3, T0 + HOUR_S, "ok"))
    later = events(rows, *rules, until_s=T0 + DAY_S)
    assert ("raised", "quake") in [(one.state, one.notice.about) for one in later]
    gone = [*rows[:2], quake(3, T0 + 120.0, status="rejected"), source(4, T0 + HOUR_S, "ok")]
    assert "quake" not in {one.notice.about for one in events(gone, *rules, until_s=T0 + DAY_S)}


def test_a_source_that_left_the_settings_is_no_fault_any_more() -> None:
    rows = [source(1, T0, "down"), source(2, T0 + HOUR_S, "unwatched")]
    found = events(rows, rule("source", states=("down", "stuck")), until_s=T0 + DAY_S)
    assert [one.state for one in found] == ["raised", "recovered"]


def test_an_outage_that_rests_on_a_source_that_is_down_waits_for_it() -> None:
    rows = [source(1, T0, "down", name="ioda"), outage(2, T0 + 60.0)]
    assert not events(rows, rule("outage"), until_s=T0 + DAY_S)
    rows.append(source(3, T0 + HOUR_S, "ok", name="ioda"))
    assert states(events(rows, rule("outage"))) == [("raised", "ou20220105kza")]


def test_one_fault_of_one_instrument_is_one_alert() -> None:
    one = rule("outage", hold_s=900.0, recover_after_s=600.0, update_every_s=HOUR_S)
    series = ("ioda:ioda_ping",)
    rows = [
        outage(at + 1, T0 + 60.0 * at, country=country, saw=series, began_s=T0 - 600.0)
        for at, country in enumerate(("KZ", "IR", "RU", "US"))
    ]
    found = events(rows, one, until_s=T0 + HOUR_S)
    assert [(each.state, each.notice.subject) for each in found] == [("raised", "source:ioda")]
    assert found[0].notice.facts["subjects"] == [f"country:{c}" for c in ("IR", "KZ", "RU", "US")]
    ended = [
        outage(
            at + 5, T0 + HOUR_S, country=country, saw=series, began_s=T0 - 600.0, end_s=T0 + HOUR_S
        )
        for at, country in enumerate(("KZ", "IR", "RU", "US"))
    ]
    whole = events([*rows, *ended], one, until_s=T0 + DAY_S)
    assert [each.state for each in whole] == ["raised", "recovered"]
    assert len({each.thread for each in whole}) == 1


def test_places_that_several_signals_see_dark_are_not_an_instrument() -> None:
    rows = [
        outage(at + 1, T0 + 60.0 * at, country=country, began_s=T0 - 600.0)
        for at, country in enumerate(("KZ", "IR", "RU"))
    ]
    found = events(rows, rule("outage", hold_s=900.0), until_s=T0 + HOUR_S)
    assert sorted(one.notice.subject for one in found) == ["country:IR", "country:KZ", "country:RU"]


def test_what_remains_of_a_fault_of_an_instrument_stands_for_itself() -> None:
    one = rule("outage", hold_s=900.0, recover_after_s=600.0)
    series = ("ioda:ioda_ping",)
    countries = ("KZ", "IR", "RU")
    rows = [
        outage(at + 1, T0, country=country, saw=series, began_s=T0 - 600.0)
        for at, country in enumerate(countries)
    ]
    rows += [
        outage(at + 4, T0 + HOUR_S, country=c, saw=series, began_s=T0 - 600.0, end_s=T0 + HOUR_S)
        for at, c in enumerate(countries[1:])
    ]
    found = events(rows, one, until_s=T0 + DAY_S)
    assert [(each.state, each.notice.subject) for each in found] == [
        ("raised", "source:ioda"),
        ("recovered", "source:ioda"),
        ("raised", "country:KZ"),
    ]


def test_all_silent_series_of_a_source_are_one_alert() -> None:
    one = rule("source", states=("down", "silent"), hold_s=600.0, recover_after_s=60.0)
    rows = [
        gap(at + 1, T0 + at, subject=f"country:{country}")
        for at, country in enumerate(("KZ", "IR", "RU"))
    ]
    found = events(rows, one, until_s=T0 + HOUR_S)
    assert [(each.state, each.notice.subject) for each in found] == [("raised", "source:ioda")]
    back = [
        gap(at + 4, T0 + HOUR_S, subject=f"country:{country}", end_s=T0 + HOUR_S)
        for at, country in enumerate(("KZ", "IR", "RU"))
    ]
    assert [each.state for each in events([*rows, *back], one, until_s=T0 + DAY_S)] == [
        "raised",
        "recovered",
    ]


def paced(n: int, *, step_s: float = 600.0, pool: str = "antpool") -> list[Change]:
    return [block(at + 1, T0 + step_s * at, height=at, pool=pool) for at in range(n)]


def test_a_silence_is_raised_when_it_is_as_rare_as_asked_and_a_block_ends_it() -> None:
    one = rule("silence", at_most_per_year=12.0)
    rows = paced(11)
    last_s = rows[-1].at_s
    (raised,) = events(rows, one, until_s=T0 + DAY_S)
    # n gaps of 600 s: (1 + t / (600 n))^-n = 12 / 52596 a gap.
    assert raised.at_s - last_s == pytest.approx(6000.0 * ((52_596 / 12) ** 0.1 - 1.0), rel=1e-3)
    rows.append(block(20, T0 + DAY_S, height=20))
    found = events(rows, one)
    assert [each.state for each in found] == ["raised", "recovered"]
    assert found[1].notice.facts["ended_s"] == T0 + DAY_S


def test_a_silence_needs_a_pace_that_was_watched() -> None:
    one = rule("silence", at_most_per_year=12.0)
    assert not events(paced(10), one, until_s=T0 + DAY_S)
    unwatched = [*paced(11), blocks(20, T0 + 6700.0)]
    rows = [*unwatched, block(21, T0 + 6800.0)]
    # The gap over the back-fill is not one between watched blocks; the pace is still known.
    (raised,) = events(rows, one, until_s=T0 + DAY_S)
    assert raised.notice.facts["last_s"] == T0 + 6800.0
    assert raised.notice.facts["usual_s"] == 600.0


def test_time_that_nobody_vouches_for_is_no_silence() -> None:
    one = rule("silence", at_most_per_year=12.0)
    rows = paced(11)
    last_s = rows[-1].at_s
    stopped = Coverage(windows=(Window(start_s=T0 - DAY_S, end_s=last_s + 600.0),))
    world = replace(ALL_WATCHED, covered=stopped)
    state, found = step(AlertState(), rows, rules=[one], world=world, now_s=T0 + DAY_S)
    assert not found
    # Once it is known that nothing came, it is raised; a block that came in late ends it unsaid.
    late = block(20, T0 + 2 * DAY_S, height=20)
    known = step(state, [], rules=[one], world=ALL_WATCHED, now_s=T0 + DAY_S + 60.0)[1]
    assert [each.state for each in known] == ["raised"]
    tip_s = replace(ALL_WATCHED, newest_s=lambda _subject: last_s + 700.0)
    assert not step(state, [late], rules=[one], world=tip_s, now_s=T0 + 2 * DAY_S)[1]


def test_a_node_that_fails_is_no_silence_of_blocks() -> None:
    one = rule("silence", at_most_per_year=1.0)
    rows = paced(11)
    at_s = rows[-1].at_s + 1000.0
    lost_peers = "it has confirmed no time since 15 minutes ago [source-stuck]"
    for failed in (source(20, at_s, "down"), source(20, at_s, "stuck", because=lost_peers)):
        assert not events([*rows, failed], one, until_s=T0 + DAY_S)
    # A tip that is too old to be believed is what a long silence itself looks like.
    old = source(20, rows[-1].at_s + 9100.0, "stuck", because=OLD_TIP)
    assert len(events([*rows, old], one, until_s=T0 + DAY_S)) == 1
    both = [*rows, source(20, at_s, "down"), replace(old, id=21)]
    assert not events(both, one, until_s=T0 + DAY_S)


def test_a_pool_that_finds_nothing_or_reports_nothing_is_raised() -> None:
    one = rule("pool-silence", at_most_per_year=1.0, subjects=("pool:antpool",))
    rows = paced(30, step_s=3600.0)
    (raised,) = events(rows, one, until_s=T0 + 9 * DAY_S)
    assert (raised.notice.subject, raised.notice.facts["what"]) == ("pool:antpool", "blocks")
    (silent,) = events([gap(1, T0, subject="pool:antpool", name="pool_antpool")], one)
    assert silent.notice.facts["what"] == "reports"


def test_a_difficulty_is_raised_beyond_a_change_and_recovers_with_the_next_one() -> None:
    one = rule("difficulty", least_share=0.05, recover_after_s=60.0)
    rows = [
        forecast(1, T0, low=1.03, high=1.09),
        forecast(2, T0 + HOUR_S, low=1.06, high=1.09),
        forecast(3, T0 + 2 * HOUR_S, low=1.045, high=1.07),  # not far enough to have recovered
        forecast(4, T0 + DAY_S, low=0.97, high=1.03, target=2),
    ]
    found = events(rows, one, until_s=T0 + 2 * DAY_S)
    assert [(each.state, each.at_s) for each in found] == [
        ("raised", T0 + HOUR_S),
        ("updated", T0 + 2 * HOUR_S),
        ("recovered", T0 + DAY_S + 60.0),
    ]
    assert events([forecast(1, T0, low=0.85, high=0.93)], one)


def test_reports_tips_and_sites_have_rules_of_their_own() -> None:
    apart = quake(1, T0, kind="disagreement", subject="pools")
    assert [one.notice.about for one in events([apart], rule("quake"), rule("reports"))] == [
        "reports"
    ]
    rows = [tips(1, T0, apart=True), tips(2, T0 + HOUR_S, apart=False)]
    found = events(rows, rule("tips", hold_s=60.0, recover_after_s=60.0), until_s=T0 + DAY_S)
    assert [(one.state, one.at_s) for one in found] == [
        ("raised", T0 + 60.0),
        ("recovered", T0 + HOUR_S + 60.0),
    ]
    dark = rule("site", states=("network dark",), subjects=("site:eki*",))
    farm = [site(1, T0, "network dark"), site(2, T0 + 60, "unknown"), site(3, T0 + 120, "up")]
    assert [one.state for one in events(farm, dark, until_s=T0 + DAY_S)] == ["raised", "recovered"]


def test_a_state_outlives_its_text_and_rules_that_are_gone_are_forgotten() -> None:
    rows = [source(1, T0, "down"), *(replace(one, id=one.id + 1) for one in paced(12))]
    rules = (rule("source", states=("down",)), rule("silence"))
    state, _ = step(AlertState(), rows, rules=rules, world=ALL_WATCHED, now_s=T0 + DAY_S)
    assert state_of(state_text(state)) == state
    assert state_of(state_text(replace(state, version=0))) is None
    assert state_of("{") is None
    after, found = step(state, (), rules=rules[:1], world=ALL_WATCHED, now_s=T0 + 2 * DAY_S)
    assert {one.rule for one in after.matters} == {"on source"}
    assert found == ()


def test_rows_that_were_read_are_passed_over() -> None:
    state, first = step(
        AlertState(), [quake(1, T0)], rules=[rule("quake")], world=ALL_WATCHED, now_s=T0
    )
    again = step(state, [quake(1, T0)], rules=[rule("quake")], world=ALL_WATCHED, now_s=T0)
    assert (len(first), again) == (1, (state, ()))
