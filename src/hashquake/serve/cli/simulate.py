"""``hashquake simulate``: what would follow if a country or a pool went dark."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from hashquake.core.errors import UsageError
from hashquake.serve.cli.options import Db, Json, Lang, opened
from hashquake.serve.cli.output import EXIT_PARTIAL, console, print_json
from hashquake.serve.cli.progress import ProgressLine, working
from hashquake.serve.files import ending_of, write_whole
from hashquake.serve.language import Language, language_named, speaking
from hashquake.serve.simulation.kept_paths import KEPT_PATHS

if TYPE_CHECKING:
    from hashquake.forward.simulation import Simulation

_ENDINGS = (".json", ".parquet", ".html")


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(simulate)
    return typer.main.get_command(app)


def simulate(
    scenario: Annotated[
        str | None,
        typer.Argument(metavar="[SCENARIO|FILE]", help="One of --list, or a .toml or .yaml file."),
    ] = None,
    *,
    list_scenarios: Annotated[
        bool, typer.Option("--list", help="List the bundled scenarios.")
    ] = False,
    paths: Annotated[
        int, typer.Option(metavar="N", help="Futures to draw; a million takes seconds.")
    ] = 100_000,
    seed: Annotated[int, typer.Option(metavar="S", help="Equal seeds give equal results.")] = 1,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="KEY=VALUE",
            help="Change the scenario, such as country:KZ.share=0.18, onset=2d, duration=5d; "
            "may be repeated.",
        ),
    ] = None,
    sweep: Annotated[
        str | None,
        typer.Option(
            metavar="KEY=A,B,C", help="Run once for each value, with the same random numbers."
        ),
    ] = None,
    cluster: Annotated[
        str | None, typer.Option(metavar="ADDRESS", help="Run on this Dask scheduler's workers.")
    ] = None,
    out: Annotated[
        list[Path] | None,
        typer.Option(
            metavar="F", help="Write .json, .parquet (a row a path) or .html; may be repeated."
        ),
    ] = None,
    lang: Lang = "en",
    db: Db = None,
    as_json: Json = False,
) -> int:
    """Draw thousands of futures of an outage: blocks lost, waits, the next difficulties, who gains.

    The record (--db) gives pools and hash rate to a file that names none.
    """
    from hashquake.forward.settings import parse_settings

    language = language_named(lang)
    if list_scenarios:
        _list(as_json=as_json)
        return 0
    if scenario is None:
        raise UsageError(
            "a simulation needs a scenario",
            code="usage",
            hint="hashquake simulate --list shows the bundled ones",
        )
    for path in out or ():
        ending_of(path, _ENDINGS, code="usage")
    asked = parse_settings(settings or ())
    key, values = _sweep(sweep)
    chosen = _scenario(scenario, db)
    keep = (
        min(paths, 10**7) if any(p.suffix.lower() == ".parquet" for p in out or ()) else KEPT_PATHS
    )
    runs: list[Simulation] = []
    with ProgressLine() as line:
        from hashquake.observatory import simulating

        for value in values:
            one = asked if key is None else asked | {key: value}
            run = simulating.simulate(
                chosen,
                paths=paths,
                seed=seed,
                settings=one,
                keep_paths=max(min(keep, paths), 1),
                cluster=cluster,
                progress=line.show,
            )
            runs.append(run)
            if run.partial:
                break
    partial = any(run.partial for run in runs) or len(runs) < len(values)
    document = _document(runs, key, values, partial=partial)
    _write(out or (), runs, document, key, values, language)
    if as_json:
        print_json(document)
    else:
        from hashquake.serve.simulation.text import print_simulation, print_sweep

        if key is None:
            print_simulation(runs[0], document, console())
        else:
            print_sweep(runs, document["runs"], key, values, console())
    return EXIT_PARTIAL if partial else 0


def _scenario(name: str, db: str | None) -> Any:
    from hashquake.observatory.scenario_choice import scenario_named

    chosen = scenario_named(name)
    if chosen.pools:
        return chosen
    with opened(db) as observatory:
        return observatory.with_pools(chosen)


def _sweep(text: str | None) -> tuple[str | None, list[str]]:
    if text is None:
        return None, [""]
    key, equals, values = text.partition("=")
    found = [value.strip() for value in values.split(",") if value.strip()]
    if not equals or not found:
        raise UsageError(
            f"{text[:60]!r} is not a sweep", code="setting-malformed", hint="write KEY=A,B,C"
        )
    return key.strip(), found


def _document(
    runs: "list[Simulation]", key: str | None, values: list[str], *, partial: bool
) -> dict[str, Any]:
    from hashquake.serve.simulation.document import simulation_document

    with working("comparing with no outage"):
        documents = [simulation_document(run) for run in runs]
    if key is None:
        return documents[0]
    rows = [{"value": value, **one} for value, one in zip(values, documents, strict=False)]
    return {"sweep": {"key": key, "values": values}, "runs": rows, "partial": partial}


def _write(
    out: Any,
    runs: "list[Simulation]",
    document: dict[str, Any],
    key: str | None,
    values: list[str],
    language: Language,
) -> None:
    import json

    for path in out:
        if path.suffix.lower() == ".json":
            from hashquake.serve.cli.output import finite_document

            text = json.dumps(finite_document(document), ensure_ascii=False, allow_nan=False)
            write_whole(path, text.encode() + b"\n")
        elif path.suffix.lower() == ".parquet":
            write_whole(path, _table(runs, key, values))
        else:
            from hashquake.serve.simulation.page import simulation_page

            with working("drawing"), speaking(language):
                page = simulation_page(
                    runs, document.get("runs", [document]), key=key, values=values
                )
            write_whole(path, page.encode())


def _table(runs: "list[Simulation]", key: str | None, values: list[str]) -> bytes:
    import io

    import polars as pl

    frames = [run.to_polars() for run in runs]
    if key is not None:
        frames = [
            frame.with_columns(pl.lit(value).alias(key))
            for frame, value in zip(frames, values, strict=False)
        ]
    file = io.BytesIO()
    pl.concat(frames, how="diagonal").write_parquet(file)
    return file.getvalue()


def _list(*, as_json: bool) -> None:
    from hashquake.plugins import list_plugins

    found = [info.card for info in list_plugins("forward.scenarios")]
    rows = [{**card, "name": card["name"].replace("_", "-")} for card in found]
    if as_json:
        print_json(rows)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False)
    table.add_column("scenario", style="bold", no_wrap=True)
    table.add_column("what")
    table.add_column("retells")
    for row in rows:
        table.add_row(row["name"], row["title"], row["event"] or "no event yet")
    console().print(table)
