"""``hashquake doctor``: check that an installation, its record and its sources are sound."""

import platform
import sys
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Annotated, Any

import click
import typer

from hashquake import __version__
from hashquake.core import clock
from hashquake.core.errors import HashquakeError
from hashquake.core.hostile_text import visible_text
from hashquake.core.outage import evidence_of
from hashquake.core.times import HOUR_S, format_time
from hashquake.plugins import list_plugins, load_plugin
from hashquake.serve.cli.options import Db, Json, opened
from hashquake.serve.cli.output import EXIT_ERROR, console, print_json
from hashquake.serve.cli.progress import working

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hashquake.core.reading import ReadingSpan
    from hashquake.core.run import Run

_SILENCE_S = 6.0 * HOUR_S
"""How far a source may lie behind the others before it is called silent."""
_LIBRARIES = ("numpy", "scipy", "numba", "polars", "sqlalchemy", "httpx")
_MARK = {"ok": "[green]ok[/]", "warning": "[yellow]warning[/]", "error": "[red]error[/]"}


def command() -> click.Command:
    """Build the command."""
    app = typer.Typer(add_completion=False, rich_markup_mode="rich")
    app.command()(doctor)
    return typer.main.get_command(app)


def doctor(
    *,
    deep: Annotated[
        bool,
        typer.Option(
            "--deep", help="Check the record's file, every link and retarget, and its coverage."
        ),
    ] = False,
    db: Db = None,
    as_json: Json = False,
) -> int:
    """Check this installation, the record and the sources, and say what to do about each fault."""
    with working("checking"):
        checks = [_program(), *_libraries(), *_folders(), *_record(db, deep=deep), *_plugins()]
    healthy = all(check["status"] != "error" for check in checks)
    if as_json:
        print_json({"healthy": healthy, "checks": checks})
    else:
        from rich.markup import escape
        from rich.table import Table

        table = Table(box=None, show_header=False, pad_edge=False)
        for check in checks:
            table.add_row(
                _MARK[check["status"]], f"[bold]{check['name']}[/]", escape(check["found"])
            )
        console().print(table)
    return 0 if healthy else EXIT_ERROR


def _check(name: str, status: str, found: str) -> dict[str, str]:
    return {"name": name, "status": status, "found": found}


def _program() -> dict[str, str]:
    python = f"Python {platform.python_version()} on {platform.system()} {platform.machine()}"
    status = "ok" if sys.version_info >= (3, 11) else "error"
    return _check("hashquake", status, f"{__version__}, {python}")


def _libraries() -> list[dict[str, str]]:
    checks = []
    for name in _LIBRARIES:
        try:
            checks.append(_check(name, "ok", version(name)))
        except PackageNotFoundError:
            checks.append(_check(name, "error", "not installed; install hashquake again"))
    return checks


def _folders() -> list[dict[str, str]]:
    """Return where compiled code and settings are kept, or that they cannot be."""
    from hashquake.core.kernels import compiled_folder
    from hashquake.serve.settings import settings_path

    folder = compiled_folder()
    kept = (
        _check("compiled code", "ok", f"kept in {folder}")
        if folder is not None
        else _check(
            "compiled code",
            "warning",
            "cannot be kept on disk, so each start compiles again; set NUMBA_CACHE_DIR",
        )
    )
    path = settings_path()
    if path is None:
        return [kept, _check("settings", "warning", "none: this user has no home directory")]
    if not path.exists():
        return [kept, _check("settings", "ok", f"none at {path}; hashquake init makes them")]
    readable = path.stat().st_mode & 0o077
    found = f"{path} may be read by others; chmod 600 it" if readable else str(path)
    return [kept, _check("settings", "warning" if readable else "ok", found)]


def _counted(number: int, what: str) -> str:
    """Write how many there are of something, in the singular where it is one."""
    one = {"batches": "batch"}.get(what, what.removesuffix("s"))
    return f"{number:,} {one if number == 1 else what}"


