"""Classes of outage on signals made by hand after documented ones, and the laws of the score."""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.documented_windows import DARK
from tests.made_signals import judged, made

from hashquake.core.errors import UsageError
from hashquake.core.outage import OUTAGE_CLASSES, Outage, OutageClass, OutageClassName
from hashquake.core.reason import Findings
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.detect._outage_weights import PRIOR, WEIGHTS
from hashquake.detect.fusion import fuse
from hashquake.detect.outage_class import classify, evidence_of
from hashquake.detect.outage_features import (
    OutageFeatures,
    WatchedNetwork,
    began_elsewhere,
    features_of,
)
from hashquake.detect.outage_weights import STATED, fitted_weights
from hashquake.detect.outages import find_outages
from hashquake.detect.series import BGP, PROBING, TELESCOPE, TRAFFIC, Series

WHOLE = Window(start_s=parse_time("2021-12-15"), end_s=parse_time("2022-01-20"))
AT_S = float(parse_time("2022-01-05T10:20Z"))
NETWORKS = (
    ("asn:9198", 0.40, "fixed", "a"),
    ("asn:41798", 0.15, "fixed", "b"),
    ("asn:29355", 0.15, "mobile", "a"),
    ("asn:48503", 0.10, "mobile", "b"),
    ("asn:21299", 0.12, "mobile", "b"),
    ("asn:206026", 0.08, "fixed", "a"),
)
Cut = Callable[[int], tuple[Window, ...]]


def hours(start: float, past: float) -> Window:
    return Window(start_s=AT_S + start * HOUR_S, end_s=AT_S + past * HOUR_S)


def members(cut: Cut, *, slides: float = 0.0) -> tuple[WatchedNetwork, ...]:
    """Watch each network by probing; `slides` hours of linear decline before each of its falls."""
    made_members = []
    for at, (subject, weight_share, access, upstream) in enumerate(NETWORKS):
        series = made(PROBING, WHOLE, dark=cut(at), subject=subject, seed=at)
        for window in cut(at) if slides else ():
            first = round((window.start_s - series.start_s) / series.step_s)
            bins = round(slides * HOUR_S / series.step_s)
            series.values[first : first + bins] = 1000.0 * np.linspace(0.95, 0.03, bins)
        made_members.append(
            WatchedNetwork(
                subject=subject,
                weight_share=weight_share,
                flags=(judged(series),),
                access="mobile" if access == "mobile" else "fixed",
                upstream=upstream,
            )
        )
    return tuple(made_members)


def outage(
    dark: Mapping[str, tuple[Window, ...]],
    networks: tuple[WatchedNetwork, ...] = (),
    *,
    remaining_share: float = 0.03,
) -> Outage:
    signals = [
        judged(made(signal, WHOLE, dark=windows, remaining_share=remaining_share))
        for signal, windows in dark.items()
    ]
    (found,) = find_outages(signals, members=networks)
    return found


def names_for(each: OutageClass) -> set[str]:
    assert isinstance(each.reason, Findings)
    return {finding.name for finding in each.reason.supporting}


def likeliest(found: Outage) -> OutageClassName:
    return found.classes[0].name


def everywhere(*windows: Window) -> dict[str, tuple[Window, ...]]:
    return {PROBING: windows, TRAFFIC: windows, TELESCOPE: windows, BGP: ()}


def test_january_2022_is_a_kill_switch() -> None:
    found = outage(everywhere(*DARK), members(lambda _: DARK))
    assert likeliest(found) == "kill_switch"
    assert found.probability("kill_switch") > 0.8
    # Most orders on the list of real ones took routes along: that these stayed tells little, and
    # nothing against an order.
    assert isinstance(found.classes[0].reason, Findings)
    opposing = {finding.name for finding in found.classes[0].reason.opposing}
    assert not {"routes_stay", "routes_gone"} & opposing
    assert "switched" in names_for(found.classes[0])
    assert found.id == "ou20220105kza"


def test_january_2022_is_a_kill_switch_without_networks_watched_one_by_one() -> None:
    found = outage(everywhere(*DARK))
    assert likeliest(found) == "kill_switch"


