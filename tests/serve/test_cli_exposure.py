"""Exposures on the command line, from a finding made by hand."""

import json
from pathlib import Path

import pytest

from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Completeness, DarkShare, Exposure, Exposures
from hashquake.observatory import Observatory
from hashquake.serve.cli.app import run


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)
    monkeypatch.setattr(Observatory, "exposure", lambda _self, country=None: _found(country))


def _interval(median: float, low: float, high: float) -> Interval:
    return Interval(median=median, low=low, high=high, level=0.9)


def _row(pool: str, share: float, events: tuple[str, ...], note: str = "") -> Exposure:
    return Exposure(
        pool=pool,
        country="KZ",
        place="Kazakhstan",
        exposure_share=_interval(0.11, 0.05, 0.21),
        prior_exposure_share=_interval(0.13, 0.05, 0.25),
        dark=tuple(
            DarkShare(
                event=event,
                dark_share=_interval(0.25, 0.19, 0.3),
                prior_dark_share=_interval(0.15, 0.03, 0.31),
                n_blocks=644,
                expected_blocks=875.4,
            )
            for event in events
        ),
        share_before=share,
        note=note,
    )


def _found(country: str | None) -> Exposures:
    assert country in (None, "KZ")
    events = ("kazakhstan-2022",) if country is None else ("kazakhstan-2022", "second-2022")
    return Exposures(
        rows=(
            _row("network", 1.0, events),
            _row("unknown", 0.18, events, "with the blocks of poolin: a gap"),
            _row("btcpool-unidentified", 0.01, events),
            _row("[red]x\x1b[2J", 0.01, events),
        ),
        events=tuple(
            Completeness(
                event=event,
                map_share=None if at else _interval(0.13, 0.08, 0.2),
                dark_share=_interval(0.25, 0.19, 0.3),
                dark_of_map_share=None if at else _interval(1.92, 1.46, 2.3),
                complete_share=_interval(0.5, 0.1, 0.9),
            )
            for at, event in enumerate(events)
        ),
        made_by="hand/1",
    )


def test_the_json_is_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["exposure", "--country", "kz", "--db", "bundled", "--json"]) == 0
    rows = json.loads(capsys.readouterr().out)
    assert [row["pool"] for row in rows] == [
        "network",
        "unknown",
        "btcpool-unidentified",
        "[red]x\x1b[2J",
    ]
    for row in rows:
        assert row["country"] == "KZ"
        assert row["exposure_share"] == {"median": 0.11, "low": 0.05, "high": 0.21, "level": 0.9}
        assert row["events"] == ["kazakhstan-2022", "second-2022"]
        assert row["prior_exposure_share"]["high"] == 0.25
        assert [one["event"] for one in row["dark"]] == row["events"]
    assert rows[0]["dark"][0]["dark_of_map_share"]["median"] == 1.92
    assert rows[0]["dark"][1]["map_share"] is None
    assert "map_share" not in rows[1]["dark"][0]


@pytest.mark.parametrize("columns", ["80", "110"])
@pytest.mark.parametrize("country", [(), ("--country", "KZ")])
def test_a_terminal_cuts_no_name_and_no_interval(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    columns: str,
    country: tuple[str, ...],
) -> None:
    monkeypatch.setenv("COLUMNS", columns)
    assert run(["exposure", *country, "--db", "bundled"]) == 0
    out = capsys.readouterr().out.replace("\N{NO-BREAK SPACE}", " ")
    assert "\N{HORIZONTAL ELLIPSIS}" not in out
    assert "25 % [19, 30]" in out
    assert "11 % [5, 21]" in out
    assert "13 % [5, 25]" in out
    assert "1.92 [1.46, 2.30]" in out
    assert "or the map is low" in " ".join(out.split())
    assert ("BTCPool" in out) == bool(country)
    assert ("and 2 smaller" in out) == (not country)
    assert ("644/875" in out) == (columns == "110" and not country)
    assert "\x1b" not in out
    assert ("[red]x" in out) == bool(country)
    assert "Blocks of unknown are counted with the blocks of poolin" in out
