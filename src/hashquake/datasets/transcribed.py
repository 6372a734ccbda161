"""What instruments are documented to have seen of outages of which no public series is available.

One TOML file an outage: per instrument the windows and levels its source states, and next to them
where sources disagree. Nothing is added: a window without a statement is not covered. See
``docs/theory/transcribed_readings.md``.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import pairwise
from typing import Any, Literal

from hashquake.core.errors import FormatError, HashquakeError
from hashquake.core.event import Moment
from hashquake.core.reading import Reading
from hashquake.core.subject import parse_subject
from hashquake.core.times import HOUR_S, MINUTE_S
from hashquake.core.window import Window
from hashquake.datasets.toml_fields import address_of, fail, refuse_strangers, text_of, time_s_of

PREFIX = "transcribed:"
"""With which the source of every transcribed reading begins."""
HOLDS_S = HOUR_S
"""For how long a statement that names only a beginning is taken to hold, and no longer."""

State = Literal["dark", "online"]
_STATES: Mapping[str, float] = {"dark": 0.0, "online": 1.0}
_SIGNALS = ("probing", "connectivity", "traffic", "bgp", "telescope")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """What a source states of one window.

    Parameters
    ----------
    window : Window
        Where the source names no end, `HOLDS_S` from the beginning.
    end_stated : bool
        Whether it does.
    state : {"dark", "online"} or None
        Whether there was connectivity, where no level is given.
    level_share : float or None
        The level as a share of the usual.
    url : str
        Where it says so.
    """

    window: Window
    end_stated: bool
    state: State | None
    level_share: float | None
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Instrument:
    """One instrument and everything its source states of one outage.

    Parameters
    ----------
    name, title : str
        Slug; for people.
    subject : str
        ``country:KZ`` or ``asn:44244``.
    signal : str
        What it watches: the first word of its readings' quantity.
    resolution_s : float
        How finely its source tells times; every time is a multiple of it.
    by_eye : bool
        Whether somebody read the times off a chart.
    url, note : str
        The source; what it says and does not say.
    statements : tuple of Statement
        In order of time, disjoint.
    """

    name: str
    title: str
    subject: str
    signal: str
    resolution_s: float
    by_eye: bool
    url: str
    note: str
    statements: tuple[Statement, ...]

    @property
    def source(self) -> str:
        """The source of its readings."""
        return PREFIX + self.name

    @property
    def tells_levels(self) -> bool:
        """Whether its source gives levels, and not only whether there was connectivity."""
        return self.statements[0].level_share is not None

    def readings(self) -> tuple[Reading, ...]:
        """Return a reading for each statement, its usual value 1.

        Returns
        -------
        tuple of Reading
            Quantity such as ``connectivity_share`` where levels are stated. Where only dark and
            online are, such as ``probing_state``: 0 and 1, which are names and not levels.
        """
        unit = "share" if self.tells_levels else "state"
        return tuple(
            Reading(
                subject=self.subject,
                quantity=f"{self.signal}_{unit}",
                window=one.window,
                value=_STATES[one.state or "dark"] if one.level_share is None else one.level_share,
                normal=1.0,
                source=self.source,
            )
            for one in self.statements
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A question on which sources differ, with what each says.

    Parameters
    ----------
    about : str
        The question.
    sides : tuple of tuple of str and str
        Source and what it says, for each side.
    """

    about: str
    sides: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Transcription:
    """One outage as documented.

    Parameters
    ----------
    name, title : str
        The file's name; for people.
    instruments : tuple of Instrument
        As the file lists them.
    disagreements : tuple of Disagreement
        Kept side by side, not settled.
    remarks : tuple of Moment
        What is documented and gives no reading.
    """

    name: str
    title: str
    instruments: tuple[Instrument, ...]
    disagreements: tuple[Disagreement, ...]
    remarks: tuple[Moment, ...]


@lru_cache(maxsize=1)
def load_transcriptions() -> tuple[Transcription, ...]:
    """Read every bundled transcription.

    Returns
    -------
    tuple of Transcription
        By name.

    Raises
    ------
    FormatError
        ``transcription-malformed`` with the file and what is wrong in it.
    """
    folder = resources.files("hashquake.datasets") / "readings"
    files = {
        entry.name.removesuffix(".toml"): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".toml")
    }
    return tuple(read_transcription(files[name], name=name) for name in sorted(files))


@lru_cache(maxsize=1)
def transcribed_readings() -> tuple[Reading, ...]:
    """Return the readings of every bundled transcription, by subject and oldest first."""
    readings = [
        reading
        for transcription in load_transcriptions()
        for instrument in transcription.instruments
        for reading in instrument.readings()
    ]
    return tuple(sorted(readings, key=lambda one: (one.subject, one.window, one.source)))


