"""The public names: all there, all documented, loaded only when used."""

import subprocess
import sys

import hashquake


def test_every_public_name_loads_and_is_documented() -> None:
    for name in hashquake.__all__:
        thing = getattr(hashquake, name)
        if name != "__version__":
            assert thing.__doc__, name


def test_public_names_and_their_homes_agree() -> None:
    assert sorted(hashquake._HOME) == sorted(set(hashquake.__all__) - {"__version__", "open"})


def test_importing_the_package_imports_nothing_heavy() -> None:
    code = (
        "import sys, hashquake; "
        "heavy = {'numpy', 'scipy', 'polars', 'sqlalchemy', 'httpx', 'matplotlib', 'numba'}; "
        "print(sorted(heavy & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(hashquake, "nonesuch")


def test_simulate_is_a_function_with_a_signature_whatever_was_imported_before() -> None:
    code = (
        "import inspect, hashquake, hashquake.forward.run, hashquake.observatory.simulating; "
        "f = hashquake.simulate; print(inspect.isfunction(f), *inspect.signature(f).parameters)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split()[:4] == ["True", "scenario", "paths", "seed"]
