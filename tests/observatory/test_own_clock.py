"""Nothing ahead of our clock enters a record, by whatever hand the batch was made."""

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.made_levels import levels
from tests.small_chains import EPOCH, chain, window

from hashquake.core.claim import Claim
from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.coverage import Coverage
from hashquake.core.errors import HashquakeError
from hashquake.observatory import Observatory, open_observatory
from hashquake.observatory.own_clock import SEEN_AHEAD_S

NOW_S = 1_641_380_400.0
"""5 January 2022, 11:00 UTC."""
TIMES_S = [NOW_S - 600 * n for n in range(9, 0, -1)]


def observatory(folder: Path) -> Observatory:
    return open_observatory(str(folder / "r.db"), create=True, now_s=lambda: NOW_S)


def seen(after_s: float) -> BlockColumns:
    return BlockColumns.build(
        height=[EPOCH + 1], header_s=[int(NOW_S)], bits=[0x170B8C8B], seen_s=[NOW_S + after_s]
    )


def claim(published_s: float) -> Claim:
    return Claim(
        text="fell",
        subject="network",
        quantity="hashrate_change_share",
        low=-0.1,
        high=-0.1,
        relation="change",
        published_s=published_s,
    )


def hours(start: str, end: str) -> Batch:
    return levels([(f"2022-01-05T{start}Z", f"2022-01-05T{end}Z", 0.5)])


AHEAD: dict[str, tuple[Callable[[], Batch], str]] = {
    "block": (lambda: Batch(blocks=chain([NOW_S + 7_201])), "time-too-new"),
    "stale block": (
        lambda: Batch(
            blocks=BlockColumns.build(
                height=[EPOCH + 1], header_s=[int(NOW_S) + 7_201], bits=[0x170B8C8B], stale=[True]
            )
        ),
        "time-too-new",
    ),
    "seen": (lambda: Batch(blocks=seen(SEEN_AHEAD_S + 1)), "time-too-new"),
    "an hour that is not over": (lambda: hours("10:30", "11:30"), "reading-ahead"),
    "an hour to come": (lambda: hours("12:00", "13:00"), "reading-ahead"),
    "coverage": (
        lambda: Batch(blocks=chain(TIMES_S), observed=(window(NOW_S - 9e3, NOW_S + 1),)),
        "coverage-ahead",
    ),
    "coverage alone": (lambda: Batch(observed=(window(NOW_S, NOW_S + 9e9),)), "coverage-ahead"),
    "coverage without end": (
        lambda: Batch(observed=(window(NOW_S, float("inf")),)),
        "window-not-finite",
    ),
    "claim": (lambda: Batch(claims=(claim(NOW_S + 1),)), "claim-ahead"),
}
OVER: dict[str, Callable[[], Batch]] = {
    "block": lambda: Batch(blocks=chain([NOW_S + 7_200])),
    "seen": lambda: Batch(blocks=seen(SEEN_AHEAD_S)),
    "hour": lambda: hours("10:00", "11:00"),
    "coverage": lambda: Batch(observed=(window(NOW_S - 1, NOW_S),)),
    "claim": lambda: Batch(claims=(claim(NOW_S),)),
}


@pytest.mark.parametrize("what", AHEAD)
def test_what_is_ahead_is_refused_whole(tmp_path: Path, what: str) -> None:
    make, code = AHEAD[what]
    with observatory(tmp_path) as opened:
        with pytest.raises(HashquakeError) as caught:
            opened.feed(make(), source="by hand")
        with pytest.raises(HashquakeError, match=r".") as again:
            opened.feed_all([make()], source="by hand")
        assert {caught.value.code, again.value.code} == {code}
        assert not any(opened.counts().values())
        assert opened.coverage() == Coverage()


@pytest.mark.parametrize("what", OVER)
def test_what_is_over_is_kept(tmp_path: Path, what: str) -> None:
    with observatory(tmp_path) as opened:
        opened.feed(OVER[what](), source="by hand")
        assert opened.counts()["batches"] == 1


def test_coverage_never_reaches_ahead_of_the_clock(tmp_path: Path) -> None:
    """A header may be dated ahead; the time up to it was not watched yet."""
    with observatory(tmp_path) as opened:
        opened.feed(Batch(blocks=chain([*TIMES_S, NOW_S + 5_000])), source="by hand")
        assert opened.coverage() == Coverage((window(TIMES_S[0], NOW_S),))
        assert opened.end_s() == NOW_S
        assert opened.record_age_s() == 0
    with open_observatory(str(tmp_path / "r.db"), now_s=lambda: NOW_S + 6_000) as later:
        assert later.end_s() == NOW_S + 5_000


def test_a_clock_that_is_far_behind_hides_nothing(tmp_path: Path) -> None:
    with observatory(tmp_path) as opened:
        opened.feed(Batch(blocks=chain(TIMES_S)), source="by hand")
    with open_observatory(str(tmp_path / "r.db"), now_s=lambda: 0.0) as wrong:
        assert wrong.end_s() == TIMES_S[-1]