def test_iran_2019_was_staggered_over_five_hours_and_deliberate() -> None:
    """One network an hour; that each fell at a stroke is assumed."""

    def cut(at: int) -> tuple[Window, ...]:
        return (hours((0.0, 1.0, 2.0, 3.0, 4.0, 5.0)[at], 120.0),)

    found = outage(everywhere(hours(2.0, 120.0)), members(cut))
    assert likeliest(found) == "kill_switch"
    assert found.probability("kill_switch") > 0.5


def test_nightly_windows_are_a_curfew() -> None:
    nights = tuple(hours(24.0 * day, 24.0 * day + 8.0) for day in range(6))
    found = outage(everywhere(*nights), members(lambda _: nights))
    assert likeliest(found) == "curfew"
    assert found.probability("curfew") > 0.8


def test_mobile_networks_alone() -> None:
    """Iran, September 2022: traffic falls, national probing and routes are flat."""
    window = hours(0.0, 9.0)
    mobile = members(lambda at: (window,) if NETWORKS[at][2] == "mobile" else ())
    found = outage({PROBING: (), BGP: (), TRAFFIC: (window,)}, mobile, remaining_share=0.5)
    assert likeliest(found) == "mobile_only"
    assert [witness.signal for witness in found.seen_by] == [TRAFFIC]


def test_a_cable_takes_those_behind_it_and_their_routes() -> None:
    window = hours(0.0, 30.0)
    behind = members(lambda at: (window,) if NETWORKS[at][3] == "a" else ())
    found = outage(
        {PROBING: (window,), TRAFFIC: (window,), BGP: (window,)}, behind, remaining_share=0.4
    )
    assert likeliest(found) == "cable"


def test_batteries_that_empty_are_a_power_failure() -> None:
    networks = members(lambda at: (hours(0.7 * at, 20.0 + at),), slides=3.0)
    found = outage(everywhere(hours(3.0, 20.0)), networks, remaining_share=0.25)
    assert likeliest(found) == "power"


@pytest.mark.parametrize("failed", [PROBING, BGP])
def test_a_collector_that_fails_is_an_artefact(failed: str) -> None:
    signals: dict[str, tuple[Window, ...]] = {PROBING: (), TRAFFIC: (), BGP: (), TELESCOPE: ()}
    found = outage({**signals, failed: (hours(0.0, 5.0),)}, remaining_share=0.0)
    assert likeliest(found) == "artefact"


def test_what_happens_in_many_countries_at_once_is_an_artefact() -> None:
    def here(subject: str) -> Series:
        return made(PROBING, WHOLE, dark=(hours(0.0, 5.0),), subject=subject)

    others = [fuse([judged(here(f"country:{code}"))]) for code in ("IR", "TR", "MM")]
    (found,) = find_outages([judged(here("country:KZ"))], others=others)
    assert likeliest(found) == "artefact"
    (fused,) = fuse([judged(here("country:KZ"))])
    assert began_elsewhere(fused, others) == 1.0
    assert began_elsewhere(fused, [(), *others]) == 0.75
    assert began_elsewhere(fused, []) is None


def test_features_are_read_from_the_networks() -> None:
    window = hours(0.0, 10.0)
    (fused,) = fuse([judged(made(PROBING, WHOLE, dark=(window,)))])
    networks = members(lambda at: (window,) if at != 1 else ())
    features = features_of(fused, networks)
    assert features.fallen_share == pytest.approx(0.85)
    assert features.simultaneous_share == pytest.approx(1.0)
    assert features.together_back_share == pytest.approx(1.0)
    assert features.gradual_share == 0.0
    assert features.mobile_fallen_share == pytest.approx(1.0)
    assert features.fixed_fallen_share == pytest.approx(0.48 / 0.63)
    assert features_of(fused, networks[::-1]) == features
    assert features_of(fused).simultaneous_share is None


