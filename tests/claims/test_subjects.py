"""Whom a number is about, where a sentence names several."""

import pytest

from hashquake.claims.extract import extract_claims
from hashquake.core.times import parse_time

PUBLISHED_S = float(parse_time("2022-01-06T14:00"))


@pytest.mark.parametrize(
    "text",
    [
        (
            "Kazakhstan had 18 percent of Bitcoin's hash rate in August, behind the United States. "
            "In April it was 8 percent."
        ),
        (
            "Kasachstan stellte im August 18 Prozent der Hashrate von Bitcoin, hinter den USA. "
            "Im April waren es 8 Prozent."
        ),
        (
            "Le Kazakhstan pesait en août 18 % du hashrate de Bitcoin, derrière les États-Unis. "
            "En avril, c'était 8 %."
        ),
        (
            "Kazajistán tenía en agosto el 18 % del hashrate, por detrás de Estados Unidos. "
            "En abril era el 8 %."
        ),
        (
            "O Cazaquistão tinha em agosto 18 % do hashrate do Bitcoin, atrás dos Estados Unidos. "
            "Em abril eram 8 %."
        ),
        (
            "В августе на Казахстан приходилось 18 % хешрейта биткоина, он уступал США. "
            "В апреле было 8 %."
        ),
    ],
    ids=["en", "de", "fr", "es", "pt", "ru"],
)
def test_a_country_only_compared_with_is_not_what_the_next_sentence_is_about(text: str) -> None:
    found = extract_claims(text, published_s=PUBLISHED_S).claims
    shares = [one for one in found if one.quantity == "hashrate_share"]
    assert [(one.subject, round(one.low, 2)) for one in shares] == [
        ("country:KZ", 0.18),
        ("country:KZ", 0.08),
    ]
