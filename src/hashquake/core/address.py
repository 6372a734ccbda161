"""The address an output pays to, as people write it.

Source: BIP 13 and BIP 16 (base58 with a checksum), BIP 141 (witness programs), BIP 173 and BIP 350
(bech32 and bech32m).
"""

from functools import lru_cache, reduce
from hashlib import sha256
from operator import xor

from hashquake.core.network import MAIN, Network

_BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
_BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
_GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)
_FOLDED = tuple(
    reduce(xor, (generator for at, generator in enumerate(_GENERATORS) if top >> at & 1), 0)
    for top in range(32)
)
"""What the five highest bits of a checksum under way add to it, for each of their values."""
_BECH32_CHECK, _BECH32M_CHECK = 1, 0x2BC830A3
_OP_1, _OP_16 = 0x51, 0x60


@lru_cache(maxsize=1 << 16)  # a pool pays the same script for months
def address_of_script(script: bytes, network: Network = MAIN) -> str | None:
    """Return the address of an output script, or None where it has none.

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
    >>> address_of_script(bytes.fromhex("76a914") + bytes(20) + bytes.fromhex("88ac"))
    '1111111111111111111114oLvT2'
    """
    size = len(script)
    if size == 25 and script.startswith(b"\x76\xa9\x14") and script.endswith(b"\x88\xac"):
        return _base58(bytes([network.key_prefix]) + script[3:23])
    if size == 23 and script.startswith(b"\xa9\x14") and script.endswith(b"\x87"):
        return _base58(bytes([network.script_prefix]) + script[2:22])
    if not 4 <= size <= 42 or script[1] != size - 2:
        return None
    if script[0] == 0:
        return _segwit(network.segwit_prefix, 0, script[2:]) if size in (22, 34) else None
    if _OP_1 <= script[0] <= _OP_16:
        return _segwit(network.segwit_prefix, script[0] - _OP_1 + 1, script[2:])
    return None


def _base58(payload: bytes) -> str:
    raw = payload + sha256(sha256(payload).digest()).digest()[:4]
    number, digits = int.from_bytes(raw, "big"), ""
    while number:
        number, digit = divmod(number, 58)
        digits = _BASE58[digit] + digits
    return "1" * (len(raw) - len(raw.lstrip(b"\0"))) + digits


def _segwit(prefix: str, version: int, program: bytes) -> str:
    # Five bits a digit, zero bits filling the last one.
    n_digits = -(-len(program) * 8 // 5)
    number = int.from_bytes(program, "big") << (n_digits * 5 - len(program) * 8)
    digits = [version, *(number >> 5 * at & 31 for at in reversed(range(n_digits)))]
    spread = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix]
    constant = _BECH32M_CHECK if version else _BECH32_CHECK
    check = _polymod([*spread, *digits, 0, 0, 0, 0, 0, 0]) ^ constant
    digits += [check >> 5 * at & 31 for at in reversed(range(6))]
    return prefix + "1" + "".join(_BECH32[digit] for digit in digits)


def _polymod(digits: list[int]) -> int:
    check = 1
    for digit in digits:
        check = (check & 0x1FFFFFF) << 5 ^ digit ^ _FOLDED[check >> 25]
    return check
