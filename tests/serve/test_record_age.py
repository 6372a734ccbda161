"""An answer about the present says when its record is old."""

import pytest

from hashquake.core.times import DAY_S
from hashquake.serve.cli.app import run
from hashquake.serve.format import NBSP
from hashquake.serve.record_age import age_text


@pytest.mark.parametrize(
    ("days", "ago"),
    [(3, "three days"), (40, "one month"), (221, "seven months"), (800, "two years")],
)
def test_the_age_is_written_in_one_unit(days: int, ago: str) -> None:
    text = age_text(1_776_816_000, days * DAY_S).replace(NBSP, " ")
    assert text.startswith(f"the record ends on 22 April 2026, {ago} ago")


def test_a_fresh_record_says_nothing() -> None:
    assert age_text(1_776_816_000, DAY_S) == ""


@pytest.mark.parametrize("command", [["forecast"], ["rate"], ["map"]])
def test_commands_about_the_present_name_an_old_record(
    command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run([*command, "--db", "bundled", "--json"]) == 0
    told = capsys.readouterr()
    assert "the record ends on" in told.err
    assert "the record ends on" not in told.out
    then = [*command, "--as-of" if command == ["map"] else "--at", "2022-01-06"]
    assert run([*then, "--db", "bundled", "--json"]) == 0
    assert "the record ends on" not in capsys.readouterr().err
