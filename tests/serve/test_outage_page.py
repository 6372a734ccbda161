"""The page of an outage: labels that cannot be overlooked, gaps as gaps, hostile text."""

import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from tests.explain.made_outage import made_outage
from tests.made_levels import CITED, LEVELS, levels
from tests.made_records import networks_of, simulated

from hashquake.catalog.outage_signals import OutageSignals
from hashquake.core.errors import NoCoverage
from hashquake.core.outage import Outage
from hashquake.core.window import Window
from hashquake.detect.anomaly_flags import CRITICAL, NORMAL, UNSEEN, AnomalyFlags
from hashquake.forward.connectivity.presets import IRAN_2019
from hashquake.observatory import Observatory
from hashquake.serve.cli.app import run
from hashquake.serve.outages.page import outage_page, outage_svg
from hashquake.serve.outages.raster import rows_of
from hashquake.serve.outages.seismogram import gaps, tracks_of, unlevelled
from hashquake.serve.outages.table import in_the_dark, level_stated, lost
from hashquake.serve.outages.turns import turns
from hashquake.store.open_record import open_record

HOSTILE = "transcribed: <script>alert(1)</script>\u202e of $x$ & more"


@pytest.fixture(scope="module")
def iran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Outage, OutageSignals]:
    observatory, country = simulated(
        tmp_path_factory.mktemp("iran") / "r.db",
        [IRAN_2019],
        since="2019-11-07",
        until="2019-11-23",
        code="IR",
        n_networks=3,
    )
    with observatory:
        known = networks_of(country)
        (outage,) = observatory.detect_outages(networks=known)
        return outage, observatory.outage_signals(outage, networks=known)


def test_a_simulated_outage_says_so_wherever_one_looks(
    iran: tuple[Outage, OutageSignals],
) -> None:
    outage, seen = iran
    page = outage_page([outage], seen, version="0")
    assert "Nothing of this happened" in page
    assert page.count("SIMULATED, NOT MEASURED") == 2  # wide and narrow
    assert "The values shown are simulated, not measured." in page
    svg = outage_svg(outage, seen)
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert "SIMULATED, NOT MEASURED" in svg


def test_networks_are_drawn_in_the_order_in_which_they_fell(
    iran: tuple[Outage, OutageSignals],
) -> None:
    outage, seen = iran
    rows = rows_of(seen.members, outage)
    assert len(rows) == 3
    falls_s = [row.dip.window.start_s for row in rows if row.dip is not None]
    assert falls_s == sorted(falls_s)
    assert len(falls_s) == 3
    page = outage_page([outage], seen, version="0")
    assert "3 of 3 networks fell" in page
    assert page.index("How the networks fell") < page.index("Dark windows</h2>")


def test_equal_input_gives_equal_bytes_and_the_page_needs_nothing_else(
    iran: tuple[Outage, OutageSignals],
) -> None:
    outage, seen = iran
    page = outage_page([outage], seen, version="0")
    assert page == outage_page([outage], seen, version="0")
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert "<script" not in page
    identifiers = re.findall(r' id="([^"]+)"', page)
    assert len(identifiers) == len(set(identifiers))


def test_hostile_sources_stay_text(tmp_path: Path) -> None:
    with Observatory(open_record(tmp_path / "r.db", create=True)) as observatory:
        observatory.feed(levels(source=HOSTILE), source="events")
        (outage,) = observatory.detect_outages()
        page = outage_page([outage], observatory.outage_signals(outage), version="0")
    assert "<script" not in page
    assert "\u202e" not in page
    assert "&lt;script&gt;" in page
    assert "TRANSCRIBED, NOT MEASURED" in page


