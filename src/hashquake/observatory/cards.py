"""What the cards of sources and detectors state, hashquake's own and those of installed packages.

The rooms below take it as an argument: they do not look for plugins.
"""

from hashquake.core.source_lags import SourceLags
from hashquake.detect.detector_choice import Detectors, ReadingDetector
from hashquake.plugins import list_plugins, load_plugin

_OF_READINGS = frozenset({"country", "region", "asn"})


def source_lags() -> SourceLags:
    """Return the lags that the cards of the sources state, importing none of them."""
    cards = {info.name: info.card for info in list_plugins("sources")}
    return SourceLags(
        of_source={name: float(card.get("lag_s") or 0.0) for name, card in cards.items()},
        of_quantity={name: card["lags_s"] for name, card in cards.items() if card.get("lags_s")},
    )


def installed_detectors() -> Detectors:
    """Return the detectors that judge readings while they come in.

    Raises
    ------
    HashquakeError
        ``plugin-broken`` or ``plugin-contract`` for one of another package that cannot be used.
    """
    found = []
    for info in list_plugins("detect"):
        if info.card["online"] and set(info.card["subjects"]) <= _OF_READINGS:
            module = load_plugin("detect", info.name)
            found.append(
                ReadingDetector(
                    card=module.CARD,
                    start=module.start,
                    step=module.step,
                    package=info.package,
                )
            )
    return Detectors(members=tuple(found))
