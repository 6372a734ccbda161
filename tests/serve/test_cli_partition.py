"""The commands of partitions and of stale blocks."""

import json

import pytest

from hashquake.serve.cli.app import run


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> object:
    assert run([*arguments, "--json"]) == 0
    return json.loads(capsys.readouterr().out)


def test_a_partition_says_who_is_ahead_and_what_is_undone(
    capsys: pytest.CaptureFixture[str],
) -> None:
    found = said(capsys, "partition", "--share", "18%", "--duration", "1h")
    assert isinstance(found, dict)
    assert found["inside_longer_probability"] == pytest.approx(0.0284, abs=5e-5)
    assert found["undone_inside_blocks"]["high"] <= found["inside_blocks"]["high"]
    assert found["assumptions"]
    assert run(["partition", "--share", "18%", "--duration", "1h"]) == 0
    assert "undone when it heals" in capsys.readouterr().out


def test_a_share_may_come_from_the_map(capsys: pytest.CaptureFixture[str]) -> None:
    found = said(
        capsys, "partition", "--country", "KZ", "--at", "2022-01-06", "--duration", "5d",
        "--domestic", "0.2", "--db", "bundled",
    )  # fmt: skip
    assert isinstance(found, dict)
    assert 0.01 < found["inside_share"]["low"] < 0.036 < found["inside_share"]["high"] < 0.08


def test_a_curve_of_stale_rates(capsys: pytest.CaptureFixture[str]) -> None:
    rows = said(
        capsys, "stale", "--shares", "50%,30%,0.2", "--delay", "1", "--delay", "10",
        "--blocks", "200000",
    )  # fmt: skip
    assert isinstance(rows, list)
    assert [row["delay_s"] for row in rows] == [1.0, 10.0]
    assert rows[0]["stale_share"]["high"] < rows[1]["stale_share"]["low"]
    large, _, small = rows[1]["pools"]
    assert large["stale_share"]["high"] < small["stale_share"]["low"]


def test_the_pools_of_the_record_are_taken_when_none_are_given(
    capsys: pytest.CaptureFixture[str],
) -> None:
    rows = said(capsys, "stale", "--delay", "2", "--blocks", "20000", "--db", "bundled")
    assert isinstance(rows, list)
    assert sum(pool["share"] for pool in rows[0]["pools"]) == pytest.approx(1.0)
    assert rows[0]["pools"][0]["pool"] == "foundryusa"


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("partition", "--duration", "5d"), "usage"),
        (("partition", "--share", "x", "--duration", "5d"), "share-syntax"),
        (("partition", "--share", "1.5", "--duration", "5d"), "share-range"),
        (("partition", "--country", "QQ", "--duration", "5d"), "country-unknown"),
        (("stale", "--shares", "50%,60%"), "pool-shares"),
        (("stale", "--shares", "1", "--delay", "-1"), "delay-shape"),
    ],
)
def test_what_cannot_be_is_said(
    arguments: tuple[str, ...], code: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*arguments]) == 2
    assert f"[{code}]" in capsys.readouterr().err
