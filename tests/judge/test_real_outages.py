"""Real outages as cases: joined, labelled, parted by country; laws fitted to them."""

import importlib.util
from collections import Counter
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.datasets.real_outages import RealCause, RealOutage, load_real_outages
from hashquake.detect.outage_weights import STATED
from hashquake.forward.connectivity.outage_laws import load_outage_laws
from hashquake.judge.real_outages import (
    fit_durations,
    on_the_mark_share,
    real_cases,
    score_cases,
    split_cases,
)

CASES = real_cases(load_real_outages())


def test_the_list_is_what_its_source_counted() -> None:
    counts = Counter(one.cause for one in load_real_outages())
    assert counts == {"ordered": 99, "exam": 64, "cable": 29, "power": 9, "weather": 4}
    assert all("bgp" in one.shown_by for one in load_real_outages() if one.cause == "ordered")
    starts = [one.began_s for one in load_real_outages()]
    assert all(a <= b for a, b in pairwise(starts))


def test_nights_in_a_row_are_one_curfew_and_a_single_order_is_none() -> None:
    myanmar = [case for case in CASES if case.country == "MM"]
    nightly = max(myanmar, key=lambda case: len(case.windows))
    assert nightly.right == "curfew"
    assert len(nightly.windows) > 40
    assert nightly.features.recurrence_share > 0.9
    uganda = next(case for case in CASES if case.country == "UG")
    assert uganda.right == "kill_switch"
    assert uganda.features.half_hour_share > 0.2


def test_every_second_day_recurs_by_its_neighbours() -> None:
    exams = [case for case in CASES if case.country == "SY" and case.right == "curfew"]
    alone = [case for case in exams if len(case.windows) == 1]
    assert np.mean([case.features.recurrence_share for case in alone]) > 0.8


def test_no_country_is_on_both_sides() -> None:
    learn, held_out = split_cases(CASES)
    assert len(learn) + len(held_out) == len(CASES)
    assert not {case.country for case in learn} & {case.country for case in held_out}
    for right in ("kill_switch", "curfew", "cable", "power"):
        assert sum(case.right == right for case in learn) >= 4
        assert sum(case.right == right for case in held_out) >= 4
    assert "VE" in {case.country for case in held_out}


def test_a_real_outage_held_out_is_told_better_by_the_fit_than_by_the_stated_weights() -> None:
    _, held_out = split_cases(CASES)
    rng = np.random.default_rng(1)
    fitted = score_cases(held_out, rng=rng)
    stated = score_cases(held_out, weights=STATED, rng=rng)
    assert fitted.right.hits > stated.right.hits
    assert fitted.right.trials == len(held_out)
    assert fitted.calibration_error.median < 0.2


def test_a_log_normal_is_found_and_few_outages_keep_a_wide_one() -> None:
    rng = np.random.default_rng(2)
    many = fit_durations((3.0 * HOUR_S * np.exp(0.5 * rng.standard_normal(4000))).tolist())
    assert many.median_s == pytest.approx(3.0 * HOUR_S, rel=0.05)
    assert many.log_sd == pytest.approx(0.5, rel=0.05)
    assert fit_durations([HOUR_S]).log_sd > 1.0


def test_edges_on_the_mark_are_counted_over_chance() -> None:
    half_hours = [at * 1800.0 for at in range(60)]
    spread = [at * 600.0 for at in range(60)]
    assert on_the_mark_share(half_hours) == 1.0
    assert on_the_mark_share(spread) == pytest.approx(0.0, abs=1e-9)


def test_an_outage_without_an_end_or_by_weather_is_no_case() -> None:
    def one(day: int, cause: RealCause, duration_s: float | None) -> RealOutage:
        return RealOutage(
            began_s=parse_time("2020-01-01") + day * DAY_S,
            duration_s=duration_s,
            country="XX",
            cause=cause,
            shown_by=("probing",),
        )

    cases = real_cases(
        [one(0, "power", HOUR_S), one(20, "weather", HOUR_S), one(40, "cable", None)]
    )
    assert [case.right for case in cases] == ["power"]


def test_the_bundled_laws_are_what_the_script_prints(capsys: pytest.CaptureFixture[str]) -> None:
    path = Path(__file__).parents[2] / "scripts" / "fit_outage_laws.py"
    spec = importlib.util.spec_from_file_location("fit_outage_laws", path)
    assert spec is not None
    assert spec.loader is not None
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    script.main()
    bundled = path.parents[1] / "src/hashquake/forward/connectivity/outage_laws.toml"
    assert capsys.readouterr().out == bundled.read_text(encoding="utf-8")
    assert load_outage_laws().power.median_s > 3.0 * HOUR_S
