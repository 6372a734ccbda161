"""The sender of each way, loaded when it is needed."""

from collections.abc import Callable

from hashquake.serve.alerts.outgoing import Outgoing
from hashquake.serve.alerts.settings import (
    AppriseWay,
    CommandWay,
    EmailWay,
    MqttWay,
    Way,
    WebhookWay,
)

Sender = Callable[[Outgoing], None]


def sender_of(way: Way, *, now_s: Callable[[], float]) -> Sender:
    """Return what sends alerts by a way.

    Parameters
    ----------
    way : Way
        Of the settings.
    now_s : callable
        The clock, UTC Unix seconds.

    Raises
    ------
    UsageError
        ``alert-extra`` when a library is missing, ``alert-url`` for an address that it does not
        know: what cannot work is refused before anything is raised.
    """
    match way:
        case WebhookWay():
            from hashquake.serve.alerts.ways.webhook import WebhookSender

            return WebhookSender(way, now_s=now_s)
        case EmailWay():
            from hashquake.serve.alerts.ways import email

            return lambda outgoing: email.send(way, outgoing)
        case CommandWay():
            from hashquake.serve.alerts.ways import command

            return lambda outgoing: command.send(way, outgoing)
        case AppriseWay():
            from hashquake.serve.alerts.ways import chat

            chat.check(way)
            return lambda outgoing: chat.send(way, outgoing)
        case MqttWay():
            from hashquake.serve.alerts.ways import mqtt

            mqtt.check(way)
            return lambda outgoing: mqtt.send(way, outgoing)
