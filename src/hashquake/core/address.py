"""The address an output pays to, as people write it."""

from functools import lru_cache

from embit.networks import NETWORKS as EMBIT_NETWORKS
from embit.script import Script

from hashquake.core.network import MAIN, Network


@lru_cache(maxsize=16_384)  # a pool pays the same script for months, and encoding takes 0.2 ms
def address_of_script(script: bytes, network: Network = MAIN) -> str | None:
    """Give the address of an output script, or None where it has none.

    Parameters
    ----------
    script : bytes
        A scriptPubKey.
    network : Network
        Whose prefixes to use.

    Examples
    --------
    >>> address_of_script(bytes.fromhex("0014") + bytes(20))
    'bc1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq9e75rs'
    """
    parsed = Script(script)
    if parsed.script_type() is None:
        return None
    return str(parsed.address(EMBIT_NETWORKS[network.address_name]))
