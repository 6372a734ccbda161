"""Claims about a country's connectivity, by readings that state no usual level."""

from pathlib import Path

import pytest
from tests.made_records import simulated

from hashquake.core.times import parse_time
from hashquake.forward.connectivity.presets import KAZAKHSTAN_2022


@pytest.mark.parametrize(
    ("text", "call"),
    [
        (
            "Connectivity in Kazakhstan fell to 5 % of ordinary levels on 6 January 2022.",
            "supported",
        ),
        (
            "Connectivity in Kazakhstan fell to 5 % of ordinary levels on 3 January 2022.",
            "contradicted",
        ),
    ],
)
def test_a_share_of_the_usual_is_judged_by_what_the_detectors_find_usual(
    tmp_path: Path, text: str, call: str
) -> None:
    made, _ = simulated(
        tmp_path / "kz.db", [KAZAKHSTAN_2022], since="2021-12-20", until="2022-01-08"
    )
    with made as ask:
        (verdict,) = ask.check(text, published=parse_time("2022-01-07")).verdicts
    assert verdict.call == call
