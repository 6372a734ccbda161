"""What operators and regulators write: "we", parts of a whole, shares that rose, each of two."""

import pytest
from tests.claims.test_figures_that_go_on import check, claims_in

JUNE = "2024-06-01..2024-07-01"
MONDAY = "2024-07-08..2024-07-09"


@pytest.mark.parametrize(
    "text",
    [
        "Foundry solved 97 of the 291 blocks in June.",
        "Foundry fand im Juni 97 von 291 Blöcken.",
        "Foundry a trouvé 97 des 291 blocs de juin.",
        "Foundry encontró 97 de los 291 bloques de junio.",
        "A Foundry achou 97 dos 291 blocos de junho.",
        "Foundry нашёл в июне 97 из 291 блока.",
    ],
)
def test_a_part_of_all_blocks_states_both(text: str) -> None:
    check(text, [f"pool:foundryusa count 97 {JUNE}", f"network count 291 {JUNE}"])


@pytest.mark.parametrize(
    "text",
    [
        "AntPool ran at 20 EH/s. On Monday we found 11 blocks.",
        "AntPool lief mit 20 EH/s. Am Montag haben wir 11 Blöcke gefunden.",
        "AntPool atteignait 20 EH/s. Lundi, nous avons trouvé 11 blocs.",
        "AntPool alcanzaba 20 EH/s. El lunes encontramos 11 bloques.",
        "A AntPool chegava a 20 EH/s. Na segunda-feira encontramos 11 blocos.",
        "AntPool достигал 20 EH/s. В понедельник мы нашли 11 блоков.",
    ],
)
def test_we_are_the_pool_that_speaks(text: str) -> None:
    check(text, ["pool:antpool hashrate_hps 20e18 -", f"pool:antpool count 11 {MONDAY}"])


@pytest.mark.parametrize(
    "text",
    [
        "AntPool's share of the blocks rose from 4 to 7% in June.",
        "Der Anteil von AntPool an den Blöcken stieg im Juni von 4 auf 7 %.",
        "La part d'AntPool dans les blocs a progressé de 4 à 7 % en juin.",
        "La cuota de AntPool en los bloques subió del 4 al 7 % en junio.",
        "A participação da AntPool nos blocos subiu de 4 para 7% em junho.",
        "Доля AntPool в блоках выросла в июне с 4 до 7%.",
    ],
)
def test_a_share_rises_from_less_to_more(text: str) -> None:
    got = [(one.subject, one.quantity, one.low, one.is_former) for one in claims_in(text)]
    assert got == [
        ("pool:antpool", "hashrate_share", 0.04, True),
        ("pool:antpool", "hashrate_share", 0.07, False),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "AntPool has 25 % of the hash rate; no other pool reaches 9 %.",
        "AntPool hat 25 % der Hashrate, kein anderer Pool kommt auf 9 %.",
        "AntPool a 25 % du hashrate ; aucun autre pool n'atteint 9 %.",
        "AntPool tiene el 25 % del hashrate; ningún otro pool llega al 9 %.",
        "A AntPool tem 25% do hashrate; nenhum outro pool chega a 9%.",
        "AntPool имеет 25% хешрейта, ни один другой пул не имеет и 9%.",
    ],
)
def test_what_no_other_reaches_is_nobody_s(text: str) -> None:
    check(text, ["pool:antpool hashrate_share 0.25 -"])


@pytest.mark.parametrize(
    "text",
    [
        "Paraguay and Norway have 4 % of the hash rate each.",
        "Paraguay und Norwegen haben jeweils 4 % der Hashrate.",
        "Le Paraguay et la Norvège ont chacun 4 % du hashrate.",
        "Paraguay y Noruega tienen cada uno el 4 % del hashrate.",
        "O Paraguai e a Noruega têm cada um 4% do hashrate.",
        "Парагвай и Норвегия имеют каждый 4% хешрейта.",
    ],
)
def test_a_figure_of_each_is_one_of_every_name(text: str) -> None:
    check(text, ["country:PY hashrate_share 0.04 -", "country:NO hashrate_share 0.04 -"])


@pytest.mark.parametrize(
    "text",
    [
        "A petahash earned 49 dollars a day on Monday.",
        "Ein Petahash brachte am Montag nur 49 Dollar am Tag ein.",
        "Un pétahash rapportait lundi 49 dollars par jour.",
        "Un petahash rendía el lunes 49 dólares al día.",
        "Um petahash rendia na segunda-feira 49 dólares por dia.",
        "Один петахеш приносил в понедельник 49 долларов в день.",
    ],
)
def test_what_a_unit_of_hash_rate_earns_is_no_price(text: str) -> None:
    check(text, [f"network money_usd 49 {MONDAY}"])


@pytest.mark.parametrize(
    ("text", "window"),
    [
        ("In early 2024 the hash rate rose 12%.", "2024-01-01..2024-02-01"),
        ("Anfang 2024 stieg die Hashrate um 12 %.", "2024-01-01..2024-02-01"),
        ("Mi-2023, le hashrate a grimpé de 12 %.", "2023-06-01..2023-08-01"),
        ("A comienzos de 2024 el hashrate subió un 12 %.", "2024-01-01..2024-02-01"),
        ("No final de 2023 o hashrate subiu 12%.", "2023-12-01..2024-01-01"),
        ("В начале 2024 года хешрейт вырос на 12 %.", "2024-01-01..2024-02-01"),
        ("In the last week of May the hash rate rose 12%.", "2024-05-25..2024-06-01"),
        ("In der letzten Woche des Mai stieg die Hashrate um 12 %.", "2024-05-25..2024-06-01"),
        ("La dernière semaine de mai, le hashrate a grimpé de 12 %.", "2024-05-25..2024-06-01"),
        ("En la última semana de mayo el hashrate subió un 12 %.", "2024-05-25..2024-06-01"),
        ("Na última semana de maio o hashrate subiu 12%.", "2024-05-25..2024-06-01"),
        ("За последнюю неделю мая хешрейт вырос на 12 %.", "2024-05-25..2024-06-01"),
        ("The hash rate rose 12% in the week to July 7.", "2024-07-01..2024-07-08"),
        ("In der Woche bis zum 7. Juli stieg die Hashrate um 12 %.", "2024-07-01..2024-07-08"),
        ("Le hashrate a grimpé de 12 % sur la semaine au 7 juillet.", "2024-07-01..2024-07-08"),
        ("El hashrate subió un 12 % en la semana hasta el 7 de julio.", "2024-07-01..2024-07-08"),
        ("O hashrate subiu 12% na semana até 7 de julho.", "2024-07-01..2024-07-08"),
        ("За неделю до 7 июля хешрейт вырос на 12 %.", "2024-07-01..2024-07-08"),
    ],
)
def test_parts_of_years_and_months_and_weeks_to_a_day_are_times(text: str, window: str) -> None:
    check(text, [f"network hashrate_change_share 0.12 {window}"])
