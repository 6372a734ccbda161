"""Who a figure belongs to, by the build of its sentence, each kind in six languages."""

from tests.claims.test_kinds_of_faults import each, values

NET = ("network", "hashrate_change_share")


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
    "On Monday the network found only 98 blocks.",
    "Am Montag fand das Netzwerk nur 98 Blöcke.",
    "Lundi, le réseau n'a trouvé que 98 blocs.",
    "El lunes la red encontró solo 98 bloques.",
    "Na segunda-feira a rede encontrou só 98 blocos.",
    "В понедельник сеть нашла лишь 98 блоков.",
)
def test_blocks_that_the_network_found_are_counted(language: str, text: str) -> None:
    assert values(text, language) == [("network", "count", 98.0)]
