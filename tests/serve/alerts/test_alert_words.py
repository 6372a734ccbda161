"""What an alert says: the number with its interval, how often by chance, what else it could be."""

import re

import pytest
from tests.serve.alerts.alert_rows import (
    ALL_WATCHED,
    DAY_S,
    T0,
    block,
    forecast,
    gap,
    outage,
    quake,
    rule,
    site,
    source,
    tips,
)

from hashquake.core.opinion import Change
from hashquake.serve.alerts.kernel.rule import AlertRule
from hashquake.serve.alerts.kernel.state import AlertState
from hashquake.serve.alerts.kernel.step import step
from hashquake.serve.language import ENGLISH, Language, spoken
from hashquake.serve.wording.alerts import AlertWords, alert_words


def words(one: AlertRule, *rows: Change, link: str = "") -> list[AlertWords]:
    events = step(AlertState(), rows, rules=[one], world=ALL_WATCHED, now_s=rows[-1].at_s + DAY_S)[
        1
    ]
    return [plain(alert_words(event, link=link)) for event in events]


def plain(found: AlertWords) -> AlertWords:
    """Write a minus sign as a keyboard has it, so that tests can be read."""
    texts = (found.title, found.because, found.text)
    title, because, text = (one.replace("\N{MINUS SIGN}", "-") for one in texts)
    return AlertWords(title=title, because=because, text=text)


def test_a_fall_says_all_that_is_asked_of_an_alert() -> None:
    (found,) = words(rule("quake"), quake(1, T0), link="https://example.org/x")
    assert found.title == "Hash rate of the network -30 % [-35 %, -25 %]"
    lines = found.text.split("\n")
    assert lines[0] == found.because
    assert "changed by -30 % [-35 %, -25 %] (90 % interval)" in found.because
    assert "50.0 EH/s [40.0, 60.0] stopped" in found.because
    assert lines[1].startswith("Most likely: something that nobody documented 60 %.")
    assert "What else could explain it: no fall beyond luck and drift 40 %" in lines[1]
    assert lines[2:] == [
        "Chance alone raises such an alert once a year.",
        "https://example.org/x",
    ]


def test_an_outage_and_its_end() -> None:
    found = words(rule("outage"), outage(1, T0), outage(2, T0 + DAY_S, end_s=T0 + 43_200.0))
    assert found[0].title == "Outage in Kazakhstan: 80 % [70, 80] of connectivity lost"
    assert "seen by active probing and routes" in found[0].because
    assert "What else could explain it: measurement artefact 20 %" in found[0].text
    assert found[1].title.startswith("Over: Outage in Kazakhstan")
    assert found[1].because == "It ended at 5 January 2022, 12:00 UTC."


@pytest.mark.parametrize(
    ("code", "title", "because"),
    [
        ("de", "Hashrate (gesamtes Netzwerk) -30 % [-35 %; -25 %]", "weggefallen: 50,0 EH/s"),
        ("ru", "Хешрейт (вся сеть) -30 % [-35 %; -25 %]", "остановилось: 50,0 EH/s [40,0; 60,0]"),
        ("fr", "Taux de hachage (l’ensemble du réseau) -30 %", "intervalle à 90 %"),
        ("es", "Tasa de hash (toda la red) -30 %", "intervalo del 90 %"),
        ("pt", "Taxa de hash (toda a rede) -30 %", "intervalo de 90 %"),
    ],
)
def test_an_alert_is_in_the_language_of_its_rule(code: str, title: str, because: str) -> None:
    rows = [quake(1, T0), quake(2, T0 + DAY_S, end_s=T0 + 43_200.0)]
    one, world = rule("quake"), ALL_WATCHED
    _, events = step(AlertState(), rows, rules=[one], world=world, now_s=T0 + 2 * DAY_S)
    found = [plain(alert_words(each, link="", language=Language(code=code))) for each in events]
    assert found[0].title.startswith(title)
    assert because in found[0].because
    assert found[1].title.endswith(title) or title in found[1].title
    assert not re.search(r"\b(the|of|and|rate|lost)\b", "".join(each.text for each in found))
    assert spoken() == ENGLISH


def test_what_was_withdrawn_says_so() -> None:
    found = words(rule("quake"), quake(1, T0), quake(2, T0 + DAY_S, status="rejected"))
    assert "do not confirm it" in found[1].because


def test_a_silence_says_how_rare_it_is_and_when_it_ended() -> None:
    rows = [block(at + 1, T0 + 600.0 * at, height=at) for at in range(11)]
    rows.append(block(12, T0 + DAY_S, height=12))
    raised, over, _ = words(rule("silence", at_most_per_year=12.0), *rows)
    assert raised.title.startswith("No block for 2 h ")
    assert "1 in 4,383" in raised.because
    assert "once a year" not in raised.text
    assert "12 times a year" in raised.text
    assert over.because.startswith("A block came at 6 January 2022, 00:00 UTC, after 22 h")


@pytest.mark.parametrize(
    ("one", "rows", "title", "because"),
    [
        (
            rule("source", states=("down",)),
            [source(1, T0, "down")],
            "Source bitcoind_rpc does not answer",
            "no answer",
        ),
        (
            rule("source", states=("silent",)),
            [gap(1, T0), gap(2, T0, subject="country:IR")],
            "ioda sends nothing on some series",
            "Kazakhstan",
        ),
        (
            rule("tips"),
            [tips(1, T0, apart=True)],
            "Sources follow different chains",
            "bitcoind_zmq block 717,001 abab",
        ),
        (
            rule("difficulty", least_share=0.05),
            [forecast(1, T0, low=1.06, high=1.10)],
            "Next difficulty +8 % [+6 %, +10 %]",
            "height 719712",
        ),
        (
            rule("site", states=("network dark",)),
            [site(1, T0, "network dark")],
            "Ekibastuz 1: network dark",
            "(97 % sure); ",
        ),
        (
            rule("reports"),
            [quake(1, T0, kind="disagreement", subject="pools")],
            "Hash rate reported by the pools that report -30 % [-35 %, -25 %], not seen in blocks",
            "which the blocks found do not show",
        ),
        (
            rule("pool-silence"),
            [gap(1, T0, subject="pool:antpool", name="pool_antpool")],
            "AntPool reports no hash rate",
            "pool_antpool",
        ),
        (
            rule("outage", hold_s=60.0),
            [
                outage(at + 1, T0, country=name, saw=("ioda:ioda_ping",))
                for at, name in enumerate(("KZ", "IR", "RU"))
            ],
            "ioda shows many places dark at once",
            "Kazakhstan",
        ),
    ],
)
def test_every_kind_has_words(one: AlertRule, rows: list[Change], title: str, because: str) -> None:
    found = words(one, *rows)[0]
    assert found.title == title
    assert because in found.because


def test_what_others_wrote_is_made_safe() -> None:
    hostile = source(1, T0, "down", because="\x1b[31mred\nX-Header: 1")
    (found,) = words(rule("source", states=("down",)), hostile)
    assert "\x1b" not in found.text
    assert "\n" not in found.because
