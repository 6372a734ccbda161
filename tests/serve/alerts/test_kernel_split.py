"""The law of kernels: a step over a whole equals steps over any split of it, restarts included."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st
from tests.serve.alerts.alert_rows import (
    ALL_WATCHED,
    DAY_S,
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

from hashquake.core.opinion import Change
from hashquake.serve.alerts.kernel.state import AlertState, state_of, state_text
from hashquake.serve.alerts.kernel.step import step

if TYPE_CHECKING:
    from hashquake.serve.alerts.kernel.event import AlertEvent

RULES = (
    rule("quake", least_share=0.1, update_every_s=1800.0, recover_after_s=600.0),
    rule("outage", hold_s=900.0, recover_after_s=1800.0, update_every_s=600.0),
    rule("source", states=("down", "stuck", "silent"), hold_s=300.0, recover_after_s=120.0),
    rule("pool-silence", at_most_per_year=50.0),
    rule("silence", at_most_per_year=500.0),
    rule("difficulty", least_share=0.03, recover_after_s=3600.0),
    rule("tips", hold_s=60.0),
    rule("site", states=("network dark",), hold_s=60.0, recover_after_s=60.0),
    rule("reports"),
)
COUNTRIES = st.sampled_from(["KZ", "IR", "RU", "US"])
SERIES = st.sampled_from([("ioda:ioda_ping",), ("ioda:ioda_bgp", "ioda:ioda_ping")])

Make = Callable[[int, float], Change]


def makes() -> st.SearchStrategy[Make]:
    ends = st.sampled_from([None, T0])
    return st.one_of(
        st.builds(
            lambda drop, status, end_s, kind, name: (
                lambda n, t: quake(
                    n, t, drop=drop, status=status, end_s=end_s, kind=kind, name=name
                )
            ),
            st.sampled_from([0.05, 0.09, 0.3, 0.5]),
            st.sampled_from(["preliminary", "confirmed", "rejected"]),
            ends,
            st.sampled_from(["network", "disagreement"]),
            st.sampled_from(["hq20220105a", "hq20220105b"]),
        ),
        st.builds(
            lambda country, saw, end_s, status: (
                lambda n, t: outage(
                    n, t, country=country, saw=saw, end_s=end_s, status=status, began_s=T0
                )
            ),
            COUNTRIES,
            SERIES,
            ends,
            st.sampled_from(["confirmed", "rejected"]),
        ),
        st.builds(
            lambda state, name: lambda n, t: source(n, t, state, name=name),
            st.sampled_from(["ok", "down", "stuck", "late"]),
            st.sampled_from(["bitcoind_rpc", "bitcoind_rpc:garage", "ioda"]),
        ),
        st.builds(
            lambda country, end_s: (
                lambda n, t: gap(n, t, subject=f"country:{country}", end_s=end_s)
            ),
            COUNTRIES,
            ends,
        ),
        st.builds(
            lambda pool: lambda n, t: block(n, t, pool=pool), st.sampled_from(["antpool", "f2pool"])
        ),
        st.just(blocks),
        st.builds(lambda apart: lambda n, t: tips(n, t, apart=apart), st.booleans()),
        st.builds(
            lambda low: lambda n, t: forecast(n, t, low=low, high=low + 0.04),
            st.sampled_from([0.9, 1.0, 1.02, 1.05]),
        ),
        st.builds(
            lambda status: lambda n, t: site(n, t, status),
            st.sampled_from(["up", "network dark", "unknown"]),
        ),
    )


@st.composite
def histories(draw: st.DrawFn) -> list[Change]:
    made = draw(st.lists(makes(), min_size=1, max_size=40))
    t = T0
    rows = []
    for at, make in enumerate(made):
        t += draw(st.sampled_from([0.0, 1.0, 60.0, 400.0, 2000.0, 20_000.0]))
        rows.append(make(at + 1, t))
    return rows


Cut = tuple[int, float, bool]
"""Up to which row, how far the clock runs towards the next one, whether the state is stored."""
CUTS = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from([0.0, 0.5, 1.0]), st.booleans()), max_size=8
)


@settings(max_examples=150, deadline=None)
@given(rows=histories(), cuts=CUTS)
def test_any_split_gives_the_same_events_and_the_same_state(
    rows: list[Change], cuts: list[Cut]
) -> None:
    end_s = rows[-1].at_s + DAY_S
    whole, events = step(AlertState(), rows, rules=RULES, world=ALL_WATCHED, now_s=end_s)
    state = AlertState()
    collected: tuple[AlertEvent, ...] = ()
    at = 0
    for cut, share, stored in sorted(cuts):
        until = max(at, min(cut, len(rows)))
        part, at = rows[at:until], until
        next_s = rows[at].at_s if at < len(rows) else end_s
        last_s = part[-1].at_s if part else max(state.clock_s, T0)
        now_s = last_s + share * max(0.0, next_s - last_s)
        state, found = step(state, part, rules=RULES, world=ALL_WATCHED, now_s=now_s)
        collected += found
        if stored:
            again = state_of(state_text(state))
            assert again is not None
            state = again
    state, found = step(state, rows[at:], rules=RULES, world=ALL_WATCHED, now_s=end_s)
    assert collected + found == events
    assert state == whole


@settings(max_examples=100, deadline=None)
@given(rows=histories())
def test_every_thread_is_raised_first_and_ends_at_most_once_at_a_time(rows: list[Change]) -> None:
    end_s = rows[-1].at_s + DAY_S
    state, events = step(AlertState(), rows, rules=RULES, world=ALL_WATCHED, now_s=end_s)
    is_open: dict[tuple[str, str], bool] = {}
    for one in events:
        name = (one.rule, one.thread)
        assert is_open.get(name, False) == (one.state != "raised"), one
        is_open[name] = one.state != "recovered"
    raised = {(one.rule, one.thread) for one in state.matters if one.is_raised}
    assert raised == {name for name, opened in is_open.items() if opened}
    times_s = [one.at_s for one in events]
    assert times_s == sorted(times_s)
    assert replace(state, matters=()).next_due_s is None
