"""Scenarios: those that come along, those in files, settings, and all that is refused."""

import tomllib
from importlib import import_module
from math import inf, isnan
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from hashquake.core.errors import HashquakeError, InputError, UsageError
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.datasets.events import event_named
from hashquake.forward.amount import Amount, exactly
from hashquake.forward.run import BATCH, run_scenario
from hashquake.forward.scenario import Scenario, Shock
from hashquake.forward.scenario_course import lay_out
from hashquake.forward.scenario_mapping import read_scenario
from hashquake.forward.settings import parse_settings, with_settings
from hashquake.plugins import list_plugins, load_plugin
from hashquake.testing import check_scenario

if TYPE_CHECKING:
    from hashquake.forward.simulation import Simulation

SHIPPED = tuple(info.name for info in list_plugins("forward.scenarios"))
FILE = """
title = "Two regions under one storm"
start = 2026-01-01T00:00:00Z
correlation = 0.7
growth_per_year = 0.4

[[outages]]
subject = "country:US"
depth = { value = 0.4, low = 0.2, high = 0.6 }
onset = "2d"
duration = "3d"
ramp = "6h"

[[outages]]
subject = "country:CA"
onset = "2d12h"
duration = "4d"
every = "1d"
dark = "8h"

[countries]
US = 0.36
CA = 0.03

[pools]
foundryusa = 0.3
antpool = 0.2

[exposures.foundryusa]
US = 0.9

[economy]
price_usd = 90000
hashrate_hps = 9.7e20
price_path = [["0d", 1.0], ["7d", 0.6]]
"""


def _file(**changes: Any) -> dict[str, Any]:
    return {**tomllib.loads(FILE), **changes}


@pytest.mark.parametrize("name", SHIPPED)
def test_a_scenario_that_comes_along_keeps_the_contract(name: str) -> None:
    run = check_scenario(import_module(f"hashquake.forward.scenarios.{name}"), paths=64)
    assert run.scenario.name.replace("-", "_") == name
    assert np.isfinite(run.column("ratio_4")).all()


def test_the_scenarios_asked_for_come_along() -> None:
    assert set(SHIPPED) == {
        "kazakhstan_2022",
        "china_ban_2021",
        "xinjiang_2021",
        "texas_storm",
        "iran_blackout",
        "top_pool_offline",
        "halving",
    }


@pytest.mark.parametrize("name", ["kazakhstan_2022", "xinjiang_2021", "china_ban_2021"])
def test_a_retold_event_has_the_dates_of_the_catalog(name: str) -> None:
    module = load_plugin("forward.scenarios", name)
    scenario, event = module.build(), event_named(module.CARD.event)
    onset_s, end_s = scenario.window_s
    assert scenario.start_s + onset_s == pytest.approx(event.window.start_s, abs=60)
    assert scenario.start_s + end_s == pytest.approx(event.window.end_s, abs=60)


