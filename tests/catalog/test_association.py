"""What belongs together: picks made by hand, so that each rule stands alone."""

from dataclasses import replace

import pytest
from tests.simulated_falls import fall

from hashquake.catalog.association import LOOKS_S, Book, admit, look_again
from hashquake.core.columns import BlockColumns
from hashquake.core.errors import UsageError
from hashquake.core.interval import Interval
from hashquake.core.pick import Pick
from hashquake.core.quake import Cause
from hashquake.core.reason import BlocksAlone, Sentence
from hashquake.core.times import DAY_S, HOUR_S
from hashquake.core.window import Window

BLOCKS, ONSET_S = fall(drop_share=0.4)


def view(at_s: float) -> BlockColumns:
    return BLOCKS.take(BLOCKS.header_s < at_s)


def pick(
    subject: str = "network",
    *,
    made_by: str = "shiryaev_roberts/1",
    onset_s: float = ONSET_S,
    after_s: float = 12 * HOUR_S,
    share: float = 0.6,
) -> Pick:
    return Pick(
        subject=subject,
        onset=Window(start_s=onset_s - 6 * HOUR_S, end_s=onset_s + 6 * HOUR_S),
        detected_s=onset_s + after_s,
        remaining_share=Interval(median=share, low=share * 0.8, high=share * 1.2, level=0.9),
        statistic=11.0,
        threshold=10.6,
        false_alarms_per_year=1.0,
        made_by=made_by,
    )


def book_of(*picks: Pick) -> Book:
    book = Book()
    for one in picks:
        book = admit(book, one, view, ())
    return book


def test_a_pick_of_the_network_opens_a_preliminary_quake_with_looks_due() -> None:
    book = book_of(pick())
    (quake,) = book.latest()
    assert (quake.status, quake.kind, quake.revision) == ("preliminary", "network", 1)
    assert [due.at_s - quake.detected_s for due in book.dues] == list(LOOKS_S["network"])
    assert [due.final for due in book.dues] == [False, True]
    assert 0 < quake.lost_hps.low < quake.lost_hps.high


def test_another_detector_alone_opens_nothing_and_confirms_what_comes() -> None:
    early = pick(made_by="bocpd/1", after_s=8 * HOUR_S)
    assert not book_of(early).latest()
    (quake,) = book_of(early, pick()).latest()
    assert quake.status == "confirmed"
    assert quake.picks[0] == early
    (later,) = book_of(pick(), pick(made_by="bocpd/1", after_s=20 * HOUR_S)).latest()
    assert (later.status, later.revision) == ("confirmed", 2)


def test_a_pool_confirms_a_quake_of_the_network() -> None:
    (quake,) = book_of(pick(), pick("pool:p01", after_s=20 * HOUR_S, share=0.3)).latest()
    assert (quake.kind, quake.status, quake.pools) == ("network+pools", "confirmed", ("p01",))


def test_a_pool_alone_rises_to_the_network_under_the_same_id() -> None:
    alone = book_of(pick("pool:p01", share=0.3))
    (before,) = alone.latest()
    assert (before.kind, before.subject) == ("pools", "pool:p01")
    book = admit(alone, pick(after_s=30 * HOUR_S), view, ())
    (after,) = book.latest()
    assert after.id == before.id
    assert (after.kind, after.subject, after.revision) == ("network+pools", "network", 2)
    assert after.detected_s == before.detected_s
    assert {due.quake_id for due in book.dues} == {after.id}


def test_falls_of_two_times_are_two_quakes() -> None:
    other_s = ONSET_S + 8 * DAY_S
    book = book_of(pick(), pick(onset_s=other_s))
    assert len(book.latest()) == 2
    assert len({quake.id for quake in book.latest()}) == 2


def test_two_quakes_of_one_day_have_two_letters() -> None:
    book = book_of(pick())
    (first,) = book.latest()
    late = replace(pick(), detected_s=ONSET_S + 15 * DAY_S)
    second = admit(book, late, view, ()).latest()[1]
    assert first.id[:-1] == second.id[:-1]
    assert (first.id[-1], second.id[-1]) == ("a", "b")


def test_a_rise_waits_for_the_fall_it_belongs_to() -> None:
    rise = pick("pool:p02", share=2.0)
    book = book_of(rise)
    assert not book.latest()
    (quake,) = admit(book, pick("pool:p01", share=0.3, after_s=15 * HOUR_S), view, ()).latest()
    assert quake.pools == ("p01",)
    assert rise in quake.picks


def test_unknown_never_falls() -> None:
    assert not book_of(pick("pool:unknown", share=0.2)).latest()


