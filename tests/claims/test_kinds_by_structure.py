"""Who a figure belongs to, by the build of its sentence, and times counted from others."""

from datetime import UTC, datetime

from tests.claims.test_kinds_of_faults import each, values

from hashquake.claims.extract import extract_claims
from hashquake.core.window import Window

NET = ("network", "hashrate_change_share")


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
    "The network lost 15 % of its hash rate, data from BTC.com showed, with F2Pool down 12 %.",
    "Das Netzwerk verlor 15 % seiner Hashrate, zeigten Daten von BTC.com, mit F2Pool 12 % tiefer.",
    "Le réseau a perdu 15 % de son hashrate, montrent les données de BTC.com, avec F2Pool en recul"
    " de 12 %.",
    "La red perdió el 15 % de su hashrate, según datos de BTC.com, con F2Pool cayendo un 12 %.",
    "A rede perdeu 15% do seu hashrate, mostram dados da BTC.com, com a F2Pool em queda de 12%.",
    "Сеть потеряла 15 % хешрейта, показывают данные BTC.com, при этом F2Pool потерял 12 %.",
)
def test_a_source_has_no_figures_and_who_is_named_with_one_has_it(language: str, text: str) -> None:
    assert values(text, language) == [
        (*NET, -0.15),
        ("pool:f2pool", "hashrate_change_share", -0.12),
    ]


@each(
    "Yesterday Foundry lost two thirds of its hash rate, and the whole network lost 38 %.",
    "Gestern verlor Foundry zwei Drittel seiner Hashrate, und das ganze Netzwerk verlor 38 %.",
    "Hier, Foundry a perdu deux tiers de son hashrate, et tout le réseau a perdu 38 %.",
    "Ayer Foundry perdió dos tercios de su hashrate, y toda la red perdió un 38 %.",
    "Ontem a Foundry perdeu dois terços do hashrate, e toda a rede perdeu 38%.",
    "Вчера Foundry потерял две трети хешрейта, а вся сеть потеряла 38 % мощности.",
)
def test_a_clause_about_the_network_is_not_about_the_pool_before(language: str, text: str) -> None:
    assert values(text, language) == [
        ("pool:foundryusa", "hashrate_change_share", -0.6667),
        (*NET, -0.38),
    ]


@each(
    "Bitcoin was hit too: the token slid to $42,800.",
    "Auch Bitcoin traf es: Die Digitalwährung rutschte auf 42.800 Dollar.",
    "Le bitcoin a souffert aussi. La monnaie numérique a glissé à 42 800 dollars.",
    "El bitcoin también sufrió. La moneda digital cayó a 42.800 dólares.",
    "O bitcoin também sofreu. A moeda digital caiu para 42.800 dólares.",
    "Пострадал и биткоин. Цифровая валюта опустилась до 42 800 долларов.",
)
def test_bitcoin_has_other_names(language: str, text: str) -> None:
    assert values(text, language) == [("asset:btc", "price_usd", 42800.0)]


@each(
    "Celsius owed 4.7 billion dollars; its token plunged 60 %.",
    "Ethereum fiel. Der Token verlor 60 %.",
    "Ethereum a chuté. Le jeton a perdu 60 %.",
    "Ethereum cayó. El token perdió un 60 %.",
    "O Ethereum caiu. O token perdeu 60%.",
    "Ethereum упал. Токен потерял 60 %.",
)
def test_the_token_of_another_is_not_bitcoin(language: str, text: str) -> None:
    assert values(text, language) == []


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
    "Miners in Kazakhstan fell silent. Connectivity of the network fell to 5 %, NetBlocks says.",
    "Kasachstans Miner verstummten. Die Konnektivität im Netz fiel laut NetBlocks auf 5 %.",
    "Les mineurs du Kazakhstan se sont tus. La connectivité du réseau est tombée à 5 %.",
    "Los mineros de Kazajistán callaron. La conectividad de la red, según NetBlocks, cayó al 5 %.",
    "Mineradores do Cazaquistão pararam. A conectividade da rede, segundo a NetBlocks, caiu a 5%.",
    "Майнеры Казахстана замолчали. Связность сети, по данным NetBlocks, упала до 5 %.",
)
def test_the_network_of_connectivity_is_the_countrys(language: str, text: str) -> None:
    assert values(text, language) == [("country:KZ", "connectivity_share", 0.05)]


