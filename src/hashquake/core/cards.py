"""The cards of plugins: what a source, a detector or a scenario states of itself.

A card is readable without importing its plugin: every field is a literal. Plugins import them
from `hashquake.core.contracts`, with what passes between them and the rooms.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceCard:
    """What a source is, readable without importing it: every field is a literal.

    Parameters
    ----------
    name, title : str
        The file's name; a line for people.
    gives : tuple of {"blocks", "readings"}
        What it yields.
    owner, licence : str
        Who runs it, under which terms its data may be used.
    cadence_s, lag_s : float or None
        Time between values, and until a value is out; None when it varies or is a file.
    lags_s : mapping of str to float
        Until a value is out, by the beginning of the quantity's name, where it differs.
    capabilities : tuple of str
        Such as ``hash``, ``coinbase``, ``resume``, ``stale``.
    verified : str
        Against what its shapes were checked; ``unverified`` when never against a real answer.
    extra : str
        The optional dependency it needs, empty when none.
    """

    name: str
    title: str
    gives: tuple[Literal["blocks", "readings"], ...]
    owner: str
    licence: str
    capabilities: tuple[str, ...]
    verified: str
    cadence_s: float | None = None
    lag_s: float | None = None
    lags_s: Mapping[str, float] = field(default_factory=dict)
    extra: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class DetectorCard:
    """What a detector is, readable without importing it: every field is a literal.

    Parameters
    ----------
    name, title : str
        The file's name; a line for people.
    version : int
        Raised with every change that moves a result; thresholds are calibrated per version.
    subjects : tuple of str
        Kinds of subject it works on.
    online : bool
        Whether it can follow the present, or only review the past.
    source : str
        Key of the method in ``docs/refs.bib``.
    signals, quantities : tuple of str
        Of a detector of readings: the signals it judges, such as ``probing``, and beginnings of
        the quantities' names. Empty is all. A quantity that is not a known signal is read where a
        card names it; it is of the first of `signals` then.
    steps_s : (float, float) or None
        The shortest and the longest step of a series that it judges, seconds; None is any.
    history_s : float
        The shortest series that it judges, seconds.
    least_swing_shares : mapping of str to float
        By signal: it judges only series whose typical day swings by so much or more, quiet to
        busy over the usual.
    stated_usual : bool
        Whether it judges only series whose instrument states the usual values.
    rank : int
        Of the detectors whose card suits a series, the one of the highest rank judges it.
    lag_s : float
        For how long after a bin's end its flag is not known, seconds: 0 where a bin is judged by
        itself and by what came before.
    """

    name: str
    title: str
    version: int
    subjects: tuple[str, ...]
    online: bool
    source: str
    signals: tuple[str, ...] = ()
    quantities: tuple[str, ...] = ()
    steps_s: tuple[float, float] | None = None
    history_s: float = 0.0
    least_swing_shares: Mapping[str, float] = field(default_factory=dict)
    stated_usual: bool = False
    rank: int = 0
    lag_s: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class ScenarioCard:
    """What a scenario is, readable without importing it: every field is a literal.

    A scenario plugin offers ``build()``, which gives a `hashquake.forward.scenario.Scenario`.

    Parameters
    ----------
    name, title : str
        The file's name; a line for people. Users write hyphens for underscores.
    version : int
        Raised with every change that moves a result.
    event : str
        The event of the catalog that it retells, empty when none.
    """

    name: str
    title: str
    version: int
    event: str
