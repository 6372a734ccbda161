"""What an event says of where pools' machines stand, and how it bears on the map."""

from collections.abc import Mapping
from dataclasses import dataclass

from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Completeness, DarkShare, Exposure, Exposures
from hashquake.core.subject import NETWORK
from hashquake.serve.exposure_table import little_learnt
from hashquake.serve.format import percent, prose, share_limits
from hashquake.serve.place_names import in_a_sentence
from hashquake.serve.report.share_axis import Bar, ShareAxis, bar, share_axis

_SMALL_SHARE = 0.02
_MOST = 12
_NEARLY_ALL = 0.6


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureRow:
    """One pool's line."""

    name: str
    is_network: bool
    share: str
    blocks: str
    dark: str
    dark_limits: str
    exposure: str
    by_map: str
    dim: bool
    note: str
    bars: tuple[Bar, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposurePanel:
    """What one event says of one place.

    Parameters
    ----------
    place : str
        In words.
    sentences : tuple of str
        What went dark, against the map's share.
    axis : ShareAxis
        Of the bars.
    rows : tuple of ExposureRow
        The network first, then the pools by size.
    left : int
        Smaller pools that are not listed.
    """

    place: str
    sentences: tuple[str, ...]
    axis: ShareAxis
    rows: tuple[ExposureRow, ...]
    left: int


def exposure_panel(found: Exposures, names: Mapping[str, str]) -> ExposurePanel | None:
    """Set an event's exposures out; None where it has none."""
    if not found.rows or not found.events:
        return None
    event = found.events[0]
    told = [row for row in found.rows if row.pool == NETWORK or row.share_before >= _SMALL_SHARE]
    shown = told[: _MOST + 1]
    axis = share_axis([_dark(row, event).dark_share.high for row in shown])
    place = in_a_sentence(prose(found.rows[0].place))
    return ExposurePanel(
        place=place,
        sentences=_sentences(event, place),
        axis=axis,
        rows=tuple(_row(row, _dark(row, event), axis, names) for row in shown),
        left=len(found.rows) - len(shown),
    )


def _dark(row: Exposure, event: Completeness) -> DarkShare:
    return next(one for one in row.dark if one.event == event.event)


def _row(row: Exposure, dark: DarkShare, axis: ShareAxis, names: Mapping[str, str]) -> ExposureRow:
    network = row.pool == NETWORK
    return ExposureRow(
        name="All blocks" if network else prose(names.get(row.pool, row.pool)),
        is_network=network,
        share=percent(row.share_before, digits=0 if network else 1),
        blocks=f"{dark.n_blocks:,} of {dark.expected_blocks:,.0f}",
        dark=percent(dark.dark_share.median),
        dark_limits=share_limits(dark.dark_share, digits=0),
        exposure=_share(row.exposure_share),
        by_map=_share(row.prior_exposure_share),
        dim=not network and little_learnt(row),
        note=prose(row.note, limit=400),
        bars=(
            bar(axis, dark.prior_dark_share, kind="before"),
            bar(axis, dark.dark_share),
        ),
        says=f"{_share(dark.dark_share)} went dark; by the map {_share(dark.prior_dark_share)}",
    )


def _sentences(event: Completeness, place: str) -> tuple[str, ...]:
    lost = (
        f"While the event lasted, the network missed {_share(event.dark_share)} of the hash rate "
        "it would have had"
    )
    ratio, told = event.dark_of_map_share, event.map_share
    if ratio is None or told is None:
        return (
            f"{lost}.",
            f"No map tells the share of {place}, so nothing can be said of how much of it stopped.",
        )
    part = f"{percent(ratio.median)} {share_limits(ratio, digits=0)}"
    implied = f"{lost}: {part} of the {percent(told.median)} that the map gives {place}."
    if ratio.low > 1.0:
        meaning = (
            f"That is more than {place} had by the map: other places stopped in the same days, or "
            "the map gives it too little."
        )
    elif ratio.high < 1.0:
        meaning = f"So part of {place} kept running, or the map gives it too much."
    elif ratio.low < _NEARLY_ALL:
        meaning = f"From {percent(ratio.low)} of {place} to all of it may have stopped."
    else:
        meaning = f"So it fits that all of {place} went dark and that the map is right."
    complete = f"The model puts the part of {place} that stopped at {_share(event.complete_share)}."
    return (implied, f"{meaning} {complete}")


def _share(interval: Interval) -> str:
    return f"{percent(interval.median)} {share_limits(interval, digits=0)}"
