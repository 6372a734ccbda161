"""The tour of the documentation: where each picture is taken, and what has to be seen there.

`TOUR_PICTURES=docs/images pytest -m e2e tests/e2e/test_tour.py` takes the pictures again.
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """One picture of the tour.

    Parameters
    ----------
    picture : str
        Its file among the images of the documentation.
    path : str
        Of the page.
    sees : tuple of str
        Texts that a reader finds there.
    waits_for : str
        A selector of what has to be there before the picture is taken.
    """

    picture: str
    path: str
    sees: tuple[str, ...]
    waits_for: str = "main"


STOPS = (
    Stop(
        picture="tour-seismograph.png",
        path="/#2021-01-02T00:00Z..2026-04-22T21:50Z",
        sees=("Nothing unusual", "This is not the present", "Foundry USA"),
        waits_for="figure[data-ready] canvas",
    ),
    Stop(
        picture="tour-quake.png",
        path="/quakes/hq20210416a",
        sees=("Why", "What was known when", "What not to say", "hq20210416a, revision"),
        waits_for="figure[data-ready] canvas",
    ),
    Stop(
        picture="tour-outage.png",
        path="/outages/ou20220105kza",
        sees=("Kazakhstan loses its Internet", "routes did not", "kill switch"),
        waits_for="svg.chart",
    ),
    Stop(
        picture="tour-countries.png",
        path="/countries",
        sees=("United States", "Kazakhstan"),
        waits_for=".world svg",
    ),
    Stop(
        picture="tour-forecast.png",
        path="/forecast",
        sees=("The next difficulty", "mempool.space", "90 % interval contained the truth"),
        waits_for="svg.fan",
    ),
    Stop(
        picture="tour-laboratory.png",
        path="/laboratory#scenario=kazakhstan-2022&paths=500&seed=1&subject=country%3AKZ&depth=0.9",
        sees=("Next difficulties", "During the outage", "of its hash rate goes dark"),
        waits_for="section.result",
    ),
)
