"""Alerts against a real mail server with TLS and a real MQTT broker."""

import email
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from tests.e2e.alert_servers import broker, mail_server
from tests.free_port import free_port
from tests.serve.alerts.made_alert import made_alert, made_settings

from hashquake.core.errors import SourceError
from hashquake.serve.alerts.outgoing import Outgoing
from hashquake.serve.alerts.settings import EmailWay, MqttWay
from hashquake.serve.alerts.ways import email as email_way
from hashquake.serve.alerts.ways import mqtt

pytestmark = [pytest.mark.e2e, pytest.mark.enable_socket]


def mail_way(port: int, **more: Any) -> EmailWay:
    known = {
        "name": "mail",
        "kind": "email",
        "host": "127.0.0.1",
        "port": port,
        "user": "hash",
        "password": "open sesame",
        "sender": "hashquake@example.org",
        "to": ["ops@example.org", "night@example.org"],
        "timeout_s": 5.0,
    }
    made = made_settings(known | more).way[0]
    assert isinstance(made, EmailWay)
    return made


def refused(one: EmailWay) -> str:
    with pytest.raises(SourceError) as caught:
        email_way.send(one, Outgoing(alert=made_alert()))
    assert "sesame" not in str(caught.value)
    return caught.value.code


def test_a_mail_arrives_with_tls_and_hangs_together_with_its_thread(tmp_path: Path) -> None:
    with mail_server(tmp_path, free_port()) as (mailbox, cert):
        way = mail_way(mailbox.port, ca_file=str(cert))
        over = made_alert(key="another-key", n=2, state="recovered")
        for alert in (made_alert(), over):
            email_way.send(way, Outgoing(alert=alert))
        first, second = (
            email.message_from_bytes(one.original_content or b"") for one in mailbox.mails
        )
        assert mailbox.mails[0].rcpt_tos == ["ops@example.org", "night@example.org"]
        assert mailbox.logins[0].login == b"hash"
        assert first["Subject"].startswith("Hash rate of the network -30 %")
        assert first["X-Hashquake-Key"] == made_alert().key
        assert first["Message-ID"] != second["Message-ID"]
        assert first["References"] == second["References"]
        assert "once a year" in first.get_payload()


def test_a_mail_server_that_is_not_trusted_or_refuses_gets_no_password(tmp_path: Path) -> None:
    with mail_server(tmp_path, free_port()) as (mailbox, cert):
        assert refused(mail_way(mailbox.port)) == "alert-tls"
        assert mailbox.logins == []
        wrong = {"password": "wrong sesame"}
        assert refused(mail_way(mailbox.port, ca_file=str(cert), **wrong)) == "alert-refused"
        mailbox.answer = "451 try again"
        assert refused(mail_way(mailbox.port, ca_file=str(cert))) == "alert-refused"
    assert refused(mail_way(mailbox.port, ca_file=str(cert))) == "alert-unreachable"


def mqtt_way(port: int, **more: Any) -> MqttWay:
    known = {
        "name": "home",
        "kind": "mqtt",
        "host": "127.0.0.1",
        "port": port,
        "user": "hash",
        "password": "quake",
        "timeout_s": 5.0,
    }
    made = made_settings(known | more).way[0]
    assert isinstance(made, MqttWay)
    return made


def until(wanted: Callable[[], bool]) -> None:
    end_s = time.monotonic() + 20.0
    while not wanted():
        assert time.monotonic() < end_s
        time.sleep(0.02)


def test_home_assistant_discovers_a_device_and_follows_its_rules(tmp_path: Path) -> None:
    port = free_port()
    with broker(tmp_path, port) as seen:
        way = mqtt_way(port)
        mqtt.announce(way, {"falls": 0, "My farms": 1})
        rules = ("falls", "My farms")
        mqtt.send(way, Outgoing(alert=made_alert(), n_open=1, rules=rules))
        until(lambda: any(topic == "hashquake/alerts" for topic, _, _ in seen))
        last = {topic: json.loads(payload) for topic, payload, _ in seen}
        config = last["homeassistant/device/hashquake_hashquake/config"]
        assert config["o"]["name"] == "hashquake"
        sensor = config["cmps"]["rule_my_farms"]
        assert (sensor["p"], sensor["device_class"]) == ("binary_sensor", "problem")
        assert last[sensor["state_topic"]] == {"state": "ON", "open": 1}
        assert last["hashquake/rules/falls"]["state"] == "ON"
        states = [
            json.loads(payload)["state"]
            for topic, payload, _ in seen
            if topic == "hashquake/rules/falls"
        ]
        assert states == ["OFF", "ON"]
        assert last["hashquake/last"]["key"] == made_alert().key
        unique = [one["unique_id"] for one in config["cmps"].values()]
        assert len(set(unique)) == len(unique) == 3


def test_a_broker_that_refuses_or_does_not_answer_is_an_error(tmp_path: Path) -> None:
    port, wrong = free_port(), {"password": "wrong"}
    with broker(tmp_path, port):
        for way, code in (
            (mqtt_way(port, **wrong), "alert-unreachable"),
            (mqtt_way(free_port()), "alert-unreachable"),
        ):
            with pytest.raises(SourceError) as caught:
                mqtt.send(way, Outgoing(alert=made_alert()))
            assert caught.value.code == code
            assert "wrong" not in str(caught.value)
