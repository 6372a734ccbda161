"""The command group, its lazily loaded commands, and the one place where errors are shown."""

import io
import logging
import os
import sys
import traceback
import warnings
from contextlib import suppress
from importlib import import_module
from typing import Annotated

import click
import typer
from typer.core import TyperCommand, TyperGroup

from hashquake.serve.cli.encodable import soften_encodings
from hashquake.serve.cli.faults import said_of, suggestion
from hashquake.serve.cli.output import (
    EXIT_ERROR,
    EXIT_PARTIAL,
    print_json,
    show_error,
)

TRACEBACK = "HASHQUAKE_TRACEBACK"
"""The environment variable that shows where an unforeseen error came from."""

COMMANDS = {
    "report": "Write the report of an event or of any window.",
    "check": "Check the claims of a text against the record.",
    "claims": "The claims that were checked, and how forecasts did.",
    "quakes": "The catalog of falls of hash rate.",
    "replay": "Rebuild the catalog from the record's blocks.",
    "outages": "Countries that lost their Internet: when, how deep, who saw it, and why.",
    "map": "Where hash rate sits, as it was known on a day.",
    "energy": "The power that mining draws, of the network or of a country.",
    "exposure": "How much of each pool's power sits in places that went dark.",
    "map-logs": "Make a mining map from a pool's own logs.",
    "forecast": "The next difficulty and when it comes.",
    "simulate": "What would follow if a country or a pool went dark.",
    "partition": "A country cut off that mines on: two chains, and what healing undoes.",
    "stale": "Stale blocks by pool, from the time a block takes to spread.",
    "rate": "Hash rate of the network and of pools, with intervals.",
    "pools": "What pools found, compared with the hash rate they report.",
    "sites": "Which of your mining farms are behind a dark network or grid.",
    "power": "How long it takes to find a drop, and what can be found.",
    "backtest": "How methods did, on the record and against their peers.",
    "ingest": "Read blocks from a node, files, a table or a service.",
    "watch": "Watch the network now, until stopped.",
    "status": "Whether the record is watched, and whether everything is fresh.",
    "alerts": "What the rules of the settings raised, and whether it arrived.",
    "serve": "Open the record as web pages, and answer over HTTP with its documents.",
    "mcp": "Answer a language model's program: read-only tools, each number with its interval.",
    "publish": "Write the record as a folder of web pages.",
    "update": "Bring the record up to the present: blocks, prices, connectivity.",
    "export": "Write the record's blocks as Parquet or CSV.",
    "init": "Make a record and a settings file of your own.",
    "backup": "Copy the record into one file while it is in use.",
    "doctor": "Check this installation, its record and its sources.",
    "plugins": "List what can be read and what can be run.",
}
"""Each command lives in the file of its name, ``-`` written ``_``, next to this one; its line here
is all that ``--help`` needs, so that help loads none of them."""


class LazyGroup(TyperGroup):
    """A group that imports a command's file when the command is called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands in the order people meet them.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        """
        del ctx
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        cmd_name : str
            As typed.
        """
        del ctx
        if cmd_name not in COMMANDS:
            return None
        module = import_module(f"hashquake.serve.cli.{cmd_name.replace('-', '_')}")
        command: click.Command = module.command()
        command.name = cmd_name
        for one in (command, *getattr(command, "commands", {}).values()):
            one.help = _in_paragraphs(one.help or "")
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command named, or say which was probably meant.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        args : list of str
            The command's name, and what follows it.
        """
        name = args[0]
        if not name.startswith("-") and name not in COMMANDS:
            raise click.UsageError(f"there is no command {name!r}{suggestion(name, COMMANDS)}", ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them.

        Parameters
        ----------
        ctx : click.Context
            Of the call.
        formatter : click.HelpFormatter
            Takes the help text.
        """
        listed = TyperGroup(
            name=self.name,
            commands={name: TyperCommand(name, help=text) for name, text in COMMANDS.items()},
            params=self.params,
            help=self.help,
            epilog=self.epilog,
            rich_markup_mode="rich",
        )
        listed.format_help(ctx, formatter)


def _in_paragraphs(text: str) -> str:
    """Join the lines of a docstring's paragraphs: the terminal breaks them where it ends."""
    return "\n\n".join(" ".join(each.split()) for each in text.split("\n\n"))


app = typer.Typer(
    cls=LazyGroup,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    epilog="Begin with: hashquake report kazakhstan-2022 --out kazakhstan.html",
)


@app.callback(invoke_without_command=True)
def group(
    ctx: typer.Context,
    *,
    version: Annotated[
        bool,
        typer.Option(
            "--version", help="Show the versions of program, data and detectors, and exit."
        ),
    ] = False,
    as_json: Annotated[
        bool, typer.Option("--json", help="With --version: print one JSON document.")
    ] = False,
) -> None:
    """Watch Bitcoin's hash rate as a seismograph does, with an honest interval on every number."""
    if version:
        from hashquake.serve.version import version_document, version_lines

        if as_json:
            print_json(version_document())
        else:
            typer.echo("\n".join(version_lines()))
        raise typer.Exit
    if as_json:
        what = "goes behind the command" if ctx.invoked_subcommand else "needs a command"
        raise click.UsageError(f"--json {what}, or goes with --version", ctx)


def run(arguments: list[str]) -> int:
    """Run one command line; whatever happens, an error is one line with a code.

    Parameters
    ----------
    arguments : list of str
        Without the program's name.

    Returns
    -------
    int
        0 when done, 2 after an error, 3 when work was left unfinished.
    """
    as_json = "--json" in arguments
    _make_ready()
    try:
        status = typer.main.get_command(app).main(
            args=arguments, prog_name="hashquake", standalone_mode=False
        )
        sys.stdout.flush()
    except click.exceptions.NoArgsIsHelpError as error:
        error.show()
        return EXIT_ERROR
    except (click.Abort, KeyboardInterrupt):
        return _reported("stopped", "interrupted", "", as_json=as_json, status=EXIT_PARTIAL)
    except BrokenPipeError:
        # The reader left (`| head`): not an error, and Python must not complain at exit either.
        _discard_output()
        return 0
    except Exception as error:  # noqa: BLE001  the last catch: no fault shows as a traceback
        if os.environ.get(TRACEBACK):
            traceback.print_exc()
        return _reported(*said_of(error), as_json=as_json, status=EXIT_ERROR)
    return status if isinstance(status, int) else 0


def _make_ready() -> None:
    """Prepare streams and messages before the first line of a command."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by whoever started us
            setattr(sys, name, io.TextIOWrapper(io.BytesIO(), encoding="utf-8"))
    soften_encodings()
    if not sys.warnoptions:
        warnings.simplefilter("ignore")
    # Messages of the rooms below, apart from their results; never on standard output.
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING, format="hashquake: %(message)s")


def _reported(message: str, code: str, hint: str, *, as_json: bool, status: int) -> int:
    """Show an error; where even that cannot be written, the status alone shows it."""
    try:
        show_error(message, code=code, hint=hint, as_json=as_json)
    except (OSError, ValueError):
        _discard_output()
        if as_json:  # standard error may still have a reader
            with suppress(OSError, ValueError):
                show_error(message, code=code, hint=hint, as_json=False)
    try:
        sys.stdout.flush()
    except (OSError, ValueError):
        _discard_output()
    return status


def _discard_output() -> None:
    """Let what is left in the buffer of standard output go nowhere."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
