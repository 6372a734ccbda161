"""``hashquake mcp``: the tools for language models over standard input and output."""

from importlib.util import find_spec

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.serve.cli.options import Db, opened


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(mcp)
    return typer.main.get_command(app)


def mcp(*, db: Db = None) -> None:
    """Answer a language model's program over standard input and output, until it closes them.

    Six read-only tools: rate, did_it_break, known_then, forecast, check_claim, coverage. Each
    answer has its interval and a sentence to quote. docs/how-to/mcp.md shows how to set it up.
    """
    check_extra()
    from hashquake.serve.mcp.server import make_server

    with opened(db) as observatory:
        make_server(observatory).run("stdio")


def check_extra() -> None:
    """Refuse where the package of the protocol is not installed.

    Raises
    ------
    UsageError
        ``mcp-extra``.
    """
    if find_spec("mcp") is None:
        raise UsageError(
            "tools for language models need mcp, which is not installed",
            code="mcp-extra",
            hint="pip install 'hashquake[mcp]'",
        )
