"""Claims that something is the highest, or the lowest, since some time."""

import pytest

from hashquake.claims.extract import extract_claims
from hashquake.core.claim import Claim
from hashquake.core.times import parse_time

PUBLISHED_S = float(parse_time("2022-01-06T14:00"))


def claims_of(text: str) -> tuple[Claim, ...]:
    return extract_claims(text, published_s=PUBLISHED_S).claims


@pytest.mark.parametrize(
    ("text", "measure"),
    [
        (
            "Bitcoin's hash rate climbed to its highest level since September.",
            "hashrate_highest_since",
        ),
        (
            "Die Hashrate des Bitcoin-Netzwerks stieg auf den höchsten Stand seit September.",
            "hashrate_highest_since",
        ),
        ("Le hashrate est au plus haut depuis septembre.", "hashrate_highest_since"),
        ("El hashrate está en su nivel más alto desde septiembre.", "hashrate_highest_since"),
        ("O hashrate está no maior nível desde setembro.", "hashrate_highest_since"),
        ("Хешрейт вырос до максимума с сентября.", "hashrate_highest_since"),
        ("The hash rate rose to a level not seen since September.", "hashrate_highest_since"),
        ("Die Hashrate ist so hoch wie zuletzt im September.", "hashrate_highest_since"),
        ("The hash rate fell to levels not seen since September.", "hashrate_lowest"),
        ("Die Hashrate ist so niedrig wie zuletzt im September.", "hashrate_lowest"),
        ("Le hashrate a chuté à un niveau plus vu depuis septembre.", "hashrate_lowest"),
        ("El hashrate cayó a un nivel no visto desde septiembre.", "hashrate_lowest"),
        ("O hashrate caiu a um nível não visto desde setembro.", "hashrate_lowest"),
        ("Хешрейт так низок, как в последний раз в сентябре.", "hashrate_lowest"),
        ("Mining difficulty is the highest since September.", "difficulty_highest_since"),
        (
            "Die Mining-Schwierigkeit ist so hoch wie zuletzt im September.",
            "difficulty_highest_since",
        ),
        ("La difficulté de minage est au plus haut depuis septembre.", "difficulty_highest_since"),
        ("La dificultad de minado es la más alta desde septiembre.", "difficulty_highest_since"),
        ("A dificuldade de mineração é a mais alta desde setembro.", "difficulty_highest_since"),
        ("Сложность майнинга — самая высокая с сентября.", "difficulty_highest_since"),
        ("Bitcoin's price rose to its highest since September.", "price_highest_since"),
        ("Der Bitcoin-Kurs ist so hoch wie zuletzt im September.", "price_highest_since"),
        ("Le cours du bitcoin est au plus haut depuis septembre.", "price_highest_since"),
        (
            "El precio del bitcoin está en su nivel más alto desde septiembre.",
            "price_highest_since",
        ),
        ("O preço do bitcoin está no maior nível desde setembro.", "price_highest_since"),
        ("Цена биткоина выросла до максимума с сентября.", "price_highest_since"),
        ("Bitcoin fell to its lowest since September.", "price_lowest"),
        ("Der Bitcoin-Kurs steht so niedrig wie zuletzt im September.", "price_lowest"),
        ("Le cours du bitcoin est au plus bas depuis septembre.", "price_lowest"),
        ("El precio del bitcoin está en su nivel más bajo desde septiembre.", "price_lowest"),
        ("O preço do bitcoin está no menor nível desde setembro.", "price_lowest"),
        ("Цена биткоина упала до минимума с сентября.", "price_lowest"),
    ],
)
def test_an_extreme_since_a_month_is_dated_from_its_end(text: str, measure: str) -> None:
    (claim,) = claims_of(text)
    subject = "asset:btc" if measure.startswith("price") else "network"
    assert (claim.subject, claim.quantity, claim.measure) == (subject, "rank", measure)
    assert claim.window is not None
    assert claim.window.start_s == parse_time("2021-10-01")
    assert claim.window.end_s == PUBLISHED_S


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's hash rate is at its highest level in two years.",
        "Bitcoin's hash rate climbed to a two-year high.",
        "Die Hashrate ist so hoch wie seit zwei Jahren nicht mehr.",
        "Le hashrate a atteint son plus haut niveau depuis deux ans.",
        "El hashrate alcanzó su nivel más alto en dos años.",
        "O hashrate atingiu o maior nível em dois anos.",
        "Хешрейт биткоина достиг максимума за два года.",
    ],
)
def test_an_extreme_of_years_is_dated_back_from_publication(text: str) -> None:
    (claim,) = claims_of(text)
    assert claim.measure == "hashrate_highest_since"
    assert claim.window is not None
    assert claim.window.duration_s == 2 * 365 * 86_400
    assert claim.window.end_s == PUBLISHED_S


