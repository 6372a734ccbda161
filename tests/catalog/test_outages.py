"""Outages from a record's readings: who saw it, who did not, what kind of evidence it is."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.made_levels import CITED, LEVELS, levels
from tests.made_records import networks_of, simulated

from hashquake.catalog.outages import outages
from hashquake.catalog.signals import native_step_s, read_signals
from hashquake.core.errors import UsageError
from hashquake.core.reading import Reading
from hashquake.core.times import DAY_S, HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.forward.connectivity.presets import KAZAKHSTAN_2022
from hashquake.observatory import Observatory
from hashquake.serve.wording import class_because, silence_because
from hashquake.store.open_record import open_record


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Observatory]:
    with Observatory(open_record(tmp_path / "r.db", create=True)) as observatory:
        yield observatory


def test_a_simulated_shutdown_is_found_with_every_witness_named(tmp_path: Path) -> None:
    observatory, country = simulated(
        tmp_path / "r.db",
        [KAZAKHSTAN_2022],
        since="2021-12-18",
        until="2022-01-12",
        n_networks=4,
    )
    with observatory:
        (outage,) = outages(observatory.record, networks=networks_of(country))
    assert outage.subject == "country:KZ"
    assert outage.onset.holds(KAZAKHSTAN_2022.window.start_s)
    assert len(outage.restorations) == 5
    assert outage.evidence == "simulated"
    assert {w.signal for w in outage.seen_by} == {"probing", "traffic", "telescope"}
    (routes,) = outage.not_seen_by
    assert (routes.signal, routes.source, routes.evidence) == ("bgp", "simulated", "simulated")
    assert outage.classes[0].name == "kill_switch"
    assert "networks fell within 15 minutes" in class_because(outage.classes[0])


def test_a_few_transcribed_levels_need_no_history_and_keep_their_label(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    (outage,) = outages(empty.record, subjects=["country:KZ"])
    assert outage.evidence == "transcribed"
    (witness,) = outage.seen_by
    assert (witness.source, witness.made_by) == (CITED, "stated_usual/1")
    assert witness.remaining_share == pytest.approx(0.02)
    first, second = outage.dark_windows
    assert (first.start_s, second.end_s) == (
        parse_time("2022-01-05T10:45Z"),
        parse_time("2022-01-06T10:30Z"),
    )
    assert abs(first.end_s - parse_time("2022-01-05T17:32Z")) <= 60.0
    assert len(outage.restorations) == 1
    assert outage.onset.end_s - outage.onset.start_s <= 120.0


def test_sources_of_one_signal_are_witnesses_of_their_own(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    empty.feed(levels(source="transcribed: another report"), source="events")
    (outage,) = outages(empty.record)
    assert sorted(w.source for w in outage.seen_by) == [
        "transcribed: a report of January 2022",
        "transcribed: another report",
    ]
    assert {w.signal for w in outage.seen_by} == {"probing"}


def test_a_source_that_was_silent_is_named_with_the_reason(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    before = (("2022-01-05T08:00Z", "2022-01-05T09:00Z", 1.0),)
    empty.feed(
        levels(before, quantity="traffic_share", source="our probes"), source="reading_table"
    )
    (outage,) = outages(empty.record)
    (silent,) = outage.not_seen_by
    assert (silent.signal, silent.covered_share, silent.remaining_share) == ("traffic", 0.0, None)
    assert (
        silence_because(silent.reasons)
        == "it was silent; its last value before is of 5\xa0January\xa02022, 09:00\xa0UTC"
    )


def test_a_gap_is_no_outage(empty: Observatory) -> None:
    empty.feed(levels([LEVELS[0], LEVELS[4]]), source="events")
    assert outages(empty.record) == ()


def test_no_readings_no_outages(empty: Observatory) -> None:
    assert outages(empty.record) == ()
    assert outages(empty.record, subjects=["country:KZ"]) == ()


def test_a_window_and_an_instant_cut_what_is_used(empty: Observatory) -> None:
    empty.feed(levels(), source="events")
    day = Window(start_s=parse_time("2022-01-07"), end_s=parse_time("2022-01-08"))
    assert outages(empty.record, window=day) == ()
    at_s = parse_time("2022-01-05T18:00Z")
    (early,) = outages(empty.record, until_s=at_s)
    assert early.end_s is None
    assert early.issued_s <= at_s


def test_what_is_no_country_is_refused(empty: Observatory) -> None:
    with pytest.raises(UsageError) as caught:
        outages(empty.record, subjects=["asn:9198"])
    assert caught.value.code == "subject-no-country"


def test_changes_against_the_usual_are_levels_too(empty: Observatory) -> None:
    rows = [(start, end, value - 1.0) for start, end, value in LEVELS]
    empty.feed(
        levels(rows, quantity="radar_traffic_change_share", source="radar:a", normal=None),
        source="radar",
    )
    (outage,) = outages(empty.record)
    assert outage.seen_by[0].signal == "traffic"
    assert outage.seen_by[0].remaining_share == pytest.approx(0.02)


def test_opinions_and_unknown_quantities_are_no_signals(empty: Observatory) -> None:
    for quantity in ("ioda_bgp_alert_level", "radar_outage_nationwide_count", "power_mw"):
        empty.feed(levels(quantity=quantity, source="ioda"), source="ioda")
    assert read_signals(empty.record, "country:KZ") == ()


def test_an_instrument_that_counts_one_thing_twice_speaks_once(empty: Observatory) -> None:
    for quantity in ("ripestat_asns_count", "ripestat_v4_prefixes_count"):
        empty.feed(levels(quantity=quantity, source="ripestat"), source="ripestat")
    (signal,) = read_signals(empty.record, "country:KZ")
    assert signal.flags.quantity == "ripestat_v4_prefixes_count"


def test_an_outage_that_began_everywhere_is_the_instruments(empty: Observatory) -> None:
    for code in ("KZ", "IR", "MM", "UZ"):
        empty.feed(levels(subject=f"country:{code}"), source="events")
    (everywhere,) = outages(empty.record, subjects=["country:KZ"])
    assert everywhere.classes[0].name == "artefact"
    assert len(outages(empty.record)) == 4


@pytest.mark.parametrize(
    ("start_s", "length_s", "step_s"),
    [(0.0, 300.0, 300.0), (120.0, 600.0, 600.0), (0.0, DAY_S, DAY_S), (1800.0, HOUR_S, 1800.0)],
)
def test_the_step_is_the_instruments(start_s: float, length_s: float, step_s: float) -> None:
    made = [
        Reading(
            subject="country:KZ",
            quantity="probing_share",
            window=Window(start_s=start_s + k * length_s, end_s=start_s + (k + 1) * length_s),
            value=1.0,
            source="our probes",
        )
        for k in range(5)
    ]
    assert native_step_s(made) == step_s
