"""The kinds of misreading found last, each in six languages."""

from tests.claims.test_kinds_of_faults import claims, each, values


@each(
    "Difficulty rose 3.6 %. Foundry controls 29.6 % of the network and AntPool 24.8 %.",
    "Die Schwierigkeit stieg um 3,6 %. Foundry hat 29,6 % des Netzwerks, AntPool 24,8 %.",
    "La difficulté a gagné 3,6 %. Foundry tient 29,6 % du réseau, AntPool 24,8 %.",
    "La dificultad subió un 3,6 %. Foundry domina el 29,6 % de la red y AntPool el 24,8 %.",
    "A dificuldade subiu 3,6%. A Foundry domina 29,6% da rede e o AntPool, 24,8%.",
    "Сложность выросла на 3,6 %. Foundry контролирует 29,6 % сети, AntPool — 24,8 %.",
)
def test_what_pools_have_is_no_change_of_difficulty(language: str, text: str) -> None:
    assert values(text, language)[1:] == [
        ("pool:foundryusa", "hashrate_share", 0.296),
        ("pool:antpool", "hashrate_share", 0.248),
    ]


@each(
    "Kazakhstan hosts miners. The country had taken in 90,000 rigs from China.",
    "Kasachstan beherbergt Miner. Das Land hatte 90.000 Geräte aus China aufgenommen.",
    "Le Kazakhstan héberge des mineurs. Le pays avait accueilli 90 000 machines venues de Chine.",
    "Kazajistán acoge mineros. El país había recibido 90.000 equipos llegados de China.",
    "O Cazaquistão abriga mineradores. O país recebeu 90 mil equipamentos vindos da China.",
    "В Казахстане работают майнеры. Страна приняла 90 тысяч устройств из Китая.",
)
def test_where_machines_came_from_is_not_where_they_are(language: str, text: str) -> None:
    assert values(text, language) == [("country:KZ", "count", 90000.0)]


@each(
    "F2Pool, once number one, has 12 % of the hash rate.",
    "F2Pool, einst die Nummer eins, hat 12 % der Hashrate.",
    "F2Pool, autrefois numéro un, a 12 % du hashrate.",
    "F2Pool, antaño número uno, tiene el 12 % del hashrate.",
    "O F2Pool, outrora número um, tem 12% do hashrate.",
    "F2Pool, некогда номер один, имеет 12 % хешрейта.",
)
def test_a_rank_of_former_days_is_no_claim(language: str, text: str) -> None:
    assert values(text, language) == [("pool:f2pool", "hashrate_share", 0.12)]


@each(
    "One in seven machines of the Bitcoin network fell silent.",
    "Jede siebte Maschine des Bitcoin-Netzwerks verstummte.",
    "Une machine sur sept du réseau Bitcoin s'est éteinte.",
    "Una de cada siete máquinas de la red Bitcoin se apagó.",
    "Uma em cada sete máquinas da rede Bitcoin se calou.",
    "Замолчала каждая седьмая машина сети биткоина.",
)
def test_one_in_so_many_machines_is_a_part_of_the_network(language: str, text: str) -> None:
    assert values(text, language) == [("network", "hashrate_change_share", -0.1429)]


@each(
    "Since Friday some 370 EH/s have vanished.",
    "Seit Freitag sind rund 370 EH/s verschwunden.",
    "Depuis vendredi, quelque 370 EH/s ont disparu.",
    "Desde el viernes han desaparecido unos 370 EH/s.",
    "Desde sexta-feira sumiram uns 370 EH/s.",
    "С пятницы исчезло около 370 EH/s.",
)
def test_what_vanished_is_a_change(language: str, text: str) -> None:
    assert values(text, language) == [("network", "hashrate_hps", -370e18)]


def test_a_pool_that_opens_a_sentence_is_its_subject() -> None:
    assert claims("Foundry, home to many Texan miners, went from 340 EH/s to 139 EH/s.", "en") == [
        ("pool:foundryusa", "hashrate_hps", 340e18, 340e18),
        ("pool:foundryusa", "hashrate_hps", 139e18, 139e18),
    ]


@each(
    "The hash rate fell by 10 %. Evergrande lost 12 %.",
    "Die Hashrate fiel um 10 %. Evergrande verlor 12 %.",
    "Le hashrate a chuté de 10 %. Evergrande a perdu 12 %.",
    "El hashrate cayó un 10 %. Evergrande perdió un 12 %.",
    "O hashrate caiu 10%. A Evergrande perdeu 12%.",
    "Хешрейт упал на 10 %. Evergrande потеряла 12 %.",
)
def test_what_no_word_ties_to_hash_rate_is_not_of_it(language: str, text: str) -> None:
    assert values(text, language) == [("network", "hashrate_change_share", -0.1)]


@each(
    "China's share of the hash rate, 75 % two years ago, is zero.",
    "Chinas Anteil an der Hashrate, vor zwei Jahren noch 75 %, liegt bei null.",
    "La part de la Chine dans le hashrate, 75 % il y a deux ans, est nulle.",
    "La cuota de China en el hashrate, del 75 % hace dos años, es nula.",
    "A fatia da China no hashrate, de 75% há dois anos, é nula.",
    "Доля Китая в хешрейте, два года назад 75 %, равна нулю.",
)
def test_a_share_may_be_zero(language: str, text: str) -> None:
    assert values(text, language) == [
        ("country:CN", "hashrate_share", 0.75),
        ("country:CN", "hashrate_share", 0.0),
    ]


@each(
    "Bitcoin fell by up to 9 % on Friday.",
    "Bitcoin fiel am Freitag um bis zu 9 %.",
    "Le bitcoin a perdu vendredi jusqu'à 9 %.",
    "Bitcoin cedió el viernes hasta un 9 %.",
    "O bitcoin caiu na sexta até 9%.",
    "Биткоин в пятницу терял до 9 %.",
)
def test_up_to_so_many_percent_of_a_price_is_a_change(language: str, text: str) -> None:
    assert values(text, language) == [("asset:btc", "price_change_share", -0.09)]


@each(
    "Mining in the US takes between 0.6 % and 2.3 % of the electricity.",
    "Mining verbraucht in den USA zwischen 0,6 % und 2,3 % des Stroms.",
    "Le minage prend entre 0,6 % et 2,3 % de l'électricité aux États-Unis.",
    "La minería usa entre el 0,6 % y el 2,3 % de la electricidad de Estados Unidos.",
    "A mineração usa entre 0,6% e 2,3% da eletricidade dos Estados Unidos.",
    "Майнинг потребляет от 0,6 % до 2,3 % электроэнергии США.",
)
def test_a_range_of_shares_is_one_claim(language: str, text: str) -> None:
    assert claims(text, language) == [("country:US", "generation_share", 0.006, 0.023)]