def transcription_of(source: str, window: Window) -> Transcription | None:
    """Find the transcription that a reading comes from.

    Parameters
    ----------
    source : str
        Of the reading.
    window : Window
        A time that it is about.
    """
    for transcription in load_transcriptions():
        for instrument in transcription.instruments:
            stated = (one.window for one in instrument.statements)
            if instrument.source == source and any(window.overlap(one) for one in stated):
                return transcription
    return None


def read_transcription(text: str, *, name: str) -> Transcription:
    """Read one transcription from TOML.

    Parameters
    ----------
    text : str
        The file's text.
    name : str
        The file's name without its ending.

    Raises
    ------
    FormatError
        ``transcription-malformed``, saying what is wrong.
    """
    try:
        table = tomllib.loads(text)
        refuse_strangers(table, {"title", "instruments", "disagreements", "remarks"}, "the file")
        return Transcription(
            name=name,
            title=text_of(table, "title"),
            instruments=tuple(_instrument(row) for row in table["instruments"]),
            disagreements=tuple(_disagreement(row) for row in table.get("disagreements", ())),
            remarks=tuple(_remark(row) for row in table.get("remarks", ())),
        )
    except KeyError as missing:
        raise _malformed(name, f"{missing} is missing") from None
    except HashquakeError as error:
        raise _malformed(name, error.message) from None
    except (TypeError, ValueError) as error:
        raise _malformed(name, str(error)) from None


def _instrument(row: Mapping[str, Any]) -> Instrument:
    known = {
        "name", "title", "subject", "signal", "resolution_min", "by_eye", "url", "note",
        "statements",
    }  # fmt: skip
    refuse_strangers(row, known, "an instrument")
    name, subject, signal = text_of(row, "name"), text_of(row, "subject"), text_of(row, "signal")
    parse_subject(subject)
    if signal not in _SIGNALS:
        fail(f"{name} watches {signal!r}, which is not one of {', '.join(_SIGNALS)}")
    resolution_s = float(row["resolution_min"]) * MINUTE_S
    url = address_of(row["url"])
    statements = tuple(_statement(one, url) for one in row["statements"])
    if len({one.state is None for one in statements}) != 1:
        fail(f"{name} states levels or states, not both or none")
    for one in statements:
        if one.window.start_s % resolution_s or one.window.end_s % resolution_s:
            fail(f"{name} gives {one.window} more finely than its source does")
    for before, after in pairwise(statements):
        if after.window.start_s < before.window.end_s:
            fail(f"the statements of {name} overlap or are out of order at {after.window}")
    return Instrument(
        name=name,
        title=text_of(row, "title"),
        subject=subject,
        signal=signal,
        resolution_s=resolution_s,
        by_eye=bool(row.get("by_eye", False)),
        url=url,
        note=text_of(row, "note"),
        statements=statements,
    )


def _statement(row: Mapping[str, Any], url: str) -> Statement:
    refuse_strangers(row, {"start", "end", "state", "level_share", "url"}, "a statement")
    start_s = time_s_of(row["start"])
    end_s = time_s_of(row["end"]) if "end" in row else start_s + HOLDS_S
    state, level = row.get("state"), row.get("level_share")
    if (state is None) == (level is None):
        fail("a statement has either a state or a level_share")
    if state is not None and state not in _STATES:
        fail(f"a state is dark or online, not {state!r}")
    if level is not None and not 0.0 <= float(level) <= 1.0:
        fail(f"a level_share must be from 0 to 1, got {level}")
    return Statement(
        window=Window(start_s=start_s, end_s=end_s),
        end_stated="end" in row,
        state=state,
        level_share=None if level is None else float(level),
        url=address_of(row["url"]) if "url" in row else url,
    )


def _disagreement(row: Mapping[str, Any]) -> Disagreement:
    refuse_strangers(row, {"about", "sides"}, "a disagreement")
    sides = tuple((text_of(side, "who"), text_of(side, "says")) for side in row["sides"])
    if len(sides) < 2:
        fail("a disagreement has at least two sides")
    return Disagreement(about=text_of(row, "about"), sides=sides)


def _remark(row: Mapping[str, Any]) -> Moment:
    refuse_strangers(row, {"time", "text", "source"}, "a remark")
    return Moment(
        time_s=time_s_of(row["time"]), text=text_of(row, "text"), source=text_of(row, "source")
    )


def _malformed(name: str, message: str) -> FormatError:
    return FormatError(
        f"the transcription {name} cannot be read: {message}",
        code="transcription-malformed",
        hint="compare it with another file of datasets/readings",
    )
