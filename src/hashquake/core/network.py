"""The Bitcoin networks, and the rules in which they differ."""

from dataclasses import dataclass, replace

from hashquake.core.difficulty import DIFFICULTY_1_TARGET, target_of_bits
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.times import format_time

_LARGE_SINCE_S = 1_388_534_400.0
_LEAST_MAIN_HPS = 1e15
"""The main network made ten times as many hashes a second when 2014 began, and never less since."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A Bitcoin network.

    Parameters
    ----------
    name : str
        As in a data directory: ``main``, ``testnet4``, ``signet``, ``regtest``.
    rpc_name : str
        As ``getblockchaininfo`` of Bitcoin Core calls it.
    magic : bytes
        The four bytes before each block in a block file.
    genesis : str
        Hash of the first block, as people write it.
    genesis_s : int
        Header time of the first block, UTC Unix seconds.
    pow_limit : int
        The easiest target allowed.
    retargets : bool
        Whether bits follow the plain 2,016-block rule in every block (regtest never retargets,
        the test networks allow exceptional blocks of the easiest target).
    easy_blocks : bool
        Whether a block of the easiest target may follow twenty minutes without one, so that bits
        change inside an epoch.
    bip34_height : int
        Height from which every coinbase must begin with its height.
    key_prefix, script_prefix : int
        Version bytes of base58 addresses that pay to a key hash and to a script hash.
    segwit_prefix : str
        Human-readable part of segregated-witness addresses.
    stands_for_main : bool
        Whether its blocks stand for those that mainnet had at the same time: a rehearsal, to which
        the difficulty, the maps and the events of mainnet apply.
    """

    name: str
    rpc_name: str
    magic: bytes
    genesis: str
    genesis_s: int
    pow_limit: int
    retargets: bool
    easy_blocks: bool
    bip34_height: int
    key_prefix: int
    script_prefix: int
    segwit_prefix: str
    stands_for_main: bool = False

    def __hash__(self) -> int:
        """Hash the name, which no two networks share."""
        return hash(self.name)

    @property
    def has_main_facts(self) -> bool:
        """Whether the maps, prices, machines and events of mainnet are about its blocks."""
        return self.name == "main" or self.stands_for_main


NETWORKS = {
    network.name: network
    for network in (
        Network(
            name="main",
            rpc_name="main",
            magic=bytes.fromhex("f9beb4d9"),
            genesis="000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f",
            genesis_s=1_231_006_505,
            pow_limit=DIFFICULTY_1_TARGET,
            retargets=True,
            easy_blocks=False,
            bip34_height=227_931,
            key_prefix=0x00,
            script_prefix=0x05,
            segwit_prefix="bc",
        ),
        Network(
            name="testnet3",
            rpc_name="test",
            magic=bytes.fromhex("0b110907"),
            genesis="000000000933ea01ad0ee984209779baaec3ced90fa3f408719526f8d77f4943",
            genesis_s=1_296_688_602,
            pow_limit=DIFFICULTY_1_TARGET,
            retargets=False,
            easy_blocks=True,
            bip34_height=21_111,
            key_prefix=0x6F,
            script_prefix=0xC4,
            segwit_prefix="tb",
        ),
        Network(
            name="testnet4",
            rpc_name="testnet4",
            magic=bytes.fromhex("1c163f28"),
            genesis="00000000da84f2bafbbc53dee25a72ae507ff4914b867c565be350b0da8bf043",
            genesis_s=1_714_777_860,
            pow_limit=DIFFICULTY_1_TARGET,
            retargets=False,
            easy_blocks=True,
            bip34_height=1,
            key_prefix=0x6F,
            script_prefix=0xC4,
            segwit_prefix="tb",
        ),
        Network(
            name="signet",
            rpc_name="signet",
            magic=bytes.fromhex("0a03cf40"),
            genesis="00000008819873e925422c1ff0f99f7cc9bbb232af63a077a480a3633bee1ef6",
            genesis_s=1_598_918_400,
            pow_limit=target_of_bits(0x1E0377AE),
            retargets=True,
            easy_blocks=False,
            bip34_height=1,
            key_prefix=0x6F,
            script_prefix=0xC4,
            segwit_prefix="tb",
        ),
        Network(
            name="regtest",
            rpc_name="regtest",
            magic=bytes.fromhex("fabfb5da"),
            genesis="0f9188f13cb7b2c71f2a335e3a4fc328bf5beb436012afca590b1a11466e2206",
            genesis_s=1_296_688_602,
            pow_limit=target_of_bits(0x207FFFFF),
            retargets=False,
            easy_blocks=False,
            bip34_height=1,
            key_prefix=0x6F,
            script_prefix=0xC4,
            segwit_prefix="bcrt",
        ),
    )
}
MAIN = NETWORKS["main"]
CHAINS = tuple(NETWORKS.values())
"""Those that a node or a service can be on."""
REHEARSAL = replace(NETWORKS["regtest"], name="rehearsal", stands_for_main=True)
"""A regtest node plays mainnet's blocks again; see ``docs/how-to/rehearse.md``."""
NETWORKS[REHEARSAL.name] = REHEARSAL

