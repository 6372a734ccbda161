"""Figures whose unit, time or owner stands elsewhere: lists, comparisons, pointers, extremes."""

import pytest
from tests.claims.passage_scores import key_of, read_line

from hashquake.claims.extract import extract_claims
from hashquake.core.claim import Claim
from hashquake.core.times import parse_time

PUBLISHED_S = float(parse_time("2024-07-12T12:00"))
JUNE = "2024-06-01..2024-07-01"
SINCE_MAY = "network rank 1 2024-06-01..2024-07-12T12:00"
TWO_YEARS = "network rank 1 2022-07-13T12:00..2024-07-12T12:00"
SINCE_MONDAY = "2024-07-08..2024-07-09"


def claims_in(text: str) -> tuple[Claim, ...]:
    return extract_claims(text, published_s=PUBLISHED_S).claims


def check(text: str, wanted: list[str]) -> None:
    claims = claims_in(text)
    keys, windows = zip(*(read_line(line) for line in wanted), strict=True) if wanted else ((), ())
    assert [key_of(one) for one in claims] == list(keys)
    got = [None if one.window is None else (one.window.start_s, one.window.end_s) for one in claims]
    assert got == list(windows)


@pytest.mark.parametrize(
    "text",
    [
        "Bitcoin's hash rate rose to 180 EH/s, its highest since May.",
        "Die Hashrate stieg auf 180 EH/s, den höchsten Stand seit Mai.",
        "Le hashrate a grimpé à 180 EH/s, son plus haut niveau depuis mai.",
        "El hashrate subió a 180 EH/s, su nivel más alto desde mayo.",
        "O hashrate subiu para 180 EH/s, o nível mais alto desde maio.",
        "Хешрейт вырос до 180 EH/s, максимума с мая.",
    ],
)
def test_a_level_and_its_extreme_are_two_claims(text: str) -> None:
    check(text, ["network hashrate_hps 180e18 -", SINCE_MAY])


@pytest.mark.parametrize(
    "text",
    [
        "The network has not been this strong since May.",
        "So stark war das Netzwerk seit Mai nicht mehr.",
        "Le réseau n'a pas été aussi puissant depuis mai.",
        "Le hashrate retrouve un niveau plus vu depuis mai.",
        "La red no había sido tan fuerte desde mayo.",
        "A rede não era tão forte desde maio.",
        "Сеть не была такой мощной с мая.",
        "Die Hashrate ist erstmals seit Mai wieder so hoch.",
        "Хешрейт впервые с мая так высок.",
        "Hash rate has reached a level not seen since May.",
    ],
)
def test_an_extreme_is_read_however_it_is_put(text: str) -> None:
    check(text, [SINCE_MAY])


@pytest.mark.parametrize(
    "text",
    [
        "The hash rate fell to a two-year low.",
        "Die Hashrate fiel auf ein Zweijahrestief.",
        "Le hashrate est tombé à un plus bas de deux ans.",
        "El hashrate cayó a un mínimo de dos años.",
        "O hashrate caiu para a mínima de dois anos.",
        "Хешрейт упал до двухлетнего минимума.",
    ],
)
def test_an_extreme_may_have_its_time_within_its_name(text: str) -> None:
    check(text, [TWO_YEARS])


@pytest.mark.parametrize(
    "text",
    [
        "AntPool found 812 blocks in June, Foundry 750. F2Pool came next with 690.",
        "AntPool fand im Juni 812 Blöcke, Foundry 750. Danach folgte F2Pool mit 690.",
        "AntPool a trouvé 812 blocs en juin, Foundry 750. Venait ensuite F2Pool avec 690.",
        "AntPool encontró 812 bloques en junio, Foundry 750. Le siguió F2Pool con 690.",
        "A AntPool achou 812 blocos em junho, a Foundry 750. Em seguida veio a F2Pool, com 690.",
        "AntPool нашёл в июне 812 блоков, Foundry 750. Следом шёл F2Pool с 690.",
        "AntPool found 812 blocks in June, Foundry 750. F2Pool: 690.",
    ],
)
def test_a_list_goes_on_without_its_unit(text: str) -> None:
    check(
        text,
        [
            f"pool:antpool count 812 {JUNE}",
            f"pool:foundryusa count 750 {JUNE}",
            f"pool:f2pool count 690 {JUNE}",
        ],
    )
    assert {one.measure for one in claims_in(text)} == {"blocks"}


@pytest.mark.parametrize(
    "text",
    [
        "AntPool runs at 150 EH/s. F2Pool was founded in 2013 by 2 people.",
        "AntPool kommt auf 150 EH/s. F2Pool hat 9000 Kunden.",
        "AntPool atteint 150 EH/s. F2Pool emploie 80 personnes.",
        "AntPool alcanza 150 EH/s. F2Pool tiene 80 empleados.",
        "A AntPool chega a 150 EH/s. A F2Pool tem 80 funcionários.",
        "AntPool достигает 150 EH/s. В F2Pool работают 80 человек.",
    ],
)
def test_a_number_of_something_else_takes_no_unit_of_a_list(text: str) -> None:
    check(text, ["pool:antpool hashrate_hps 150e18 -"])