def test_a_witness_that_was_silent_is_drawn_as_silent(tmp_path: Path) -> None:
    with Observatory(open_record(tmp_path / "r.db", create=True)) as observatory:
        observatory.feed(levels(), source="events")
        observatory.feed(levels(LEVELS[:1], quantity="traffic_share"), source="events")
        (outage,) = observatory.detect_outages()
        seen = observatory.outage_signals(outage)
        tracks = tracks_of(outage, [signal.flags for signal in seen.signals])
        page = outage_page([outage], seen, version="0")
        with pytest.raises(NoCoverage):
            outage_page(
                [outage], OutageSignals(window=seen.window, signals=(), members=()), version="0"
            )
    assert [track.witness.signal for track in tracks] == ["probing", "traffic"]
    assert "no values in the dark" in page
    assert "its last value before is of 5 January 2022, 10:45 UTC" in page.replace("\xa0", " ")
    assert "no source of it is in the record" in page
    assert "How the networks fell" not in page


def test_gaps_are_the_bins_of_which_nothing_is_known() -> None:
    level = np.array([UNSEEN, NORMAL, NORMAL, UNSEEN, UNSEEN, NORMAL], np.int8)
    flags = AnomalyFlags(
        subject="country:KZ",
        signal="probing",
        start_s=600.0,
        step_s=600.0,
        lag_s=0.0,
        ratio=np.where(level == UNSEEN, np.nan, 1.0),
        level=level,
        made_by="",
    )
    found = gaps(flags, Window(start_s=0.0, end_s=6000.0))
    assert [(gap.start_s, gap.end_s) for gap in found] == [
        (0.0, 1200.0),
        (2400.0, 3600.0),
        (4200.0, 6000.0),
    ]


@pytest.mark.parametrize("ending", ["html", "svg"])
def test_the_command_draws(tmp_path: Path, ending: str, capsys: pytest.CaptureFixture[str]) -> None:
    db, out = str(tmp_path / "r.db"), tmp_path / f"o.{ending}"
    with Observatory(open_record(db, create=True)) as observatory:
        observatory.feed(levels(), source="events")
    assert run(["outages", "show", "ou20220105kza", "--out", str(out), "--db", db]) == 0
    # A long path is broken over lines.
    assert str(out.name) in "".join(capsys.readouterr().out.split())
    drawn = out.read_text(encoding="utf-8")
    assert "TRANSCRIBED, NOT MEASURED" in drawn
    assert CITED[:20] in drawn


def test_dark_without_a_level_is_neither_silence_nor_a_number() -> None:
    known = made_outage("country:KZ", power=1.0)
    witness = replace(known.seen_by[0], remaining_share=None)
    assert in_the_dark(witness, saw=True) == "dark, level not stated"
    assert in_the_dark(replace(witness, covered_share=0.0), saw=True) == "no values in the dark"
    unstated = replace(known, seen_by=(witness,))
    assert level_stated(known)
    assert not level_stated(unstated)
    assert lost(unstated) == "how much connectivity was lost is not stated"
    level = np.array([NORMAL, CRITICAL, CRITICAL, UNSEEN], np.int8)
    flags = AnomalyFlags(
        subject="country:KZ",
        signal="probing",
        start_s=0.0,
        step_s=600.0,
        lag_s=0.0,
        ratio=np.array([1.0, np.nan, np.nan, np.nan]),
        level=level,
        made_by="",
    )
    whole = Window(start_s=0.0, end_s=2400.0)
    assert [(low.start_s, low.end_s) for low in unlevelled(flags, whole)] == [(600.0, 1800.0)]
    assert [(gap.start_s, gap.end_s) for gap in gaps(flags, whole)] == [(1800.0, 2400.0)]


def test_a_source_says_once_how_it_was_copied() -> None:
    from hashquake.serve.source_names import source_name

    assert source_name("transcribed:ioda_chart") == "IODA, chart read by eye"
    assert source_name("transcribed:netblocks").count("transcribed") == 1


def test_revisions_that_say_the_same_are_shown_as_one() -> None:
    first = made_outage(kill_switch=1.0)
    later = replace(first, revision=first.revision + 1, issued_s=first.issued_s + 3600.0)
    last = replace(later, revision=first.revision + 2, status="reviewed")
    found = turns((first, later, last), lost)
    assert [(numbers, one) for numbers, one, _ in found] == [
        (f"{first.revision}\N{EN DASH}{later.revision}", first),
        (str(last.revision), last),
    ]
    assert len(turns((first, later), lambda one: one.revision)) == 2
