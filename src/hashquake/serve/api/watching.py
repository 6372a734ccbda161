"""The watcher next to the server: one thread that writes, while others read."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

from hashquake.core import clock
from hashquake.core.site import Site
from hashquake.observatory import Observatory
from hashquake.observatory.live.start import watch


@contextmanager
def watching_beside(
    observatory: Observatory,
    sources: Mapping[str, dict[str, Any]],
    *,
    note: Callable[[str], None],
    ended: Callable[[], None],
    sites: Sequence[Site] = (),
) -> Iterator[Event]:
    """Watch sources in a thread while the block runs, and let it finish what it is storing.

    Parameters
    ----------
    observatory : Observatory
        Of the record that is written; nobody else uses it.
    sources : mapping of str to dict
        Options by name of source.
    note : callable
        Called with each sentence that a source has for whoever runs it.
    ended : callable
        Called when the watcher ends, wanted or not.
    sites : sequence of Site
        Of the operator.

    Yields
    ------
    Event
        Set it to end the watcher.

    Raises
    ------
    HashquakeError
        At the end of the block: why the watcher ended by itself.
    """
    stop = Event()
    faults: list[BaseException] = []

    def run() -> None:
        try:
            watch(
                observatory,
                sources,
                now_s=clock.now_s,
                counted_s=clock.counted_s,
                stop=stop,
                sites=sites,
                on_note=lambda source, sentence: note(f"{source}: {sentence}"),
            )
        except BaseException as fault:  # noqa: BLE001  handed on to who waits for the thread
            faults.append(fault)
        finally:
            ended()

    thread = Thread(target=run, name="watcher")
    thread.start()
    try:
        yield stop
    finally:
        stop.set()
        thread.join()
    if faults:
        raise faults[0]
