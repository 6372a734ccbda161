"""``hashquake watch``: follow the present until stopped."""

import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack, nullcontext
from functools import partial
from threading import Event
from typing import TYPE_CHECKING, Any

import click
from typer.core import TyperOption

from hashquake.core import clock
from hashquake.core.opinion import Change
from hashquake.serve.cli.ingest import SourceGroup, added_to, with_settings
from hashquake.serve.cli.options import opened
from hashquake.serve.cli.output import note, print_json
from hashquake.serve.cli.stop_signals import STOP_SIGNALS

if TYPE_CHECKING:
    from hashquake.serve.alerts.settings import AlertsSettings
    from hashquake.serve.settings import Settings


def command() -> click.Command:
    """Build the command."""

    def watch_settings(*, db: str | None, as_json: bool, log: str | None) -> int:
        if click.get_current_context().invoked_subcommand is not None:
            return 0
        from hashquake.serve.settings import load_settings

        settings = load_settings()
        return _watch(dict(settings.sources), settings, db=db, as_json=as_json, log=log)

    group = SourceGroup(
        name="watch",
        callback=watch_settings,
        params=[
            added_to(),
            TyperOption(
                param_decls=["--json", "as_json"], is_flag=True, help="Print a JSON line a change."
            ),
            TyperOption(
                param_decls=["--log"],
                type=click.Choice(["json", "plain"]),
                help="Log one line an event to stderr instead, for a log collector.",
            ),
        ],
        invoke_without_command=True,
        help="Watch the network now, until stopped: blocks, readings, quakes, outages.\n\n"
        "Without a source, those of the settings are watched. Stop it with Ctrl-C and start it "
        "again at any time: it continues where it stopped.",
        rich_markup_mode="rich",
    )
    group.run = _watch_one
    return group


def _watch_one(name: str, given: dict[str, Any], *, db: str | None, as_json: bool) -> int:
    from hashquake.serve.settings import load_settings

    outer = click.get_current_context().parent
    before = {} if outer is None else outer.params
    settings = load_settings()
    options = with_settings(settings.sources.get(name, {}), given)
    return _watch(
        {name: options},
        settings,
        db=db if db is not None else before.get("db"),
        as_json=as_json or bool(before.get("as_json")),
        log=before.get("log"),
    )


def _watch(
    sources: dict[str, dict[str, Any]],
    settings: "Settings",
    *,
    db: str | None,
    as_json: bool,
    log: Any,
) -> int:
    from hashquake.observatory.live.plan import check_named
    from hashquake.observatory.live.start import watch
    from hashquake.serve.site_settings import sites_wanted
    from hashquake.serve.watch_screen import STOPPED, PlainLines, Screen

    check_named(sources)
    sites = sites_wanted(None, settings)
    how = log or settings.log
    stop = Event()
    with ExitStack() as stack:
        stack.enter_context(STOP_SIGNALS.calling(stop.set))
        observatory = stack.enter_context(opened(db, create=True))
        if as_json:
            stack.enter_context(alerting_beside(db, settings.alerts, note=note))
            watch(
                observatory,
                sources,
                now_s=clock.now_s,
                counted_s=clock.counted_s,
                stop=stop,
                on_change=_print_change,
                on_note=lambda source, sentence: note(f"{source}: {sentence}"),
                sites=sites,
            )
            note(STOPPED)
            return 0
        shown: Any = Screen(observatory) if sys.stdout.isatty() else PlainLines(observatory)
        if how is not None:
            from hashquake.serve.log_lines import LoggedChanges

            shown = LoggedChanges(how)
        noted = partial(shown.note, "alerts")
        stack.enter_context(alerting_beside(db, settings.alerts, note=noted))
        with shown:
            watch(
                observatory,
                sources,
                now_s=clock.now_s,
                counted_s=clock.counted_s,
                stop=stop,
                on_change=shown.change,
                on_tick=shown.tick,
                on_note=shown.note,
                sites=sites,
            )
    return 0


def alerting_beside(
    db: str | None, alerts: "AlertsSettings", *, note: Callable[[str], None]
) -> AbstractContextManager[None]:
    """Raise and deliver alerts while the block runs; without rules, do nothing.

    Parameters
    ----------
    db : str or None
        As given with ``--db``; the record exists.
    alerts : AlertsSettings
        Rules and ways.
    note : callable
        Called with sentences for whoever runs it.
    """
    if not alerts.rule:
        return nullcontext()
    from hashquake.serve.alerts.service import alerting
    from hashquake.serve.record_name import record_name

    return alerting(record_name(db, create=True).secret, alerts, note=note)


def _print_change(change: Change) -> None:
    print_json({**change_document(change)})


def change_document(change: Change) -> dict[str, Any]:
    """Return a change as one JSON document, its number and kind first.

    Parameters
    ----------
    change : Change
        A row of the changes feed.
    """
    first = {"id": change.id, "at_s": change.at_s, "kind": change.kind, "subject": change.subject}
    return {**first, **{key: value for key, value in change.document.items() if key not in first}}
