"""Kinds of misreading that articles showed, each in six languages."""

from datetime import UTC, datetime

import pytest

from hashquake.claims.extract import extract_claims
from hashquake.core.times import parse_time

LANGUAGES = ("en", "de", "fr", "es", "pt", "ru")
PUBLISHED_S = float(parse_time("2022-01-26T14:00"))


def claims(text: str, language: str) -> list[tuple[str, str, float, float]]:
    found = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    return [
        (one.subject, one.quantity, float(f"{one.low:.4g}"), float(f"{one.high:.4g}"))
        for one in found
    ]


def values(text: str, language: str) -> list[tuple[str, str, float]]:
    return [one[:3] for one in claims(text, language)]


def each(*texts: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize(
        ("language", "text"), list(zip(LANGUAGES, texts, strict=True)), ids=LANGUAGES
    )


@each(
    "China is back. In January it supplied 21 % of the hash rate, second only to the US with 38 %.",
    "China ist zurück. Im Januar hatte es 21 % der Hashrate, hinter den USA mit 38 %.",
    "La Chine revient. En janvier elle avait 21 % du hashrate, derrière les États-Unis (38 %).",
    "China vuelve. En enero aportó el 21 % del hashrate, detrás de Estados Unidos, con el 38 %.",
    "A China voltou. Em janeiro tinha 21% do hashrate, atrás dos Estados Unidos, com 38%.",
    "Китай вернулся. В январе там добывали 21 % хешрейта, тогда как в США — 38 %.",
)
def test_a_country_at_another_figure_is_not_that_of_the_first(language: str, text: str) -> None:
    assert values(text, language) == [
        ("country:CN", "hashrate_share", 0.21),
        ("country:US", "hashrate_share", 0.38),
    ]


@each(
    "Foundry USA, the largest pool in the world, was hit hardest: its share fell to 22 %.",
    "Foundry USA, der größte Pool der Welt, traf es am härtesten: Sein Anteil fiel auf 22 %.",
    "Foundry USA, le plus grand pool du monde, a le plus souffert : sa part est tombée à 22 %.",
    "Foundry USA, el mayor pool del mundo, fue el más afectado: su cuota cayó al 22 %.",
    "A Foundry USA, maior pool do mundo, foi a mais atingida: sua fatia caiu para 22%.",
    "Foundry USA, крупнейший пул мира, пострадал больше всех: его доля упала до 22 %.",
)
def test_a_pool_named_far_before_is_whose_share_it_is(language: str, text: str) -> None:
    assert values(text, language) == [
        ("pool:foundryusa", "rank", 1.0),
        ("pool:foundryusa", "hashrate_share", 0.22),
    ]


@each(
    "In Bitcoin mining, Canada came fourth with 6 % of the hash rate.",
    "Beim Bitcoin-Mining liegt Kanada auf Platz vier mit 6 % der Hashrate.",
    "Dans le minage de bitcoin, le Canada est le quatrième producteur, avec 6 % du hashrate.",
    "En la minería de bitcoin, Canadá ocupa el cuarto puesto, con el 6 % del hashrate.",
    "Na mineração de bitcoin, o Canadá ocupa a quarta posição, com 6% do hashrate.",
    "В майнинге биткоина Канада занимает четвёртую строчку с долей 6 % хешрейта.",
)
def test_a_rank_is_an_ordinal_and_a_noun(language: str, text: str) -> None:
    assert values(text, language) == [
        ("country:CA", "rank", 4.0),
        ("country:CA", "hashrate_share", 0.06),
    ]


@each(
    "El Salvador was the first country to adopt bitcoin, and miners followed.",
    "El Salvador war das erste Land, das Bitcoin einführte, und Miner folgten.",
    "Le Salvador fut le premier pays à adopter le bitcoin, les mineurs ont suivi.",
    "El Salvador fue el primer país en adoptar el bitcoin, y los mineros lo siguieron.",
    "El Salvador foi o primeiro país a adotar o bitcoin, e os mineradores vieram.",
    "Сальвадор стал первой страной, которая приняла биткоин, майнеры пришли следом.",
)
def test_the_first_to_do_something_has_no_rank(language: str, text: str) -> None:
    assert claims(text, language) == []


@each(
    "Foundry found 290 blocks, AntPool 232 and F2Pool 140.",
    "Foundry fand 290 Blöcke, AntPool 232 und F2Pool 140.",
    "Foundry a trouvé 290 blocs, AntPool 232 et F2Pool 140.",
    "Foundry encontró 290 bloques, AntPool 232 y F2Pool 140.",
    "A Foundry encontrou 290 blocos, AntPool 232 e F2Pool 140.",
    "Foundry нашёл 290 блоков, AntPool — 232, F2Pool — 140.",
)
def test_a_list_names_its_unit_once(language: str, text: str) -> None:
    assert values(text, language) == [
        ("pool:foundryusa", "count", 290.0),
        ("pool:antpool", "count", 232.0),
        ("pool:f2pool", "count", 140.0),
    ]


@each(
    "Miners' revenue fell from 107 million dollars on Saturday to 52 million on Monday.",
    "Die Einnahmen der Miner fielen von 107 Mio. Dollar am Samstag auf 52 Millionen am Montag.",
    "Les revenus des mineurs sont passés de 107 millions de dollars samedi à 52 millions lundi.",
    "Los ingresos de los mineros cayeron de 107 millones de dólares ayer a 52 millones hoy.",
    "A receita dos mineradores caiu de 107 milhões de dólares ontem para 52 milhões hoje.",
    "Доходы майнеров упали с 107 млн долларов в субботу до 52 млн в понедельник.",
)
def test_money_names_its_currency_once(language: str, text: str) -> None:
    assert values(text, language) == [
        ("network", "money_usd", 107e6),
        ("network", "money_usd", 52e6),
    ]


@each(
    "The network lost 60 EH/s overnight.",
    "Das Netzwerk verlor über Nacht 60 EH/s.",
    "Le réseau a perdu 60 EH/s en une nuit.",
    "La red perdió 60 EH/s de la noche a la mañana.",
    "A rede perdeu 60 EH/s da noite para o dia.",
    "Сеть потеряла 60 EH/s за ночь.",
)
def test_what_was_lost_is_a_change(language: str, text: str) -> None:
    assert values(text, language)[:1] == [("network", "hashrate_hps", -60e18)]


@each(
    "The loss of hash rate amounts to about 60 EH/s.",
    "Der Verlust an Hashrate beläuft sich auf rund 60 EH/s.",
    "La perte de hashrate s'élève à environ 60 EH/s.",
    "La pérdida de hashrate asciende a unos 60 EH/s.",
    "A perda de hashrate equivale a cerca de 60 EH/s.",
    "Потери хешрейта составили около 60 EH/s.",
)
def test_the_size_of_a_loss_is_a_change(language: str, text: str) -> None:
    assert values(text, language) == [("network", "hashrate_hps", -60e18)]


@each(
    "Mining is banned. The country imports more than 40 % of its electricity.",
    "Mining ist verboten. Das Land importiert mehr als 40 % seines Stroms.",
    "Le minage est interdit. Le pays importe plus de 40 % de son électricité.",
    "La minería está prohibida. El país importa más del 40 % de su electricidad.",
    "A mineração foi proibida. O país importa mais de 40% da sua eletricidade.",
    "Майнинг запрещён. Страна импортирует более 40 % электроэнергии.",
)
def test_electricity_of_others_is_no_claim(language: str, text: str) -> None:
    assert claims(text, language) == []


@each(
    "Bitcoin miners left. The rial lost 10 % of its value.",
    "Bitcoin-Miner gingen. Der Rial verlor 10 % seines Wertes.",
    "Les mineurs de bitcoin partent. Le rial a perdu 10 % de sa valeur.",
    "Los mineros de bitcoin se van. El rial perdió un 10 % de su valor.",
    "Mineradores de bitcoin saem. O rial perdeu 10% do valor.",
    "Майнеры биткоина уходят. Риал потерял 10 % стоимости.",
)
def test_the_value_of_a_currency_is_not_that_of_bitcoin(language: str, text: str) -> None:
    assert claims(text, language) == []


@each(
    "Hash rate was 180 EH/s in May, but now it is 90 EH/s.",
    "Die Hashrate lag im Mai bei 180 EH/s, aber jetzt liegt sie bei 90 EH/s.",
    "Le hashrate était de 180 EH/s en mai, mais il est maintenant de 90 EH/s.",
    "El hashrate era de 180 EH/s en mayo, pero ahora es de 90 EH/s.",
    "O hashrate era de 180 EH/s em maio, mas agora é de 90 EH/s.",
    "Хешрейт в мае был 180 EH/s, но теперь он 90 EH/s.",
)
def test_now_is_not_the_time_of_the_number_before(language: str, text: str) -> None:
    found = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert [one.low for one in found] == [180e18, 90e18]
    assert [one.window is None for one in found] == [False, True]


@each(
    "Hash rate has risen 5 % since New Year.",
    "Die Hashrate ist seit Neujahr um 5 % gestiegen.",
    "Le hashrate a augmenté de 5 % depuis le nouvel an.",
    "El hashrate subió un 5 % desde Año Nuevo.",
    "O hashrate subiu 5% desde o Ano Novo.",
    "Хешрейт вырос на 5 % с начала года.",
)
def test_holidays_are_days(language: str, text: str) -> None:
    (claim,) = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert claim.window is not None
    assert datetime.fromtimestamp(claim.window.start_s, UTC).isoformat()[:10] == "2022-01-01"
    assert claim.window.end_s == PUBLISHED_S


@each(
    "This week hash rate rose by 5 %.",
    "Diese Woche stieg die Hashrate um 5 %.",
    "Cette semaine le hashrate a augmenté de 5 %.",
    "Esta semana el hashrate subió un 5 %.",
    "Nesta semana o hashrate subiu 5%.",
    "На этой неделе хешрейт вырос на 5 %.",
)
def test_this_week_began_on_monday(language: str, text: str) -> None:
    (claim,) = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert claim.window is not None
    assert claim.window.start_s == parse_time("2022-01-24")


@each(
    "The farms in Iran draw about 2000 MW.",
    "Die Farmen im Iran verbrauchen rund 2000 MW.",
    "Les fermes en Iran consomment environ 2000 MW.",
    "Las granjas en Irán consumen unos 2000 MW.",
    "As fazendas no Irã consomem cerca de 2000 MW.",
    "Фермы в Иране потребляют около 2000 МВт.",
)
def test_four_digits_with_a_unit_are_no_year(language: str, text: str) -> None:
    found = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert [(one.subject, one.low, one.window) for one in found] == [("country:IR", 2000.0, None)]


@each(
    "The next difficulty is expected to fall 16 % in February.",
    "Die Difficulty dürfte im Februar um 16 % fallen.",
    "La difficulté devrait baisser de 16 % en février.",
    "Se prevé que la dificultad baje un 16 % en febrero.",
    "A dificuldade deve cair 16% em fevereiro.",
    "Ожидается, что сложность понизится на 16 % в феврале.",
)
def test_a_month_to_come_is_the_next_one(language: str, text: str) -> None:
    (claim,) = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert claim.low == pytest.approx(-0.16)
    assert claim.window is not None
    assert claim.window.start_s == parse_time("2022-02-01")


@each(
    "In July and August China's share of the hash rate was 0 %.",
    "Im Juli und August lag der Anteil Chinas an der Hashrate bei 0 %.",
    "En juillet et août, la part de la Chine dans le hashrate était de 0 %.",
    "En julio y agosto la cuota de China en el hashrate era del 0 %.",
    "Em julho e agosto a participação da China no hashrate era de 0%.",
    "В июле и августе доля Китая в хешрейте составляла 0 %.",
)
def test_two_months_are_one_time(language: str, text: str) -> None:
    (claim,) = extract_claims(text, published_s=PUBLISHED_S, language=language).claims
    assert (claim.subject, claim.low) == ("country:CN", 0.0)
    assert claim.window is not None
    assert claim.window.start_s == parse_time("2021-07-01")
    assert claim.window.end_s == parse_time("2021-09-01")


@pytest.mark.parametrize(
    ("text", "change"),
    [
        ("Die Hashrate gab im Mai um 4 Prozent nach.", -0.04),
        ("Die Hashrate nahm am Montag um 4 Prozent ab.", -0.04),
        ("Die Hashrate nahm seit Montag um 4 Prozent zu.", 0.04),
        ("Die Hashrate ging über Nacht um ein Viertel zurück.", -0.25),
        ("Seit der Halbierung legte die Hashrate um 4 Prozent zu.", 0.04),
    ],
)
def test_german_verbs_end_with_the_clause(text: str, change: float) -> None:
    assert [one[1:3] for one in claims(text, "de")] == [("hashrate_change_share", change)]