@each(
    "A 51 % attack on Bitcoin's hash rate is out of the question.",
    "Eine 51-Prozent-Attacke auf die Hashrate von Bitcoin ist ausgeschlossen.",
    "Une attaque à 51 % contre le hashrate du bitcoin est exclue.",
    "Un ataque del 51 % contra el hashrate de bitcoin queda descartado.",
    "Um ataque de 51% contra o hashrate do bitcoin está descartado.",
    "Атака 51 % на хешрейт биткоина исключена.",
)
def test_an_attack_of_so_many_percent_measures_nothing(language: str, text: str) -> None:
    assert values(text, language) == []


@each(
    "AntPool's hash rate: minus 18.9 %.",
    "Die Hashrate von AntPool: minus 18,9 %.",
    "Le hashrate d'AntPool : moins 18,9 %.",
    "El hashrate de AntPool: menos 18,9 %.",
    "O hashrate do AntPool: menos 18,9%.",
    "Хешрейт AntPool: минус 18,9 %.",
)
def test_a_sign_in_words_is_a_sign(language: str, text: str) -> None:
    assert values(text, language) == [("pool:antpool", "hashrate_change_share", -0.189)]


@each(
    "Kazakhstan's miners draw 1.2 GW. New farms are limited to 1 MW.",
    "Kasachstans Miner ziehen 1,2 GW. Neue Farmen sind auf 1 MW begrenzt.",
    "Les mineurs du Kazakhstan consomment 1,2 GW. Les nouvelles fermes sont limitées à 1 MW.",
    "Los mineros de Kazajistán consumen 1,2 GW. Las granjas nuevas tienen un tope de 1 MW.",
    "Os mineradores do Cazaquistão consomem 1,2 GW. Novas fazendas têm um teto de 1 MW.",
    "Майнеры Казахстана потребляют 1,2 ГВт. Мощность новых ферм ограничена 1 МВт.",
)
def test_a_limit_by_rule_is_no_measurement(language: str, text: str) -> None:
    assert values(text, language) == [("country:KZ", "power_mw", 1200.0)]


@each(
    "Miners in Kosovo used 100 MW. Imports covered 40 % of the electricity demand.",
    "Schürfer im Kosovo nutzten 100 MW. Einfuhren von Strom deckten 40 % des Bedarfs.",
    "Les mineurs du Kosovo prenaient 100 MW. Le Kosovo importe 40 % de son électricité.",
    "Los mineros de Kosovo usaban 100 MW. Kosovo importa el 40 % de su electricidad.",
    "Mineradores do Kosovo usavam 100 MW. O Kosovo importa 40% da sua eletricidade.",
    "Майнеры Косово потребляли 100 МВт. Косово импортирует 40 % электроэнергии.",
)
def test_what_a_country_imports_is_not_what_miners_use(language: str, text: str) -> None:
    assert values(text, language) == [("country:XK", "power_mw", 100.0)]


@each(
    "Bitcoin fell by 14 %. In 1987 the Dow lost 22.6 %.",
    "Bitcoin fiel um 14 %. 1987 verlor der Dow 22,6 %.",
    "Le bitcoin a perdu 14 %. En 1987, le Dow avait perdu 22,6 %.",
    "El bitcoin cayó un 14 %. En 1987 el Dow perdió un 22,6 %.",
    "O bitcoin caiu 14%. Em 1987, o Dow perdeu 22,6%.",
    "Биткоин упал на 14 %. В 1987 году Dow потерял 22,6 %.",
)
def test_what_else_fell_is_not_bitcoin(language: str, text: str) -> None:
    assert values(text, language) == [("asset:btc", "price_change_share", -0.14)]


