"""Rules of the outage back-test on trials made by hand, and the trials themselves."""

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from hashquake.catalog import signals
from hashquake.core.outage import OUTAGE_CLASSES, OutageClass, OutageClassName
from hashquake.core.reason import Sentence
from hashquake.core.times import DAY_S, HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.detect import detector_choice, outages
from hashquake.detect.outage_class import classify
from hashquake.detect.outage_features import OutageFeatures
from hashquake.detect.outage_weights import STATED, fitted_weights, weights_toml
from hashquake.judge import outage_trials
from hashquake.judge.outage_alarms import measured_false_alarms_per_year
from hashquake.judge.outage_backtest import (
    OutageScores,
    calibration_error,
    matches,
    score,
)
from hashquake.judge.outage_fit import NEVER_AGAINST, LabelledOutage, fit_weights
from hashquake.judge.outage_table import (
    measured_scores,
    read_scores,
    scores_json,
)
from hashquake.judge.outage_trials import CountryYear, Found, TrialOutage, run_country_year

BARE = OutageFeatures(depth_share=0.9, duration_s=HOUR_S)


def hours(start: float, past: float) -> Window:
    return Window(start_s=start * HOUR_S, end_s=past * HOUR_S)


def event(*dark: Window, right: OutageClassName = "kill_switch") -> TrialOutage:
    window = Window(start_s=dark[0].start_s, end_s=dark[-1].end_s)
    return TrialOutage(
        right=right,
        window=window,
        dark=() if right == "artefact" else dark,
        began_s=window.start_s,
        depth_share=0.9,
    )


def found(*dark: Window, late_s: float = 0.0, depth_share: float = 0.9) -> Found:
    onset_s = dark[0].start_s + late_s
    return Found(
        dark=dark,
        restorations=tuple(Window(start_s=a.end_s, end_s=b.start_s) for a, b in pairwise(dark)),
        onset=Window(start_s=onset_s - 300.0, end_s=onset_s + 300.0),
        step_s=600.0,
        features=replace(BARE, depth_share=depth_share),
        bare=replace(BARE, depth_share=depth_share),
    )


def told(features: OutageFeatures) -> tuple[OutageClass, ...]:
    """Call what is shallow an artefact, all else a kill switch; 0.9 sure of either."""
    top = "artefact" if (features.depth_share or 0.0) < 0.5 else "kill_switch"
    classes = [
        OutageClass(
            name=name, probability=0.9 if name == top else 0.1 / 6.0, reason=Sentence(text="made")
        )
        for name in OUTAGE_CLASSES
    ]
    return tuple(sorted(classes, key=lambda one: -one.probability))


def scored(events: tuple[TrialOutage, ...], what: tuple[Found, ...]) -> OutageScores:
    trial = CountryYear(years=1.0, events=events, found=what)
    return score([trial], seed=1, rng=np.random.default_rng(1), classifier=told)


def test_an_outage_is_found_when_dark_times_meet() -> None:
    true = event(hours(100, 110))
    for dark, hits in ((hours(109, 130), 1), (hours(110, 130), 0)):
        scores = scored((true,), (found(dark),))
        assert (scores.recall.hits, scores.recall.trials) == (hits, 1)
        assert scores.false_alarms == 0  # within the hour's grace of what happened


def test_what_is_called_an_artefact_is_not_found_and_no_alarm() -> None:
    scores = scored((event(hours(100, 110)),), (found(hours(100, 110), depth_share=0.3),))
    assert scores.recall.hits == 0
    nothing = scored((), (found(hours(5, 6), depth_share=0.3),))
    assert nothing.false_alarms == 0


def test_an_alarm_out_of_nothing_is_false_and_so_is_a_fault_believed() -> None:
    assert scored((), (found(hours(5, 6)), found(hours(50, 51)))).false_alarms == 2
    fault = event(hours(5, 6), right="artefact")
    believed = scored((fault,), (found(hours(5, 6)),))
    assert believed.false_alarms == 1
    assert (believed.artefacts.hits, believed.artefacts.trials) == (0, 1)
    assert believed.recall.trials == 0
    known = scored((fault,), (found(hours(5, 6), depth_share=0.3),))
    assert known.false_alarms == 0
    assert known.artefacts.hits == 1


def test_without_the_networks_all_is_counted_again() -> None:
    """Watched it is a kill switch, unwatched an artefact; and the other way round."""
    split = replace(found(hours(5, 6)), bare=replace(BARE, depth_share=0.3))
    scores = scored((event(hours(5, 6)),), (split,))
    assert (scores.recall.hits, scores.bare_recall.hits) == (1, 0)
    quiet = scored((), (split,))
    assert (quiet.false_alarms, quiet.bare_false_alarms) == (1, 0)
    believed = replace(split, features=split.bare, bare=split.features)
    loud = scored((event(hours(5, 6), right="artefact"),), (believed,))
    assert (loud.false_alarms, loud.bare_false_alarms) == (0, 1)


def test_short_intensity_is_a_lesser_loss() -> None:
    brief = Window(start_s=0.0, end_s=30.0 * MINUTE_S)
    scores = scored((event(brief),), (found(hours(0, 1)),))
    assert scores.recall.trials == 0
    assert (scores.shallow.hits, scores.shallow.trials) == (1, 1)


@pytest.mark.parametrize(("late_s", "hit"), [(600.0, 1), (601.0, 0), (-600.0, 1), (-700.0, 0)])
def test_an_onset_counts_within_one_native_step(late_s: float, hit: int) -> None:
    scores = scored((event(hours(100, 110)),), (found(hours(100, 110), late_s=late_s),))
    assert (scores.onset.hits, scores.onset.trials) == (hit, 1)
    assert scores.onset_width_s == 600.0


