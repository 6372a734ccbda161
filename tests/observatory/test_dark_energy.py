"""What stopped in a place: no more than it had, and no number where it is not the cause."""

from dataclasses import replace

import numpy as np
import pytest

from hashquake.core.errors import NoCoverage
from hashquake.core.incident import Incident
from hashquake.core.interval import Quantiles
from hashquake.core.quake import Cause
from hashquake.core.reason import BlocksAlone
from hashquake.datasets.events import event_named
from hashquake.explain.energy import stopped_in_place
from hashquake.observatory import open_observatory
from hashquake.observatory.event_context import dark_energy, require_place

FELL = Quantiles(values=(0.1, 0.12, 0.16, 0.2, 0.24, 0.28, 0.3))


def causes(**chances: float) -> tuple[Cause, ...]:
    rest = 1.0 - sum(chances.values())
    names = {"luck": ("luck", None), "KZ": ("internet", "KZ"), "CN": ("policy", "CN")}
    found = [
        Cause(name=names[key][0], probability=chance, reason=BlocksAlone(), country=names[key][1])  # type: ignore[arg-type]  # names of causes
        for key, chance in chances.items()
    ]
    found.append(Cause(name="unknown", probability=rest, reason=BlocksAlone()))
    if "luck" not in chances:
        found.append(Cause(name="luck", probability=0.0, reason=BlocksAlone()))
    return tuple(found)


@pytest.fixture(scope="module")
def kazakhstan() -> Incident:
    with open_observatory("bundled") as observatory:
        incident = observatory.report(event_named("kazakhstan-2022"))
    fell = replace(incident.network, drop_share=FELL, predictive_share=None)
    return replace(incident, network=fell)


def test_the_stop_is_bounded_by_what_the_place_had_and_weighted_by_its_chance() -> None:
    rng = np.random.default_rng(1)
    lost, before = np.full(20_000, 50e18), np.full(20_000, 200e18)
    stopped = stopped_in_place(
        lost, before, place_share=np.full(20_000, 0.1), probability=0.7, rng=rng
    )
    assert stopped.max() == pytest.approx(20e18)
    assert float((stopped > 0).mean()) == pytest.approx(0.7, abs=0.02)
    risen = stopped_in_place(
        -lost, before, place_share=np.full(20_000, 0.1), probability=1.0, rng=rng
    )
    assert not risen.any()


def test_a_place_that_had_little_cannot_have_stopped_with_more(kazakhstan: Incident) -> None:
    likely = replace(kazakhstan, causes=causes(KZ=0.97, luck=0.01))
    with open_observatory("bundled") as observatory:
        dark = dark_energy(observatory.record, likely, as_of_s=likely.window.start_s + 4e7)
    assert dark.power.share_of_country is not None
    share = dark.power.share_of_country.interval(0.9)
    assert share.high <= 1.0
    # A fifth of the network is more than Kazakhstan had: all of it may have stopped.
    assert share.median > 0.9
    assert dark.power.power_mw.median < 2500.0


@pytest.mark.parametrize(
    ("chances", "code"),
    [
        ({"CN": 0.8, "KZ": 0.1}, "place-not-leading"),
        ({"KZ": 0.2, "luck": 0.3}, "place-not-leading"),
        ({"KZ": 0.3, "luck": 0.6}, "no-fall"),
    ],
)
def test_where_the_place_is_not_the_likeliest_cause_there_is_no_number(
    kazakhstan: Incident, chances: dict[str, float], code: str
) -> None:
    with pytest.raises(NoCoverage) as caught:
        require_place(replace(kazakhstan, causes=causes(**chances)))
    assert caught.value.code == code


def test_a_rise_stops_nothing(kazakhstan: Incident) -> None:
    risen = replace(kazakhstan.network, drop_share=FELL.mapped(scale=-1.0))
    with pytest.raises(NoCoverage, match="rose"):
        require_place(replace(kazakhstan, network=risen, causes=causes(KZ=0.9)))
