"""A mining machine: when it was first delivered, and how much energy a hash costs it."""

from dataclasses import dataclass
from math import isfinite

from hashquake.core.errors import FormatError


@dataclass(frozen=True, slots=True, kw_only=True)
class Machine:
    """A model of mining hardware.

    Parameters
    ----------
    maker, model : str
        As sold; the maker is empty for the generations before machines had names.
    released_s : float
        First delivery, UTC Unix seconds.
    efficiency_j_per_th : float
        Joules for a terahash, at the machine's plug.
    chip_class : str
        ``S7`` or ``S9`` where the machine's chip leaves a known pattern in nonces, else empty.

    Raises
    ------
    FormatError
        ``hardware-efficiency`` when the efficiency is missing or impossible.
    """

    maker: str
    model: str
    released_s: float
    efficiency_j_per_th: float
    chip_class: str = ""

    def __post_init__(self) -> None:
        """Refuse a machine whose energy is not known: it cannot be weighed with the others."""
        if not (isfinite(self.efficiency_j_per_th) and self.efficiency_j_per_th > 0):
            raise FormatError(
                f"{self.maker} {self.model} has the efficiency {self.efficiency_j_per_th} J/TH",
                code="hardware-efficiency",
                hint="give joules a terahash (watts over terahashes a second), or leave it out",
            )
