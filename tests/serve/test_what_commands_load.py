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


def test_a_server_loads_no_compiler_and_no_tables() -> None:
    """Simulations run in processes of their own; in the server numba is a quarter of its memory."""
    code = """
import sys
from starlette.testclient import TestClient
from hashquake.observatory import open_observatory
from hashquake.serve.api.app import create_app

app = create_app(open_observatory("bundled"), db="bundled").guard
with TestClient(app, base_url="http://127.0.0.1") as client:
    for page in ("/", "/laboratory", "/api/v1/rate"):
        assert client.get(page).status_code == 200, page
print(sorted({"numba", "polars", "matplotlib"} & set(sys.modules)))
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
