"""Rows of the table of calibration: intervals, reviews, and names that say nothing of hash rate."""

from collections.abc import Callable
from functools import partial

from tests.power import labels
from tests.power.alarm_rows import FINDING
from tests.power.figures import Figure, percent, share
from tests.power.foresight import SEVENFOLD, of_forecasts, rate_coverage
from tests.power.records import luck_reviewed, of_reports, of_reviews
from tests.power.row import Row, missed
from tests.power.worlds import HOUR_S, World

SAYING = "Intervals that should hold nine in ten"
LABELS = "Names and silences"


def _nine_in_ten(
    key: str,
    situation: str,
    measure: Callable[[], Figure],
    *,
    before: float | None = None,
    group: str = "",
) -> Row:
    return Row(
        key=key,
        section=SAYING,
        situation=situation,
        unit="%",
        advertised=90.0,
        before=before,
        low=87.0,
        high=93.0,
        measure=lambda: percent(measure()),
        group=group or key,
        missed=missed(key),
    )


def _at_most(
    key: str,
    section: str,
    situation: str,
    measure: Callable[[], Figure],
    *,
    advertised: float | None,
    before: float | None,
    high: float,
    group: str = "",
) -> Row:
    return Row(
        key=key,
        section=section,
        situation=situation,
        unit="%",
        advertised=advertised,
        before=before,
        low=0.0,
        high=high,
        measure=lambda: percent(measure()),
        group=group or key,
        missed=missed(key),
    )


def _reports() -> list[Row]:
    rows = []
    for walk, records, holds, significant, beyond in (
        (0.009, 4, 84.0, 8.0, 7.0),
        (0.020, 10, 69.0, 22.0, 11.3),
    ):
        name, world = f"report-{1000 * walk:.0f}", f"five days without an event, drift {walk:.3f}"
        rows += [
            _nine_in_ten(
                f"{name}-drop",
                f"the fall in a report holds none: {world}",
                partial(of_reports, "holds", walk=walk, records=records, seed=75),
                before=holds,
                group=name,
            ),
            _at_most(
                f"{name}-p",
                SAYING,
                f"a p-value under 0.05 in a report: {world}",
                partial(of_reports, "significant", walk=walk, records=records, seed=75),
                advertised=5.0,
                before=significant,
                high=7.5,
                group=name,
            ),
            _at_most(
                f"{name}-pools",
                SAYING,
                f"any of ten pools called beyond luck: {world}",
                partial(of_reports, "beyond_luck", walk=walk, records=records, seed=75),
                advertised=5.0,
                before=beyond,
                high=7.5,
                group=name,
            ),
        ]
    return rows


def _forecasts() -> list[Row]:
    worlds = (
        ("009", "drift 0.009", 0.009, 0.001, (96.0, 95.5, 92.5, 89.5)),
        ("020", "drift 0.020", 0.020, 0.001, (84.0, 82.0, 74.0, 94.0)),
        ("sevenfold", "sevenfold growth a year", 0.009, SEVENFOLD, (None, None, None, None)),
    )
    return [
        _nine_in_ten(
            f"forecast-{name}-{100 * elapsed:.0f}",
            f"the next difficulty, {100 * elapsed:.0f} % of the epoch elapsed, {world}",
            partial(
                of_forecasts,
                elapsed,
                walk=walk,
                growth_log_per_day=growth,
                chains=12,
                seed=76,
            ),
            before=was,
            group=f"forecast-{name}",
        )
        for name, world, walk, growth, before in worlds
        for elapsed, was in zip((0.05, 0.25, 0.50, 0.90), before, strict=True)
    ]


def _rates() -> list[Row]:
    return [
        _nine_in_ten(
            f"filter-{name}",
            f"hash rate by the filter, {said}",
            partial(rate_coverage, world, method="filter", chains=8, seed=77),
            before=before,
        )
        for name, said, world, before in (
            ("009", "drift 0.009", World(), None),
            ("020", "drift 0.020", World(walk=0.020), None),
            ("sevenfold", "sevenfold growth a year", World(growth_log_per_day=SEVENFOLD), 82.0),
        )
    ] + [
        _nine_in_ten(
            f"smoother-{name}",
            f"hash rate by the smoother, {said}",
            partial(rate_coverage, world, method="smoother", chains=8, seed=78),
        )
        for name, said, world in (
            ("009", "drift 0.009", World()),
            ("020", "drift 0.020", World(walk=0.020)),
        )
    ]


