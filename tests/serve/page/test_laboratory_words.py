"""What was asked of the laboratory is in words, in the reader's language."""

import time

import httpx
import pytest
from tests.serve.api.served import PATIENCE_S

from hashquake.serve.language import NAMES, Language, speaking
from hashquake.serve.simulation.asked_words import asked_words

ASKED = {
    "country:KZ.depth": "0.9",
    "country:KZ.share": "0.185",
    "onset": "5d",
    "duration": "36h",
    "failover": "90m",
    "return_share": "0.5",
    "growth_per_year": "0.3",
}


def test_every_field_of_the_form_has_words() -> None:
    words = [one.replace("\xa0", " ") for one in asked_words(ASKED)]
    assert words == [
        "Kazakhstan: 90 % of its hash rate goes dark",
        "Kazakhstan has 18.5 % of all hash rate",
        "it begins 5 d into the epoch",
        "it lasts 36 h",
        "miners change pool within 1 h 30 min",
        "50 % of what stopped comes back",
        "hash rate grows by 30 % a year",
    ]
    assert asked_words({"epochs": "2", "pool:f2pool.depth": "x"}) == [
        "epochs = 2",
        "pool:f2pool.depth = x",
    ]
    assert asked_words({"duration": "9" * 400}) == ["it does not end"]
    (cut,) = asked_words({"onset": "9" * 400})
    assert len(cut) < 70


@pytest.mark.parametrize("code", [code for code in NAMES if code != "en"])
def test_a_result_says_what_was_asked_in_the_language(browser: httpx.Client, code: str) -> None:
    api = {"Accept": "application/json"}
    body = {"scenario": "kazakhstan-2022", "paths": 100, "set": {"country:KZ.depth": "0.9"}}
    asked = browser.post("/api/v1/simulations", json=body, headers=api | {"Accept-Language": code})
    job = asked.json()["id"]
    until_s = time.monotonic() + PATIENCE_S
    while browser.get(f"/api/v1/simulations/{job}", headers=api).json()["state"] != "done":
        assert time.monotonic() < until_s
        time.sleep(0.2)
    part = browser.get(f"/laboratory/results/{job}?lang={code}").text
    with speaking(Language(code=code)):
        (words,) = asked_words({"country:KZ.depth": "0.9"})
    assert words[1:] in part
    assert "country:KZ" not in part
    for english in ("Hash rate, EH/s", "Difficulty, over its start", "Minutes a block takes"):
        assert english not in part
    done = browser.get(f"/api/v1/simulations/{job}", headers=api).json()["result"]
    assert done["title"] == "Kazakhstan's Internet shut down, January 2022"