def test_a_network_nobody_watched_is_not_one_that_stayed() -> None:
    window = hours(0.0, 10.0)
    (fused,) = fuse([judged(made(PROBING, WHOLE, dark=(window,)))])
    networks = list(members(lambda _: (window,)))
    blind = made(PROBING, WHOLE, gaps=(WHOLE,), subject="asn:9198")
    networks[0] = replace(networks[0], flags=(judged(blind),))
    assert features_of(fused, networks).fallen_share == pytest.approx(1.0)


SHARES = st.none() | st.floats(0.0, 1.0)
FEATURES = st.builds(
    OutageFeatures,
    depth_share=st.floats(0.3, 1.0),
    duration_s=st.floats(1800.0, 30 * DAY_S),
    route_share=SHARES,
    witnesses=st.sampled_from([(), (PROBING,), (TRAFFIC,), (PROBING, TRAFFIC)]),
    doubters=st.sampled_from([(), (PROBING,), (TELESCOPE,)]),
    routes_fell=st.booleans(),
    restorations=st.integers(0, 9),
    recurrence_share=st.floats(0.0, 1.0),
    half_hour_share=st.floats(0.0, 1.0),
    dark_share=st.floats(0.0, 1.0),
    fallen_share=SHARES,
    fallen_depth_share=SHARES,
    simultaneous_share=SHARES,
    stagger_s=st.none() | st.floats(0.0, DAY_S),
    gradual_share=SHARES,
    together_back_share=SHARES,
    mobile_fallen_share=SHARES,
    fixed_fallen_share=SHARES,
    upstream_share=SHARES,
    elsewhere_share=SHARES,
)


@given(features=FEATURES)
def test_classes_are_all_there_sum_to_one_and_say_why(features: OutageFeatures) -> None:
    classes = classify(features)
    assert sorted(each.name for each in classes) == sorted(OUTAGE_CLASSES)
    assert sum(each.probability for each in classes) == pytest.approx(1.0, abs=1e-12)
    assert all(isinstance(each.reason, Findings) for each in classes)
    assert [each.probability for each in classes] == sorted(
        (each.probability for each in classes), reverse=True
    )


@given(features=FEATURES, stagger_h=st.floats(0.5, 12.0))
def test_stagger_never_speaks_against_a_kill_switch(
    features: OutageFeatures, stagger_h: float
) -> None:
    """Set against the same outage of which nobody watched the networks' onsets."""
    unwatched = replace(features, simultaneous_share=None, stagger_s=None, gradual_share=0.0)
    staggered = replace(unwatched, simultaneous_share=0.1, stagger_s=stagger_h * HOUR_S)

    def odds(of: OutageFeatures) -> float:
        told = {each.name: each.probability for each in classify(of)}
        return told["kill_switch"] / told["unknown"]

    assert odds(staggered) >= odds(unwatched) * (1.0 - 1e-9)


def test_evidence_that_is_not_known_moves_nothing() -> None:
    bare = OutageFeatures(depth_share=0.75, duration_s=3600.0)
    assert evidence_of(bare) == ()
    for weights in (None, STATED):
        told = {each.name: each.probability for each in classify(bare, weights=weights)}
        prior = PRIOR if weights else fitted_weights(watched=False).prior
        assert told == pytest.approx(dict(prior))


def test_the_weights_are_whole() -> None:
    assert sum(PRIOR.values()) == pytest.approx(1.0)
    assert set(PRIOR) == set(OUTAGE_CLASSES)
    assert all(set(row) == set(OUTAGE_CLASSES) - {"unknown"} for row in WEIGHTS.values())
    assert WEIGHTS["staggered"]["kill_switch"] >= 0.0
    assert STATED.table is WEIGHTS


def test_classes_that_do_not_sum_to_one_are_refused() -> None:
    found = outage({PROBING: (hours(0.0, 5.0),)})
    with pytest.raises(UsageError, match="sum to"):
        replace(found, classes=found.classes[:-1])
    with pytest.raises(UsageError, match="must be disjoint"):
        replace(found, dark_windows=())
    with pytest.raises(UsageError, match="must have a signal"):
        replace(found, seen_by=())