def _reviews() -> list[Row]:
    luck = partial(luck_reviewed, per_year=12.0, records=4, seed=80)
    return [
        _nine_in_ten(
            "review-onset",
            "the onset of a fall at review, twelve a year",
            partial(of_reviews, "holds_onset", per_year=12.0, records=6, seed=79),
            before=76.9,
            group="review",
        ),
        _nine_in_ten(
            "review-size",
            "the size of a fall at review, twelve a year",
            partial(of_reviews, "holds_size", per_year=12.0, records=6, seed=79),
            group="review",
        ),
        _at_most(
            "review-rejects",
            FINDING,
            "falls of 12 to 50 % that were found and then rejected at review",
            partial(of_reviews, "rejected", per_year=12.0, records=6, seed=79),
            advertised=None,
            before=None,
            high=5.0,
            group="review",
        ),
        _nine_in_ten(
            "review-short-onset",
            "the onset of a fall of three days at review, twelve a year",
            partial(of_reviews, "holds_onset", per_year=12.0, records=8, seed=85, lasts_d=3.0),
            group="review-short",
        ),
        _nine_in_ten(
            "review-short-size",
            "the size of a fall of three days at review, twelve a year",
            partial(of_reviews, "holds_size", per_year=12.0, records=8, seed=85, lasts_d=3.0),
            group="review-short",
        ),
        _at_most(
            "luck-reviewed",
            SAYING,
            "false alarms that end as reviewed falls, twelve a year",
            lambda: share([one.status == "reviewed" for one in luck()]),
            advertised=None,
            before=72.0,
            high=50.0,
            group="luck",
        ),
        _at_most(
            "luck-with-pools",
            SAYING,
            "false alarms of the network that end as reviewed falls with pools",
            lambda: share(
                [one.status == "reviewed" and one.kind == "network+pools" for one in luck()]
            ),
            advertised=None,
            before=36.0,
            high=10.0,
            group="luck",
        ),
    ]


def _labels() -> list[Row]:
    what = (
        ("all-unknown", "1,000 blocks all unknown", labels.all_unknown),
        ("partly-renamed", "40 % of a pool under another name", labels.partly_renamed),
        ("renamed", "a pool under another name", labels.renamed),
        ("merged", "two pools under one name", labels.merged),
    )
    return [
        _at_most(
            key,
            LABELS,
            f"{said}: a quake of pools",
            partial(labels.mistaken, renaming, trials=12, seed=81),
            advertised=0.0,
            before=0.0 if key == "renamed" else 100.0,
            high=0.0,
        )
        for key, said, renaming in what
    ] + [
        Row(
            key="silence",
            section=LABELS,
            situation="in a silence of two days: a replay until then knows what a later one dates",
            unit="%",
            advertised=100.0,
            before=None,
            low=100.0,
            high=100.0,
            measure=lambda: percent(labels.replays_agree(trials=4, seed=82)),
            group="silence",
            missed=missed("silence"),
        ),
        Row(
            key="rate-in-silence",
            section=LABELS,
            situation="hash rate by `rate` in hours when a thousandth was left",
            unit="%",
            advertised=90.0,
            before=None,
            low=87.0,
            high=100.0,
            measure=lambda: percent(labels.rates_in_silence(trials=20, seed=83)),
            group="rate-in-silence",
            missed=missed("rate-in-silence"),
        ),
        _at_most(
            "cut-off-6h",
            LABELS,
            "a node cut off for six hours, which says that it has peers: its silence believed",
            partial(labels.believed_of_a_cut_off_node, silent_s=6 * HOUR_S, days=400.0, seed=84),
            advertised=None,
            before=100.0,
            high=5.0,
        ),
    ]


INTERVAL_ROWS = (*_reviews(), *_reports(), *_rates(), *_forecasts(), *_labels())
