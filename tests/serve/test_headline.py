from collections.abc import Callable
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hashquake.core.incident import Drop, Incident
from hashquake.core.interval import Quantiles
from hashquake.core.quake import Cause
from hashquake.core.reason import BlocksAlone
from hashquake.serve.format import MINUS, NBSP
from hashquake.serve.report.headline import headline, reference_fall, sight

MakeIncident = Callable[[str], Incident]


def spread(low: float, median: float, high: float) -> Quantiles:
    """Return drop quantiles with this 90 % interval."""
    return Quantiles(values=(low, low, (low + median) / 2, median, (median + high) / 2, high, high))


def because_of_luck(probability: float) -> tuple[Cause, ...]:
    return (
        Cause(name="luck", probability=probability, reason=BlocksAlone()),
        Cause(name="unknown", probability=1.0 - probability, reason=BlocksAlone()),
    )


def test_a_fall_that_luck_explains_better_is_not_shown(kazakhstan: Incident) -> None:
    fell = twisted(kazakhstan, (0.02, 0.1, 0.18))
    assert replace(fell, causes=because_of_luck(0.4)).finding == "fall"
    doubted = replace(fell, causes=because_of_luck(0.6))
    assert doubted.finding == "none"
    assert said(doubted).startswith("No fall beyond luck and drift is shown")
    assert said(doubted).endswith("luck and drift remain the likeliest explanation (60 %).")


def twisted(
    incident: Incident,
    drop: tuple[float, float, float],
    first_day: tuple[float, float, float] | None = None,
) -> Incident:
    def moved(old: Drop, quantiles: tuple[float, float, float]) -> Drop:
        return replace(old, drop_share=spread(*quantiles), predictive_share=None)

    day = None
    if first_day is not None:
        assert incident.first_day is not None
        day = moved(incident.first_day, first_day)
    return replace(incident, network=moved(incident.network, drop), first_day=day, causes=())


def said(incident: Incident) -> str:
    return headline(incident).replace(NBSP, " ").replace(MINUS, "-")


@pytest.fixture(scope="module")
def kazakhstan(make_incident: MakeIncident) -> Incident:
    return make_incident("kazakhstan-2022")


@pytest.mark.parametrize(
    ("drop", "first_day", "text"),
    [
        (
            (-0.07, 0.024, 0.11),
            (-0.11, 0.07, 0.22),
            (
                "2 % lower [-11 %, +7 %] than in the 14 days before, and a fall of 12 % can "
                "neither be confirmed nor excluded within a day."
            ),
        ),
        (
            (-0.07, 0.001, 0.08),
            (-0.1, 0.0, 0.1),
            (
                "as high [-8 %, +7 %] as in the 14 days before, and a fall of 12 % within a day "
                "is excluded."
            ),
        ),
        (
            (-0.16, -0.05, 0.06),
            (0.02, 0.1, 0.2),
            (
                "5 % higher [-6 %, +16 %] than in the 14 days before, and a fall of 12 % within "
                "a day fits the blocks, and no change does not."
            ),
        ),
        (
            (-0.02, 0.07, 0.15),
            (0.2, 0.3, 0.4),
            "neither a fall of 12 % nor no change at all fits the blocks within a day.",
        ),
        (
            (0.19, 0.25, 0.31),
            (0.1, 0.3, 0.4),
            (
                "25 % lower [-31 %, -19 %] than in the 14 days before, a fall beyond luck and "
                "drift; "
            ),
        ),
        (
            (-0.2, -0.1, -0.04),
            (-0.3, -0.1, 0.1),
            ("10 % higher [+4 %, +20 %] than in the 14 days before, a rise beyond luck and drift"),
        ),
        (
            (0.002, 0.05, 0.1),
            (-0.1, 0.1, 0.3),
            "5.0 % lower [-10.0 %, -0.2 %]",
        ),
    ],
)
def test_the_headline_says_what_the_numbers_say(
    kazakhstan: Incident,
    drop: tuple[float, float, float],
    first_day: tuple[float, float, float],
    text: str,
) -> None:
    assert text in said(twisted(kazakhstan, drop, first_day))


def test_an_event_that_nobody_put_a_number_on(make_incident: MakeIncident) -> None:
    incident = make_incident("kazakhstan-power-2022")
    assert reference_fall(incident) is None
    text = said(twisted(incident, (-0.07, 0.02, 0.11), (-0.1, 0.1, 0.2)))
    assert text.endswith(", and a fall of less than 11 % could pass unseen in 8 days.")


def test_a_window_of_hours_names_its_length(kazakhstan: Incident) -> None:
    incident = twisted(kazakhstan, (-0.3, 0.05, 0.3))
    assert "within 4.6 days." in said(incident)
    assert sight(incident).count("fall") == 1


_LIMITS = st.lists(st.floats(-3, 0.99), min_size=3, max_size=3).map(sorted)


@given(drop=_LIMITS, first_day=_LIMITS)
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_any_numbers_give_one_honest_sentence(
    kazakhstan: Incident, drop: list[float], first_day: list[float]
) -> None:
    low, median, high = drop
    text = said(twisted(kazakhstan, (low, median, high), tuple(first_day)))  # type: ignore[arg-type]  # three numbers
    assert text.endswith(".")
    assert text.count(". ") == 0
    assert "nan" not in text
    assert "inf" not in text.lower()
    # Without causes a change is shown exactly when zero lies outside the interval.
    assert ("beyond luck and drift is shown" in text) == (low <= 0 <= high)
    if round(median * 100) > 0:
        assert " lower [" in text
    if round(median * 100) < 0:
        assert " higher [" in text
