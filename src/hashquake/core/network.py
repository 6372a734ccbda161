"""The Bitcoin networks, and the rules in which they differ."""

from dataclasses import dataclass

from hashquake.core.difficulty import DIFFICULTY_1_TARGET, target_of_bits
from hashquake.core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A Bitcoin network.

    Parameters
    ----------
    name : str
        As in a data directory: ``main``, ``testnet4``, ``signet``, ``regtest``.
    rpc_name : str
        As ``getblockchaininfo`` calls it.
    magic : bytes
        The four bytes before each block in a block file.
    pow_limit : int
        The easiest target allowed.
    retargets : bool
        Whether bits follow the plain 2,016-block rule in every block (regtest never retargets,
        the test networks allow exceptional blocks of difficulty 1).
    address_name : str
        The name the address library knows it by.
    """

    name: str
    rpc_name: str
    magic: bytes
    pow_limit: int
    retargets: bool
    address_name: str


NETWORKS = {
    network.name: network
    for network in (
        Network(
            name="main",
            rpc_name="main",
            magic=bytes.fromhex("f9beb4d9"),
            pow_limit=DIFFICULTY_1_TARGET,
            retargets=True,
            address_name="main",
        ),
        Network(
            name="testnet3",
            rpc_name="test",
            magic=bytes.fromhex("0b110907"),
            pow_limit=DIFFICULTY_1_TARGET,
            retargets=False,
            address_name="test",
        ),
        Network(
            name="testnet4",
            rpc_name="testnet4",
            magic=bytes.fromhex("1c163f28"),
            pow_limit=DIFFICULTY_1_TARGET,
            retargets=False,
            address_name="test",
        ),
        Network(
            name="signet",
            rpc_name="signet",
            magic=bytes.fromhex("0a03cf40"),
            pow_limit=target_of_bits(0x1E0377AE),
            retargets=True,
            address_name="signet",
        ),
        Network(
            name="regtest",
            rpc_name="regtest",
            magic=bytes.fromhex("fabfb5da"),
            pow_limit=target_of_bits(0x207FFFFF),
            retargets=False,
            address_name="regtest",
        ),
    )
}
MAIN = NETWORKS["main"]


def network_named(name: str) -> Network:
    """Find a network by its name or by the name its nodes use for it.

    Raises
    ------
    UsageError
        ``network-unknown``.
    """
    for network in NETWORKS.values():
        if name in (network.name, network.rpc_name):
            return network
    raise UsageError(
        f"there is no Bitcoin network {name!r}",
        code="network-unknown",
        hint=f"one of {', '.join(NETWORKS)}",
    )
