"""Wheel and source distribution: the same bytes from the same tree, and nothing left out."""

import email
import tarfile
import tomllib
import zipfile
from pathlib import Path

from tests.install.built import ROOT, Packages, build, kept_files

import hashquake


def test_two_builds_are_the_same_to_the_byte(packages: Packages, tmp_path: Path) -> None:
    # On another day, by a user whose files nobody else may read.
    again = build(tmp_path, mask=0o077, modified_s=1_750_000_000.0)
    assert again.wheel.read_bytes() == packages.wheel.read_bytes()
    assert again.sdist.read_bytes() == packages.sdist.read_bytes()


def test_the_wheel_holds_every_file_of_the_package(packages: Packages) -> None:
    with zipfile.ZipFile(packages.wheel) as wheel:
        contained = {name for name in wheel.namelist() if ".dist-info/" not in name}
    kept = {path.removeprefix("src/") for path in kept_files() if path.startswith("src/")}
    assert contained == kept


def test_the_wheel_bears_the_version_that_the_package_states(packages: Packages) -> None:
    with zipfile.ZipFile(packages.wheel) as wheel:
        (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
        metadata = email.message_from_bytes(wheel.read(name))
    assert metadata["Version"] == hashquake.__version__
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert "version" not in project  # it stands in one place


def test_a_wheel_can_be_made_from_the_source_distribution(packages: Packages) -> None:
    with tarfile.open(packages.sdist) as sdist:
        contained = {name.partition("/")[2] for name in sdist.getnames()}
    kept = {path for path in kept_files() if path.startswith("src/")}
    assert kept <= contained
    assert {"pyproject.toml", "README.md", "LICENSE", "PKG-INFO"} <= contained
    assert not any(name.startswith(("tests/", "docs/", "bench/")) for name in contained)
