"""``hashquake outages list|show|export|detect``: countries that lost their Internet."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.core.times import parse_time
from hashquake.serve.asked import outage_subjects, outage_window, unknown_outage
from hashquake.serve.cli.options import Db, Json, Lang, Since, Until, opened
from hashquake.serve.cli.output import console, note, print_json
from hashquake.serve.cli.progress import working
from hashquake.serve.document_bytes import ENDINGS
from hashquake.serve.files import ending_of, write_whole
from hashquake.serve.language import language_named, speaking

if TYPE_CHECKING:
    from hashquake.core.autonomous_system import AutonomousSystem
    from hashquake.core.outage import Outage
    from hashquake.core.window import Window
    from hashquake.observatory import Observatory


def command() -> click.Command:
    """Build the command with its subcommands."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich", no_args_is_help=False)
    app.callback(invoke_without_command=True)(outages)
    app.command("list")(list_outages)
    app.command("show")(show)
    app.command("export")(export)
    app.command("detect")(detect)
    return typer.main.get_command(app)


Country = Annotated[
    str | None,
    typer.Option("--country", metavar="CC", help="Two letters, several separated by commas."),
]
Networks = Annotated[
    Path | None,
    typer.Option(
        "--networks",
        metavar="F.csv",
        help="Which networks are in which country: asn,country,weight_share,access,upstream.",
    ),
]
Delegated = Annotated[
    Path | None,
    typer.Option(
        "--delegated",
        metavar="PATH",
        help="The same from a registry's delegated-extended files: where each is registered.",
    ),
]


def outages(
    context: typer.Context,
    *,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Outages of countries, seen by probes, routes, traffic and telescopes.

    Without a subcommand it lists them.
    """
    if context.invoked_subcommand is None:
        list_outages(country=country, since=since, until=until, db=db, as_json=as_json)


def list_outages(
    *,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    every: Annotated[bool, typer.Option("--all", help="Rejected ones, too.")] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """List the outages, one line each, in order of onset.

    The catalog's opinions are listed. A country that was not searched in all of its readings is
    searched first, without keeping the result.
    """
    with opened(db) as observatory:
        window = outage_window(observatory, since, until)
        subjects = outage_subjects(observatory, country)
        with working("looking"):
            found = observatory.outages(subjects=subjects, window=window, rejected=every)
        _show_all(observatory, found, subjects, window, as_json=as_json)


def detect(
    *,
    country: Country = None,
    since: Since = None,
    until: Until = None,
    known_by: Annotated[
        str | None, typer.Option(metavar="TIME", help="Use only what was published by then.")
    ] = None,
    networks: Networks = None,
    delegated: Delegated = None,
    write: Annotated[
        bool,
        typer.Option(
            "--write", help="Store the opinions in the record; changed ones as new revisions."
        ),
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Find outages in the record's readings.

    --networks or --delegated state which networks are a country's, where the record has readings
    of networks: whether they fell together does much to distinguish a kill switch from a storm.
    """
    with opened(db) as observatory:
        window = outage_window(observatory, since, until)
        subjects = outage_subjects(observatory, country)
        with working("detecting"):
            found = observatory.detect_outages(
                subjects=subjects,
                window=window,
                until_s=None if known_by is None else parse_time(known_by),
                networks=_networks(observatory, networks, delegated),
                write=write,
            )
        _show_all(observatory, found, subjects, window, as_json=as_json)


def show(
    outage: Annotated[str, typer.Argument(metavar="ID", help="Such as ou20220105kza.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option(metavar="F.html|F.svg", help="Draw it: a page, or the picture alone."),
    ] = None,
    networks: Networks = None,
    delegated: Delegated = None,
    lang: Lang = "en",
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show one outage: who saw it, who did not, what it was; --out draws it."""
    language = language_named(lang)
    if out is not None:
        ending_of(out, (".html", ".svg"))
    if out is None and (networks is not None or delegated is not None):
        raise UsageError(
            "--networks and --delegated are for the picture that --out draws",
            code="option-conflict",
            hint="add --out F.html; hashquake outages detect takes them without one",
        )
    with opened(db) as observatory:
        with working("looking"):
            found = observatory.outage_opinions(outage)
        if not found:
            raise unknown_outage(outage, observatory.outages(rejected=True))
        if out is not None:
            with working("drawing"), speaking(language):
                _draw(observatory, found, out, _networks(observatory, networks, delegated))
    if as_json:
        from hashquake.serve.opinion_documents import outage_history_json

        print_json(outage_history_json(found))
        return
    from hashquake.serve.outages.table import print_outage

    print_outage(found, console())
    if out is not None:
        console().print(f"  drawn      [bold]{out}[/]")


def export(
    *,
    out: Annotated[Path, typer.Option(metavar="F.json|F.csv|F.parquet", help="Where to.")],
    country: Country = None,
    since: Since = None,
    until: Until = None,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Write the latest opinion of each outage as JSON, CSV or Parquet."""
    from hashquake.serve.outages.table import outage_bytes

    ending = ending_of(out, ENDINGS)
    with opened(db) as observatory, working("writing"):
        window = outage_window(observatory, since, until)
        found = observatory.outages(subjects=outage_subjects(observatory, country), window=window)
    write_whole(out, outage_bytes(found, ending))
    if as_json:
        print_json({"path": str(out), "n_outages": len(found)})
    else:
        console().print(f"[bold]{out}[/]: {len(found):,} outages")


def _show_all(
    observatory: "Observatory",
    found: "Sequence[Outage]",
    subjects: Sequence[str] | None,
    window: "Window | None",
    *,
    as_json: bool,
) -> None:
    from hashquake.serve.outages.alarms import false_alarm_line, with_false_alarms
    from hashquake.serve.outages.table import outage_table, watched_lines

    if not found:
        # Raises where nothing watched: then no outage was looked for, let alone none found.
        spans = observatory.watched(subjects=subjects, window=window)
        note("no outage found in what was watched:")
        for line in watched_lines(spans):
            note(f"  {line}")
        note(
            "where nothing was watched there may have been one; absence of readings proves nothing"
        )
    if as_json:
        from hashquake.serve.opinion_documents import outage_json

        print_json(with_false_alarms([outage_json(one) for one in found]))
    elif found:
        console().print(outage_table(found))
        console().print(false_alarm_line())


def _networks(
    observatory: "Observatory", networks: Path | None, delegated: Path | None
) -> "Sequence[AutonomousSystem] | None":
    if networks is not None and delegated is not None:
        raise UsageError(
            "--networks and --delegated name the same thing",
            code="option-conflict",
            hint="give one",
        )
    if networks is not None:
        from hashquake.observatory.autonomous_systems import read_networks

        return read_networks(networks)
    if delegated is not None:
        from hashquake.observatory.autonomous_systems import registered_networks

        return registered_networks(delegated, observatory.reading_subjects())
    return None


def _draw(
    observatory: "Observatory",
    opinions: "Sequence[Outage]",
    out: Path,
    networks: "Sequence[AutonomousSystem] | None",
) -> None:
    from hashquake import __version__
    from hashquake.serve.outages.page import outage_page, outage_svg

    seen = observatory.outage_signals(opinions[-1], networks=networks)
    if out.suffix.lower() == ".svg":
        drawing = outage_svg(opinions[-1], seen)
    else:
        drawing = outage_page(opinions, seen, version=__version__)
    write_whole(out, drawing.encode())
