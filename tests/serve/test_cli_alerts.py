"""`hashquake alerts` and its settings as a user meets them."""

import json
from pathlib import Path
from typing import Any

import pytest
from tests.serve.alerts.made_alert import made_alert
from tests.serve.alerts.receiver import SECRET, receiving

from hashquake.core.alert import AlertAdvance, AlertCursor, AlertDelivery
from hashquake.observatory import open_observatory
from hashquake.serve.cli.app import run
from hashquake.store.sql_record import SqlRecord

HOOK = """
[[alerts.way]]
name = "hook"
kind = "webhook"
url = "URL"
secret = "SECRET"
allow_private = true
timeout_s = 2.0
"""


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(here: Path, text: str, url: str = "https://example.org/sesame") -> None:
    filled = text.replace("URL", url).replace("SECRET", SECRET)
    (here / "hashquake.toml").write_text(filled, encoding="utf-8")


def printed(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run(["alerts", *arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def with_alerts(here: Path) -> str:
    db = str(here / "r.db")
    with open_observatory(db, create=True) as ask:
        record = ask.record
        assert isinstance(record, SqlRecord)
        way = (AlertDelivery(way="hook"),)
        alerts = (
            made_alert(key="a", deliveries=way),
            made_alert(key="b", state="recovered", deliveries=way),
            made_alert(key="c", thread="hq20220106a", deliveries=way),
        )
        cursor = AlertCursor(after_id=0, state="{}")
        record.outbox().advance(lambda _c, _r: AlertAdvance(cursor=cursor, alerts=alerts))
        for number, state in ((1, "delivered"), (2, "delivered"), (3, "undelivered")):
            record.outbox().settle(
                AlertDelivery(id=number, way="hook", state=state, tries=2)  # type: ignore[arg-type]  # tests name states as text
            )
    return db


def test_list_and_history_print_the_documents_of_the_contract(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    db = with_alerts(here)
    (standing,) = printed(capsys, "list", "--db", db)
    assert standing["thread"] == "hq20220106a"
    history = printed(capsys, "history", "--db", db)
    assert [(one["thread"], one["n"], one["state"]) for one in history] == [
        ("hq20220105a", 1, "raised"),
        ("hq20220105a", 2, "recovered"),
        ("hq20220106a", 1, "raised"),
    ]
    first = history[0]
    assert {"rule", "at_s", "subject", "because", "false_alarms_per_year"} <= first.keys()
    assert first["deliveries"] == [{"way": "hook", "state": "delivered", "tries": 2, "because": ""}]
    assert len(printed(capsys, "history", "--db", db, "--limit", "1")) == 1
    assert run(["alerts", "history", "--db", db]) == 0
    shown = capsys.readouterr().out
    assert "Hash rate of the network -30 %" in shown
    assert "undelivered" in shown


def test_a_record_without_alerts_has_none(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "list", "--db", "bundled") == []
    assert run(["alerts", "list", "--db", "bundled"]) == 0
    assert "Nothing is raised" in capsys.readouterr().out


def test_a_test_goes_by_every_way_and_says_what_came_of_it(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with receiving() as receiver:
        settings(here, HOOK, receiver.url)
        (tested,) = printed(capsys, "test")
        assert [(one["state"], one["way"]) for one in tested["deliveries"]] == [
            ("delivered", "hook")
        ]
        assert receiver.arrivals[0].signed
        receiver.behave = lambda _number: "500"
        (failed,) = printed(capsys, "test", "--way", "hook", status=1)
        assert "answers HTTP 500 [alert-refused]" in failed["deliveries"][0]["because"]
    assert run(["alerts", "test", "--way", "hok", "--json"]) == 2
    error = json.loads(capsys.readouterr().out)["error"]
    assert error["code"] == "alert-ways"
    assert "did you mean hook?" in error["message"]


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ('[[alerts.rule]]\nname = "a"\nabuot = "quake"\nto = ["hook"]', "did you mean about?"),
        ('[[alerts.rule]]\nname = "a"\nabout = "quak"\nto = ["hook"]', "did you mean quake?"),
        ('[[alerts.rule]]\nname = "a"\nabout = "quake"\nto = ["hok"]', "did you mean hook?"),
        (
            '[[alerts.rule]]\nname = "a"\nabout = "outage"\ncauses = ["cabel"]\nto = ["hook"]',
            "did you mean cable?",
        ),
        ('[[alerts.way]]\nname = "b"\nkind = "webhok"', "did you mean webhook?"),
        ('[[alerts.way]]\nname = "b"\nkind = "email"\nhots = "x"', "did you mean host?"),
        ('[alerts]\nlnk = "https://x"', "did you mean link?"),
        ('[[alerts.rule]]\nname="a"\nabout="quake"\nto=["hook"]\nby_luck="often"', "'once a year'"),
        ('[[alerts.rule]]\nname="a"\nabout="quake"\nto=["hook"]\nhold="soon"', "not a duration"),
        ('[[alerts.rule]]\nname="a"\nabout="quake"\nto=["hook"]\nquiet="night"', "22:00-07:00"),
        (
            '[[alerts.rule]]\nname="a"\nabout="quake"\nto=["hook"]\nby_luck="once in ten years"',
            "once a year",
        ),
    ],
)
def test_a_mistake_in_the_settings_is_answered_with_what_was_meant(
    here: Path, capsys: pytest.CaptureFixture[str], text: str, meant: str
) -> None:
    settings(here, HOOK + text)
    assert run(["alerts", "test", "--json"]) == 2
    out = capsys.readouterr()
    error = json.loads(out.out)["error"]
    assert (error["code"], meant in error["message"]) == ("settings-malformed", True), error
    assert "sesame" not in out.out + out.err
    assert SECRET not in out.out + out.err


def test_without_rules_there_is_nothing_to_deliver(
    here: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings(here, HOOK)
    assert run(["alerts", "deliver", "--db", "bundled"]) == 2
    assert capsys.readouterr().err.endswith("[alert-rules]\n")
    settings(here, HOOK + '[[alerts.rule]]\nname = "a"\nabout = "quake"\nto = ["hook"]\n')
    assert run(["alerts", "deliver", "--db", "bundled"]) == 2
    assert capsys.readouterr().err.endswith("[record-read-only]\n")
