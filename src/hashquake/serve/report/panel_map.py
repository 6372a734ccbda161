"""Where hash rate sat when the event began: as known on the day, and as known today."""

from dataclasses import dataclass

from hashquake.core.interval import Interval
from hashquake.core.times import DAY_S
from hashquake.explain.mining_table import REDIRECTED, CountryRow, MapTable
from hashquake.observatory.event_context import EventContext
from hashquake.serve.format import percent, prose, share_interval
from hashquake.serve.format_times import date
from hashquake.serve.geography.numbers import LEVEL, megawatts, months, rate_text
from hashquake.serve.language import number, translate
from hashquake.serve.place_names import country_name, in_a_sentence
from hashquake.serve.report.share_axis import Bar, ShareAxis, bar, share_axis

_MOST = 7


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaceRow:
    """One place's line of the map.

    Parameters
    ----------
    rank : str
        Its rank as known today, or on the day where nothing else is known.
    name : str
        In words.
    struck : bool
        Whether it is the event's.
    then, now : str
        Shares with intervals; empty where the map of that time does not name it.
    detail : str
        Hash rate and power, and what makes the share doubtful.
    bars : tuple of Bar
        As known on the day under as known today.
    diamond : float or None
        The published share, in percent of the axis.
    says : str
        The row in words.
    """

    rank: str
    name: str
    struck: bool
    then: str
    now: str
    detail: str
    bars: tuple[Bar, ...]
    diamond: float | None
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapPanel:
    """Where hash rate sat when the event began.

    Parameters
    ----------
    sentence : str
        The struck place: share and rank, then and now.
    vintages : tuple of str
        Which maps these are.
    axis : ShareAxis
        Of the bars.
    rows, provinces : tuple of PlaceRow
        Countries; and provinces of the event's country, where a map tells them.
    """

    sentence: str
    vintages: tuple[str, ...]
    axis: ShareAxis
    rows: tuple[PlaceRow, ...]
    provinces: tuple[PlaceRow, ...]


def map_panel(around: EventContext, *, country: str | None, place: str) -> MapPanel | None:
    """Set the maps of an event out; None where no map is known.

    Parameters
    ----------
    around : EventContext
        With the maps.
    country : str or None
        The event's; its row stands out and is shown however small.
    place : str
        The event's place in words, by which its province is found.
    """
    then, now = around.map_then, around.map_now
    newest = now or then
    if newest is None:
        return None
    chosen = _chosen(newest, {country})
    struck_provinces = (
        {row.country for row in around.provinces.rows if _province(row.country) in place}
        if around.provinces is not None and place
        else set()
    )
    provinces = () if around.provinces is None else _chosen(around.provinces, struck_provinces)
    earlier = {} if then is None or now is None else {row.country: row for row in then.rows}
    axis = share_axis(
        [
            row.share.interval(LEVEL).high
            for row in (
                *chosen,
                *provinces,
                *(earlier[one.country] for one in chosen if one.country in earlier),
            )
        ]
    )
    rows = tuple(
        _row(
            row,
            earlier.get(row.country),
            axis,
            name=country_name(row.country),
            struck=row.country == country,
        )
        for row in chosen
    )
    within = tuple(
        _row(row, None, axis, name=_province(row.country), struck=row.country in struck_provinces)
        for row in provinces
    )
    alone = [
        translate(
            " {name} alone had {now} of the world\N{RIGHT SINGLE QUOTATION MARK}s.",
            name=row.name,
            now=row.now,
        )
        for row in within
        if row.struck
    ]
    return MapPanel(
        sentence=_sentence(then, now, country) + "".join(alone),
        vintages=_vintages(then, now),
        axis=axis,
        rows=rows,
        provinces=within,
    )


def _province(code: str) -> str:
    from hashquake.datasets.mining_map import place_names

    return place_names().get(code, code)


def _chosen(table: MapTable, struck: "set[str | None] | set[str]") -> tuple[CountryRow, ...]:
    """Take the largest places and the struck one, in order of their shares."""
    listed = [row for row in table.rows if row.rank is not None]
    return tuple(row for at, row in enumerate(listed) if at < _MOST or row.country in struck)


def _row(
    row: CountryRow, earlier: CountryRow | None, axis: ShareAxis, *, name: str, struck: bool
) -> PlaceRow:
    share = row.share.interval(LEVEL)
    before = None if earlier is None else earlier.share.interval(LEVEL)
    doubt = [translate("inflated by VPN")] if REDIRECTED in row.flags else []
    worth = [] if row.hashrate_hps is None else [rate_text(row.hashrate_hps).partition(" [")[0]]
    worth += [] if row.power_mw is None else [megawatts(row.power_mw.median)]
    bars = [] if before is None else [bar(axis, before, kind="before")]
    shown = share_interval(share, digits=_digits(share))
    then = "" if before is None else share_interval(before, digits=_digits(before))
    return PlaceRow(
        rank="" if row.rank is None else f"{row.rank}",
        name=prose(name),
        struck=struck,
        then=then,
        now=shown,
        detail=", ".join((*worth, *doubt)),
        bars=(*bars, bar(axis, share)),
        diamond=axis.at(row.published_share),
        says=f"{name}: {shown}"
        + (translate("; as known on the day {then}", then=then) if then else ""),
    )


def _digits(share: Interval) -> int:
    return 1 if share.high < 0.1 else 0


def _sentence(then: MapTable | None, now: MapTable | None, country: str | None) -> str:
    newest = now or then
    if newest is None:
        return ""
    if country is None:
        first = newest.rows[0]
        leader = in_a_sentence(country_name(first.country))
        return translate(
            "The event has no country. {leader} had the largest share of hash rate then, {share}.",
            leader=f"{leader[:1].upper()}{leader[1:]}",
            share=percent(first.published_share),
        )
    name = in_a_sentence(country_name(country))
    found, earlier = _of(now, country), _of(then, country)
    best = found or earlier
    if best is None:
        return translate("No map names {name}, so its share is not known.", name=name)
    text = translate("{name} had {had}.", name=f"{name[:1].upper()}{name[1:]}", had=_had(best))
    if found is None or earlier is None:
        return text
    share = earlier.share.interval(LEVEL)
    shown = share_interval(share, digits=_digits(share))
    return translate("{text} The map available on the day said {shown}.", text=text, shown=shown)


def _of(table: MapTable | None, country: str) -> CountryRow | None:
    rows = () if table is None else table.rows
    return next((row for row in rows if row.country == country), None)


def _had(row: CountryRow) -> str:
    share = row.share.interval(LEVEL)
    ranked = "" if row.rank is None else translate(", rank {rank}", rank=row.rank)
    return translate(
        "{share} of hash rate{ranked}",
        share=share_interval(share, digits=_digits(share)),
        ranked=ranked,
    )


def _vintages(then: MapTable | None, now: MapTable | None) -> tuple[str, ...]:
    lines = []
    if then is not None:
        lines.append(
            translate("As known on {date}: {map}", date=date(then.law.as_of_s), map=_law(then))
        )
    if now is not None:
        lines.append(translate("As known today: {map}", map=_law(now)))
    return tuple(lines)


def _law(table: MapTable) -> str:
    law = table.law
    ago = (law.at_s - max(window.end_s for window in law.windows)) / DAY_S
    old = translate(", {ago} months before", ago=number(f"{ago / 30.4:.0f}")) if ago > 45 else ""
    return translate(
        "map of {publisher} for {months}{old}, published {date}.",
        publisher=prose(law.publisher),
        months=months(law.windows),
        old=old,
        date=date(law.vintage_s),
    )
