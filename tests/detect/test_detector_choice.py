"""Which detector judges a series: what the cards state decides."""

from dataclasses import replace
from typing import NoReturn

import numpy as np
import pytest

from hashquake.core.contracts import DetectorCard
from hashquake.core.errors import HashquakeError, NoCoverage
from hashquake.core.times import DAY_S
from hashquake.detect import sliding_median
from hashquake.detect.anomaly_flags import UNSEEN
from hashquake.detect.detector_choice import OWN, Detectors, ReadingDetector, judge_series
from hashquake.detect.series import Series
from hashquake.observatory.cards import installed_detectors

BARE = DetectorCard(
    name="bare", title="Theirs", version=3, subjects=("country",), online=True, source="they"
)


def series(
    signal: str = "probing", *, days: float = 20.0, swing_share: float = 0.0, step_s: float = 1800.0
) -> Series:
    at_s = np.arange(round(days * DAY_S / step_s)) * step_s
    values = 100.0 * (1.0 + swing_share * np.sin(2.0 * np.pi * at_s / DAY_S))
    return Series(subject="country:KZ", signal=signal, start_s=0.0, step_s=step_s, values=values)


def theirs(card: DetectorCard = BARE) -> Detectors:
    added = ReadingDetector(
        card=card, start=sliding_median.start, step=sliding_median.step, package="theirs"
    )
    return Detectors(members=(*OWN.members, added))


@pytest.mark.parametrize(
    ("given", "name"),
    [
        (series(), "sliding_median"),
        (series("bgp", swing_share=0.3), "sliding_median"),
        (series(swing_share=0.05), "sliding_median"),
        (series(swing_share=0.3), "seasonal"),
        (series(swing_share=0.3, days=13.0), "sliding_median"),
        (series("traffic"), "seasonal"),
        (series("traffic", days=13.0), "sliding_median"),
        (series("telescope", swing_share=0.3), "sliding_median"),
        (replace(series("traffic"), usual=np.full(960, 100.0)), "stated_usual"),
        (replace(series("traffic"), usual=np.full(960, np.nan)), "seasonal"),
    ],
)
def test_ours_are_chosen_by_their_cards(given: Series, name: str) -> None:
    assert OWN.chosen(given).card.name == name
    assert judge_series(given).made_by.partition("/")[0] == name


def test_ours_are_those_that_are_listed() -> None:
    listed = installed_detectors()
    assert sorted(one.card.name for one in listed.members) == sorted(
        one.card.name for one in OWN.members
    )
    assert listed.versions == OWN.versions == "seasonal/2+sliding_median/1+stated_usual/1"


@pytest.mark.parametrize(
    ("card", "chosen"),
    [
        (BARE, True),
        (replace(BARE, subjects=("asn",)), False),
        (replace(BARE, signals=("bgp",)), False),
        (replace(BARE, signals=("bgp", "probing")), True),
        (replace(BARE, quantities=("our_",)), False),
        (replace(BARE, quantities=("their_up",)), True),
        (replace(BARE, steps_s=(60.0, 600.0)), False),
        (replace(BARE, steps_s=(1800.0, 3600.0)), True),
        (replace(BARE, history_s=21.0 * DAY_S), False),
        (replace(BARE, stated_usual=True), False),
        (replace(BARE, least_swing_shares={"probing": 0.1}), False),
        (replace(BARE, rank=-1), True),
    ],
)
def test_what_was_installed_judges_what_its_card_fits(card: DetectorCard, chosen: bool) -> None:
    found = theirs(card).chosen(series(), "their_up_share")
    assert (found.package == "theirs") is chosen


def test_a_quantity_of_theirs_is_a_signal_where_a_card_names_it() -> None:
    assert theirs().signal_of("their_up_share") is None
    named = theirs(replace(BARE, quantities=("their_",), signals=("traffic",)))
    assert named.signal_of("their_up_share") == "traffic"
    assert named.signal_of("bgp_prefixes") == "bgp"


def test_a_series_that_no_card_fits_is_not_covered() -> None:
    with pytest.raises(NoCoverage, match="no detector judges the smell of country:KZ"):
        OWN.chosen(series("smell"))


def test_a_detector_that_fails_is_named_with_its_package() -> None:
    def failing(_state: object, _series: Series) -> NoReturn:
        raise ZeroDivisionError("oh\nno")

    broken = ReadingDetector(card=BARE, start=object, step=failing, package="theirs")
    with pytest.raises(HashquakeError, match="bare of the package theirs failed") as caught:
        Detectors(members=(broken,)).chosen(series()).judge(series())
    assert caught.value.code == "plugin-broken"
    assert "\n" not in caught.value.message


def test_flags_younger_than_the_lag_are_not_known() -> None:
    given = series("bgp", days=3.0)
    late = theirs(replace(BARE, lag_s=3600.0))
    flags = judge_series(given, late, until_s=given.end_s)
    assert (flags.level[-2:] == UNSEEN).all()
    assert np.isnan(flags.ratio[-2:]).all()
    whole = judge_series(given, late)
    assert np.array_equal(flags.level[:-2], whole.level[:-2])
    assert whole.level[-1] != UNSEEN