def _record(db: str | None, *, deep: bool) -> list[dict[str, str]]:
    """Open the record and walk its chain once, as strictly as at the door."""
    from hashquake.core.chain import check_chain

    try:
        with opened(db) as observatory:
            counts = observatory.counts()
            checks = [
                _check("record", "ok", ", ".join(_counted(n, what) for what, n in counts.items()))
            ]
            windows = observatory.coverage().windows
            for window in windows:
                span = f"{format_time(window.start_s)} to {format_time(window.end_s)}"
                checks.append(_check("coverage", "ok", span))
            if not windows:
                checks.append(_check("coverage", "warning", "the record is empty"))
            checks += [*_runs(observatory.last_runs()), *_instruments(observatory.reading_spans())]
            if deep:
                from hashquake.serve.cli.doctor_deep import deep_findings

                return [
                    *checks,
                    *(
                        _check(*one)
                        for one in deep_findings(observatory.record, now_s=clock.now_s())
                    ),
                ]
            state = check_chain(observatory.columns(), network=observatory.network)
            if state.height >= 0:
                checks.append(_check("chain", "ok", f"rules hold up to height {state.height:,}"))
            return checks
    except HashquakeError as error:
        return [_check("record", "error", f"{error.message} [{error.code}]; {error.hint}")]


def _runs(runs: "Sequence[Run]") -> list[dict[str, str]]:
    """Name every source whose last run failed."""
    return [
        _check(
            run.source,
            "warning",
            f"its last run, {format_time(run.ended_s)}, failed: {visible_text(run.message)} "
            f"[{run.code}]",
        )
        for run in runs
        if run.failed
    ]


def _instruments(spans: "Sequence[ReadingSpan]") -> list[dict[str, str]]:
    """Return what each source watched of a country, and which fell silent before the others."""
    from hashquake.detect.signal_of import signal_of
    from hashquake.serve.subject_names import subject_words
    from hashquake.serve.wording.outages import signal_name

    checks = []
    watching = [
        span
        for span in spans
        if span.subject.startswith("country:") and signal_of(span.quantity) is not None
    ]
    for subject in sorted({span.subject for span in watching}):
        mine = [span for span in watching if span.subject == subject]
        last_s = max(span.window.end_s for span in mine)
        for source in sorted({span.source for span in mine}):
            theirs = [span for span in mine if span.source == source]
            signals = sorted({signal_of(span.quantity) or "" for span in theirs})
            what = ", ".join(map(signal_name, signals))
            start_s = min(span.window.start_s for span in theirs)
            end_s = max(span.window.end_s for span in theirs)
            behind = last_s - end_s > _SILENCE_S and evidence_of(source) == "measured"
            found = (
                f"{what} of {subject_words(subject)}, "
                f"{format_time(start_s)} to {format_time(end_s)}"
                + (f", silent while others went on to {format_time(last_s)}" if behind else "")
                + ("" if evidence_of(source) == "measured" else f", {evidence_of(source)}")
            )
            name = visible_text(source, limit=40)
            checks.append(_check(name, "warning" if behind else "ok", found))
    return checks


def _plugins() -> list[dict[str, Any]]:
    checks = []
    for room in ("sources", "detect"):
        for info in list_plugins(room):
            extra = info.card.get("extra", "")
            try:
                load_plugin(room, info.name)
            except HashquakeError as error:
                checks.append(_check(info.name, "warning", f"{error.message}; {error.hint}"))
            else:
                unverified = info.card.get("verified") == "unverified"
                state = "its answers were never checked against a real one" if unverified else ""
                detail = state or f"{room}{f', uses [{extra}]' if extra else ''}"
                checks.append(_check(info.name, "warning" if unverified else "ok", detail))
    if find_spec("ccxt") is None or find_spec("websockets") is None:
        checks.append(
            _check("extras", "ok", "[live] is not installed; only live feeds and exchanges need it")
        )
    return checks