def test_a_restoration_counts_when_half_of_it_was_found() -> None:
    true = event(hours(0, 10), hours(14, 20), hours(20.5, 30))
    assert [window.duration_s for window in true.restorations] == [4.0 * HOUR_S]
    for end, hits in ((12.0, 1), (12.1, 0)):
        scores = scored((true,), (found(hours(0, end), hours(14, 30)),))
        assert (scores.restorations.hits, scores.restorations.trials) == (hits, 1)


def test_a_match_is_with_the_event_that_shares_most() -> None:
    two = (event(hours(0, 10)), event(hours(12, 40), right="power"))
    trial = CountryYear(years=1.0, events=two, found=(found(hours(5, 30)),))
    (match,) = matches(trial)
    assert match.event is two[1]


def test_the_confusion_counts_the_true_class_by_row() -> None:
    scores = scored((event(hours(0, 10), right="curfew"),), (found(hours(0, 10)),))
    row = scores.classes.confusion[OUTAGE_CLASSES.index("curfew")]
    assert row[OUTAGE_CLASSES.index("kill_switch")] == 1
    assert sum(map(sum, scores.classes.confusion)) == 1
    (one,) = scores.classes.reliability
    assert (one.probability, one.right.hits) == (0.9, 0)
    assert scores.classes.calibration_error.median == pytest.approx(0.9)


def test_calibration_error_by_hand() -> None:
    probability = np.array([0.95, 0.95, 0.55, 0.55])
    assert calibration_error(probability, np.array([1.0, 1.0, 1.0, 0.0])) == pytest.approx(0.05)
    assert calibration_error(np.zeros(0), np.zeros(0)) == 0.0


def test_scores_of_nothing_say_so() -> None:
    scores = scored((), ())
    assert scores.recall.share is None
    assert scores.false_alarms_per_year.median == 0.0
    assert scores.false_alarms_per_year.high > 1.0  # one quiet year proves little


def test_scores_survive_their_json() -> None:
    scores = scored((event(hours(0, 10), hours(14, 20)),), (found(hours(0, 10)),))
    assert read_scores(scores_json(scores)) == scores


def test_a_trial_is_its_seed_and_index() -> None:
    trial = run_country_year(5, 3)
    assert trial == run_country_year(5, 3)
    assert trial.events
    national = [one for one in trial.events if one.national]
    scores = score([trial], seed=5, rng=np.random.default_rng(0))
    assert scores.recall.trials == len(national)


def test_the_bundled_scores_meet_what_was_asked() -> None:
    scores = measured_scores()
    shares = {
        "recall": (scores.recall.share, 0.99),
        "onset": (scores.onset.share, 0.95),
        "restorations": (scores.restorations.share, 0.95),
        "classes": (scores.classes.right.share, 0.85),
    }
    for name, (share, asked) in shares.items():
        assert share is not None, name
        assert share.low >= asked, name
    assert scores.classes.calibration_error.high <= 0.05
    for watched in (True, False):
        assert measured_false_alarms_per_year(watched=watched).high <= 1.0
    assert scores.country_years >= 500


def test_fitted_weights_learn_and_keep_what_they_never_saw() -> None:
    """What recurs is power here: the fit must turn the stated weight, and leave the others."""
    again = OutageFeatures(depth_share=0.75, duration_s=DAY_S / 4.0, recurrence_share=1.0)
    rows = [LabelledOutage(features=again, right="power") for _ in range(60)]
    fitted = fit_weights(rows, stated=STATED, penalty=0.3)
    assert classify(again, weights=STATED)[0].name == "curfew"
    assert classify(again, weights=fitted)[0].name == "power"
    for one, value in STATED.table["upstream"].items():
        assert fitted.table["upstream"][one] == pytest.approx(STATED.temper * value)


def test_no_fit_holds_stagger_against_a_kill_switch() -> None:
    slow = OutageFeatures(
        depth_share=0.75,
        duration_s=DAY_S / 4.0,
        simultaneous_share=0.1,
        stagger_s=5.0 * HOUR_S,
        gradual_share=0.0,
    )
    rows = [LabelledOutage(features=slow, right="cable") for _ in range(200)]
    fitted = fit_weights(rows, stated=STATED, penalty=0.01)
    assert fitted.table["staggered"]["kill_switch"] >= 0.0
    assert fitted.table["stepwise"]["kill_switch"] >= 0.0


@pytest.mark.parametrize("watched", [True, False])
def test_the_bundled_weights_are_whole(*, watched: bool) -> None:
    fitted = fitted_weights(watched=watched)
    assert sum(fitted.prior.values()) == pytest.approx(1.0)
    assert set(fitted.table) == set(STATED.table)
    for name, one in NEVER_AGAINST:
        assert fitted.table[name][one] >= 0.0
    assert "seed = 7" in weights_toml({"bare": fitted}, provenance={"bare": {"seed": 7}})


def test_trials_and_use_choose_detectors_by_one_function() -> None:
    """The false-alarm rate is of the detectors that production runs."""
    trials, use = vars(outage_trials), vars(signals)
    for name in ("judge_series", "HISTORY_S"):
        assert trials[name] is use[name] is vars(detector_choice)[name]
    assert trials["neighbours"] is outages.neighbours


def test_the_false_alarms_every_list_states_are_those_of_the_bundled_scores() -> None:
    scores = measured_scores()
    assert measured_false_alarms_per_year(watched=True) == scores.false_alarms_per_year
    assert measured_false_alarms_per_year(watched=False) == scores.bare_false_alarms_per_year
