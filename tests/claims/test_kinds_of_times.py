"""Times counted from others, shared, or closed in, each kind in six languages."""

from datetime import UTC, datetime

from tests.claims.test_kinds_of_faults import each

from hashquake.claims.extract import extract_claims
from hashquake.core.window import Window


def windows(text: str, language: str, published: str) -> list[tuple[float, str]]:
    """Return value and window of each claim."""
    published_s = datetime.fromisoformat(published).replace(tzinfo=UTC).timestamp()
    found = extract_claims(text, published_s=published_s, language=language).claims
    return [(round(one.low, 4), _shown(one.window)) for one in found]


def _shown(window: Window | None) -> str:
    if window is None:
        return "-"
    ends = (window.start_s, window.end_s)
    return "..".join(datetime.fromtimestamp(one, UTC).strftime("%Y-%m-%d") for one in ends)


@each(
    "In August Kazakhstan had 18 % of the hash rate, against 8 % four months earlier.",
    "Im August hatte Kasachstan 18 % der Hashrate, gegenüber 8 % vier Monate zuvor.",
    "En août, le Kazakhstan avait 18 % du hashrate, contre 8 % quatre mois plus tôt.",
    "En agosto Kazajistán tenía el 18 % del hashrate, frente al 8 % cuatro meses antes.",
    "Em agosto o Cazaquistão tinha 18% do hashrate, contra 8% quatro meses antes.",
    "В августе у Казахстана было 18 % хешрейта против 8 % четырьмя месяцами ранее.",
)
def test_earlier_is_counted_from_the_time_named(language: str, text: str) -> None:
    assert windows(text, language, "2022-01-06") == [
        (0.18, "2021-08-01..2021-09-01"),
        (0.08, "2021-04-01..2021-05-01"),
    ]


@each(
    "China had 65 % of the hash rate in April 2020 and 44 % a year later.",
    "China hatte im April 2020 65 % der Hashrate und ein Jahr später 44 %.",
    "La Chine avait 65 % du hashrate en avril 2020 et 44 % un an plus tard.",
    "China tenía el 65 % del hashrate en abril de 2020 y el 44 % un año después.",
    "A China tinha 65% do hashrate em abril de 2020 e 44% um ano depois.",
    "У Китая было 65 % хешрейта в апреле 2020 года и 44 % год спустя.",
)
def test_later_is_counted_from_the_time_named(language: str, text: str) -> None:
    assert windows(text, language, "2022-01-06") == [
        (0.65, "2020-04-01..2020-05-01"),
        (0.44, "2021-04-01..2021-05-01"),
    ]


@each(
    "The hash rate stood at 200 EH/s on 4 January. The next day it was 180 EH/s.",
    "Die Hashrate lag am 4. Januar bei 200 EH/s. Am nächsten Tag waren es 180 EH/s.",
    "Le hashrate était de 200 EH/s le 4 janvier. Le lendemain, il était de 180 EH/s.",
    "El hashrate era de 200 EH/s el 4 de enero. Al día siguiente era de 180 EH/s.",
    "O hashrate era de 200 EH/s em 4 de janeiro. No dia seguinte era de 180 EH/s.",
    "Хешрейт составлял 200 EH/s 4 января. На следующий день он составил 180 EH/s.",
)
def test_the_next_day_is_counted_from_the_sentence_before(language: str, text: str) -> None:
    assert windows(text, language, "2022-01-06") == [
        (2e20, "2022-01-04..2022-01-05"),
        (1.8e20, "2022-01-05..2022-01-06"),
    ]


@each(
    "The hash rate fell by 38 % between the 23rd and the 24th of December, from 233 to 156 EH/s.",
    "Die Hashrate fiel zwischen dem 23. und dem 24. Dezember um 38 %, von 233 auf 156 EH/s.",
    "Le hashrate a chuté de 38 % entre le 23 et le 24 décembre, de 233 à 156 EH/s.",
    "El hashrate cayó un 38 % entre el 23 y el 24 de diciembre, de 233 a 156 EH/s.",
    "O hashrate caiu 38% entre o dia 23 e o dia 24 de dezembro, de 233 para 156 EH/s.",
    "Хешрейт упал на 38 % с 23 по 24 декабря, с 233 до 156 EH/s.",
)
def test_two_days_are_those_of_both_ends(language: str, text: str) -> None:
    assert windows(text, language, "2023-01-06") == [
        (-0.38, "2022-12-23..2022-12-25"),
        (2.33e20, "2022-12-23..2022-12-24"),
        (1.56e20, "2022-12-24..2022-12-25"),
    ]


