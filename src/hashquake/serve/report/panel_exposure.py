"""What an event shows of where the machines of pools are, beyond what the map says."""

from collections.abc import Mapping
from dataclasses import dataclass

from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Completeness, Exposure, Exposures
from hashquake.core.subject import NETWORK
from hashquake.serve.exposure_table import little_learnt
from hashquake.serve.format import (
    count_word,
    prose,
    share_interval,
)
from hashquake.serve.language import translate, translate_plural
from hashquake.serve.place_names import in_a_sentence, place_name
from hashquake.serve.report.share_axis import Bar, ShareAxis, bar, share_axis
from hashquake.serve.wording.fixed import fixed

_SMALL_SHARE = 0.02
_MOST = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposureRow:
    """One pool of which the event shows more than the map does.

    Parameters
    ----------
    name : str
        Of the pool.
    exposure, by_map : str
        Its exposure with its interval, and what the map alone says.
    note : str
        On the pool's labels; may be empty.
    bars : tuple of Bar
        What is drawn.
    says : str
        The same in words, for those who cannot see the bars.
    """

    name: str
    exposure: str
    by_map: str
    note: str
    bars: tuple[Bar, ...]
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExposurePanel:
    """What one event shows of one place.

    Parameters
    ----------
    place : str
        In words.
    sentence : str
        Of how many pools it shows more than the map.
    axis : ShareAxis
        Of the bars.
    rows : tuple of ExposureRow
        Pools of which the blocks of the event say more than the map alone, largest first.
    """

    place: str
    sentence: str
    axis: ShareAxis
    rows: tuple[ExposureRow, ...]


def exposure_panel(found: Exposures, names: Mapping[str, str]) -> ExposurePanel | None:
    """Set an event's exposures out; None where it has none.

    A pool of which blocks say no more than the map is not listed, nor is any where no map names the
    place: the median of a prior is not a finding.

    Parameters
    ----------
    found : Exposures
        Of one event.
    names : mapping of str to str
        Names of pools by their slugs.
    """
    if not found.rows or not found.events:
        return None
    event = found.events[0]
    pools = [row for row in found.rows if row.pool != NETWORK and row.share_before >= _SMALL_SHARE]
    # Without a map there is nothing that the event could say more than.
    learnt = [row for row in pools if event.map_share is not None and not little_learnt(row)]
    learnt = learnt[:_MOST]
    axis = share_axis([row.exposure_share.high for row in learnt])
    place = in_a_sentence(prose(place_name(found.rows[0].place, found.rows[0].country)))
    return ExposurePanel(
        place=place,
        sentence=_sentence(event, place, n_learnt=len(learnt), n_pools=len(pools)),
        axis=axis,
        rows=tuple(_row(row, axis, names) for row in learnt),
    )


def _row(row: Exposure, axis: ShareAxis, names: Mapping[str, str]) -> ExposureRow:
    return ExposureRow(
        name=prose(names.get(row.pool, row.pool)),
        exposure=_share(row.exposure_share),
        by_map=_share(row.prior_exposure_share),
        note=prose(fixed(row.note), limit=400),
        bars=(
            bar(axis, row.prior_exposure_share, kind="before"),
            bar(axis, row.exposure_share),
        ),
        says=translate(
            "{share}; by the map alone {by_map}",
            share=_share(row.exposure_share),
            by_map=_share(row.prior_exposure_share),
        ),
    )


def _sentence(event: Completeness, place: str, *, n_learnt: int, n_pools: int) -> str:
    if event.map_share is None:
        return translate(
            "No map gives the share of {place}, so the event does not show where pools stand.",
            place=place,
        )
    if not n_learnt:
        return translate(
            "For none of the {count} larger pools do the blocks of the event "
            "show more about machines in {place} than the map does.",
            count=count_word(n_pools),
            place=place,
        )
    return translate_plural(
        "For {learnt} of {pools} pool the blocks of the event show more about machines in {place} "
        "than the map alone does.",
        "For {learnt} of {pools} larger pools the blocks of the event show more about machines in "
        "{place} than the map alone does.",
        n_pools,
        learnt=count_word(n_learnt),
        pools=count_word(n_pools),
        place=place,
    )


def _share(interval: Interval) -> str:
    return share_interval(interval, digits=0)
