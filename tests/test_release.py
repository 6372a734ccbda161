"""What a release is made of: citation, security policy, changelog, bill of materials."""

import json
import re
import shutil
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import distributions
from pathlib import Path
from platform import python_version

import pytest
import yaml
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.utils import canonicalize_name
from scripts.build_sbom import base_installation, sbom

import hashquake

ROOT = Path(__file__).parents[1]
FRAGMENTS = sorted(path for path in (ROOT / "changelog.d").iterdir() if path.name[0] == "+")


def test_the_citation_file_has_the_form_it_must_have() -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("check-jsonschema"),
         "--builtin-schema", "vendor.citation-file-format", ROOT / "CITATION.cff"],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout
    stated = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
    assert stated["version"] == hashquake.__version__


def test_the_security_policy_names_the_supported_version() -> None:
    minor = hashquake.__version__.rpartition(".")[0]
    assert f"| {minor} | yes |" in (ROOT / "SECURITY.md").read_text(encoding="utf-8")


def test_every_fragment_comes_into_the_changelog() -> None:
    assert FRAGMENTS
    done = subprocess.run(
        [sys.executable, "-m", "towncrier", "build", "--draft", "--version", "1.2.3",
         "--date", "2026-01-01"],
        cwd=ROOT, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    written = " ".join(done.stdout.split())
    for path in FRAGMENTS:
        assert re.fullmatch(r"\+[a-z0-9-]+\.(added|changed|fixed|removed)\.md", path.name)
        assert " ".join(path.read_text(encoding="utf-8").split()) in written, path.name


def test_the_changelog_bears_the_day_of_the_commit_and_not_of_the_build() -> None:
    """The source distribution contains the changelog, and is the same whenever it is built."""

    def ran(program: str, *asked: str) -> str:
        found = shutil.which(program)
        assert found is not None, program
        done = subprocess.run([found, *asked], cwd=ROOT, capture_output=True, text=True, check=True)
        return done.stdout

    (line,) = (
        each
        for each in ran("make", "--dry-run", "release").splitlines()
        if "towncrier build" in each
    )
    day = datetime.fromtimestamp(int(ran("git", "log", "-1", "--format=%ct")), UTC).strftime(
        "%Y-%m-%d"
    )
    assert line.endswith(f"--date {day}")


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> str:
    wheel = tmp_path_factory.mktemp("wheel") / "any.whl"
    wheel.write_bytes(b"a wheel")
    return sbom(wheel, made_s=1_767_225_600)


def test_the_bill_of_materials_is_valid_and_whole(document: str) -> None:
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(document) is None
    found = json.loads(document)
    assert found["metadata"]["component"]["version"] == hashquake.__version__
    assert found["metadata"]["component"]["hashes"][0]["alg"] == "SHA-256"
    listed = {each["name"] for each in found["components"]}
    assert listed == set(base_installation()) - {"hashquake"}
    assert {"numpy", "polars", "sqlalchemy", "llvmlite", "certifi"} <= listed
    assert "pytest" not in listed


def test_the_bill_of_materials_is_the_same_each_time(document: str, tmp_path: Path) -> None:
    wheel = tmp_path / "other-name.whl"
    wheel.write_bytes(b"a wheel")
    assert sbom(wheel, made_s=1_767_225_600) == document


def test_the_pinned_versions_go_with_this_python() -> None:
    refused = [
        f"{one.name} {one.version}"
        for one in distributions()
        if not SpecifierSet(str(one.metadata.json.get("requires_python", ""))).contains(
            python_version()
        )
    ]
    assert refused == []


def test_the_pinned_versions_go_with_each_other() -> None:
    pins = {
        canonicalize_name(name): version
        for name, _, version in (
            line.partition("==")
            for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
        )
        if version
    }
    clashes = [
        f"{one.name} {one.version} needs {need}, pinned is {pins[canonicalize_name(need.name)]}"
        for one in distributions()
        if pins.get(canonicalize_name(one.name)) == one.version
        for need in map(Requirement, one.requires or ())
        if canonicalize_name(need.name) in pins
        and (need.marker is None or need.marker.evaluate({"extra": ""}))
        and not need.specifier.contains(pins[canonicalize_name(need.name)], prereleases=True)
    ]
    assert clashes == []
