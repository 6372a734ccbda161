"""What is known of a network of the Internet besides its readings."""

from dataclasses import dataclass
from typing import Literal

Access = Literal["mobile", "fixed", "both"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AutonomousSystem:
    """What is known of a network, besides its readings.

    Parameters
    ----------
    asn : int
        Its number.
    country : str
        Two letters: where its users are.
    weight_share : float or None
        Its part of the country's users or /24s; None takes it from its signals.
    access : {"mobile", "fixed", "both"} or None
        How its users are connected.
    upstream : str or None
        Through whom it reaches the world.
    """

    asn: int
    country: str
    weight_share: float | None = None
    access: Access | None = None
    upstream: str | None = None

    @property
    def subject(self) -> str:
        """Such as ``asn:9198``."""
        return f"asn:{self.asn}"
