"""The signals around an outage as they were judged, to be drawn."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from hashquake.catalog.outage_search import known_networks
from hashquake.catalog.outages import members_of, whole_of
from hashquake.catalog.signals import Signal, read_signals
from hashquake.core.autonomous_system import AutonomousSystem
from hashquake.core.outage import Outage
from hashquake.core.record import Record
from hashquake.core.times import HOUR_S
from hashquake.core.window import Window
from hashquake.detect.detector_choice import OWN, Detectors
from hashquake.detect.outage_features import WatchedNetwork


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class OutageSignals:
    """What was seen around an outage.

    Parameters
    ----------
    window : Window
        The time around it.
    signals : tuple of Signal
        Of the country, each with the ratio to what is usual; they begin before the window.
    members : tuple of WatchedNetwork
        Of its networks, where they were watched one by one.
    """

    window: Window
    signals: tuple[Signal, ...]
    members: tuple[WatchedNetwork, ...]


def signals_around(
    record: Record,
    outage: Outage,
    *,
    networks: Sequence[AutonomousSystem] | None,
    detectors: Detectors = OWN,
) -> OutageSignals:
    """Return the signals around an outage; see `Observatory.outage_signals`.

    Parameters
    ----------
    record : Record
        Readings.
    outage : Outage
        One outage of a country.
    networks : sequence of AutonomousSystem or None
        Which networks belong to the country; None is those the record implies.
    detectors : Detectors
        Those that judge readings.
    """
    if networks is None:
        networks = known_networks(record, (outage.subject,))
    whole = whole_of(outage)
    margin_s = max(12.0 * HOUR_S, 0.2 * whole.duration_s)
    window = Window(start_s=whole.start_s - margin_s, end_s=whole.end_s + margin_s)
    signals = read_signals(record, outage.subject, window=window, detectors=detectors)
    spoken = [seen for signal in signals for seen in signal.coverage.windows]
    if spoken:
        # Where nothing spoke any more, or not yet, there is nothing to draw.
        edge_s = 0.02 * whole.duration_s
        around = Window(
            start_s=min(seen.start_s for seen in spoken) - edge_s,
            end_s=max(seen.end_s for seen in spoken) + edge_s,
        )
        window = window.overlap(around) or window
    return OutageSignals(
        window=window,
        signals=signals,
        members=members_of(
            record,
            outage.subject,
            networks,
            read=partial(read_signals, record, window=window, detectors=detectors),
        ),
    )