def test_a_review_forms_a_new_opinion_and_keeps_the_old() -> None:
    book = book_of(pick())
    for due in book.dues:
        book = look_again(book, due, view, ())
    statuses = [quake.status for quake in book.revisions]
    assert statuses == ["preliminary", "confirmed", "reviewed"]
    assert book.revisions[-1].remaining_share.holds(0.6)
    assert not book.dues


def test_a_review_looks_where_the_pick_that_opened_the_quake_points() -> None:
    """A pick that had waited for days may have pointed at nothing; the fall came later."""
    waited = Pick(
        subject="network",
        onset=Window(start_s=ONSET_S - 8 * DAY_S, end_s=ONSET_S - 20 * HOUR_S),
        detected_s=ONSET_S - 4 * DAY_S,
        remaining_share=Interval(median=0.9, low=0.8, high=0.99, level=0.9),
        statistic=11.0,
        threshold=10.6,
        false_alarms_per_year=1.0,
        made_by="bocpd/1",
    )
    book = book_of(waited, pick())
    for due in book.dues:
        book = look_again(book, due, view, ())
    (quake,) = book.latest()
    assert quake.picks[0] == waited
    assert quake.status == "reviewed"
    assert quake.onset.start_s <= ONSET_S <= quake.onset.end_s
    assert quake.remaining_share.holds(0.6)


def test_a_fall_that_was_none_is_rejected_at_review() -> None:
    quiet_s = ONSET_S - 9 * DAY_S
    quiet, _ = fall(seed=21, drop_share=0.0)
    book = admit(Book(), pick(onset_s=quiet_s), lambda _: quiet, ())
    last = book.dues[-1]
    book = look_again(book, last, lambda at_s: quiet.take(quiet.header_s < at_s), ())
    assert book.latest()[0].status == "rejected"


def test_causes_that_do_not_add_up_are_refused() -> None:
    (quake,) = book_of(pick()).latest()
    with pytest.raises(UsageError) as refused:
        replace(
            quake, causes=(Cause(name="luck", probability=1.0, reason=Sentence(text="a test")),)
        )
    assert refused.value.code == "causes-sum"
    unknown = Cause(name="unknown", probability=0.7, reason=Sentence(text="a test"))
    with pytest.raises(UsageError):
        replace(quake, causes=(Cause(name="luck", probability=0.7, reason=BlocksAlone()), unknown))


def test_a_review_says_how_likely_it_is_that_nothing_broke() -> None:
    quiet, _ = fall(drop_share=0.0001, after_d=20.0)

    def seen(at_s: float) -> BlockColumns:
        return quiet.take(quiet.header_s < at_s)

    chances = {}
    for name, look in (("nothing", seen), ("fall", view)):
        book = admit(Book(), pick(), look, ())
        last = look_again(book, book.dues[-1], look, ()).latest()[0]
        chances[name] = next(c.probability for c in last.causes if c.name == "luck")
        assert book.latest()[0].nothing_probability is None
        assert last.nothing_probability is not None
        assert last.nothing_probability > 0.9 if name == "nothing" else chances[name] < 0.05
        assert last.status == ("rejected" if name == "nothing" else "reviewed")
    assert chances["nothing"] > 0.9
    assert chances["fall"] < 0.05


def test_a_name_that_only_changed_is_known_at_the_review() -> None:
    """At the alarm, half a day after the change, the counts are too few to say so."""
    quiet, since_s = fall(drop_share=0.0001, after_d=20.0)
    names = [
        "fresh" if quiet.header_s[row] >= since_s and quiet.pool_of(row) == "p01" and row % 5 < 4
        else quiet.pool_of(row)
        for row in range(len(quiet))
    ]  # fmt: skip
    blocks = quiet.with_pools(names)

    def seen(at_s: float) -> BlockColumns:
        return blocks.take(blocks.header_s < at_s)

    alarm = pick("pool:p01", onset_s=since_s + 12 * HOUR_S, after_s=2 * HOUR_S)
    book = admit(Book(), alarm, seen, ())
    (raised,) = book.latest()
    (due,) = book.dues
    book = look_again(book, due, seen, ())
    (quake,) = book.latest()
    assert (raised.status, quake.status) == ("preliminary", "rejected")
    assert [(one.pool, one.filed_under) for one in book.label_changes] == [("p01", "fresh")]


def test_a_pool_that_fell_is_reviewed_as_before() -> None:
    alarm = pick("pool:p01", share=0.6)
    book = admit(Book(), alarm, view, ())
    (due,) = book.dues
    book = look_again(book, due, view, ())
    assert book.label_changes == ()
