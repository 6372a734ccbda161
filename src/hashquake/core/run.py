"""How one run of a source ended."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One run of a source.

    Parameters
    ----------
    source : str
        The plugin's name.
    ended_s : float
        When, UTC Unix seconds.
    code, message : str
        The error it ended with; empty when it ended well.
    """

    source: str
    ended_s: float
    code: str = ""
    message: str = ""

    @property
    def failed(self) -> bool:
        """Whether it ended with an error."""
        return bool(self.code)
