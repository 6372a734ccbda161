"""An MQTT broker: each alert as a message, and Home Assistant's discovery of a device for it.

Topics below ``topic``: ``alerts`` (each alert, not kept), ``last`` (the last alert, kept) and
``rules/NAME`` (whether a rule is raised now, kept). The discovery message describes one device with
a binary sensor for each rule and a sensor of the last alert.
"""

import asyncio
import json
import re
import ssl
from importlib.util import find_spec
from typing import Any

from hashquake import __version__
from hashquake.core.errors import UsageError
from hashquake.serve.alerts.outgoing import Outgoing, body_of, sent_document, way_failure
from hashquake.serve.alerts.settings import MqttWay
from hashquake.serve.cli.output import finite_document

_QOS = 1
_NOT_PLAIN = re.compile(r"[^a-z0-9]+")
Message = tuple[str, bytes, bool]
"""Topic, payload, and whether the broker keeps it."""


def check(way: MqttWay) -> None:
    """Refuse a way that cannot work, before anything is raised.

    Parameters
    ----------
    way : MqttWay
        Of the settings.

    Raises
    ------
    UsageError
        ``alert-extra`` without the library.
    """
    if find_spec("aiomqtt") is None:
        raise UsageError(
            f"the way {way.name} needs aiomqtt, which is not installed",
            code="alert-extra",
            hint="pip install 'hashquake[mqtt]'",
        )


def send(way: MqttWay, outgoing: Outgoing) -> None:
    """Send an alert: it, the state of its rule, and the description of the device.

    Parameters
    ----------
    way : MqttWay
        The broker.
    outgoing : Outgoing
        The alert.

    Raises
    ------
    SourceError
        ``alert-unreachable``, ``alert-timeout``.
    UsageError
        What `check` raises.
    """
    check(way)
    _deliver(way, messages_of(way, outgoing))


def announce(way: MqttWay, n_open: dict[str, int]) -> None:
    """Describe the device and say which rules are raised, before any alert.

    Parameters
    ----------
    way : MqttWay
        The broker.
    n_open : dict of str to int
        Open matters of each rule that goes by this way.

    Raises
    ------
    SourceError
        As `send`.
    """
    check(way)
    rules = tuple(n_open)
    states = [_rule_message(way, rule, n_open[rule]) for rule in rules]
    _deliver(way, [*_discovery(way, rules), *states])


def messages_of(way: MqttWay, outgoing: Outgoing) -> list[Message]:
    """Return the messages of an alert, in the order in which they are published.

    Parameters
    ----------
    way : MqttWay
        The broker and its topics.
    outgoing : Outgoing
        The alert.
    """
    alert, body = outgoing.alert, body_of(outgoing.alert)
    messages = _discovery(way, outgoing.rules)
    if alert.rule in outgoing.rules:
        messages.append(_rule_message(way, alert.rule, outgoing.n_open, last=outgoing))
    return [*messages, (f"{way.topic}/last", body, True), (f"{way.topic}/alerts", body, False)]


def _rule_message(way: MqttWay, rule: str, n_open: int, *, last: Outgoing | None = None) -> Message:
    shown: dict[str, Any] = {"state": "ON" if n_open else "OFF", "open": n_open}
    if last is not None:
        document = finite_document(sent_document(last.alert))
        shown |= {name: document[name] for name in ("title", "because", "thread", "at_s", "link")}
    return f"{way.topic}/rules/{_plain(rule)}", json.dumps(shown).encode(), True


def _discovery(way: MqttWay, rules: tuple[str, ...]) -> list[Message]:
    if way.discovery is None:
        return []
    device = f"hashquake_{_plain(way.topic)}"
    components: dict[str, Any] = {
        f"rule_{_plain(rule)}": {
            "p": "binary_sensor",
            "name": rule,
            "device_class": "problem",
            "unique_id": f"{device}_rule_{_plain(rule)}",
            "state_topic": f"{way.topic}/rules/{_plain(rule)}",
            "value_template": "{{ value_json.state }}",
            "json_attributes_topic": f"{way.topic}/rules/{_plain(rule)}",
        }
        for rule in rules
    }
    components["last"] = {
        "p": "sensor",
        "name": "Last alert",
        "unique_id": f"{device}_last",
        "state_topic": f"{way.topic}/last",
        "value_template": "{{ value_json.title }}",
        "json_attributes_topic": f"{way.topic}/last",
    }
    described = {
        "dev": {"ids": device, "name": "hashquake", "mf": "hashquake", "sw": __version__},
        "o": {"name": "hashquake", "sw": __version__},
        "cmps": components,
        "qos": _QOS,
    }
    return [(f"{way.discovery}/device/{device}/config", json.dumps(described).encode(), True)]


def _plain(name: str) -> str:
    return _NOT_PLAIN.sub("_", name.lower()).strip("_")


def _deliver(way: MqttWay, messages: list[Message]) -> None:
    import aiomqtt

    async def deliver() -> None:
        async with aiomqtt.Client(
            way.host,
            way.port,
            username=way.user,
            password=None if way.password is None else way.password.get_secret_value(),
            tls_context=ssl.create_default_context() if way.tls else None,
            timeout=way.timeout_s,
        ) as client:
            for topic, payload, kept in messages:
                await client.publish(topic, payload, qos=_QOS, retain=kept)

    async def in_time() -> None:
        await asyncio.wait_for(deliver(), way.timeout_s)

    try:
        asyncio.run(in_time())
    except TimeoutError:
        said = f"did not answer within {way.timeout_s:g} s"
        raise way_failure(way.name, said, "alert-timeout") from None
    except ssl.SSLError as error:
        said = (
            f"does not offer TLS with a trusted certificate ({error.reason or 'no reason given'})"
        )
        raise way_failure(way.name, said, "alert-tls") from None
    except (aiomqtt.MqttError, OSError) as error:
        said = f"cannot be reached ({type(error).__name__})"
        raise way_failure(way.name, said, "alert-unreachable") from None
