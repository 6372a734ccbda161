"""What is watched, how often, and from where each source goes on."""

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from hashquake.core.contracts import Batch, SourceContext
from hashquake.core.errors import UsageError
from hashquake.core.times import DAY_S, HOUR_S, format_time
from hashquake.observatory.intake import checked_options
from hashquake.observatory.live.source_task import Options, WatchedSource
from hashquake.plugins import list_plugins, load_plugin

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory

_NODE_POLL_S = 10.0
_SERVICE_POLL_S = 60.0
"""A public service is not asked more often."""
_LONGEST_AFTER_STEPS_S = 300.0
_LATE_CADENCES = 6.0
_LEAST_LATE_S = 0.5 * HOUR_S
_SINCE_S = DAY_S
"""How far back a series begins that the record does not have yet."""
_LEAST_SPAN_S = 600.0
"""A series is asked for from so long ago at least: one that ends now, or ahead of a clock that was
put back, would be asked for from the future, which services refuse."""
_NODES = frozenset({"bitcoind_rpc", "bitcoind_zmq"})


def watched_sources(
    observatory: "Observatory", settings: Mapping[str, Options], *, now_s: Any
) -> tuple[WatchedSource, ...]:
    """Return what is to be watched.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    settings : mapping of str to mapping
        Options by name of source: a plugin's name, or with more after a colon where several
        nodes or services of one kind are watched, such as ``bitcoind_rpc:garage``.
    now_s : callable
        The clock, UTC Unix seconds.

    Raises
    ------
    UsageError
        ``source-none`` when there is nothing to watch, ``plugin-unknown``, ``plugin-extra`` or
        ``option-invalid``: what cannot work is refused before anything is started.
    """
    check_named(settings)
    cards = {info.name: info.card for info in list_plugins("sources")}
    found = []
    for name, given in settings.items():
        plugin_name = plugin_of(name)
        plugin = load_plugin("sources", plugin_name)
        checked_options(plugin, name, _with_start(observatory, plugin, name, given, now_s()))
        card = cards[plugin_name]
        cadence_s, lag_s = card.get("cadence_s"), card.get("lag_s") or 0.0
        blocks = "blocks" in card["gives"]
        poll_s = _poll_s(plugin_name, cadence_s, blocks=blocks)
        late_s = None if cadence_s is None else _LATE_CADENCES * cadence_s + lag_s
        found.append(
            WatchedSource(
                name=name,
                options=_options(observatory, plugin, name, given, now_s),
                gives_blocks=blocks,
                poll_s=poll_s,
                # Slower series come some time after their step, and would wait for the next one.
                after_steps=not blocks and poll_s == cadence_s and poll_s <= _LONGEST_AFTER_STEPS_S,
                late_s=None if late_s is None else max(late_s, _LEAST_LATE_S),
            )
        )
    return tuple(found)


def read_source(name: str, options: Options, context: SourceContext) -> Iterator[Batch]:
    """Read a source by name, its options checked; see the source's own `read`.

    Parameters
    ----------
    name : str
        Of the source.
    options : Options
        As given.
    context : SourceContext
        Clock, waiting, and what the record has already.
    """
    plugin = load_plugin("sources", plugin_of(name))
    batches: Iterator[Batch] = plugin.read(checked_options(plugin, name, options), context)
    return batches


def check_named(settings: Mapping[str, Options]) -> None:
    """Refuse what cannot be watched by its name, before a record is opened or made.

    Parameters
    ----------
    settings : mapping of str to mapping
        Options by name of source.

    Raises
    ------
    UsageError
        ``source-none`` when there is nothing to watch, ``plugin-unknown``, ``plugin-extra``.
    """
    if not settings:
        raise UsageError(
            "no source is named, so there is nothing to watch",
            code="source-none",
            hint="name your node: hashquake watch bitcoind_rpc --cookie ~/.bitcoin/.cookie; or "
            "write [sources.bitcoind_rpc] into the settings",
        )
    for name in settings:
        load_plugin("sources", plugin_of(name))


def plugin_of(name: str) -> str:
    """Return the plugin that reads a source.

    >>> plugin_of("bitcoind_rpc:garage")
    'bitcoind_rpc'

    Parameters
    ----------
    name : str
        Of the source, with or without a label after a colon.
    """
    return name.partition(":")[0]


def _poll_s(name: str, cadence_s: float | None, *, blocks: bool) -> float:
    if name in _NODES:
        return _NODE_POLL_S
    return max(_SERVICE_POLL_S, _SERVICE_POLL_S if blocks or cadence_s is None else cadence_s)


def _options(observatory: "Observatory", plugin: Any, name: str, given: Options, now_s: Any) -> Any:
    return lambda: _with_start(observatory, plugin, name, given, now_s())


def _with_start(
    observatory: "Observatory", plugin: Any, name: str, given: Options, now_s: float
) -> dict[str, Any]:
    """Fill in from when a source of readings goes on: where its series in the record end."""
    options = dict(given)
    if "since" in plugin.Options.model_fields and "since" not in options:
        options["since"] = format_time(_series_end_s(observatory, name, now_s))
    return options


def _series_end_s(observatory: "Observatory", name: str, now_s: float) -> float:
    ends_s = [
        span.window.end_s
        for span in observatory.reading_spans()
        if plugin_of(span.source) == plugin_of(name)
    ]
    recent = [end_s for end_s in ends_s if end_s > now_s - _SINCE_S]
    return min(min(recent, default=now_s - _SINCE_S), now_s - _LEAST_SPAN_S)