def test_a_file_gives_a_scenario() -> None:
    scenario = read_scenario(_file(), name="storm")
    storm, curfew = scenario.outages
    assert scenario.name == "storm"
    assert storm.depth.low == 0.2
    assert curfew.windows[1] == pytest.approx((DAY_S, DAY_S + 8 * HOUR_S))
    assert len(curfew.windows) == 4
    assert scenario.economy.price_path[1] == pytest.approx((7 * DAY_S, 0.6))
    assert scenario.start_s == 1_767_225_600


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"countries": {"US": 0.7, "CA": 0.6}}, "share-range", "add up"),
        ({"countries": {"US": 1.2}}, "share-range", "country:US"),
        ({"countries": {"USA": 0.2}}, "subject-syntax", "USA"),
        ({"pools": {"foundryusa": 0.9, "antpool": 0.4}}, "share-range", "pools"),
        ({"exposures": {"f2pool": {"US": 0.1}}}, "scenario-malformed", "f2pool"),
        ({"exposures": {"foundryusa": {"US": 0.8, "CA": 0.4}}}, "share-range", "foundryusa"),
        ({"outagse": []}, "scenario-malformed", "did you mean outages"),
        ({"epochs": 0}, "scenario-malformed", "epochs"),
        ({"epochs": "many"}, "scenario-malformed", "whole number"),
        ({"growth_per_year": float("nan")}, "scenario-malformed", "growth"),
        ({"economy": {"price_usd": float("nan")}}, "economy-malformed", "price_usd"),
        ({"economy": {"price_path": [["0d", float("nan")]]}}, "economy-malformed", "price_path"),
        ({"economy": {"price_path": [["2d", 1], ["1d", 1]]}}, "economy-malformed", "rise"),
        ({"correlation": 2}, "share-range", "correlation"),
    ],
)
def test_a_file_with_a_mistake_is_refused(changes: dict[str, Any], code: str, said: str) -> None:
    with pytest.raises(HashquakeError, match=said) as caught:
        read_scenario(_file(**changes), name="storm")
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("outage", "code", "said"),
    [
        ({"onset": "-1d"}, "duration-syntax", "-1d"),
        ({"onset": -5}, "outage-malformed", "onset_s"),
        ({"duration": 0}, "outage-malformed", "dark for"),
        ({"windows": [["2h", "1h"]]}, "outage-malformed", "reversed"),
        ({"windows": [["0h", "3h"], ["2h", "4h"]]}, "outage-malformed", "overlap"),
        ({"windows": [["0h", "9d"]]}, "outage-malformed", "outside"),
        ({"profile": [["1d", 0.5]]}, "outage-malformed", "profile"),
        ({"depth": 1.5}, "share-range", "depth"),
        ({"depth": {"value": 0.5, "low": 0.6, "high": 0.7}}, "amount-malformed", "low <= value"),
        ({"return_share": -0.1}, "share-range", "return_share"),
        ({"subject": "asn:9198"}, "outage-malformed", "cannot go dark"),
        ({"subject": "country:KZ"}, "subject-unknown", "no country:KZ"),
        ({"every": "1d"}, "scenario-malformed", "together"),
        ({"every": "1h", "dark": "2h"}, "scenario-malformed", "shorter"),
        ({"deph": 1}, "scenario-malformed", "did you mean depth"),
    ],
)
def test_an_outage_with_a_mistake_is_refused(outage: dict[str, Any], code: str, said: str) -> None:
    whole = {"subject": "country:US", "onset": "2d", "duration": "5d", **outage}
    with pytest.raises(HashquakeError, match=said) as caught:
        read_scenario(_file(outages=[whole]), name="storm")
    assert caught.value.code == code


def test_settings_make_the_plain_outage_of_the_reference() -> None:
    shipped = load_plugin("forward.scenarios", "kazakhstan_2022").build()
    texts = ["country:KZ.depth=1", "country:KZ.share=0.18", "onset=2d", "duration=5d", "failover=0"]
    scenario = with_settings(shipped, parse_settings(texts))
    (outage,) = scenario.outages
    assert (outage.onset_s, outage.duration_s, outage.windows) == (2 * DAY_S, 5 * DAY_S, ())
    assert scenario.share_of("country:KZ").value == 0.18
    assert sum(share.value for _, share in scenario.countries) <= 1
    run = run_scenario(scenario, paths=8_000, seed=1)
    assert run.spread("ratio_1").mean == pytest.approx(0.94044, abs=1e-3)
    assert run.spread("blocks_in_window").mean == pytest.approx(590.4, abs=1.5)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("onset", "setting-malformed"),
        ("onset=", "setting-malformed"),
        ("onset=soon", "duration-syntax"),
        ("duration=-1d", "setting-malformed"),
        ("country:KZ.share=1.4", "share-range"),
        ("country:KZ.share=lots", "setting-malformed"),
        ("country:XX.share=0.1", "subject-unknown"),
        ("country:US.depth=0.5", "subject-unknown"),
        ("pool:nonesuch.share=0.1", "subject-unknown"),
        ("price_usd=nan", "economy-malformed"),
        ("epochs=1000000", "scenario-malformed"),
        ("deepness=1", "setting-unknown"),
        ("country:KZ.share=nan", "share-range"),
        ("country:KZ.depth=1e400", "share-range"),
        ("onset=\u00b2", "duration-syntax"),
        (f"epochs={'9' * 5_000}", "setting-malformed"),
        (f"onset={'9' * 5_000}", "outage-malformed"),
        (f"duration={'9' * 200}", "outage-malformed"),
        (f"price_usd={'9' * 5_000}", "economy-malformed"),
    ],
)
def test_a_setting_that_cannot_be_is_refused(text: str, code: str) -> None:
    shipped = load_plugin("forward.scenarios", "kazakhstan_2022").build()
    with pytest.raises(HashquakeError) as caught:
        with_settings(shipped, parse_settings([text]))
    assert caught.value.code == code


