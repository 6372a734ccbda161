"""The references made from the program itself: commands with their options, Python names."""

from collections.abc import Iterator

import click
import typer

import hashquake
from hashquake.serve.cli import app as command_line

PYTHON = (
    ("The package", [f"hashquake.{name}" for name in sorted(hashquake.__all__) if name[0] != "_"]),
    ("For authors of plugins", ["hashquake.testing", "hashquake.core.cards"]),
)


def commands() -> Iterator[tuple[str, click.Command]]:
    """Yield every command with its whole name, groups before what is in them."""

    def below(command: click.Command, name: str) -> Iterator[tuple[str, click.Command]]:
        yield name, command
        if isinstance(command, click.Group):
            context = click.Context(command, info_name=name)
            for each in command.list_commands(context):
                inner = command.get_command(context, each)
                if inner is not None:
                    yield from below(inner, f"{name} {each}")

    yield from below(typer.main.get_command(command_line.app), "hashquake")


def command_reference() -> str:
    """Return the page of all commands and their options."""
    lines = ["# Commands", "", "Made from the program. `--help` shows the same."]
    for name, command in commands():
        level = "##" if name.count(" ") < 2 else "###"
        lines += ["", f"{level} `{name}`", "", _plain(command.help or command.short_help or "")]
        rows = [_row(one) for one in command.params if _row(one)]
        if rows:
            lines += ["", "| option | |", "|---|---|", *rows]
    return "\n".join(lines) + "\n"


def _row(parameter: click.Parameter) -> str:
    if isinstance(parameter, click.Argument):
        return f"| `{parameter.make_metavar(click.Context(click.Command('x')))}` | |"
    if not isinstance(parameter, click.Option) or parameter.hidden:
        return ""
    names = ", ".join(f"`{name}`" for name in (*parameter.opts, *parameter.secondary_opts))
    return f"| {names} | {_plain(parameter.help or '').replace('|', '&#124;')} |"


def _plain(text: str) -> str:
    for mark in ("[bold]", "[/]", "[/bold]"):
        text = text.replace(mark, "")
    return " ".join(text.replace("\\[", "[").split()).replace("<", "&lt;").replace("*", "&#42;")


def python_reference() -> str:
    """Return the page of all public names, filled by their docstrings."""
    lines = ["# Python"]
    for title, names in PYTHON:
        lines += ["", f"## {title}"]
        for name in names:
            lines += ["", f"::: {_home(name)}", "    options:", "      heading_level: 3"]
    return "\n".join(lines) + "\n"


def _home(name: str) -> str:
    """Return where a public name is defined: it is documented under that."""
    found = getattr(hashquake, name.removeprefix("hashquake."), None)
    module, inside = getattr(found, "__module__", None), getattr(found, "__qualname__", None)
    return name if module is None or inside is None else f"{module}.{inside}"
