import pytest

from hashquake.core.coverage import Coverage
from hashquake.core.errors import FormatError, UsageError
from hashquake.core.event import Event
from hashquake.core.times import DAY_S, parse_time
from hashquake.core.window import Window
from hashquake.datasets.bundled import BundledRecord, bundled_blocks
from hashquake.datasets.events import covered_events, event_named, load_events, read_event
from hashquake.datasets.label_gaps import load_label_gaps

GOOD = """
id = "storm-2023"
name = "Storm"
place = "Somewhere"
cause = "weather"
start = 2023-01-01T00:00:00Z
end = 2023-01-02T00:00:00Z
precision = "day"
summary = "It blew."
"""
CLAIM = """
[[claims]]
text = "Down 12 %"
speaker = "A newspaper"
subject = "network"
quantity = "hashrate_change_share"
low = -0.12
high = -0.12
relation = "change"
"""


def test_every_event_of_the_catalog_loads_once() -> None:
    ids = [event.id for event in load_events()]
    assert len(ids) == len(set(ids)) == 16
    assert {"kazakhstan-2022", "xinjiang-2021", "elliott-2022", "china-ban-2021"} <= set(ids)


@pytest.mark.parametrize("event", load_events(), ids=lambda event: event.id)
def test_an_event_is_sane(event: Event) -> None:
    assert event.window.duration_s >= DAY_S / 2
    assert event.sources
    for moment in event.moments:
        assert abs(moment.time_s - event.window.start_s) < 60 * DAY_S
    for claim in event.claims:
        if claim.relation == "change":
            assert claim.low <= claim.high < 0, "every published change of the catalog is a fall"
        assert claim.window is not None
        assert Window(
            start_s=event.window.start_s - 20 * DAY_S, end_s=event.window.end_s + 20 * DAY_S
        ).overlap(claim.window)


def test_kazakhstan_carries_the_facts_the_report_shows() -> None:
    event = event_named("kazakhstan-2022")
    assert event.window.start_s == parse_time("2022-01-05T10:45Z")
    assert event.window.end_s == parse_time("2022-01-10T02:00Z")
    assert [share.share for share in event.map_shares] == [0.181, 0.1322]
    by_pool = {claim.subject: claim.low for claim in event.claims}
    assert by_pool["pool:f2pool"] == -0.128
    assert by_pool["pool:antpool"] == -0.116
    assert by_pool["pool:viabtc"] == -0.192
    assert any(claim.low == -0.18 and claim.high == -0.15 for claim in event.claims)


def test_the_bundled_record_covers_what_has_a_baseline() -> None:
    covered = {event.id for event in covered_events(BundledRecord().coverage())}
    assert covered == {event.id for event in load_events()} - {
        "halving-2020",
        "sichuan-flood-2020",
    }
    assert covered_events(Coverage()) == ()


def test_a_typo_gets_a_suggestion() -> None:
    with pytest.raises(UsageError) as caught:
        event_named("kazahkstan-2022")
    assert caught.value.code == "event-unknown"
    assert "kazakhstan-2022" in caught.value.hint


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (('name = "Storm"\n', ""), "name"),
        (('name = "Storm"', 'naem = "Storm"'), "did you mean name"),
        (("2023-01-01T00:00:00Z", "2023-01-01T00:00:00"), "offset"),
        (("end = 2023-01-02", "end = 2022-01-02"), "a window must end after it starts"),
        (('id = "storm-2023"', 'id = "storm"'), "id is 'storm'"),
        (('cause = "weather"', "cause = 3"), "cause"),
        (('cause = "weather"', 'cause = "weather'), "Illegal"),
        (('place = "Somewhere"', 'place = "Somewhere"\ncountry = "KAZ"'), "country:KAZ"),
        (("low = -0.12", "low = -12.0"), "shares are 0 to 1"),
        (("high = -0.12", "high = -0.2"), "low must not be above high"),
        (('subject = "network"', 'subject = "Pool X"'), "not a subject"),
        (("hashrate_change_share", "hashrate_change"), "not one of"),
        (('speaker = "A newspaper"', 'speaker = "A"\nurl = "javascript:alert(1)"'), "web address"),
    ],
)
def test_a_malformed_event_is_refused(change: tuple[str, str], complaint: str) -> None:
    assert read_event(GOOD + CLAIM, name="storm-2023").claims[0].low == -0.12
    broken = (GOOD + CLAIM).replace(*change)
    assert broken != GOOD + CLAIM
    with pytest.raises(FormatError, match=complaint) as caught:
        read_event(broken, name="storm-2023")
    assert caught.value.code == "event-malformed"


def test_the_gap_in_poolins_label_is_where_the_record_says() -> None:
    (gap,) = load_label_gaps()
    blocks = bundled_blocks()
    found_s = blocks.header_s[blocks.is_pool(gap.pool)]
    assert gap.window.end_s == found_s[found_s > parse_time("2021-11-01")].min()
    inside = (found_s >= parse_time("2021-10-20")) & (found_s < gap.window.end_s)
    assert not inside.any()
