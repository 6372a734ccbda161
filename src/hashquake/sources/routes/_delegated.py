"""Which country an address or an AS is registered in, from the registries' own files, offline.

The five Internet registries publish *delegated* files (and their extended form), one line a
registration: ``registry|cc|type|start|value|date|status|id``. For IPv4 ``value`` is a count of
addresses, which need not be a power of two; for IPv6 it is a prefix length; for AS numbers a
count.

**Registration is not location.** The country is that of the organisation's registration: its
addresses may be announced and used elsewhere, and satellite, cloud and roaming networks are.
"""

import gzip
import io
import ipaddress
import zlib
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from hashquake.core.errors import FormatError, InputError
from hashquake.core.regular_file import open_regular
from hashquake.sources.routes._registrations import RegisteredRanges, Registrations, Span

_TYPES = ("asn", "ipv4", "ipv6")
_HELD = {"allocated", "assigned"}
_FREE = {"available", "reserved"}
_NOBODY = {"", "ZZ"}
LARGEST_BYTES = 1 << 28
_GZIP_MAGIC = b"\x1f\x8b"


def read_delegated(paths: Sequence[Path]) -> Registrations:
    """Read delegated files of one day, one registry's or all.

    Parameters
    ----------
    paths : sequence of Path
        Text, compressed with gzip or not.

    Raises
    ------
    InputError
        ``file-missing``, ``file-unreadable``.
    FormatError
        As `parse_delegated` does; ``delegated-too-long``.
    """
    return parse_delegated((str(path), _text(path).splitlines()) for path in paths)


def parse_delegated(files: Iterable[tuple[str, Sequence[str]]]) -> Registrations:
    """Read the lines of delegated files.

    Parameters
    ----------
    files : iterable of (str, sequence of str)
        The file's name, for messages, and its lines.

    Raises
    ------
    FormatError
        ``delegated-header`` when a file does not begin as such files do;
        ``delegated-malformed`` with the line; ``delegated-truncated`` when fewer lines stand in a
        file than its summary counts; ``delegated-overlap`` when two lines register the same
        addresses in different countries; ``delegated-empty`` when nothing is registered.

    Examples
    --------
    >>> held = parse_delegated([("sample", (
    ...     "2|ripencc|20220105|2|19830705|20220104|+0000",
    ...     "ripencc|KZ|ipv4|2.72.0.0|524288|20101103|allocated|x",
    ...     "ripencc|KZ|asn|9198|1|19990101|allocated|x",
    ... ))])
    >>> held.asns.countries_of([9198, 1]).tolist()
    ['KZ', '']
    """
    spans: dict[str, list[Span]] = {kind: [] for kind in _TYPES}
    for name, lines in files:
        _read_file(name, lines, spans)
    if not any(spans.values()):
        raise FormatError(
            "the delegated files register nothing in any country",
            code="delegated-empty",
            hint="give the registries' delegated-extended files",
        )
    return Registrations(
        asns=RegisteredRanges.build(spans["asn"], what="AS numbers"),
        ipv4=RegisteredRanges.build(spans["ipv4"], what="IPv4 addresses"),
        ipv6=RegisteredRanges.build(spans["ipv6"], what="IPv6 addresses"),
    )


def _read_file(name: str, lines: Sequence[str], spans: dict[str, list[Span]]) -> None:
    promised: Counter[str] = Counter()
    found: Counter[str] = Counter()
    begun = False
    for number, raw in enumerate(lines, 1):
        line = raw.strip()
        if not line or line.startswith("#"):
            continue
        where = f"line {number} of {name}"
        cells = line.split("|")
        if not begun:
            if len(cells) != 7 or cells[0] not in {"2", "2.3"} or not cells[3].isdecimal():
                raise FormatError(
                    f"{where} is {line[:60]!r}, which begins no delegated file",
                    code="delegated-header",
                    hint="it begins like 2|ripencc|20220105|178284|19830705|20220104|+0000",
                )
            begun = True
        elif cells[-1] == "summary" and len(cells) == 6:
            promised[_kind(cells[2], where)] += _number(cells[4], where)
        elif cells[0] not in {"2", "2.3"}:  # the header of a file joined to this one
            kind = _read_line(cells, where, spans)
            found[kind] += 1
    if not begun:
        raise FormatError(f"{name} is empty", code="delegated-header")
    for kind, count in promised.items():
        if found[kind] < count:
            raise FormatError(
                f"{name} promises {count} lines of {kind} and holds {found[kind]}",
                code="delegated-truncated",
                hint="is the file whole? download it again",
            )


def _read_line(cells: list[str], where: str, spans: dict[str, list[Span]]) -> str:
    if len(cells) < 7:
        raise _malformed(where, f"has {len(cells)} fields, not at least 7")
    country, kind, status = cells[1], _kind(cells[2], where), cells[6]
    if status not in _HELD | _FREE:
        raise _malformed(where, f"has the status {status[:20]!r}")
    first, last = _extent(kind, cells[3], _number(cells[4], where), where)
    if status in _FREE or country in _NOBODY:
        return kind
    if len(country) != 2 or not (country.isascii() and country.isalpha() and country.isupper()):
        raise _malformed(where, f"has the country {country[:20]!r}")
    spans[kind].append(Span(first=first, last=last, country=country, where=where))
    return kind


def _extent(kind: str, start: str, value: int, where: str) -> tuple[int, int]:
    try:
        if kind == "asn":
            first, limit = _number(start, where), 1 << 32
        elif kind == "ipv4":
            first, limit = int(ipaddress.IPv4Address(start)), 1 << 32
        else:
            network = ipaddress.IPv6Network(f"{start}/{value}")
            return int(network.network_address), int(network.broadcast_address)
    except ValueError as error:
        raise _malformed(where, f"has a wrong address: {str(error)[:80]}") from None
    if not 0 < value <= limit - first:
        raise _malformed(where, f"counts {value} from {start[:40]}")
    return first, first + value - 1


def _kind(text: str, where: str) -> str:
    if text not in _TYPES:
        raise _malformed(where, f"is about {text[:20]!r}, not asn, ipv4 or ipv6")
    return text


def _number(text: str, where: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > 12:
        raise _malformed(where, f"has {text[:20]!r} for a number")
    return int(text)


def _malformed(where: str, problem: str) -> FormatError:
    return FormatError(
        f"{where} {problem}",
        code="delegated-malformed",
        hint="a line reads registry|cc|type|start|value|date|status; download the file again",
    )


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            data = file.read(LARGEST_BYTES + 1)
    except FileNotFoundError:
        raise InputError(f"there is no file {path}", code="file-missing") from None
    except OSError as error:
        raise InputError(
            f"{path} cannot be read: {error.strerror}", code="file-unreadable"
        ) from None
    if data.startswith(_GZIP_MAGIC):
        try:
            with gzip.open(io.BytesIO(data)) as packed:
                data = packed.read(LARGEST_BYTES + 1)
        except (OSError, EOFError, zlib.error) as error:
            raise FormatError(
                f"{path} cannot be unpacked: {str(error)[:80]}",
                code="delegated-truncated",
                hint="is the file whole? download it again",
            ) from None
    if len(data) > LARGEST_BYTES:
        raise FormatError(
            f"{path} holds more than {LARGEST_BYTES:,} bytes, ten times what a registry publishes",
            code="delegated-too-long",
            hint="is it a registry's delegated-extended file?",
        )
    return data.decode("utf-8", errors="replace")
