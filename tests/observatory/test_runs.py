"""How runs of sources end: a source that failed is named, and is not taken for a quiet one."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from tests.made_levels import LEVELS, levels

from hashquake.core.errors import FormatError, RecordError, UsageError
from hashquake.core.run import Run
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.cli.app import run as run_command
from hashquake.serve.wording import silence_because
from hashquake.store.open_record import open_record

GOOD = "country,time,end,quantity,value\nKZ,2022-01-05T08:00Z,2022-01-05T08:10Z,traffic_share,1\n"
BAD = GOOD.replace(",1\n", ",\x1b[31mlots\n")


@pytest.fixture
def observatory(tmp_path: Path) -> Iterator[Observatory]:
    record = open_record(tmp_path / "r.db", create=True)
    with Observatory(record, now_s=lambda: 1_700_000_000.0) as made:
        yield made


def fail(observatory: Observatory, tmp_path: Path) -> None:
    table = tmp_path / "bad.csv"
    table.write_text(BAD)
    with pytest.raises(FormatError):
        observatory.ingest("reading_table", {"path": str(table)})


def succeed(observatory: Observatory, tmp_path: Path) -> None:
    table = tmp_path / "good.csv"
    table.write_text(GOOD)
    observatory.ingest("reading_table", {"path": str(table)})


def test_the_last_run_of_a_source_counts(observatory: Observatory, tmp_path: Path) -> None:
    assert observatory.record.last_runs() == ()
    fail(observatory, tmp_path)
    (failed,) = observatory.record.last_runs()
    assert (failed.source, failed.code, failed.ended_s) == (
        "reading_table",
        "value-malformed",
        1_700_000_000.0,
    )
    assert failed.failed
    assert "\x1b" not in failed.message
    succeed(observatory, tmp_path)
    succeed(observatory, tmp_path)  # nothing new, and still a run that went well
    (well,) = observatory.record.last_runs()
    assert not well.failed


def test_what_was_asked_wrongly_is_no_failure_of_the_source(observatory: Observatory) -> None:
    with pytest.raises(UsageError):
        observatory.ingest("reading_table", {"nonsense": "1"})
    assert observatory.record.last_runs() == ()


def test_an_outage_names_the_failure_of_a_silent_witness(observatory: Observatory) -> None:
    observatory.feed(levels(), source="events")
    before = levels(LEVELS[:1], quantity="radar_traffic_of_max_share", source="radar:2022-01-05")
    observatory.feed(before, source="radar")
    observatory.record.add_run(
        Run(source="radar", ended_s=1_641_400_000.0, code="service-forbidden", message="no")
    )
    (outage,) = observatory.detect_outages()
    (silent,) = outage.not_seen_by
    assert silence_because(silent.reasons) == (
        "it was silent; its last value before is of 5\xa0January\xa02022, 10:45\xa0UTC; "
        "its last run, 5\xa0January\xa02022, 16:26\xa0UTC, failed [service-forbidden]"
    )


def test_the_bundled_record_has_no_runs_and_takes_none() -> None:
    with open_observatory("bundled") as bundled:
        assert bundled.record.last_runs() == ()
        with pytest.raises(RecordError):
            bundled.record.add_run(Run(source="ioda", ended_s=0.0))


def test_the_doctor_names_what_failed_and_what_fell_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    db = str(tmp_path / "r.db")
    with Observatory(open_record(db, create=True), now_s=lambda: 1_700_000_000.0) as made:
        made.feed(levels(source="our probes"), source="reading_table")
        made.feed(levels(LEVELS[:1], quantity="traffic_share", source="radar:a"), source="radar")
        fail(made, tmp_path)
    assert run_command(["doctor", "--db", db, "--json"]) == 0
    checks: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["checks"]
    named = {(check["name"], check["status"]): check["found"] for check in checks}
    assert "[value-malformed]" in named["reading_table", "warning"]
    assert "silent while others went on to 2022-01-06T12:00:00Z" in named["radar:a", "warning"]
    assert named["our probes", "ok"].startswith("active probing of Kazakhstan")
