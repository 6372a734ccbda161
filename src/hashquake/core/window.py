"""A stretch of time, half open, in UTC Unix seconds."""

from dataclasses import dataclass

from hashquake.core.errors import UsageError
from hashquake.core.times import format_time


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Window:
    """The half-open stretch ``[start_s, end_s)``.

    Parameters
    ----------
    start_s, end_s : float
        UTC Unix seconds, ``start_s < end_s``.

    Raises
    ------
    UsageError
        ``window-reversed`` when it is empty or runs backwards.
    """

    start_s: float
    end_s: float

    def __post_init__(self) -> None:
        """Refuse an empty window: a rate over it has no meaning."""
        if not self.start_s < self.end_s:
            raise UsageError(
                f"a window must end after it starts, got {format_time(self.start_s)} to "
                f"{format_time(self.end_s)}",
                code="window-reversed",
                hint="exchange start and end, or give a later end",
            )

    @property
    def duration_s(self) -> float:
        """Length in seconds."""
        return self.end_s - self.start_s

    def holds(self, time_s: float) -> bool:
        """Return whether a time lies in the window; its end does not.

        Parameters
        ----------
        time_s : float
            UTC Unix seconds.
        """
        return self.start_s <= time_s < self.end_s

    def overlap(self, other: "Window") -> "Window | None":
        """Return the stretch common to both, or None.

        Parameters
        ----------
        other : Window
            Another window.
        """
        start_s, end_s = max(self.start_s, other.start_s), min(self.end_s, other.end_s)
        return Window(start_s=start_s, end_s=end_s) if start_s < end_s else None

    def __str__(self) -> str:
        """Write it as two ISO times."""
        return f"{format_time(self.start_s)} to {format_time(self.end_s)}"