@each(
    "AntPool, F2Pool and ViaBTC lost 11.6, 12.8 and 19.2 percent of their hash rate.",
    "AntPool, F2Pool und ViaBTC verloren 11,6, 12,8 und 19,2 Prozent ihrer Hashrate.",
    "AntPool, F2Pool et ViaBTC ont perdu 11,6, 12,8 et 19,2 % de leur hashrate.",
    "AntPool, F2Pool y ViaBTC perdieron el 11,6, 12,8 y 19,2 % de su hashrate.",
    "AntPool, F2Pool e ViaBTC perderam 11,6, 12,8 e 19,2% do hashrate.",
    "AntPool, F2Pool и ViaBTC потеряли 11,6, 12,8 и 19,2 % хешрейта.",
)
def test_a_unit_behind_a_list_is_of_all_its_numbers(language: str, text: str) -> None:
    assert values(text, language) == [
        ("pool:antpool", "hashrate_change_share", -0.116),
        ("pool:f2pool", "hashrate_change_share", -0.128),
        ("pool:viabtc", "hashrate_change_share", -0.192),
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
    "Some 87,849 mining machines moved from China to Kazakhstan.",
    "Rund 87.849 Mining-Maschinen zogen aus China nach Kasachstan um.",
    "Quelque 87 849 machines de minage sont passées de Chine au Kazakhstan.",
    "Unas 87.849 máquinas de minería pasaron de China a Kazajistán.",
    "Cerca de 87.849 máquinas de mineração foram da China para o Cazaquistão.",
    "Около 87 849 майнинговых машин переехали из Китая в Казахстан.",
)
def test_what_moved_is_where_it_went(language: str, text: str) -> None:
    assert values(text, language) == [("country:KZ", "count", 87850.0)]


@each(
    "Forty percent: that is what the Bitcoin network lost of its hash rate.",
    "Vierzig Prozent: So viel Hashrate hat das Bitcoin-Netz verloren.",
    "Quarante pour cent : voilà ce que le réseau Bitcoin a perdu de son hashrate.",
    "Cuarenta por ciento: eso es lo que perdió de hashrate la red de Bitcoin.",
    "Quarenta por cento: foi o que a rede Bitcoin perdeu de hashrate.",
    "Сорок процентов: столько хешрейта потеряла сеть биткоина.",
)
def test_a_number_in_front_of_a_colon_is_of_what_follows(language: str, text: str) -> None:
    assert values(text, language) == [(*NET, -0.4)]


@each(
    "Foundry lost two thirds of its hash rate. Two thirds!",
    "Foundry hat zwei Drittel seiner Hashrate verloren. Zwei Drittel!",
    "Foundry a perdu deux tiers de son hashrate. Deux tiers !",
    "Foundry perdió dos tercios de su hashrate. ¡Dos tercios!",
    "A Foundry perdeu dois terços do hashrate. Dois terços!",
    "Foundry потерял две трети хешрейта. Две трети!",
)
def test_a_number_said_twice_is_one_claim(language: str, text: str) -> None:
    assert values(text, language) == [("pool:foundryusa", "hashrate_change_share", -0.6667)]


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
    "Kazakhstan's miners draw a gigawatt.",
    "Kasachstans Miner ziehen ein Gigawatt.",
    "Les mineurs du Kazakhstan consomment un gigawatt.",
    "Los mineros de Kazajistán consumen un gigavatio.",
    "Os mineradores do Cazaquistão consomem um gigawatt.",
    "Майнеры Казахстана потребляют один гигаватт.",
)
def test_an_article_counts_a_unit(language: str, text: str) -> None:
    assert values(text, language) == [("country:KZ", "power_mw", 1000.0)]