@pytest.mark.parametrize(
    "text",
    [
        "The hash rate was 130 EH/s on Monday, up from about 85 in May.",
        "Die Hashrate lag am Montag bei 130 EH/s, gegenüber rund 85 im Mai.",
        "Le hashrate s'établissait lundi à 130 EH/s, contre environ 85 en mai.",
        "El hashrate era el lunes de 130 EH/s, frente a unos 85 en mayo.",
        "O hashrate era na segunda-feira de 130 EH/s, contra cerca de 85 em maio.",
        "Хешрейт в понедельник составлял 130 EH/s против примерно 85 в мае.",
    ],
)
def test_what_a_rate_is_compared_with_has_its_unit(text: str) -> None:
    check(
        text,
        [
            f"network hashrate_hps 130e18 {SINCE_MONDAY}",
            "network hashrate_hps 85e18 2024-05-01..2024-06-01",
        ],
    )


@pytest.mark.parametrize(
    "text",
    [
        "More than a third. That is how much hash rate Kazakhstan lost.",
        "Mehr als ein Drittel. So viel Hashrate hat Kasachstan verloren.",
        "Plus d'un tiers. Voilà ce que le Kazakhstan a perdu de hashrate.",
        "Más de un tercio. Eso es lo que perdió Kazajistán de hashrate.",
        "Mais de um terço. Foi o que o Cazaquistão perdeu de hashrate.",
        "Больше трети. Столько хешрейта потерял Казахстан.",
    ],
)
def test_what_points_back_at_a_figure_says_who_lost_it(text: str) -> None:
    check(text, ["country:KZ hashrate_change_share -0.3333333 -"])
    (claim,) = claims_in(text)
    assert claim.relation == "below"


@pytest.mark.parametrize(
    "text",
    [
        "The MARA pool found 5% of blocks in June.",
        "Der MARA-Pool fand im Juni 5 % der Blöcke.",
        "Le pool MARA a trouvé 5 % des blocs en juin.",
        "El pool de MARA encontró el 5 % de los bloques en junio.",
        "O pool da MARA encontrou 5% dos blocos em junho.",
        "Пул MARA нашёл в июне 5% блоков.",
    ],
)
def test_a_firm_s_name_behind_pool_is_that_of_its_pool(text: str) -> None:
    check(text, [f"pool:marapool hashrate_share 0.05 {JUNE}"])


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("In the first quarter of 2023 the hash rate rose 12%.", "2023-01-01..2023-04-01"),
        ("Im ersten Quartal 2023 stieg die Hashrate um 12 %.", "2023-01-01..2023-04-01"),
        ("Au premier trimestre 2023, le hashrate a grimpé de 12 %.", "2023-01-01..2023-04-01"),
        ("En el primer trimestre de 2023 el hashrate subió un 12 %.", "2023-01-01..2023-04-01"),
        ("No primeiro trimestre de 2023 o hashrate subiu 12%.", "2023-01-01..2023-04-01"),
        ("В первом квартале 2023 года хешрейт вырос на 12 %.", "2023-01-01..2023-04-01"),
        ("In the spring of last year the hash rate rose 12%.", "2023-03-01..2023-06-01"),
        ("Im Frühjahr stieg die Hashrate um 12 %.", "2024-03-01..2024-06-01"),
        ("Au printemps, le hashrate a grimpé de 12 %.", "2024-03-01..2024-06-01"),
        ("En la primavera el hashrate subió un 12 %.", "2024-03-01..2024-06-01"),
        ("Na primavera o hashrate subiu 12%.", "2024-03-01..2024-06-01"),
        ("Весной хешрейт вырос на 12 %.", "2024-03-01..2024-06-01"),
    ],
)
def test_quarters_and_seasons_are_times(text: str, window: str) -> None:
    check(text, [f"network hashrate_change_share 0.12 {window}"])


@pytest.mark.parametrize(
    "text",
    [
        "Miners in Kazakhstan draw two and a half gigawatts.",
        "Die Miner in Kasachstan ziehen zweieinhalb Gigawatt.",
        "Les mineurs du Kazakhstan consomment deux gigawatts et demi.",
        "Los mineros de Kazajistán consumen dos gigavatios y medio.",
        "Os mineradores do Cazaquistão consomem dois gigawatts e meio.",
        "Майнеры Казахстана потребляют два с половиной гигаватта.",
    ],
)
def test_halves_belong_to_their_numbers(text: str) -> None:
    check(text, ["country:KZ power_mw 2500 -"])


@pytest.mark.parametrize(
    "text",
    [
        "Miners in Kazakhstan draw from three to four gigawatts.",
        "Die Miner in Kasachstan ziehen drei bis vier Gigawatt.",
        "Les mineurs du Kazakhstan consomment de trois à quatre gigawatts.",
        "Los mineros de Kazajistán consumen de tres a cuatro gigavatios.",
        "Os mineradores do Cazaquistão consomem de três a quatro gigawatts.",
        "Майнеры Казахстана потребляют от трёх до четырёх гигаватт.",
    ],
)
def test_from_less_to_more_power_is_a_range_where_nothing_rose(text: str) -> None:
    check(text, ["country:KZ power_mw 3000:4000 -"])
