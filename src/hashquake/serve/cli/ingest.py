"""``hashquake ingest SOURCE --OPTION ...``: one subcommand a source, made from its options."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import click
from typer.core import TyperCommand, TyperGroup, TyperOption

from hashquake.core import clock
from hashquake.core.errors import HashquakeError
from hashquake.core.record import AppendResult
from hashquake.plugins import list_plugins, load_plugin
from hashquake.serve.cli.faults import suggestion
from hashquake.serve.cli.options import opened
from hashquake.serve.cli.output import EXIT_PARTIAL, console, print_json
from hashquake.serve.cli.progress import ProgressLine
from hashquake.serve.shapes import coverage_shape

if TYPE_CHECKING:
    from hashquake.observatory import Observatory

_LONGEST = 30
"""Characters of an address that have room in help where a terminal has 80 columns."""
Run = Callable[..., int]
"""Runs a source: its name, the options given, ``db`` and ``as_json`` by name."""


class SourceGroup(TyperGroup):
    """The sources as subcommands; only the one called is imported.

    Parameters
    ----------
    run : callable
        Reads a source: takes its name and options.
    """

    run: Run

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the sources that give blocks or readings.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        """
        del ctx
        return [info.name for info in list_plugins("sources")]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Build the subcommand of one source from its options.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        cmd_name : str
            As typed.
        """
        del ctx
        cards = {info.name: info.card for info in list_plugins("sources")}
        if cmd_name not in cards:
            return None
        return _source_command(cmd_name, cards[cmd_name]["title"], self.run)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the sources from their cards, importing none.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        formatter : click.HelpFormatter
            Takes the help text.
        """
        listed = TyperGroup(
            name=self.name,
            commands={
                info.name: TyperCommand(info.name, help=info.card["title"])
                for info in list_plugins("sources")
            },
            params=self.params,
            help=self.help,
            rich_markup_mode="rich",
        )
        listed.format_help(ctx, formatter)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the source named, or say which was probably meant.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        args : list of str
            The source's name, and what follows it.
        """
        known = self.list_commands(ctx)
        if args[0] not in known and not args[0].startswith("-"):
            raise click.UsageError(
                f"there is no source {args[0]!r}{suggestion(args[0], known)}", ctx
            )
        return super().resolve_command(ctx, args)


def command() -> click.Command:
    """Build the command."""
    group = SourceGroup(
        name="ingest",
        help="Read blocks or readings from a source into the record.\n\nIngesting the same again "
        "changes nothing; an interrupted run continues where it stopped.",
        no_args_is_help=True,
        rich_markup_mode="rich",
    )
    group.run = _ingest
    return group


def added_to() -> click.Parameter:
    """Return the option that names the record a source's readings go to."""
    return TyperOption(
        param_decls=["--db"],
        metavar="RECORD",
        help="The record to add to: a file or a database URL. Default: yours.",
    )


def _source_command(name: str, title: str, run: Run) -> click.Command:
    model = load_plugin("sources", name).Options
    params: list[click.Parameter] = [
        _option(field_name, field) for field_name, field in model.model_fields.items()
    ]
    params += [
        added_to(),
        TyperOption(param_decls=["--json", "as_json"], is_flag=True, help="Print JSON."),
    ]

    def callback(db: str | None, *, as_json: bool, **given: Any) -> int:
        return run(name, given, db=db, as_json=as_json)

    return TyperCommand(name, callback=callback, params=params, help=title, rich_markup_mode="rich")


def _option(name: str, field: Any) -> click.Parameter:
    annotation = field.annotation
    flag = annotation is bool
    default = None if field.is_required() else field.get_default(call_default_factory=True)
    shown = default is not None and not flag and default != ""
    return TyperOption(
        param_decls=[f"--{(field.alias or name).replace('_', '-')}", name],
        required=field.is_required(),
        is_flag=flag or None,
        default=False if flag else None,
        # Brackets in a description are brackets, not markup.
        help=(field.description or "").replace("[", "\\[")
        + (f" \\[default: {_at_host(default)}]" if shown else ""),
        metavar=None if flag else "VALUE",
        show_default=False,
    )


def _at_host(default: object) -> object:
    """Return a default as help shows it: of a long address its host, which is not cut off."""
    text = str(default)
    return f"at {urlsplit(text).hostname}" if "://" in text and len(text) > _LONGEST else default


def _ingest(name: str, given: dict[str, Any], *, db: str | None, as_json: bool) -> int:
    from hashquake.serve.settings import load_settings

    options = with_settings(load_settings().sources.get(name, {}), given)
    with _record(db) as observatory:
        started_s = clock.monotonic_s()
        with ProgressLine() as progress:
            result = observatory.ingest(name, options, progress=progress.show, note=progress.note)
        took_s = clock.monotonic_s() - started_s
        tip = observatory.tip()
    document = {
        "source": name,
        "blocks_added": result.changes.blocks_added,
        "blocks_known": result.changes.blocks_known,
        "blocks_staled": result.changes.blocks_staled,
        "readings_added": result.changes.readings_added,
        "first_height": result.first_height,
        "last_height": result.last_height,
        "coverage": coverage_shape(result.coverage),
        "partial": result.partial,
        "notes": list(result.notes),
    }
    if as_json:
        print_json(document)
    else:
        out = console()
        out.print(f"[bold]{name}[/]: {_changes(name, result.changes)}, in {took_s:.1f} s")
        if tip is not None and result.last_height is not None:
            out.print(f"the record reaches height {tip[0]:,}")
        if result.partial:
            out.print("[yellow]stopped before the end; run it again to go on[/]")
    return EXIT_PARTIAL if result.partial else 0


def with_settings(settings: dict[str, Any], given: dict[str, Any]) -> dict[str, Any]:
    """Return the options of a source: those of the settings, and over them those given.

    Parameters
    ----------
    settings : dict of str to object
        The source's table in the settings.
    given : dict of str to object
        Options of the command line; None and False are those that were not given.
    """
    said = {key: value for key, value in given.items() if value is not None and value is not False}
    return {**settings, **said}


@contextmanager
def _record(db: str | None) -> "Iterator[Observatory]":
    """Open the record to add to; one made for an ingestion that kept nothing is removed again.

    An empty record of one's own would from then on be asked in place of the bundled one.
    """
    from hashquake.serve.record_name import record_name

    address = record_name(db, create=True).secret
    path = None if "://" in address else Path(address).expanduser()
    is_new = path is not None and not path.exists()
    is_empty = False
    try:
        with opened(db, create=True) as observatory:
            try:
                yield observatory
            except BaseException:
                is_empty = is_new and _holds_nothing(observatory)
                raise
    finally:
        if path is not None and is_empty:
            for ending in ("", "-wal", "-shm"):
                path.with_name(path.name + ending).unlink(missing_ok=True)


def _holds_nothing(observatory: "Observatory") -> bool:
    try:
        return not any(observatory.counts().values())
    except HashquakeError:  # it cannot be read, so it stays
        return False


def _changes(name: str, changes: AppendResult) -> str:
    """Return what was added, in the words of what the source gives."""
    gives = load_plugin("sources", name).CARD.gives
    said = []
    if "blocks" in gives:
        said.append(f"{changes.blocks_added:,} blocks added, {changes.blocks_known:,} known before")
    if changes.blocks_staled:
        said.append(f"{changes.blocks_staled} left the chain")
    if "readings" in gives:
        said.append(f"{changes.readings_added:,} readings added")
    return ", ".join(said)
