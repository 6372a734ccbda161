"""``hashquake alerts``: what the rules raised, whether it was delivered, and a test of each way."""

from threading import Event
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import click
import typer

from hashquake.core import clock
from hashquake.core.errors import HashquakeError, UsageError
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.stop_signals import STOP_SIGNALS

if TYPE_CHECKING:
    from hashquake.core.alert import Alert
    from hashquake.serve.alerts.settings import AlertsSettings, Way

_SHOWN = 100
EXIT_FAILED = 1


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(
        add_completion=False,
        rich_markup_mode="rich",
        no_args_is_help=True,
        help="Alerts by the rules of the settings: what was raised, and whether it arrived.",
    )
    app.command("list")(list_alerts)
    app.command("history")(history)
    app.command("test")(try_ways)
    app.command("deliver")(deliver)
    return typer.main.get_command(app)


def list_alerts(*, db: Db = None, as_json: Json = False) -> None:
    """List what is raised now, and what was not delivered: the last alert of each such matter."""
    with opened(db) as observatory:
        outbox = observatory.outbox()
        threads = () if outbox is None else outbox.threads()
    shown = [one for one in threads if _stands(one)]
    _print(shown, as_json=as_json, empty="Nothing is raised, and nothing is undelivered.")


def history(
    *,
    limit: Annotated[
        int, typer.Option(min=1, metavar="N", help="At most so many, the newest ones.")
    ] = _SHOWN,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """List the alerts there were, oldest first, with how each was delivered."""
    with opened(db) as observatory:
        outbox = observatory.outbox()
        alerts = () if outbox is None else outbox.alerts(limit=limit)
    _print(list(alerts), as_json=as_json, empty="No alert was raised in this record.")


def try_ways(
    *,
    way: Annotated[
        str | None, typer.Option(metavar="NAME", help="Only this way. Default: all of them.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Send a test by each way of the settings now, and say what came of it.

    Ends with 0 when every way took it and with 1 when one did not.
    """
    from hashquake.serve.settings import load_settings

    settings = load_settings().alerts
    tested = _tested(settings, way)
    _print([tested], as_json=as_json, empty="")
    return 0 if all(one.state == "delivered" for one in tested.deliveries) else EXIT_FAILED


def deliver(*, db: Db = None) -> None:
    """Raise and deliver alerts until stopped, for a record that another process watches.

    hashquake watch and hashquake serve --watch do it themselves.
    """
    from hashquake.serve.alerts.service import alerting
    from hashquake.serve.record_name import record_name
    from hashquake.serve.settings import load_settings

    settings = load_settings().alerts
    if not settings.rule:
        raise UsageError(
            "the settings have no rule of alerts, so there is nothing to deliver",
            code="alert-rules",
            hint="write [[alerts.rule]] and [[alerts.way]] into them; see docs/how-to/alerts.md",
        )
    stop = Event()
    with (
        STOP_SIGNALS.calling(stop.set),
        alerting(record_name(db, create=False).secret, settings, note=note),
    ):
        note("alerts are raised and delivered - Ctrl-C stops it")
        while not stop.wait(1.0):
            pass


def _stands(alert: "Alert") -> bool:
    return alert.state != "recovered" or any(one.state != "delivered" for one in alert.deliveries)


def _tested(settings: "AlertsSettings", name: str | None) -> "Alert":
    """Send a test by the ways that are wanted; an alert that is not stored."""
    from dataclasses import replace

    from hashquake.core.alert import Alert, AlertDelivery
    from hashquake.serve.alerts.outgoing import Outgoing
    from hashquake.serve.alerts.senders import sender_of
    from hashquake.serve.alerts.settings import near

    names = [one.name for one in settings.way]
    if not names:
        raise UsageError(
            "the settings have no way to send alerts",
            code="alert-ways",
            hint="write [[alerts.way]] into them; see docs/how-to/alerts.md",
        )
    if name is not None and name not in names:
        raise UsageError(
            f"the settings name no way {name!r}{near(name, names)}",
            code="alert-ways",
            hint=f"the ways are {', '.join(names)}",
        )
    now_s = clock.now_s()
    alert = Alert(
        key=str(uuid4()),
        rule="test",
        thread=f"test@{round(now_s)}",
        n=1,
        state="raised",
        at_s=now_s,
        subject="network",
        false_alarms_per_year=None,
        change_id=0,
        document={
            "title": "hashquake: a test",
            "because": "A test that somebody asked for: nothing happened.",
            "text": "A test that somebody asked for: nothing happened.",
            "link": settings.link,
            "about": "test",
            "facts": {},
        },
    )

    def attempt(way: "Way") -> AlertDelivery:
        because = ""
        try:
            rules = tuple(one.name for one in settings.rule if way.name in one.to)
            sender_of(way, now_s=clock.now_s)(Outgoing(alert=alert, rules=rules))
        except HashquakeError as error:
            because = f"{error.message} [{error.code}]"
        state: Any = "undelivered" if because else "delivered"
        return AlertDelivery(way=way.name, state=state, tries=1, because=because)

    wanted = [one for one in settings.way if name in (None, one.name)]
    return replace(alert, deliveries=tuple(attempt(one) for one in wanted))


def _print(alerts: "list[Alert]", *, as_json: bool, empty: str) -> None:
    from hashquake.serve.alerts.outgoing import alert_document

    if as_json:
        print_json([alert_document(one) for one in alerts])
        return
    from hashquake.serve.alerts.table import alert_lines

    out = console()
    for line in alert_lines(alerts) or [empty]:
        out.print(line, markup=False, highlight=False, soft_wrap=False)
