"""One sentence and the day it was published, as times are read from it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from hashquake.claims.calendar_windows import day_window, month_window
from hashquake.claims.lexicon import Lexicon
from hashquake.claims.numbers import Number
from hashquake.claims.tokens import Cue
from hashquake.core.times import DAY_S
from hashquake.core.window import Window

_CALENDAR_KINDS = ("month", "day_word", "weekday", "holiday", "spans_h", "rarity_days",
                   "quarters", "seasons", "roles:lowest", "roles:highest")  # fmt: skip
_AHEAD_S = 45 * DAY_S
"""A day without a year may lie so far ahead: a retarget announced, a halving to come."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeNamed:
    """A time that a sentence names.

    Parameters
    ----------
    start, end : int
        Characters.
    window : Window or None
        What it stands for; None where it cannot be determined.
    kind : str
        ``day``, ``month``, ``season``, ``year``, ``clock``, ``span``, ``since``, ``relative``,
        ``rarity`` (how long a value was not reached: "its lowest in two years") or ``unsure``.
    question : str
        What has to be asked; empty where nothing has.
    ends : tuple of Window or None
        Its first and its last part where both are named: "between Tuesday and Thursday".
    named : Window or None
        Of "since": the time named itself.
    shift : tuple of str and int or None
        Where it is counted from another time: the unit and how many of them, negative for earlier.
    """

    start: int
    end: int
    window: Window | None
    kind: str
    question: str = ""
    ends: tuple[Window, Window] | None = None
    named: Window | None = None
    shift: tuple[str, int] | None = None


class TimeReader:
    """One sentence and the day it was published.

    Parameters
    ----------
    text : str
        The sentence.
    cues : sequence of Cue
        Phrases of the lexicon in it.
    numbers : sequence of Number
        Numbers in it.
    lexicon : Lexicon
        Of its language.
    published_s : float or None
        UTC Unix seconds; None where it is not known.
    """

    def __init__(
        self,
        text: str,
        cues: Sequence[Cue],
        numbers: Sequence[Number],
        lexicon: Lexicon,
        published_s: float | None,
    ) -> None:
        self.text = text
        self.lexicon = lexicon
        self.cues = cues
        self.numbers = numbers
        self.published_s = published_s
        self.now = None if published_s is None else datetime.fromtimestamp(published_s, UTC)
        self.by_kind: dict[str, list[Cue]] = {}
        for cue in cues:
            if cue.kind.startswith("time:") or cue.kind in _CALENDAR_KINDS:
                self.by_kind.setdefault(cue.kind, []).append(cue)

    def of(self, kind: str) -> list[Cue]:
        """Return the phrases of a kind.

        Parameters
        ----------
        kind : str
            Such as ``time:last``.
        """
        return self.by_kind.get(kind, [])

    def touching(self, cue: Cue, kind: str) -> Cue | None:
        """Return the phrase of a kind that stands right beside another; None where none does.

        Parameters
        ----------
        cue : Cue
            The other.
        kind : str
            Such as ``time:last``.
        """
        for one in self.of(kind):
            gap = (
                self.text[one.end : cue.start]
                if one.end <= cue.start
                else self.text[cue.end : one.start]
            )
            if (
                (one.end <= cue.start or cue.end <= one.start)
                and not gap.strip(" \u00a0-")
                and len(gap) < 4
            ):
                return one
        return None

    def dated(self, day: int, month: int, year: int | None) -> Window | None:
        """Return a day whose year may be left out: then the last one before publication.

        Parameters
        ----------
        day, month : int
            Of the Gregorian calendar.
        year : int or None
            None where it is not given.
        """
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return None
        if year is not None:
            return day_window(year, month, day)
        if self.now is None:
            return None
        window = day_window(self.now.year, month, day)
        if window is not None and window.start_s > self.now.timestamp() + _AHEAD_S:
            window = day_window(self.now.year - 1, month, day)
        return window

    def month(self, month: int, year: int | None, *, ahead: bool = False) -> Window | None:
        """Return a month whose year may be left out, as `dated` does.

        Parameters
        ----------
        month : int
            From 1.
        year : int or None
            None where it is not given.
        ahead : bool
            Whether the next one is meant instead of the last one.
        """
        if year is not None:
            return month_window(year, month)
        if self.now is None:
            return None
        if ahead:
            return month_window(self.now.year + (month < self.now.month), month)
        return month_window(self.now.year if month <= self.now.month else self.now.year - 1, month)

    def made(self, start: int, end: int, window: Window | None, kind: str) -> TimeNamed:
        """Return a time named; one without a window asks for the day of publication.

        Parameters
        ----------
        start, end : int
            Characters.
        window : Window or None
            What it stands for.
        kind : str
            As of `TimeNamed`.
        """
        question = ""
        if window is None:
            question = (
                f"on which day was this published? {self.text[start:end].strip()} depends on it"
            )
        return TimeNamed(start=start, end=end, window=window, kind=kind, question=question)
