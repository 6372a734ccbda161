"""What a terminal shows fits into it: no line is too long, nothing is cut, no interval is split."""

import click
import pytest
import typer
from rich.cells import cell_len

from hashquake.serve.cli import app as command_line
from hashquake.serve.cli.app import run
from hashquake.serve.cli.terminal import Terminal

COMMANDS = """
rate --at 2022-01-06T12:15Z --span 24h
rate --at 2022-01-06 --method filter
rate --since 2021-06-01 --until 2021-06-20 --step 1d
forecast
report --list
quakes list
quakes show hq20210416a
outages list
outages show ou20220105kza
map --as-of 2022-01-06
map --as-of 2022-01-06 --within CN
energy --country KZ --at 2021-11-05
energy
power --drop 12% --per-year 1
power --table
simulate --list
partition --country KZ --at 2022-01-05 --duration 5d
stale
backtest peers
backtest outages
plugins
""".strip().splitlines()


def _helps() -> list[list[str]]:
    """Return the path of every command that has help of its own."""

    def below(command: click.Command, path: list[str]) -> list[list[str]]:
        found = [path]
        if isinstance(command, click.Group):
            context = click.Context(command)
            for name in command.list_commands(context):
                inner = command.get_command(context, name)
                assert inner is not None
                found += below(inner, [*path, name])
        return found

    return below(typer.main.get_command(command_line.app), [])


@pytest.fixture(params=[80, 120])
def width(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> int:
    monkeypatch.setenv("COLUMNS", str(request.param))
    monkeypatch.setenv("HASHQUAKE_DB", "bundled")
    return int(request.param)


def _check(text: str, width: int) -> None:
    for line in text.splitlines():
        if "://" in line:  # an address is never broken: it could not be clicked
            continue
        assert cell_len(line.rstrip()) <= width, line
        assert "\u2026" not in line, line
        assert line.count("[") == line.count("]"), line


@pytest.mark.parametrize("command", COMMANDS)
def test_what_a_command_prints_fits(
    command: str, width: int, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(command.split()) == 0
    shown = capsys.readouterr().out
    assert len(shown) > 50
    assert "\ue000" not in shown
    _check(shown, width)


@pytest.mark.parametrize("path", _helps(), ids=" ".join)
def test_help_fits(path: list[str], width: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert run([*path, "--help"]) == 0
    for line in capsys.readouterr().out.splitlines():
        assert cell_len(line.rstrip()) <= width, line
        assert "\u2026" not in line, line  # a word that was cut off


def test_lines_go_on_below_their_text_and_never_break_inside_a_number(
    capsys: pytest.CaptureFixture[str],
) -> None:
    screen = Terminal(highlight=False, emoji=False)
    screen.width = 50
    screen.print(
        "  lost       a good many machines went dark: 12\xa0% [9,\xa015] of all", markup=False
    )
    screen.print("[dim]- one caveat that is longer than a line, and then some[/]")
    assert [line.rstrip() for line in capsys.readouterr().out.splitlines()] == [
        "  lost       a good many machines went dark: 12\xa0%",
        "             [9,\xa015] of all",
        "- one caveat that is longer than a line, and then",
        "  some",
    ]


def test_lines_of_help_break_only_where_the_terminal_ends(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "300")
    assert run(["status", "--help"]) == 0
    said = [line.strip() for line in capsys.readouterr().out.splitlines()]
    (first,) = (line for line in said if line.startswith("Ends with 0"))
    assert first.endswith("and with 1 when not.")
