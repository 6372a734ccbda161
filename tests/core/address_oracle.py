"""Read addresses back, the reference way: what an encoder must agree with.

Written after the specifications in BIP 173 and BIP 350 (their checksum equations) and the base58
description of BIP 13; it shares no code with `hashquake.core.address`.
"""

from hashlib import sha256

BASE58 = "123456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz"
BECH32 = "qpzry9x8gf2tvdw0s3jn54khce6mua7l"
GENERATORS = (0x3B6A57B2, 0x26508E6D, 0x1EA119FA, 0x3D4233DD, 0x2A1462B3)


def script_of_address(address: str) -> bytes:
    """Return the output script an address stands for, or raise ValueError."""
    if address.lower().startswith(("bc1", "tb1", "bcrt1")):
        return script_of_segwit(address)
    number = 0
    for digit in address:
        number = number * 58 + BASE58.index(digit)
    raw = number.to_bytes(25, "big")
    payload, check = raw[:21], raw[21:]
    if sha256(sha256(payload).digest()).digest()[:4] != check:
        raise ValueError(address)
    if payload[0] in (0x00, 0x6F):
        return b"\x76\xa9\x14" + payload[1:] + b"\x88\xac"
    if payload[0] in (0x05, 0xC4):
        return b"\xa9\x14" + payload[1:] + b"\x87"
    raise ValueError(address)


def script_of_segwit(address: str) -> bytes:
    """Return the output script of a segregated-witness address."""
    if address not in (address.lower(), address.upper()):
        raise ValueError(address)
    prefix, _, rest = address.lower().rpartition("1")
    digits = [BECH32.index(character) for character in rest]
    values = [ord(c) >> 5 for c in prefix] + [0] + [ord(c) & 31 for c in prefix] + digits
    check = 1
    for value in values:
        top, check = check >> 25, (check & 0x1FFFFFF) << 5 ^ value
        for at in range(5):
            check ^= GENERATORS[at] if top >> at & 1 else 0
    version, *program = digits[:-6]
    if check != (0x2BC830A3 if version else 1):
        raise ValueError(address)
    bits = "".join(f"{digit:05b}" for digit in program)
    n_bytes = len(bits) // 8
    if any(bit == "1" for bit in bits[8 * n_bytes :]) or len(bits) - 8 * n_bytes > 4:
        raise ValueError(address)
    raw = bytes(int(bits[8 * at : 8 * at + 8], 2) for at in range(n_bytes))
    if not 2 <= len(raw) <= 40 or (version == 0 and len(raw) not in (20, 32)) or version > 16:
        raise ValueError(address)
    return bytes([0x50 + version if version else 0, len(raw)]) + raw