@pytest.mark.parametrize("kind", ["country", "pool"])
def test_shares_set_together_all_stand_and_the_rest_makes_room_once(kind: str) -> None:
    first, second = ("US", "RU") if kind == "country" else ("f2pool", "foundryusa")
    shipped = load_plugin("forward.scenarios", "kazakhstan_2022").build()
    texts = [f"{kind}:{first}.share=0.30", f"{kind}:{second}.share=0.40"]
    made, reversed_ = (with_settings(shipped, parse_settings(one)) for one in (texts, texts[::-1]))
    assert made == reversed_
    assert made.share_of(f"{kind}:{first}").value == 0.30
    assert made.share_of(f"{kind}:{second}").value == 0.40
    before = {subject: shipped.share_of(subject).value for subject in _subjects(shipped, kind)}
    left = 1 - before[f"{kind}:{first}"] - before[f"{kind}:{second}"]
    for subject in set(before) - {f"{kind}:{first}", f"{kind}:{second}"}:
        expected = before[subject] * 0.30 / left
        assert made.share_of(subject).value == pytest.approx(expected, rel=1e-12)


def _subjects(scenario: Scenario, kind: str) -> list[str]:
    shares = scenario.countries if kind == "country" else scenario.pools
    return [f"{kind}:{name}" for name, _ in shares]


def test_a_share_may_be_set_in_percent() -> None:
    scenario = load_plugin("forward.scenarios", "kazakhstan_2022").build()
    plain, percent = (
        with_settings(scenario, parse_settings([f"country:KZ.share={a}", f"country:KZ.depth={b}"]))
        for a, b in (("0.18", "0.9"), ("18%", "90 %"))
    )
    assert percent == plain


def test_the_order_of_settings_never_matters() -> None:
    shipped = load_plugin("forward.scenarios", "kazakhstan_2022").build()
    texts = [
        "country:KZ.depth=0.5", "country:CN.share=0", "country:KZ.share=0.6", "duration=3d",
        "onset=1d", "pool:antpool.share=0.5", "price_usd=1", "epochs=2",
    ]  # fmt: skip
    made = [with_settings(shipped, parse_settings(texts[at:] + texts[:at])) for at in range(8)]
    assert all(one == made[0] for one in made)
    assert made[0].share_of("country:CN").value == 0.0


def test_shares_set_to_more_than_everything_are_refused_and_to_everything_are_not() -> None:
    shipped = load_plugin("forward.scenarios", "kazakhstan_2022").build()
    asked = parse_settings(["country:US.share=0.7", "country:RU.share=0.6"])
    with pytest.raises(InputError, match=r"add up to 1\.3") as caught:
        with_settings(shipped, asked)
    assert caught.value.code == "share-range"
    asked = parse_settings(["country:US.share=0.7", "country:RU.share=0.3"])
    assert with_settings(shipped, asked).share_of("country:KZ").value == 0.0


def test_a_limit_never_grows_beyond_everything_when_others_make_room() -> None:
    scenario = Scenario(
        name="wide",
        countries=(("US", exactly(0.9)), ("KZ", Amount(value=0.1, low=0.05, high=0.6))),
    )
    made = with_settings(scenario, {"country:US.share": "0"})
    share = made.share_of("country:KZ")
    assert (share.low, share.value, share.high) == pytest.approx((0.5, 1.0, 1.0))


def test_everything_dark_for_good_is_refused() -> None:
    scenario = read_scenario(
        {
            "outages": [{"subject": "country:US", "onset": 0, "duration": "forever"}],
            "countries": {"US": 1.0},
        },
        name="end",
    )
    with pytest.raises(InputError, match="nothing mines"):
        run_scenario(scenario, paths=10)


