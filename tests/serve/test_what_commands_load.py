"""A command loads what its answer needs: most of the time of a short answer is loading."""

import subprocess
import sys

import pytest

NUMBERS = {"scipy.optimize", "scipy.linalg", "scipy.stats", "numba", "polars", "matplotlib"}


@pytest.mark.parametrize(
    ("command", "heavy"),
    [
        ("quakes list", NUMBERS | {"scipy", "pydantic"}),
        ("outages list", NUMBERS | {"scipy", "pydantic"}),
        ("rate", NUMBERS | {"pydantic", "hashquake.core.reason"}),
        ("map", NUMBERS),
        ("energy", NUMBERS),
        ("forecast", NUMBERS),
        ("rate --method filter", NUMBERS),
        ("report kazakhstan-2022", {"numba", "scipy.stats"}),
    ],
)
def test_a_command_loads_what_it_needs(command: str, heavy: set[str]) -> None:
    code = (
        "import sys; from hashquake.serve.cli.app import run; "
        f"assert run({[*command.split(), '--db', 'bundled', '--json']!r}) == 0; "
        f"sys.stderr.write(repr(sorted({heavy!r} & set(sys.modules))))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.splitlines()[-1] == "[]"
