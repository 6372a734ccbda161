"""A made-up country's networks: heavy-tailed sizes, mobile or fixed, behind shared upstreams."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import UsageError

Floats = NDArray[np.float64]
PRIVATE_ASN = 4_200_000_000
"""First of the AS numbers for private use (RFC 6996): no simulated network bears a real one."""
MOBILE_SLASH24S_PER_USER = 0.3
"""Addresses of a mobile network relative to a fixed one of as many users, who share them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SimulatedNetwork:
    """One autonomous system.

    Parameters
    ----------
    asn : int
        Its number.
    slash24s : int
        IPv4 blocks of 256 addresses that it announces, at least 1.
    users_share : float
        The part of the country's users behind it.
    mobile : bool
        Whether its users are on phones.
    upstream_asn : int
        Through whom it reaches the world.
    """

    asn: int
    slash24s: int
    users_share: float
    mobile: bool
    upstream_asn: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Country:
    """The networks of a country.

    Parameters
    ----------
    code : str
        Two capital letters.
    utc_offset_s : float
        Local time minus UTC; there is no summer time.
    networks : tuple of SimulatedNetwork
        Largest first by users; their shares of users sum to 1.

    Raises
    ------
    UsageError
        ``country-networks`` when there is none, or their shares do not sum to 1.
    """

    code: str
    utc_offset_s: float
    networks: tuple[SimulatedNetwork, ...]

    def __post_init__(self) -> None:
        """Refuse shares that are no shares."""
        total_share = sum(network.users_share for network in self.networks)
        if not self.networks or abs(total_share - 1.0) > 1e-6:
            raise UsageError(
                f"{len(self.networks)} networks hold {total_share:g} of the country's users",
                code="country-networks",
                hint="give at least one network, and shares of users that sum to 1",
            )

    @property
    def users_shares(self) -> Floats:
        """Shares of users, shape (networks,)."""
        return np.array([network.users_share for network in self.networks])

    @property
    def slash24s(self) -> Floats:
        """Announced blocks, shape (networks,)."""
        return np.array([float(network.slash24s) for network in self.networks])

    @property
    def mobile(self) -> NDArray[np.bool_]:
        """Which networks are mobile, shape (networks,)."""
        return np.array([network.mobile for network in self.networks])


def draw_country(
    rng: np.random.Generator,
    *,
    code: str = "XX",
    utc_offset_s: float = 0.0,
    n_networks: int = 30,
    n_upstreams: int = 3,
    slash24s: float = 10_000.0,
) -> Country:
    """Draw a country whose sizes follow Zipf's law, with one mobile network among the first three.

    Parameters
    ----------
    rng : numpy Generator
        Source of randomness.
    code : str
        Two capital letters; ``XX`` belongs to no country.
    utc_offset_s : float
        Local time minus UTC.
    n_networks, n_upstreams : int
        How many; the first upstream serves about half of the networks.
    slash24s : float
        About how many blocks the country announces.

    Returns
    -------
    Country
        Numbered from the private AS numbers, the upstreams first.
    """
    sizes = np.arange(1, n_networks + 1) ** -1.1 * np.exp(0.3 * rng.standard_normal(n_networks))
    shares = np.sort(sizes / sizes.sum())[::-1]
    mobile = rng.random(n_networks) < 0.2
    mobile[int(rng.integers(min(3, n_networks)))] = True
    if mobile[:3].all() and n_networks > 1:
        mobile[int(rng.integers(min(3, n_networks)))] = False
    per_user = np.exp(0.5 * rng.standard_normal(n_networks))
    blocks = shares * per_user * np.where(mobile, MOBILE_SLASH24S_PER_USER, 1.0)
    blocks = np.maximum(1, np.rint(slash24s * blocks / blocks.sum())).astype(np.int64)
    odds = np.full(n_upstreams, 0.5 / max(1, n_upstreams - 1))
    odds[0] = 0.5
    upstreams = rng.choice(n_upstreams, size=n_networks, p=odds / odds.sum())
    return Country(
        code=code,
        utc_offset_s=utc_offset_s,
        networks=tuple(
            SimulatedNetwork(
                asn=PRIVATE_ASN + n_upstreams + k,
                slash24s=int(blocks[k]),
                users_share=float(shares[k]),
                mobile=bool(mobile[k]),
                upstream_asn=PRIVATE_ASN + int(upstreams[k]),
            )
            for k in range(n_networks)
        ),
    )