@each(
    "Foundry and AntPool lead. The former has 30 % of the hash rate, the latter 24 %.",
    "Foundry und AntPool führen. Ersterer hat 30 % der Hashrate, letzterer 24 %.",
    "Foundry et AntPool dominent. Le premier a 30 % du hashrate, le second 24 %.",
    "Foundry y AntPool van en cabeza. El primero tiene el 30 % del hashrate y el segundo, el 24 %.",
    "Foundry e AntPool estão na frente. O primeiro tem 30% do hashrate e o segundo, 24%.",
    "Впереди Foundry и AntPool: на первый приходится 30 % хешрейта, на второй — 24 %.",
)
def test_the_former_and_the_latter_are_the_two_named(language: str, text: str) -> None:
    assert values(text, language) == [
        ("pool:foundryusa", "hashrate_share", 0.3),
        ("pool:antpool", "hashrate_share", 0.24),
    ]


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
    "Foundry lost half of its hash rate, and 37 % of the world's hash rate went offline.",
    "Foundry verlor die Hälfte seiner Hashrate, und 37 % der weltweiten Hashrate gingen vom Netz.",
    "Foundry a perdu la moitié de son hashrate, et 37 % du hashrate mondial a disparu.",
    "Foundry perdió la mitad de su hashrate, y el 37 % del hashrate mundial se desconectó.",
    "A Foundry perdeu metade do seu hashrate, e 37% do hashrate mundial saiu do ar.",
    "Foundry потерял половину своего хешрейта, и 37 % мирового хешрейта отключилось.",
)
def test_a_part_of_the_worlds_hash_rate_is_the_networks(language: str, text: str) -> None:
    assert values(text, language)[-1] == (*NET, -0.37)


@each(
    "Foundry and AntPool now mint more than half of all blocks.",
    "Foundry und AntPool erzeugen inzwischen mehr als die Hälfte aller Blöcke.",
    "Foundry et AntPool fabriquent désormais plus de la moitié des blocs.",
    "Foundry y AntPool fabrican ya más de la mitad de los bloques.",
    "Foundry e AntPool fabricam hoje mais da metade dos blocos.",
    "Foundry и AntPool штампуют уже больше половины блоков.",
)
def test_a_part_of_all_blocks_is_a_share_whatever_the_verb(language: str, text: str) -> None:
    assert values(text, language) == [("pools", "hashrate_share", 0.5)]


@each(
    "Difficulty fell 28 %. China's share sank from 75 % in 2019 to 46 % in April 2021.",
    "Die Schwierigkeit fiel um 28 %. Chinas Anteil sank von 75 % 2019 auf 46 % im April 2021.",
    "La difficulté a chuté de 28 %. La part de la Chine est passée de 75 % en 2019 à 46 %.",
    "La dificultad cayó un 28 %. La cuota de China bajó del 75 % en 2019 al 46 % en abril.",
    "A dificuldade caiu 28%. A fatia da China caiu de 75% em 2019 para 46% em abril.",
    "Сложность упала на 28 %. Доля Китая упала с 75 % в 2019 году до 46 % в апреле.",
)
def test_a_share_of_a_country_is_none_of_difficulty(language: str, text: str) -> None:
    assert values(text, language)[1:3] == [
        ("country:CN", "hashrate_share", 0.75),
        ("country:CN", "hashrate_share", 0.46),
    ]


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


@each(
    "On Monday the network found only 98 blocks.",
    "Am Montag fand das Netzwerk nur 98 Blöcke.",
    "Lundi, le réseau n'a trouvé que 98 blocs.",
    "El lunes la red encontró solo 98 bloques.",
    "Na segunda-feira a rede encontrou só 98 blocos.",
    "В понедельник сеть нашла лишь 98 блоков.",
)
def test_blocks_that_the_network_found_are_counted(language: str, text: str) -> None:
    assert values(text, language) == [("network", "count", 98.0)]
