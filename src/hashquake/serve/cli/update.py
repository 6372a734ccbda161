"""``hashquake update``: bring a record up to the present in one command."""

from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from hashquake.core import clock
from hashquake.core.errors import RecordError, UsageError
from hashquake.core.network import MAIN
from hashquake.serve.cli.faults import suggestion
from hashquake.serve.cli.options import Json, OwnDb, opened
from hashquake.serve.cli.output import EXIT_PARTIAL, console, note, print_json
from hashquake.serve.cli.progress import ProgressLine

if TYPE_CHECKING:
    from hashquake.observatory import Observatory
    from hashquake.observatory.updating import Request, Updated


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(update)
    return typer.main.get_command(app)


def update(
    *,
    source: Annotated[
        list[str] | None,
        typer.Option(metavar="NAME", help="Ask this source alone; may be repeated."),
    ] = None,
    plan: Annotated[
        bool, typer.Option("--plan", help="Say what would be asked of whom, and ask nothing.")
    ] = False,
    db: OwnDb = None,
    as_json: Json = False,
) -> int:
    """Bring a record up to the present: blocks, prices, connectivity of the map's countries.

    Blocks come from the node of the settings, else from mempool.space. Each source goes on where
    the record's series end; stop it at any time and run it again.
    """
    from hashquake.observatory import load_bundled
    from hashquake.observatory.updating import planned, updated
    from hashquake.serve.settings import load_settings

    done: list[Updated] = []
    with ExitStack() as stack, ProgressLine() as progress:
        observatory = _opened(stack, db, plan=plan)
        if observatory.tip() is None and observatory.network == MAIN and not plan:
            note("the record is empty: copying the bundled blocks, readings and prices into it")
            load_bundled(observatory, progress=progress.show)
        requests = planned(observatory, load_settings().sources, now_s=clock.now_s())
        requests = _chosen(requests, source)
        for request in requests:
            note(f"{request.source}: {request.asks}")
        if not plan:
            done += updated(observatory, requests, progress=progress.show)
        tip = observatory.tip()
    whole = all(one.state == "ok" for one in done)
    if as_json:
        rows: list[dict[str, Any]] = [_shape(one) for one in done]
        if plan:
            rows = [
                {"source": one.source, "state": "planned", "asks": one.asks} for one in requests
            ]
        last_height = None if tip is None else tip[0]
        print_json({"sources": rows, "last_height": last_height, "partial": not whole})
    else:
        _print(done, None if tip is None else tip[0])
    return 0 if whole else EXIT_PARTIAL


def _opened(stack: ExitStack, db: str | None, *, plan: bool) -> "Observatory":
    """Open the record; a plan makes none: one that is missing would begin as the bundled one."""
    if not plan:
        return stack.enter_context(opened(db, create=True))
    try:
        return stack.enter_context(opened(db))
    except RecordError as error:
        if error.code != "record-missing":
            raise
        note("the record would be made, with the bundled blocks, readings and prices in it")
        return stack.enter_context(opened("bundled"))


def _chosen(requests: "tuple[Request, ...]", wanted: list[str] | None) -> "tuple[Request, ...]":
    known = [one.source for one in requests]
    for name in wanted or ():
        if name not in known:
            raise UsageError(
                f"{name!r} is not asked by update{suggestion(name, known)}",
                code="plugin-unknown",
                hint=f"one of {', '.join(known)}; others: hashquake ingest",
            )
    return tuple(one for one in requests if wanted is None or one.source in wanted)


def _shape(one: "Updated") -> dict[str, Any]:
    return {
        "source": one.source,
        "state": one.state,
        "blocks_added": one.blocks_added,
        "readings_added": one.readings_added,
        "because": one.because,
    }


def _print(done: "list[Updated]", last_height: int | None) -> None:
    from rich.markup import escape

    out = console()
    for one in done:
        added = f"{one.blocks_added:,} blocks, {one.readings_added:,} readings added"
        because = f"; {one.because}" if one.because else ""
        mark = "[green]ok[/]" if one.state == "ok" else f"[yellow]{one.state}[/]"
        out.print(f"[bold]{one.source}[/] {mark}: {added}{escape(because)}")
    if last_height is not None:
        out.print(f"the record reaches height {last_height:,}")
    if any(one.state != "ok" for one in done):
        out.print("run hashquake update again to go on where it stopped")