_OTHER_NAMES = {
    "mainnet": "main",
    "bitcoin": "main",
    "testnet": "testnet3",
}
"""What programs other than Bitcoin Core (btcd, bcoin) call the networks."""


def network_named(name: str) -> Network:
    """Find a network by its name or by a name that nodes use for it.

    Parameters
    ----------
    name : str
        Such as ``main``, btcd's ``mainnet``, or Bitcoin Core's ``test``; case is ignored.

    Raises
    ------
    UsageError
        ``network-unknown``.

    Examples
    --------
    >>> network_named("mainnet").name, network_named("test").name
    ('main', 'testnet3')
    """
    plain = name.strip().lower()
    plain = _OTHER_NAMES.get(plain, plain)
    for network in NETWORKS.values():
        if plain in (network.name, network.rpc_name):
            return network
    raise UsageError(
        f"unknown Bitcoin network {visible_text(name, limit=30)!r}",
        code="network-unknown",
        hint=f"one of {', '.join(NETWORKS)}",
    )


def require_main(network: Network, what: str) -> None:
    """Refuse a question that only facts of the main network answer.

    Maps, prices, machines and events are those of mainnet: over blocks of another network they
    would give numbers without a meaning.

    Parameters
    ----------
    network : Network
        Whose blocks the record holds.
    what : str
        What was asked, as the subject of a sentence, such as ``the mining map``.

    Raises
    ------
    UsageError
        ``network-not-main``.
    """
    if not network.has_main_facts:
        raise UsageError(
            f"{what} rests on facts of the main network, and the record holds blocks of "
            f"{network.name}",
            code="network-not-main",
            hint="use a record of the main network, such as --db bundled",
        )


def require_steady_bits(network: Network, what: str) -> None:
    """Refuse a method that needs one difficulty an epoch.

    Parameters
    ----------
    network : Network
        Whose blocks the record holds.
    what : str
        What was asked, as the subject of a sentence, such as ``the filter``.

    Raises
    ------
    UsageError
        ``no-retargets``.
    """
    if network.easy_blocks:
        raise UsageError(
            f"{what} needs a difficulty that changes at retargets alone; {network.name} lets a "
            "block of the easiest target follow twenty minutes without one",
            code="no-retargets",
            hint="hashquake rate measures the work of all blocks over time",
        )


def require_main_rate(hashrate_hps: float, at_s: float, what: str) -> None:
    """Refuse facts of the main network for a hash rate that cannot be its.

    A table of blocks does not say of which network they are.

    Parameters
    ----------
    hashrate_hps : float
        Of the record at that time, hashes a second.
    at_s : float
        UTC Unix seconds.
    what : str
        What was asked, as the subject of a sentence, such as ``the mining map``.

    Raises
    ------
    UsageError
        ``network-not-main``.
    """
    if at_s >= _LARGE_SINCE_S and hashrate_hps < _LEAST_MAIN_HPS:
        raise UsageError(
            f"{what} rests on facts of the main network, and {hashrate_hps:.3g} hashes a second "
            f"cannot be its hash rate of {format_time(at_s)[:10]}",
            code="network-not-main",
            hint="the blocks are of another network: make a record for it with "
            "hashquake init --network NAME",
        )