@pytest.mark.parametrize(
    "text",
    [
        "AntPool's hash rate climbed to its highest since May.",
        "Kazakhstan's share of the hash rate is the highest since May.",
        "Bitcoin miners' revenue rose to its highest since May.",
        "Electricity prices climbed to their highest since May, hurting Bitcoin miners.",
        "The highest increase of the hash rate since May.",
        "Der Anteil Kasachstans an der Hashrate ist so hoch wie zuletzt im Mai.",
        "Le hashrate d'AntPool est au plus haut depuis mai.",
        "Los ingresos de los mineros de bitcoin están en su nivel más alto desde mayo.",
        "O maior aumento do hashrate desde maio.",
        "Хешрейт AntPool вырос до максимума с мая.",
    ],
)
def test_extremes_of_other_things_are_not_the_network_s(text: str) -> None:
    assert claims_of(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "Hash rate fell 10 % to its lowest in two years.",
        "Die Hashrate fiel um 10 % auf den tiefsten Stand seit zwei Jahren.",
        "Le hashrate a chuté de 10 % à son plus bas niveau en deux ans.",
        "El hashrate cayó un 10 % a su nivel más bajo en dos años.",
        "O hashrate caiu 10% ao menor nível em dois anos.",
        "Хешрейт упал на 10 % до минимума за два года.",
    ],
)
def test_the_time_of_an_extreme_is_not_that_of_the_fall(text: str) -> None:
    change, record = claims_of(text)
    assert (change.quantity, change.low, change.window) == ("hashrate_change_share", -0.1, None)
    assert record.measure == "hashrate_lowest"
    assert record.window is not None


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's price fell to its lowest since September, and eighteen people are dead.",
        "Der Bitcoin-Kurs ist so niedrig wie zuletzt im September, 18 Polizisten sind tot.",
        "Le cours du bitcoin est au plus bas depuis septembre ; dix-huit policiers sont morts.",
        "El precio del bitcoin está en su nivel más bajo desde septiembre y hay dieciocho muertos.",
        "O preço do bitcoin está no menor nível desde setembro e há dezoito mortos.",
        "Курс биткоина упал до минимума с сентября, погибли восемнадцать полицейских.",
    ],
)
def test_what_is_added_behind_an_extreme_has_no_part_in_it(text: str) -> None:
    (claim,) = claims_of(text)
    assert claim.measure == "price_lowest"


@pytest.mark.parametrize(
    "text",
    [
        "Tesla's stock rose to its highest since May, as bitcoin did.",
        "La acción de Tesla está en su máximo desde mayo; bitcoin la acompaña.",
    ],
)
def test_an_extreme_of_a_stock_is_not_bitcoin_s(text: str) -> None:
    assert claims_of(text) == ()


@pytest.mark.parametrize(
    "text",
    [
        "The hash rate has not been this high since September.",
        "Die Hashrate war seit September nicht mehr so hoch.",
        "Depuis septembre, le hashrate n'a pas été aussi haut.",
        "Desde septiembre el hashrate no estaba tan alto.",
        "Desde setembro o hashrate não esteve tão alto.",
        "С сентября хешрейт не был так высок.",
    ],
)
def test_the_time_may_stand_before_the_extreme(text: str) -> None:
    (claim,) = claims_of(text)
    assert claim.measure == "hashrate_highest_since"
    assert claim.window is not None
    assert claim.window.start_s == parse_time("2021-10-01")


def test_a_high_since_what_has_no_date_is_no_record_of_all_time() -> None:
    assert claims_of("The hash rate hit a new high since the ban in China.") == ()
    (record,) = claims_of("Bitcoin hit an all-time high since trading began.")
    assert record.measure == "price_highest"
