"""A country's grid, its power plants, and what an authority said of mining on them."""

from dataclasses import dataclass

from hashquake.core.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Grid:
    """What a country's grid made in a year.

    Parameters
    ----------
    country : str
        Two letters; ``ZZ`` is the world.
    carbon_g_per_kwh : float or None
        Emissions of a kilowatt hour, grams of CO2 equivalent; None where not known.
    carbon_year : int or None
        The year it is of: the asked one, or the last known before it.
    generation_mw : float or None
        Mean power generated over the year; None where not known.
    generation_year : int or None
        The year it is of.
    """

    country: str
    carbon_g_per_kwh: float | None
    carbon_year: int | None
    generation_mw: float | None
    generation_year: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredPower:
    """What an authority said of the power of mining in its country.

    Parameters
    ----------
    country : str
        Two letters.
    window : Window
        When the figures are taken to hold.
    registered_mw : float
        Power of registered miners.
    claimed_unregistered_mw : tuple of float
        Lowest and highest figure named for the others.
    claimed_capacity_share : float
        Both together as a part of the national capacity, as claimed.
    note : str
        What was said.
    sources : tuple of str
        Addresses.
    """

    country: str
    window: Window
    registered_mw: float
    claimed_unregistered_mw: tuple[float, float]
    claimed_capacity_share: float
    note: str
    sources: tuple[str, ...]

    @property
    def implied_capacity_mw(self) -> float:
        """The national capacity of which both parts are the claimed share."""
        both_mw = self.registered_mw + self.claimed_unregistered_mw[1]
        return both_mw / self.claimed_capacity_share


@dataclass(frozen=True, slots=True, kw_only=True)
class Capacity:
    """The power plants of a country.

    Parameters
    ----------
    country : str
        Two letters.
    window : Window
        When the figures hold.
    installed_mw, available_mw : float
        By nameplate, and fit to run.
    sources : tuple of str
        Addresses.
    """

    country: str
    window: Window
    installed_mw: float
    available_mw: float
    sources: tuple[str, ...]
