"""Put the pieces together: a record, its sources, one watcher."""

from collections.abc import Callable, Mapping, Sequence
from threading import Event
from typing import TYPE_CHECKING, Any

from hashquake.core import clock
from hashquake.core.contracts import SourceContext
from hashquake.core.errors import RecordError
from hashquake.core.network import MAIN
from hashquake.core.opinion import Change
from hashquake.core.site import Site
from hashquake.datasets.bundled import bundled_epoch_bits
from hashquake.observatory.found_rates import found_rates
from hashquake.observatory.live.plan import read_source, watched_sources
from hashquake.observatory.live.source_task import Options, Stopped
from hashquake.observatory.live.steady_clock import SteadyClock
from hashquake.observatory.live.watcher import Watcher

if TYPE_CHECKING:
    from hashquake.observatory.observatory import Observatory


_RECORD, _CLOCK = "record", "clock"
"""What notes about the record itself and about our clock are said to come from."""


def watch(
    observatory: "Observatory",
    sources: Mapping[str, Options],
    *,
    now_s: Callable[[], float],
    stop: Event,
    on_change: Callable[[Change], None] = lambda _change: None,
    on_tick: Callable[[], None] = lambda: None,
    on_note: Callable[[str, str], None] = lambda _source, _sentence: None,
    transport: Any = None,
    counted_s: Callable[[], float] | None = None,
    sites: Sequence[Site] = (),
) -> None:
    """Watch sources until the stop is set; one process a record.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written.
    sources : mapping of str to mapping
        Options by name of source.
    now_s : callable
        The clock, UTC Unix seconds.
    stop : Event
        Set from anywhere to end; what is being stored is stored whole.
    on_change : callable
        Called with every change, in order, once it is stored.
    on_tick : callable
        Called after everything that came in, and at least every ten seconds.
    on_note : callable
        Called with a source's name and each new sentence that it has for whoever runs it.
    transport : object or None
        Stands for the network in tests.
    counted_s : callable or None
        Seconds that nobody sets, by which a clock that leaps is noticed; None believes the clock.
    sites : sequence of Site
        Of the operator: each change of their status is stated.

    Raises
    ------
    RecordError
        ``record-watched``, ``record-read-only``.
    UsageError
        ``source-none``, ``plugin-unknown``, ``plugin-extra`` or ``option-invalid``.
    """
    if observatory.record.read_only:
        raise RecordError(
            "the record is read-only, so nothing can be watched into it",
            code="record-read-only",
            hint="name a record of your own with --db, such as --db my.db",
        )
    watched = watched_sources(observatory, sources, now_s=now_s)
    said: set[tuple[str, str]] = set()

    def sleep(duration_s: float) -> None:
        if stop.wait(duration_s):
            raise Stopped

    def unless_stopped(read_clock: Callable[[], float]) -> Callable[[], float]:
        # A source that polls and never waits looks at a clock all the same.
        def read() -> float:
            if stop.is_set():
                raise Stopped
            return read_clock()

        return read

    def context(source: str) -> SourceContext:
        def note(sentence: str) -> None:
            if (source, sentence) not in said:
                said.add((source, sentence))
                on_note(source, sentence)

        return SourceContext(
            record=observatory.record,
            now_s=unless_stopped(now_s),
            sleep=sleep,
            monotonic_s=unless_stopped(clock.monotonic_s),
            transport=transport,
            note=note,
            epoch_bits=bundled_epoch_bits() if observatory.network == MAIN else {},
            found_hps=found_rates(observatory.record, now_s),
        )

    steady = (
        None
        if counted_s is None
        else SteadyClock(now_s, counted_s, on_note=lambda sentence: on_note(_CLOCK, sentence))
    )
    with observatory.record.watching() as lock:
        watcher = Watcher(
            observatory,
            watched,
            read=read_source,
            context=context,
            now_s=now_s,
            on_change=on_change,
            stop=stop,
            lock=lock,
            steady=(lambda: True) if steady is None else steady.steady,
            on_note=lambda sentence: on_note(_RECORD, sentence),
            sites=sites,
        )
        watcher.run(on_tick=on_tick)
