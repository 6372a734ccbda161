"""``hashquake serve``: the record over HTTP, as pages for people and documents for programs."""

from contextlib import ExitStack
from importlib.util import find_spec
from typing import Annotated, Any

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import note, print_json
from hashquake.serve.cli.stop_signals import STOP_SIGNALS

_LARGEST_PORT = 65_535


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(serve)
    return typer.main.get_command(app)


def serve(
    *,
    host: Annotated[
        str,
        typer.Option(
            metavar="ADDRESS",
            help="Where to listen: this machine alone, unless set; 0.0.0.0 is anywhere.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int, typer.Option(metavar="N", help="The port; 0 takes any that is free.")
    ] = 8321,
    root_path: Annotated[
        str,
        typer.Option("--root-path", metavar="PATH", help="Where a proxy shows it, as /hashquake."),
    ] = "",
    watch: Annotated[
        bool, typer.Option("--watch", help="Watch the sources of the settings as well.")
    ] = False,
    new_token: Annotated[
        bool, typer.Option("--new-token", help="Print a new token with its hash, and leave.")
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> None:
    """Show the record as pages and answer with the documents of the commands, until stopped.

    Open the address in a browser. The API lies under /api/v1, its description at
    /docs and /openapi.json, figures for Prometheus at /metrics, a feed for readers
    at /feed.atom.
    Questions read the record and write nothing.
    """
    if new_token:
        _print_token(as_json=as_json)
        return
    if not 0 <= port <= _LARGEST_PORT:
        raise UsageError(
            f"--port must be 0 to 65535, got {port}", code="usage", hint="the usual one is 8321"
        )
    if root_path and not root_path.startswith("/"):
        raise UsageError(
            f"the root path {root_path!r} does not begin with /", code="usage", hint="as /hashquake"
        )
    check_extra()
    from hashquake.serve.api.app import create_app
    from hashquake.serve.api.server import bound_socket, is_exposed, make_server
    from hashquake.serve.record_name import record_name
    from hashquake.serve.settings import load_settings
    from hashquake.serve.site_settings import sites_wanted

    settings = load_settings()
    with ExitStack() as stack:
        listening = stack.enter_context(bound_socket(host, port))
        # The writer comes first: it makes the record where there is none yet.
        writer = stack.enter_context(opened(db, create=True)) if watch else None
        name = record_name(db, create=watch).secret
        sites = sites_wanted(None, settings)
        sending = any(one.token_hash is not None for one in sites)
        heard = stack.enter_context(opened(name)) if sending else None
        built = create_app(
            stack.enter_context(opened(name)),
            db=name,
            settings=settings.serve,
            root_path=root_path,
            exposed=is_exposed(host),
            sites=sites,
            writer=heard,
            prepares=True,
        )
        address: tuple[Any, ...] = listening.getsockname()
        url = _url(address, root_path)

        def started() -> None:
            if as_json:
                print_json({"url": url, "host": address[0], "port": address[1]})
            else:
                note(f"answering at {url} - Ctrl-C stops it")

        server = make_server(built.guard, started=started, stopping=built.stop)
        stack.enter_context(STOP_SIGNALS.calling(server.ask_to_stop, server.end_at_once))
        if writer is not None:
            from hashquake.serve.api.watching import watching_beside
            from hashquake.serve.cli.watch import alerting_beside

            stack.enter_context(alerting_beside(db, settings.alerts, note=note))
            stack.enter_context(
                watching_beside(
                    writer,
                    settings.sources,
                    sites=sites,
                    note=note,
                    ended=server.ask_to_stop,
                )
            )
        if not server.should_exit:
            server.run(sockets=[listening])


def _url(address: tuple[Any, ...], root_path: str) -> str:
    shown = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"http://{shown}:{address[1]}{root_path.rstrip('/')}/"


def check_extra() -> None:
    """Refuse where what serves pages is not installed.

    Raises
    ------
    UsageError
        ``serve-extra``.
    """
    for name in ("fastapi", "uvicorn", "prometheus_client"):
        if find_spec(name) is None:
            raise UsageError(
                f"serving needs {name}, which is not installed",
                code="serve-extra",
                hint="pip install 'hashquake[serve]'",
            )


def _print_token(*, as_json: bool) -> None:
    check_extra()
    from hashquake.core.secret_token import new_token

    token, kept = new_token()
    if as_json:
        print_json({"token": token, "hash": kept})
        return
    note("The token, shown this once; clients send it as Authorization: Bearer TOKEN")
    typer.echo(token)
    note(f'Its hash, for the settings:\n\n[serve]\ntokens = ["{kept}"]')
