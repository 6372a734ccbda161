"""A service that the Apprise library knows: Matrix, Telegram, Slack, ntfy, Signal and many more."""

import logging
from importlib.util import find_spec

from hashquake.core.errors import UsageError
from hashquake.serve.alerts.outgoing import Outgoing, way_failure
from hashquake.serve.alerts.settings import AppriseWay

_KINDS = {"raised": "warning", "updated": "info", "recovered": "success"}


def check(way: AppriseWay) -> None:
    """Refuse a way that cannot work, before anything is raised.

    Parameters
    ----------
    way : AppriseWay
        Of the settings.

    Raises
    ------
    UsageError
        ``alert-extra`` without the library, ``alert-url`` for an address it does not know.
    """
    if find_spec("apprise") is None:
        raise UsageError(
            f"the way {way.name} needs apprise, which is not installed",
            code="alert-extra",
            hint="pip install 'hashquake[alerts]'",
        )
    import apprise

    # It logs addresses, which hold tokens.
    logging.getLogger("apprise").setLevel(logging.CRITICAL + 1)
    if not apprise.Apprise().add(way.url.get_secret_value()):
        raise UsageError(
            f"the way {way.name} has an address that apprise does not know",
            code="alert-url",
            hint="see the list of services in apprise's documentation",
        )


def send(way: AppriseWay, outgoing: Outgoing) -> None:
    """Send an alert.

    Parameters
    ----------
    way : AppriseWay
        The service.
    outgoing : Outgoing
        The alert.

    Raises
    ------
    SourceError
        ``alert-refused``.
    UsageError
        What `check` raises.
    """
    check(way)
    import apprise

    service = apprise.Apprise()
    service.add(way.url.get_secret_value())
    document = outgoing.alert.document
    try:
        sent = service.notify(
            title=document["title"],
            body=document["text"],
            body_format="text",
            notify_type=_KINDS[outgoing.alert.state],
        )
    except Exception as error:  # noqa: BLE001  a hundred plugins, each with errors of its own
        said = f"failed ({type(error).__name__})"
        raise way_failure(way.name, said, "alert-refused") from None
    if not sent:
        raise way_failure(way.name, "did not take the message", "alert-refused")
