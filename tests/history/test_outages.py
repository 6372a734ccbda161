"""What each instrument would have seen of documented outages.

Tests named ``simulated`` run the presets of `hashquake.forward.connectivity.presets`, whose
levels are assumed; all others rest on the bundled transcriptions alone.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest
from tests.documented_windows import DARK, ONLINE, instrument
from tests.held_readings import HeldReadings
from tests.made_records import networks_of
from tests.simulated_readings import as_readings

from hashquake.catalog.documents import outage_document
from hashquake.catalog.outages import outages
from hashquake.core.contracts import Batch
from hashquake.core.outage import Outage
from hashquake.core.reading import Reading
from hashquake.core.reason import Findings
from hashquake.core.times import HOUR_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord
from hashquake.datasets.events import event_named, load_events
from hashquake.datasets.transcribed import transcribed_readings
from hashquake.detect.detector_choice import judge_series
from hashquake.detect.outages import find_outages
from hashquake.detect.series import Series
from hashquake.forward.connectivity.country import draw_country
from hashquake.forward.connectivity.country_signals import simulate_country
from hashquake.forward.connectivity.presets import (
    IRAN_2019,
    IRAN_2022,
    KAZAKHSTAN_2022,
    MYANMAR_2021,
)
from hashquake.forward.connectivity.scripts import OutageScript
from hashquake.observatory import Observatory, open_observatory
from hashquake.serve.wording import class_because
from hashquake.store.open_record import open_record

TAPES = Path(__file__).parents[1] / "tapes"
STEP_S = 1800.0
"""Half an hour: as finely as the chart of January 2022 was read."""
Keep = Callable[[Reading], bool]


@pytest.fixture
def fed(tmp_path: Path) -> Iterator[Callable[[Keep], Observatory]]:
    """Make a record of the transcribed readings that pass a test, fed through the one door."""
    opened: list[Observatory] = []

    def feed(keep: Keep) -> Observatory:
        observatory = Observatory(open_record(tmp_path / f"{len(opened)}.db", create=True))
        opened.append(observatory)
        readings = tuple(filter(keep, transcribed_readings()))
        observatory.feed(Batch(readings=readings), source="bundled")
        return observatory

    yield feed
    for observatory in opened:
        observatory.close()


def found_in(observatory: Observatory, subject: str = "country:KZ") -> tuple[Outage, ...]:
    return outages(observatory.record, subjects=(subject,))


def kazakhstan() -> Outage:
    (found,) = outages(BundledRecord(), subjects=("country:KZ",))
    return found


def test_kazakhstan_2022_is_found_with_its_six_dark_windows_and_five_restorations() -> None:
    found = kazakhstan()
    assert found.restorations == ONLINE
    assert len(found.dark_windows) == len(DARK)
    for got, documented in zip(found.dark_windows, DARK, strict=True):
        assert abs(got.start_s - documented.start_s) <= STEP_S
        assert got.end_s == documented.end_s
    assert found.end_s == parse_time("2022-01-10T02:00Z")
    assert found.evidence == "transcribed"


def test_kazakhstan_2022_began_when_no_two_sources_agree() -> None:
    onset = kazakhstan().onset
    for stated in ("10:30", "10:45", "11:00", "11:15"):
        assert onset.holds(parse_time(f"2022-01-05T{stated}Z"))
    assert onset.duration_s == 1.5 * HOUR_S


def test_kazakhstan_2022_keeps_both_levels_and_invents_no_third() -> None:
    depth = kazakhstan().depth_share
    assert (depth.low, depth.median, depth.high) == pytest.approx((0.95, 0.95, 0.98))


def test_kazakhstan_2022_was_seen_by_all_but_the_routes() -> None:
    found = kazakhstan()
    assert {one.source.partition(":")[2] for one in found.seen_by} == {
        "ioda_chart", "netblocks", "ripe_atlas", "cloudflare_radar",
    }  # fmt: skip
    (routes,) = found.not_seen_by
    assert (routes.signal, routes.remaining_share) == ("bgp", 1.0)
    untold = {one.source for one in found.seen_by if one.remaining_share is None}
    assert "transcribed:netblocks" not in untold
    assert "transcribed:ioda_chart" in untold, "it was dark; by how much its reader does not say"


def test_kazakhstan_2022_was_most_probably_a_kill_switch_and_says_why() -> None:
    likeliest = kazakhstan().classes[0]
    assert likeliest.name == "kill_switch"
    assert likeliest.probability > 0.8
    assert "came back 5 times" in class_because(likeliest)
    assert [one.signal for one in kazakhstan().not_seen_by] == ["bgp"], "routes stayed"
    assert "half hour" not in class_because(likeliest), "the chart was read to the half hour"


def test_kazakhstan_2022_is_missed_by_a_monitor_of_routes_alone(
    fed: Callable[[Keep], Observatory],
) -> None:
    alone = fed(lambda one: one.quantity.startswith("bgp"))
    assert alone.record.readings(subject="country:KZ")
    assert found_in(alone) == ()


@pytest.mark.parametrize(
    ("name", "dark", "restorations"),
    [("ioda_chart", 6, 5), ("netblocks", 2, 0), ("cloudflare_radar", 1, 0), ("ripe_atlas", 1, 0)],
)
def test_kazakhstan_2022_as_each_instrument_alone_would_have_told_it(
    fed: Callable[[Keep], Observatory], name: str, dark: int, restorations: int
) -> None:
    source = instrument("kazakhstan-2022", name).source
    (found,) = found_in(fed(lambda one: one.source == source))
    assert (len(found.dark_windows), len(found.restorations)) == (dark, restorations)


def test_kazakhstan_2022_is_the_same_ingested_as_bundled(
    fed: Callable[[Keep], Observatory],
) -> None:
    assert found_in(fed(lambda _: True)) == (kazakhstan(),)


def test_iran_2019_is_seen_by_traceroutes_and_too_little_is_stated_to_say_what_it_was() -> None:
    found = outages(BundledRecord(), subjects=("country:IR",))
    (first,) = (one for one in found if one.onset.start_s < parse_time("2020-01-01"))
    assert first.onset.holds(parse_time("2019-11-16T16:45Z"))
    assert first.depth_share.median == pytest.approx(0.75)
    assert first.end_s is None, "no source of the transcription dates its end"
    top = first.classes[0]
    assert isinstance(top.reason, Findings)
    assert top.probability < top.reason.prior_probability + 0.1, "no more than the prior says"


def test_iran_2022_leaves_the_country_flat_while_one_network_is_dark() -> None:
    near = Window(start_s=parse_time("2022-09-01"), end_s=parse_time("2022-10-01"))
    assert outages(BundledRecord(), subjects=("country:IR",), window=near) == ()
    (network,) = BundledRecord().readings(subject="asn:44244", window=near)
    assert (network.quantity, network.value) == ("probing_state", 0.0)


def test_myanmar_2021_is_a_curfew_though_no_level_is_stated() -> None:
    (found,) = outages(BundledRecord(), subjects=("country:MM",))
    assert len(found.dark_windows) == 14
    for night in found.dark_windows:
        local_s = (night.start_s + 6.5 * HOUR_S) % (24 * HOUR_S)
        assert (local_s, night.duration_s) == (HOUR_S, 8 * HOUR_S)
    assert found.restorations == (), "the days between are not stated, hence not covered"
    assert all(one.remaining_share is None for one in found.seen_by)
    assert (found.depth_share.low, found.depth_share.high) == pytest.approx((0.3, 1.0))
    assert found.classes[0].name == "curfew"
    assert "connectivity was lost" not in class_because(found.classes[0])


def test_no_other_event_of_the_catalog_has_an_outage_of_its_country() -> None:
    """Texas in December 2022 and January 2024: storms and price, no Internet outage at all."""
    for event in load_events():
        if event.country is not None and event.id != "kazakhstan-2022":
            subject = f"country:{event.country}"
            assert not outages(BundledRecord(), subjects=(subject,), window=event.window)


def test_the_report_draws_its_dark_windows_from_the_outage() -> None:
    with open_observatory("bundled") as observatory:
        incident = observatory.report(event_named("kazakhstan-2022"))
    # Stored with four digits of each probability.
    (stored,) = incident.outages
    assert outage_document(stored) == outage_document(kazakhstan())
    assert incident.dark_windows == kazakhstan().dark_windows
    assert not incident.outages_bundled


def simulated(script: OutageScript, *, since: str, until: str, seed: int = 3) -> tuple[Outage, ...]:
    """Find the outages of a simulated country of six networks that a preset breaks."""
    rng = np.random.default_rng(seed)
    country = draw_country(rng, code="XK", utc_offset_s=0.0, n_networks=6)
    window = Window(start_s=parse_time(since), end_s=parse_time(until))
    signals = simulate_country(country, rng, window=window, scripts=(script,))
    return outages(HeldReadings(as_readings(signals)), networks=networks_of(country))


def test_simulated_kazakhstan_2022_is_found_by_fusion_with_networks() -> None:
    (found,) = simulated(KAZAKHSTAN_2022, since="2021-12-24", until="2022-01-11")
    assert found.evidence == "simulated"
    assert len(found.restorations) == 5
    assert "bgp" in {one.signal for one in found.not_seen_by}
    assert found.classes[0].name == "kill_switch"


def test_simulated_iran_2019_is_staggered_and_deliberate_all_the_same() -> None:
    found = simulated(IRAN_2019, since="2019-11-06", until="2019-11-23")[0]
    assert found.onset.start_s <= parse_time("2019-11-16T17:00Z")
    assert found.classes[0].name == "kill_switch"
    assert found.probability("power") < 0.2


def test_simulated_iran_2022_is_seen_by_traffic_alone_as_phones_hardly_answer_probes() -> None:
    (found,) = simulated(IRAN_2022, since="2022-09-06", until="2022-09-23", seed=4)
    assert [one.signal for one in found.seen_by] == ["traffic"]
    assert {"probing", "bgp"} <= {one.signal for one in found.not_seen_by}
    assert found.classes[0].name == "mobile_only"


def test_simulated_iran_2022_is_knowingly_missed_where_few_users_are_on_phones() -> None:
    """A fifth of the users are: fewer than three tenths of the nation go dark."""
    assert simulated(IRAN_2022, since="2022-09-06", until="2022-09-23", seed=3) == ()


def test_simulated_myanmar_2021_is_a_curfew() -> None:
    (found,) = simulated(MYANMAR_2021, since="2021-02-03", until="2021-02-20")
    assert len(found.dark_windows) == 6
    assert found.classes[0].name == "curfew"


def _venezuela(signal: str) -> tuple[Outage, ...]:
    """The country's hours in July 2019, as one series without its networks."""
    lines = (TAPES / "venezuela_2019_07.csv").read_text(encoding="utf-8").splitlines()
    rows = [line.split(",") for line in lines if line[0].isdigit()]
    series = Series(
        subject="country:VE",
        signal=signal,
        start_s=float(rows[0][0]),
        step_s=HOUR_S,
        values=np.array([float(value) for _, value in rows]),
    )
    return find_outages([judge_series(series)])


@pytest.mark.parametrize("signal", ["probing", "traffic"])
def test_venezuelas_blackout_of_2019_was_most_probably_power(signal: str) -> None:
    """Its hours alone: no network, no route. Countries like it were held out of the fit."""
    (outage,) = _venezuela(signal)
    top, second = outage.classes[:2]
    assert top.name == "power"
    assert top.probability > 2.0 * second.probability
    assert isinstance(top.reason, Findings)
    assert "climbed" in {finding.name for finding in top.reason.supporting}
    # The press says 20:41 on 22 July; the series' own clock runs some two hours ahead of it.
    assert abs(outage.onset.start_s - parse_time("2019-07-22T20:41Z")) < 4.0 * HOUR_S
    assert outage.dark_windows[-1].end_s - outage.dark_windows[0].start_s > 12.0 * HOUR_S