@each(
    "On 24 December the network ran at 155 EH/s, against 251 EH/s on the 21st.",
    "Am 24. Dezember lief das Netzwerk mit 155 EH/s, gegenüber 251 EH/s am 21.",
    "Le 24 décembre, le réseau tournait à 155 EH/s, contre 251 EH/s le 21.",
    "El 24 de diciembre la red operó a 155 EH/s, frente a 251 EH/s el 21.",
    "Em 24 de dezembro a rede operou a 155 EH/s, contra 251 EH/s no dia 21.",
    "24 декабря сеть работала на уровне 155 EH/s против 251 EH/s 21-го.",
)
def test_a_day_alone_is_of_the_month_named(language: str, text: str) -> None:
    assert windows(text, language, "2023-02-06") == [
        (1.55e20, "2022-12-24..2022-12-25"),
        (2.51e20, "2022-12-21..2022-12-22"),
    ]


@each(
    "The hash rate fell from 180 EH/s in May to 90 EH/s in June 2021.",
    "Die Hashrate fiel von 180 EH/s im Mai auf 90 EH/s im Juni 2021.",
    "Le hashrate est tombé de 180 EH/s en mai à 90 EH/s en juin 2021.",
    "El hashrate cayó de 180 EH/s en mayo a 90 EH/s en junio de 2021.",
    "O hashrate caiu de 180 EH/s em maio para 90 EH/s em junho de 2021.",
    "Хешрейт упал с 180 EH/s в мае до 90 EH/s в июне 2021 года.",
)
def test_a_month_takes_the_year_of_the_one_behind(language: str, text: str) -> None:
    assert windows(text, language, "2023-01-06") == [
        (1.8e20, "2021-05-01..2021-06-01"),
        (9e19, "2021-06-01..2021-07-01"),
    ]


@each(
    "Difficulty fell 11 %, its sharpest cut since July 2021, when it sank 28 %.",
    "Die Schwierigkeit fiel um 11 %, so stark wie nie seit Juli 2021, als sie um 28 % sank.",
    "La difficulté a chuté de 11 %, sa pire baisse depuis juillet 2021, quand elle a perdu 28 %.",
    "La dificultad cayó un 11 %, su peor caída desde julio de 2021, cuando perdió un 28 %.",
    "A dificuldade caiu 11%, sua pior queda desde julho de 2021, quando perdeu 28%.",
    "Сложность упала на 11 %, худшее падение с июля 2021 года, когда она снизилась на 28 %.",
)
def test_when_leads_back_to_the_time_since(language: str, text: str) -> None:
    assert windows(text, language, "2026-02-08")[-1] == (-0.28, "2021-07-01..2021-08-01")


@each(
    "On the third of July difficulty fell 28 %.",
    "Am dritten Juli fiel die Schwierigkeit um 28 %.",
    "Le trois juillet, la difficulté a baissé de 28 %.",
    "El tres de julio la dificultad bajó un 28 %.",
    "Em três de julho a dificuldade caiu 28%.",
    "Третьего июля сложность упала на 28 %.",
)
def test_days_are_read_in_words(language: str, text: str) -> None:
    assert windows(text, language, "2021-07-06") == [(-0.28, "2021-07-03..2021-07-04")]


@each(
    "Iran, which banned mining in May 2021, has miners that draw 2 GW.",
    "Iran, das im Mai 2021 das Mining verbot, hat Miner, die 2 GW ziehen.",
    "L'Iran, qui a interdit le minage en mai 2021, a des mineurs qui consomment 2 GW.",
    "Irán, que prohibió la minería en mayo de 2021, tiene mineros que consumen 2 GW.",
    "O Irã, que proibiu a mineração em maio de 2021, tem mineradores que consomem 2 GW.",
    "Иран, который запретил майнинг в мае 2021 года, имеет майнеров, потребляющих 2 ГВт.",
)
def test_a_time_closed_in_is_of_what_it_closes_in(language: str, text: str) -> None:
    assert windows(text, language, "2022-01-06") == [(2000.0, "-")]


@each(
    "Kosovo banned mining on 4 January; miners in the north use 100 MW.",
    "Kosovo verbot das Mining am 4. Januar; Miner im Norden nutzen 100 MW.",
    "Le Kosovo a interdit le minage le 4 janvier ; les mineurs du nord consomment 100 MW.",
    "Kosovo prohibió la minería el 4 de enero; los mineros del norte consumen 100 MW.",
    "O Kosovo proibiu a mineração em 4 de janeiro; mineradores do norte consomem 100 MW.",
    "Косово запретило майнинг 4 января; майнеры на севере потребляют 100 МВт.",
)
def test_no_time_goes_beyond_a_semicolon(language: str, text: str) -> None:
    assert windows(text, language, "2022-06-10") == [(100.0, "-")]
