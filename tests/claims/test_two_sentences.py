"""Figures and rankings that go on in the next sentence."""

import pytest

from hashquake.claims.extract import extract_claims
from hashquake.core.claim import Claim
from hashquake.core.times import parse_time
from hashquake.core.window import Window

DECEMBER = Window(start_s=float(parse_time("2021-12-01")), end_s=float(parse_time("2022-01-01")))


def claims_of(text: str) -> tuple[Claim, ...]:
    return extract_claims(text, published_s=float(parse_time("2022-01-06T14:00"))).claims


@pytest.mark.parametrize(
    "text",
    [
        "Forty percent. That is what the Bitcoin network lost in a night.",
        "Vierzig Prozent. So viel verlor das Bitcoin-Netzwerk in einer Nacht.",
        "Quarante pour cent. C'est ce que le réseau bitcoin a perdu en une nuit.",
        "Cuarenta por ciento. Eso es lo que la red de bitcoin perdió en una noche.",
        "Quarenta por cento. Foi isso que a rede bitcoin perdeu numa noite.",
        "Сорок процентов. Столько потеряла сеть биткоина за ночь.",
    ],
)
def test_a_figure_alone_is_of_the_sentence_that_points_back_at_it(text: str) -> None:
    (claim,) = claims_of(text)
    assert (claim.subject, claim.quantity) == ("network", "hashrate_change_share")
    assert (claim.low, claim.high, claim.relation) == (-0.4, -0.4, "change")


@pytest.mark.parametrize(
    "text",
    [
        "A third of the stores closed. That is what the mayor lost.",
        "Forty percent. That is what Tesla's stock lost in a week.",
        "Vierzig Prozent. So viel verlor die Aktie von Tesla.",
        "Quarante pour cent. C'est ce que l'action Tesla a perdu.",
        "Cuarenta por ciento. Eso es lo que perdió la acción de Tesla.",
        "Quarenta por cento. Foi isso que a ação da Tesla perdeu.",
        "Сорок процентов. Столько потеряли акции Tesla.",
    ],
)
def test_a_figure_alone_of_something_else_is_no_claim(text: str) -> None:
    assert claims_of(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "In December Foundry USA led with 30 % of the blocks. F2Pool came next with 10.6 %.",
        "Im Dezember lag Foundry USA mit 30 % der Blöcke vorn. F2Pool folgte mit 10,6 %.",
        "En décembre, Foundry USA menait avec 30 % des blocs. F2Pool suivait avec 10,6 %.",
        "En diciembre lideró Foundry USA con el 30 % de los bloques. Le siguió F2Pool con 10,6 %.",
        "Em dezembro a Foundry USA liderou com 30% dos blocos. A F2Pool veio a seguir com 10,6%.",
        "В декабре лидировал Foundry USA с 30 % блоков. Далее шёл F2Pool с 10,6 %.",
    ],
)
def test_the_next_of_a_ranking_has_its_time(text: str) -> None:
    first, second = claims_of(text)
    assert (first.subject, second.subject) == ("pool:foundryusa", "pool:f2pool")
    assert first.quantity == second.quantity == "hashrate_share"
    assert second.low == pytest.approx(0.106)
    assert first.window == second.window == DECEMBER


def test_a_ranking_goes_on_through_more_than_two_sentences() -> None:
    claims = claims_of(
        "In December Foundry USA led with 30 % of the blocks. F2Pool came next with 10.6 %. "
        "ViaBTC was third with 9 %."
    )
    assert [one.quantity for one in claims] == [*["hashrate_share"] * 2, "rank", "hashrate_share"]
    assert {one.window for one in claims} == {DECEMBER}


def test_a_share_that_is_not_of_the_ranking_keeps_its_own_time() -> None:
    first, second, third = claims_of(
        "In December Foundry USA led with 30 % of the blocks. F2Pool came next in November with "
        "12 %. AntPool has 15 % of the hash rate."
    )
    assert second.window is not None
    assert first.window is not None
    assert second.window.end_s == first.window.start_s
    assert third.window is None
