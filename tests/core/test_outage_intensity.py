"""How dark a place was, and which pools lean where."""

import numpy as np
import pytest

from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.outage import OUTAGE_CLASSES, Outage, OutageClass, Witness
from hashquake.core.outage_intensity import DarkStretch, OutageIntensity, intensity_of_outage
from hashquake.core.pool_home import PoolHome, affinity
from hashquake.core.reason import Sentence
from hashquake.core.window import Window


def _stretch(start_s: float, end_s: float, depth_share: float = 1.0) -> DarkStretch:
    return DarkStretch(window=Window(start_s=start_s, end_s=end_s), depth_share=depth_share)


def _intensity(
    *stretches: DarkStretch, recovers: bool = True, country: str = "KZ"
) -> OutageIntensity:
    return OutageIntensity(
        event="e", country=country, place="there", stretches=stretches, recovers=recovers
    )


def test_intensity_is_the_mean_part_that_was_dark() -> None:
    one = _intensity(_stretch(10, 20), _stretch(30, 40, 0.5))
    edges_s = np.array([0.0, 10.0, 15.0, 25.0, 35.0, 100.0])
    assert one.intensity(edges_s) == pytest.approx([0.0, 1.0, 0.5, 0.25, 2.5 / 65])


def test_what_does_not_recover_stays_as_dark_as_it_was() -> None:
    one = _intensity(_stretch(10, 20), _stretch(20, 30, 0.4), recovers=False)
    assert one.intensity(np.array([20.0, 30.0, 1e9])) == pytest.approx([0.4, 0.4])
    assert one.span == Window(start_s=10, end_s=30)


@pytest.mark.parametrize("depth_share", [0.0, 1.2, -0.1])
def test_a_depth_is_a_part_of_a_whole(depth_share: float) -> None:
    with pytest.raises(UsageError) as caught:
        _stretch(0, 1, depth_share)
    assert caught.value.code == "depth-range"


@pytest.mark.parametrize(
    ("stretches", "country"),
    [((), "KZ"), ((_stretch(10, 20), _stretch(15, 30)), "KZ"), ((_stretch(10, 20),), "KAZ")],
)
def test_stretches_out_of_order_and_false_countries_are_refused(
    stretches: tuple[DarkStretch, ...], country: str
) -> None:
    with pytest.raises(UsageError):
        _intensity(*stretches, country=country)


def _outage(subject: str, end_s: float | None) -> Outage:
    witness = Witness(
        signal="probing", covered_share=1.0, remaining_share=0.2, onset=None, made_by="t/1"
    )
    sure = [OutageClass(name=name, probability=float(name == "power"), reason=Sentence(text=""))
            for name in OUTAGE_CLASSES]  # fmt: skip
    return Outage(
        id="ou20220105kza", revision=1, issued_s=50.0, subject=subject,
        onset=Window(start_s=9, end_s=11), end_s=end_s,
        dark_windows=(Window(start_s=10, end_s=20), Window(start_s=25, end_s=40)),
        restorations=(Window(start_s=20, end_s=25),),
        depth_share=Interval(median=0.8, low=0.7, high=0.9, level=0.9),
        seen_by=(witness,), not_seen_by=(), classes=tuple(sure), made_by="t/1",
    )  # fmt: skip


def test_an_outage_of_a_country_darkens_it_by_its_depth() -> None:
    one = intensity_of_outage(_outage("country:KZ", 40.0))
    assert (one.country, one.recovers) == ("KZ", True)
    assert one.intensity(np.array([10.0, 20.0, 25.0, 40.0])) == pytest.approx([0.8, 0.0, 0.8])
    assert not intensity_of_outage(_outage("country:KZ", None)).recovers


def test_an_outage_of_one_network_has_no_share_on_a_map() -> None:
    with pytest.raises(UsageError) as caught:
        intensity_of_outage(_outage("asn:9198", 40.0))
    assert caught.value.code == "darkness-country"


def test_a_home_pulls_towards_itself_and_only_a_closed_pool_away_from_others() -> None:
    homes = (
        PoolHome(pool="a", country="US", reach="home", confidence="high", source=""),
        PoolHome(
            pool="b", country="CN", reach="global", confidence="low", source="", until_s=100.0
        ),
    )

    def lean(pool: str, country: str, at_s: float = 50.0) -> float:
        return affinity(homes, pool=pool, country=country, at_s=at_s)

    assert lean("a", "US") == 1.0
    assert lean("a", "KZ") == -1.0
    assert 0.0 < lean("b", "CN") < 1.0
    assert lean("b", "KZ") == 0.0
    assert lean("b", "CN", at_s=100.0) == 0.0
    assert lean("c", "CN") == 0.0
