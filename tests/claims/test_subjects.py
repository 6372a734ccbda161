"""Whom a number is about, where a sentence names several."""

import pytest

from hashquake.claims.extract import extract_claims
from hashquake.core.claim import Claim
from hashquake.core.times import parse_time

PUBLISHED_S = float(parse_time("2022-01-06T14:00"))


def claims_of(text: str) -> tuple[Claim, ...]:
    return extract_claims(text, published_s=PUBLISHED_S).claims


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
    found = claims_of(text)
    shares = [one for one in found if one.quantity == "hashrate_share"]
    assert [(one.subject, round(one.low, 2)) for one in shares] == [
        ("country:KZ", 0.18),
        ("country:KZ", 0.08),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "Kazakhstan hosts 18 % of the hash rate. The network reached 500 EH/s in July.",
        "Kasachstan hat 18 % der Hashrate. Das Netzwerk erreichte im Juli 500 EH/s.",
        "Le Kazakhstan détient 18 % du hashrate. Le réseau a atteint 500 EH/s en juillet.",
        "Kazajistán tiene el 18 % del hashrate. La red alcanzó 500 EH/s en julio.",
        "O Cazaquistão tem 18 % do hashrate. A rede atingiu 500 EH/s em julho.",
        "На Казахстан приходится 18 % хешрейта. Сеть достигла 500 EH/s в июле.",
        "Kazakhstan hosts 18 % of the hash rate. The network lost 12 % on Wednesday.",
        "Kasachstan hat 18 % der Hashrate. Das Netzwerk verlor am Mittwoch 12 %.",
        "Le Kazakhstan détient 18 % du hashrate. Le réseau a perdu 12 % mercredi.",
        "Kazajistán tiene el 18 % del hashrate. La red perdió un 12 % el miércoles.",
        "O Cazaquistão tem 18 % do hashrate. A rede perdeu 12 % na quarta-feira.",
        "На Казахстан приходится 18 % хешрейта. Сеть потеряла 12 % в среду.",
        "Kazakhstan hosts 18 % of it. Bitcoin suffered: its hash rate fell by 12 %.",
        "AntPool fell by 10 %. The network fell by 5 %.",
    ],
)
def test_the_network_is_the_network_after_a_sentence_on_a_country_or_a_pool(text: str) -> None:
    assert claims_of(text)[-1].subject == "network"


@pytest.mark.parametrize(
    "text",
    [
        "Kazakhstan's hash rate was 25 EH/s. The country's hash rate reached 30 EH/s.",
        "In Kasachstan lagen 18 % der Hashrate. Die Hashrate des Landes erreichte 30 EH/s.",
        "Le hashrate du Kazakhstan était de 25 EH/s. Le hashrate du pays a atteint 30 EH/s.",
        "El hashrate de Kazajistán era de 25 EH/s. El hashrate del país alcanzó 30 EH/s.",
        "O hashrate do Cazaquistão era de 25 EH/s. O hashrate do país atingiu 30 EH/s.",
        "Хешрейт Казахстана был 25 EH/s. Хешрейт страны достиг 30 EH/s.",
        "Kazakhstan hosts 18 % of the hash rate. Its hash rate fell by 12 %.",
        "Kasachstan hat 18 % der Hashrate. Seine Hashrate sank um 12 %.",
        "Le Kazakhstan détient 18 % du hashrate. Son hashrate a chuté de 12 %.",
        "Kazajistán tiene el 18 % del hashrate. Su hashrate cayó un 12 %.",
        "O Cazaquistão tem 18 % do hashrate. Seu hashrate caiu 12 %.",
        "На Казахстан приходится 18 % хешрейта. Его хешрейт упал на 12 %.",
        "Kazakhstan's hash rate was 25 EH/s. It added 5 EH/s to the network in December.",
    ],
)
def test_what_is_said_of_the_country_stays_the_country_s(text: str) -> None:
    assert [one.subject for one in claims_of(text)] == ["country:KZ", "country:KZ"]


def test_a_network_and_a_pool_in_one_sentence_are_two_subjects() -> None:
    found = claims_of("The network fell by 5 %, AntPool by 10 %.")
    assert [(one.subject, one.low) for one in found] == [("network", -0.05), ("pool:antpool", -0.1)]


@pytest.mark.parametrize(
    ("before", "text"),
    [
        ("F2Pool spoke on Monday.", "The pool lost 14 % of its hash rate."),
        ("F2Pool meldete sich am Montag.", "Der Pool verlor 14 % seiner Hashrate."),
        ("F2Pool a parlé lundi.", "Le pool a perdu 14 % de son taux de hachage."),
        ("F2Pool tuvo un mal lunes.", "El pool perdió el 14 % de su tasa de hash."),
        ("A F2Pool teve um dia ruim.", "O pool perdeu 14 % de sua taxa de hash."),
        ("F2Pool сообщил об этом в понедельник.", "Пул потерял 14 % своего хешрейта."),
    ],
    ids=["en", "de", "fr", "es", "pt", "ru"],
)
def test_a_pool_without_a_name_is_the_one_before_and_never_the_network(
    before: str, text: str
) -> None:
    (alone,) = claims_of(text)
    (named,) = claims_of(f"{before} {text}")
    assert (alone.subject, named.subject) == ("unknown", "pool:f2pool")


def test_a_pool_that_only_says_so_has_no_figure() -> None:
    (claim,) = claims_of("The hash rate of the network fell by 14 %, the pool said.")
    assert claim.subject == "network"
