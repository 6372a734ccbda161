"""Internet addresses from text, a whole column at a time.

What `ipaddress` reads is read alike (its oracle in the test), but for two liberties that logs take:
a zone (``fe80::1%eth0``) is skipped, and an IPv6 address may stand in brackets.
"""

import numpy as np
import polars as pl
from numpy.typing import NDArray

from hashquake.core.kernels import kernel


def text_buffers(cells: pl.Series) -> tuple[NDArray[np.int64], NDArray[np.uint8]]:
    """Return the offsets and the bytes of a column of text; an empty cell is an empty text.

    Parameters
    ----------
    cells : polars.Series, shape (n,)
        Text, or categories of text.

    Returns
    -------
    offsets : array of int64, shape (n + 1,)
        Where each text starts in the bytes, and where the last one ends.
    octets : array of uint8
        UTF-8.
    """
    cells = cells.cast(pl.String).fill_null("")
    offsets = np.zeros(len(cells) + 1, np.int64)
    np.cumsum(cells.str.len_bytes().to_numpy(), out=offsets[1:])
    return offsets, np.frombuffer(cells.str.join("").item().encode(), np.uint8)


@kernel(nogil=True)
def parse_addresses(
    offsets: NDArray[np.int64], octets: NDArray[np.uint8]
) -> tuple[NDArray[np.uint8], NDArray[np.uint64], NDArray[np.uint64]]:
    """Read addresses from text.

    Parameters
    ----------
    offsets, octets : arrays
        As `text_buffers` gives them.

    Returns
    -------
    kind : array of uint8, shape (n,)
        4, 6, or 0 for what is not an address.
    high, low : array of uint64, shape (n,)
        The address's upper and lower 64 bits; an IPv4 address is in `low`. IPv6 addresses that
        carry an IPv4 address (mapped, translated, 6to4) are that address.
    """
    n = len(offsets) - 1
    kind = np.zeros(n, np.uint8)
    high = np.zeros(n, np.uint64)
    low = np.zeros(n, np.uint64)
    words = np.zeros(8, np.uint64)
    for row in range(n):
        at, end = offsets[row], offsets[row + 1]
        while at < end and octets[at] == 32:
            at += 1
        while at < end and octets[end - 1] == 32:
            end -= 1
        is_v4, address = _parse_v4(octets, at, end)
        if is_v4:
            kind[row], low[row] = 4, address
            continue
        if at < end and octets[at] == 91 and octets[end - 1] == 93:
            at, end = at + 1, end - 1
        is_v6, upper, lower = _parse_v6(octets, at, end, words)
        if not is_v6:
            continue
        mapped = upper == 0 and lower >> 32 == 0xFFFF
        translated = upper == 0x0064FF9B00000000 and lower >> 32 == 0
        if mapped or translated:
            kind[row], low[row] = 4, lower & np.uint64(0xFFFFFFFF)
        elif upper >> 48 == 0x2002:
            kind[row], low[row] = 4, (upper >> 16) & np.uint64(0xFFFFFFFF)
        else:
            kind[row], high[row], low[row] = 6, upper, lower
    return kind, high, low


@kernel(nogil=True)
def _parse_v4(octets: NDArray[np.uint8], at: int, end: int) -> tuple[bool, np.uint64]:
    """Read four decimal numbers; leading zeros are refused, as they mean octal to some."""
    address = np.uint64(0)
    value, digits, parts = 0, 0, 0
    for position in range(at, end + 1):
        byte = int(octets[position]) if position < end else 46
        if 48 <= byte <= 57:
            if digits and value == 0:
                return False, np.uint64(0)
            value = value * 10 + (byte - 48)
            digits += 1
            if digits > 3 or value > 255:
                return False, np.uint64(0)
        elif byte == 46 and digits and parts < 4:
            address = (address << np.uint64(8)) | np.uint64(value)
            value, digits = 0, 0
            parts += 1
        else:
            return False, np.uint64(0)
    return parts == 4, address


@kernel(nogil=True)
def _parse_v6(
    octets: NDArray[np.uint8], at: int, end: int, words: NDArray[np.uint64]
) -> tuple[bool, np.uint64, np.uint64]:
    """Read eight words of 16 bits, in which one run of zeros may be left out."""
    words[:] = 0
    count, gap = _read_words(octets, at, _zone_start(octets, at, end), words)
    upper, lower = np.uint64(0), np.uint64(0)
    whole = count == 8 if gap < 0 else 0 <= count <= 7
    if not whole:
        return False, upper, lower
    if gap >= 0:
        moved = count - gap
        for word in range(moved):
            words[7 - word] = words[count - 1 - word]
        words[gap : 8 - moved] = 0
    for word in range(4):
        upper = (upper << np.uint64(16)) | words[word]
        lower = (lower << np.uint64(16)) | words[word + 4]
    return True, upper, lower


@kernel(nogil=True)
def _read_words(
    octets: NDArray[np.uint8], at: int, end: int, words: NDArray[np.uint64]
) -> tuple[int, int]:
    """Read the words written; return their count, -1 if not an address, and where the gap is."""
    count, gap = 0, -1
    if end - at >= 2 and octets[at] == 58 and octets[at + 1] == 58:
        gap = 0
        at += 2
    while at < end:
        stop = at
        while stop < end and octets[stop] != 58:
            stop += 1
        if stop == at and gap < 0 and count:
            # A second colon in a row: the one gap that an address may have.
            gap = count
            at += 1
            continue
        taken = _read_word(octets, at, stop, words, count, stop == end)
        at = stop + 1
        if taken == 0 or at == end:  # nothing, or a colon that nothing follows
            return -1, gap
        count += taken
    return count, gap


@kernel(nogil=True)
def _read_word(
    octets: NDArray[np.uint8],
    at: int,
    stop: int,
    words: NDArray[np.uint64],
    count: int,
    last: bool,
) -> int:
    """Read a word of up to four digits, or two from an IPv4 address at the end; give how many."""
    if last and stop - at > 6 and count <= 6:
        is_v4, tail = _parse_v4(octets, at, stop)
        words[count] = tail >> np.uint64(16)
        words[count + 1] = tail & np.uint64(0xFFFF)
        return 2 if is_v4 else 0
    if not 0 < stop - at <= 4 or count >= 8:
        return 0
    value = np.uint64(0)
    for position in range(at, stop):
        digit = _digit(octets[position])
        if digit > 15:
            return 0
        value = (value << np.uint64(4)) | digit
    words[count] = value
    return 1


@kernel(nogil=True)
def _digit(byte: np.uint8) -> np.uint64:
    """Read a hexadecimal digit; 16 for what is not one."""
    if 48 <= byte <= 57:
        return np.uint64(byte - 48)
    if 97 <= byte <= 102:
        return np.uint64(byte - 87)
    return np.uint64(byte - 55) if 65 <= byte <= 70 else np.uint64(16)


@kernel(nogil=True)
def _zone_start(octets: NDArray[np.uint8], at: int, end: int) -> int:
    """Return where the zone starts, or the end; an empty zone is left for the words to fail on."""
    for position in range(at, end - 1):
        if octets[position] == 37:
            return position
    return end
