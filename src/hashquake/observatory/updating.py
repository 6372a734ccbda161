"""Bring a record up to the present: what to ask of whom, and one source after the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from hashquake.core.candles import BTC
from hashquake.core.contracts import Progress
from hashquake.core.country import REST
from hashquake.core.errors import HashquakeError, InputError, SourceError
from hashquake.core.network import MAIN
from hashquake.core.times import DAY_S, format_time

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

NODE, SERVICE = "bitcoind_rpc", "mempool_rest"
_FIRST_S = 30 * DAY_S
"""How far back prices and connectivity begin in a record that has none."""
_LONGEST_S = 400 * DAY_S
"""How far back they are filled in; what is older is ingested by hand."""
_LEAST_SHARE = 0.005
"""Countries with less of the world's hash rate are not asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What a source will be asked.

    Parameters
    ----------
    source : str
        The plugin's name.
    options : mapping
        Its options.
    asks : str
        What is asked, and of whom, for people.
    """

    source: str
    options: Mapping[str, Any]
    asks: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Updated:
    """What came of one request.

    Parameters
    ----------
    source : str
        The plugin's name.
    state : {"ok", "down", "refused", "stopped"}
        Read to its end; did not answer; cannot be asked so; stopped by the user.
    blocks_added, readings_added : int
        What was new.
    because : str
        Why it did not end well, with the code; empty where it did.
    """

    source: str
    state: str
    blocks_added: int = 0
    readings_added: int = 0
    because: str = ""


def planned(
    observatory: "Observatory", settings: Mapping[str, Mapping[str, Any]], *, now_s: float
) -> tuple[Request, ...]:
    """Plan what to ask, each source from where the record's series end.

    Parameters
    ----------
    observatory : Observatory
        Of the record.
    settings : mapping of str to mapping
        Options of sources by name. Blocks come from the node where it is among them, else from a
        public service.
    now_s : float
        The present, UTC Unix seconds.

    Returns
    -------
    tuple of Request
        Blocks, prices of bitcoin, connectivity of the countries of the newest map; blocks alone
        in a record of another network than mainnet.
    """
    blocks = _blocks(observatory, settings)
    if observatory.record.network != MAIN:
        return (blocks,)
    return (
        blocks,
        _prices(observatory, settings, now_s=now_s),
        _connectivity(observatory, settings, now_s=now_s),
    )


def updated(
    observatory: "Observatory",
    requests: Iterable[Request],
    *,
    progress: Callable[[Progress], None] = lambda _progress: None,
) -> Iterator[Updated]:
    """Ask one source after the other; one that fails does not keep the others from being asked.

    Parameters
    ----------
    observatory : Observatory
        Of the record to fill. What was read before a fault is kept, and the next update goes on
        from there.
    requests : iterable of Request
        From `planned`.
    progress : callable
        Called with the progress of each source.

    Yields
    ------
    Updated
        As soon as its source has ended.
    """
    for request in requests:
        before = observatory.record.counts()
        state = because = ""
        try:
            result = observatory.ingest(request.source, request.options, progress=progress)
            state = "stopped" if result.partial else "ok"
        except (SourceError, InputError) as error:
            state, because = "down", f"{error.message} [{error.code}]"
        except HashquakeError as error:
            state, because = "refused", f"{error.message} [{error.code}]"
        after = observatory.record.counts()
        yield Updated(
            source=request.source,
            state=state,
            blocks_added=after["blocks"] - before["blocks"],
            readings_added=after["readings"] - before["readings"],
            because=because,
        )
        if state == "stopped":
            return


def _blocks(observatory: "Observatory", settings: Mapping[str, Mapping[str, Any]]) -> Request:
    source = NODE if NODE in settings else SERVICE
    options = settings.get(source, {})
    tip = observatory.record.tip()
    first = 0 if tip is None else tip[0] + 1
    whom = options.get("url") or ("your node" if source == NODE else "https://mempool.space")
    return Request(source=source, options=options, asks=f"blocks from height {first:,} on, {whom}")


def _prices(
    observatory: "Observatory", settings: Mapping[str, Mapping[str, Any]], *, now_s: float
) -> Request:
    options = dict(settings.get("price", {}))
    since_s = _series_end_s(observatory, {BTC}, "price", now_s=now_s)
    options.setdefault("since", format_time(since_s))
    whom = options.get("exchange", "bitstamp")
    return Request(source="price", options=options, asks=f"prices since {options['since']}, {whom}")


def _connectivity(
    observatory: "Observatory", settings: Mapping[str, Mapping[str, Any]], *, now_s: float
) -> Request:
    options = dict(settings.get("ioda", {}))
    if not any(options.get(name) for name in ("country", "asn", "region")):
        options["country"] = ",".join(_map_countries(observatory))
    subjects = {f"country:{one}" for one in str(options.get("country", "")).split(",") if one}
    options.setdefault(
        "since", format_time(_series_end_s(observatory, subjects, "ioda", now_s=now_s))
    )
    n = len(subjects)
    whom = options.get("url", "IODA, Georgia Tech")
    return Request(
        source="ioda",
        options=options,
        asks=f"connectivity of {n} {'country' if n == 1 else 'countries'} since "
        f"{options['since']}, {whom}",
    )


def _map_countries(observatory: "Observatory") -> list[str]:
    from hashquake.catalog.published_maps import published_maps

    newest = max(published_maps(observatory.record), key=lambda one: one.middle_s)
    return sorted(
        place
        for place, share in newest.shares.items()
        if len(place) == 2 and place != REST and share >= _LEAST_SHARE
    )


def _series_end_s(
    observatory: "Observatory", subjects: set[str], source: str, *, now_s: float
) -> float:
    """Return where a source's series end, so that none of them is left with a gap."""
    ends_s: dict[tuple[str, str], float] = {}
    for span in observatory.record.reading_spans():
        if span.subject in subjects and span.source.startswith(source):
            key = (span.subject, span.source)
            ends_s[key] = max(ends_s.get(key, 0.0), span.window.end_s)
    known = min(ends_s.values(), default=now_s - _FIRST_S)
    return min(max(known, now_s - _LONGEST_S), now_s)
