"""Files of claims and forecasts with wrong keys: the error names those found and expected."""

import pytest

from hashquake.core.errors import FormatError
from hashquake.datasets.claims_file import read_claims
from hashquake.datasets.forecasts_file import read_forecasts

CLAIM = """
[[claims]]
text = "down 12 %"
published = 2022-01-05T00:00:00Z
subject = "network"
quantity = "hashrate_change_share"
low = -0.12
high = -0.12
relation = "change"
window = { start = 2022-01-05T10:45:00Z, end = 2022-01-06T00:00:00Z }
"""


def test_a_claim_needs_no_speaker() -> None:
    (claim,) = read_claims(CLAIM, name="c.toml")
    assert (claim.speaker, claim.low, claim.relation) == ("", -0.12, "change")


def test_an_extreme_may_be_written_by_hand() -> None:
    text = CLAIM.replace("hashrate_change_share", "rank").replace("-0.12", "1")
    (claim,) = read_claims(text + 'measure = "price_highest_since"\n', name="c.toml")
    assert claim.measure == "price_highest_since"
    (record,) = read_claims(text + 'measure = "hashrate_highest"\n', name="c.toml")
    assert record.measure == ""


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (
            "{ start = 2022-01-05T10:45:00Z, end =",
            "{ from = 2022-01-05T10:45:00Z, to =",
            "a claim's window lacks the key 'start': expected 'start', 'end', found 'from', 'to'",
        ),
        ("end = 2022", "ende = 2022", "did you mean 'end' by 'ende'?"),
        (", end =", ", until = 1, end =", "an unknown key 'until'; known are end, start"),
        (
            "{ start = 2022-01-05T10:45:00Z, end = 2022-01-06T00:00:00Z }",
            "2022-01-05",
            "a claim's window must be a table such as { start = ",
        ),
        ("{ start = 2022-01-05T10:45:00Z, end = 2022-01-06T00:00:00Z }", "{}", "found none"),
        ('relation = "change"\n', "", "a claim lacks the key 'relation': expected 'text', "),
        ("quantity =", "quantty =", "an unknown key 'quantty'; did you mean quantity?"),
        ("[[claims]]", "[claims]", "claims must be tables, each headed [[claims]]"),
    ],
)
def test_wrong_keys_of_a_claim_are_named(old: str, new: str, message: str) -> None:
    with pytest.raises(FormatError) as caught:
        read_claims(CLAIM.replace(old, new), name="c.toml")
    assert message in caught.value.message
    assert caught.value.code == "claims-malformed"


def test_a_key_that_a_forecast_lacks_is_named() -> None:
    with pytest.raises(FormatError) as caught:
        read_forecasts('[[forecasts]]\nforecaster = "a"\nchange_share = 0.1\n', name="f.toml")
    assert "a forecast lacks the key 'issued': expected 'forecaster', 'issued'" in (
        caught.value.message
    )
