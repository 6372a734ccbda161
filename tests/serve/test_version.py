"""``hashquake --version``: everything that an answer depends on, in text and as JSON."""

import json

import pytest

import hashquake
from hashquake.detect.shiryaev_roberts import CARD
from hashquake.plugins import list_plugins
from hashquake.serve.cli.app import run


@pytest.mark.parametrize("arguments", [["--version", "--json"], ["--json", "--version"]])
def test_versions_are_one_json_document(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 0
    document = json.loads(capsys.readouterr().out)
    assert document["version"] == hashquake.__version__
    assert (document["data"]["first_height"], document["data"]["last_height"]) == (664063, 946236)
    stated = {each["name"]: each["version"] for each in document["detectors"]}
    assert stated == {info.name: info.card["version"] for info in list_plugins("detect")}


def test_the_first_line_is_the_version_alone(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--version"]) == 0
    first, data, detectors, _python = capsys.readouterr().out.splitlines()
    assert first == f"hashquake {hashquake.__version__}"
    assert data.startswith("data 20")
    assert f"shiryaev_roberts {CARD.version}" in detectors


@pytest.mark.parametrize("arguments", [["--json"], ["--json", "forecast"]])
def test_json_in_the_wrong_place_is_one_line(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    captured = capsys.readouterr()
    assert json.loads(captured.out)["error"]["code"] == "usage"
    assert captured.err.endswith("see hashquake --help [usage]\n")