@pytest.mark.parametrize("paths", [0, -5, 10**15])
def test_an_absurd_number_of_paths_is_refused(paths: int) -> None:
    with pytest.raises(UsageError, match="paths"):
        run_scenario(Scenario(name="quiet"), paths=paths)


def test_machines_that_stay_off_and_curfews_are_laid_out() -> None:
    outage = Shock(
        subject="country:US",
        onset_s=DAY_S,
        duration_s=2 * DAY_S,
        windows=((0.0, HOUR_S), (DAY_S, DAY_S + HOUR_S)),
        return_share=0.5,
    )
    scenario = Scenario(
        name="curfew", outages=(outage,), countries=read_scenario(_file(), name="x").countries
    )
    plan = lay_out(scenario).plan
    at = dict(zip((plan.pieces[0] / HOUR_S).tolist(), plan.pieces[1].tolist(), strict=True))
    assert at[0.0] == pytest.approx(1.0)
    assert at[24.0] == pytest.approx(1 - 0.36)
    assert at[25.0] == pytest.approx(1 - 0.18)
    assert at[48.0] == pytest.approx(1 - 0.36)
    assert at[72.0] == pytest.approx(1 - 0.18)


def test_miners_of_a_dark_pool_mine_for_others_and_come_back() -> None:
    scenario = load_plugin("forward.scenarios", "top_pool_offline").build()
    run = run_scenario(scenario, paths=400, keep_paths=400)
    during = run.spread("window_share_pool:foundryusa").mean
    assert during < 0.02
    others = run.spread("window_share_pool:antpool").mean
    assert others == pytest.approx(0.193 / (1 - 0.297), rel=0.05)
    assert run.spread("blocks_lost").mean == pytest.approx(0.297 * 1.5, rel=0.1)


def test_a_halving_switches_machines_off_and_difficulty_brings_some_back() -> None:
    run = run_scenario(
        load_plugin("forward.scenarios", "halving").build(), paths=500, keep_paths=500
    )
    assert 0.85 < run.spread("difficulty_2").mean < 0.99
    assert run.spread("difficulty_4").mean > run.spread("difficulty_2").mean - 0.02
    assert run.spread("hashprice_1").mean == pytest.approx(0.53, abs=0.04)


def test_correlated_depths_fall_together() -> None:
    whole = _file(outages=[
        {"subject": f"country:{code}", "depth": {"value": 0.4, "low": 0.1, "high": 0.8},
         "onset": "1d", "duration": "2d"}
        for code in ("US", "CA")
    ])  # fmt: skip
    run = run_scenario(read_scenario(whole, name="storm"), paths=4_000, keep_paths=4_000)
    us, ca = (run.column(f"struck_share_country:{code}") for code in ("US", "CA"))
    assert np.corrcoef(us, ca)[0, 1] == pytest.approx(0.7, abs=0.05)
    assert np.median(us) == pytest.approx(0.36 * 0.4, rel=0.05)


def test_a_window_never_reached_has_no_blocks_and_no_shares() -> None:
    scenario = with_settings(
        load_plugin("forward.scenarios", "kazakhstan_2022").build(), {"onset": "900d"}
    )
    run = run_scenario(scenario, paths=50, keep_paths=50)
    assert run.spread("blocks_in_window").mean == 0
    assert isnan(run.spread("hhi_during").mean)
    assert run.scenario.outages[0].end_s < inf


def test_a_run_is_shown_as_far_as_it_is_and_ends_the_same() -> None:
    seen: list[Simulation] = []
    asked = 3 * BATCH
    run = run_scenario(Scenario(name="quiet"), paths=asked, seed=5, so_far=seen.append)
    assert [one.paths for one in seen] == [BATCH, 2 * BATCH]
    assert all(one.partial and one.paths_asked == asked for one in seen)
    alone = run_scenario(Scenario(name="quiet"), paths=BATCH, seed=5)
    assert seen[0].spread("ratio_1") == alone.spread("ratio_1")
    plain = run_scenario(Scenario(name="quiet"), paths=asked, seed=5)
    assert run.spread("ratio_1") == plain.spread("ratio_1")
    assert not run.partial
