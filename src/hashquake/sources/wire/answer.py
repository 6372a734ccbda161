"""Answers of nodes and services, read with suspicion: wrong types end in an error with a code.

Shared by the sources that speak HTTP.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from hashquake.core.difficulty import target_of_bits
from hashquake.core.errors import ChainError, FormatError, SourceError
from hashquake.core.header import Header, hash_bytes, hash_text, parse_header
from hashquake.core.hostile_text import visible_repr, visible_text
from hashquake.core.network import Network

NO_HASH = bytes(32)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server said: the HTTP status and the body.

    Parameters
    ----------
    status : int
        HTTP status.
    body : bytes
        Unpacked.
    """

    status: int
    body: bytes


def parse_json(answer: Answer, *, what: str) -> Any:
    """Read an answer's body as JSON.

    Parameters
    ----------
    answer : Answer
        What the server said.
    what : str
        What was asked, for the error.

    Raises
    ------
    FormatError
        ``answer-not-json``; ``answer-truncated`` when it begins as JSON and breaks off.
    """
    cut = False
    try:
        text = answer.body.decode("utf-8")
        return json.loads(text, parse_constant=_refuse_constant)
    except json.JSONDecodeError as error:
        cut = text.lstrip()[:1] in ("{", "[") and _breaks_off(text, error)
    except (ValueError, RecursionError):
        pass  # not UTF-8, a number of thousands of digits, nested too deep: no JSON for us
    if cut:
        raise FormatError(
            f"the answer to {what} breaks off after {len(answer.body)} bytes",
            code="answer-truncated",
            hint="try again; a proxy between may limit the length of answers",
        )
    shown = visible_text(answer.body[:200], limit=60).strip()
    page = answer.body.lstrip()[:1] == b"<"
    raise FormatError(
        f"the answer to {what} is not JSON (HTTP {answer.status}): {shown!r}",
        code="answer-not-json",
        hint=("a web page instead of data: " if page else "") + "check the address and its port",
    )


def wrong_shape(what: str, value: Any) -> FormatError:
    """Return the error for a part of an answer that is not what it should be.

    Parameters
    ----------
    what : str
        Which part.
    value : object
        What was found.

    Returns
    -------
    FormatError
        ``answer-shape``, to be raised by the caller.
    """
    found = visible_repr(value)
    return FormatError(
        f"{what} is not what was expected: {found}",
        code="answer-shape",
        hint="is this the right kind of server? please report it if it is",
    )


def as_object(value: Any, what: str) -> Mapping[str, Any]:
    """Take a JSON object.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which part, for messages.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    if not isinstance(value, dict):
        raise wrong_shape(what, value)
    return value


def as_list(value: Any, what: str) -> list[Any]:
    """Take a JSON list.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which part, for messages.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    if not isinstance(value, list):
        raise wrong_shape(what, value)
    return value


def as_int(value: Any, what: str, *, below: int = 1 << 32) -> int:
    """Take a whole number from 0 up to a limit; true and false are not numbers.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which part, for messages.
    below : int
        The number must be less.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    if type(value) is not int or not 0 <= value < below:
        raise wrong_shape(what, value)
    return value


def as_text(value: Any, what: str) -> str:
    """Take a string.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which part, for messages.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    if not isinstance(value, str):
        raise wrong_shape(what, value)
    return value


def as_bytes(value: Any, what: str, *, limit: int | None = None) -> bytes:
    """Take a string of hexadecimal digits as bytes.

    Parameters
    ----------
    value : object
        The value found.
    what : str
        What it should be, for the error.
    limit : int or None
        Bytes of interest: the digits after them are not decoded.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    text = as_text(value, what)
    try:
        return bytes.fromhex(text if limit is None else text[: 2 * limit])
    except ValueError:
        raise wrong_shape(what, text) from None


def as_hash(value: Any, what: str) -> bytes:
    """Take a block hash as people write it.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which part, for messages.

    Raises
    ------
    FormatError
        ``answer-shape`` when it is not a string, ``hash-malformed``.
    """
    return hash_bytes(as_text(value, what))


def as_bits(value: Any, what: str) -> int:
    """Take compact bits in either form: an integer, or hexadecimal digits as Bitcoin Core has them.

    Parameters
    ----------
    value : object
        As JSON has it.
    what : str
        Which part, for messages.

    Raises
    ------
    FormatError
        ``answer-shape``.
    """
    if isinstance(value, str):
        digits = as_bytes(value, what, limit=5)
        if len(digits) != 4:
            raise wrong_shape(what, value)
        return int.from_bytes(digits, "big")
    return as_int(value, what)


def header_of_fields(
    fields: Mapping[str, Any], *, prev: str, merkle_root: str, time: str
) -> Header:
    """Put the 80 bytes of a header together again from its parts, which proves them by the hash.

    Parameters
    ----------
    fields : mapping
        The block as answered, with ``version``, ``bits`` and ``nonce``.
    prev, merkle_root, time : str
        What the server calls these; no previous hash means the first block.

    Raises
    ------
    FormatError
        ``answer-shape``, ``hash-malformed``.
    """
    version = fields.get("version")
    if type(version) is not int or not -(1 << 31) <= version < 1 << 32:
        raise wrong_shape("a block's version", version)
    before = fields.get(prev)
    return parse_header(
        (version & 0xFFFFFFFF).to_bytes(4, "little")
        + (NO_HASH if before is None else as_hash(before, "a previous hash"))
        + as_hash(fields.get(merkle_root), "a merkle root")
        + as_int(fields.get(time), "a header time").to_bytes(4, "little")
        + as_bits(fields.get("bits"), "bits").to_bytes(4, "little")
        + as_int(fields.get("nonce"), "a nonce").to_bytes(4, "little")
    )


def check_header(header: Header, *, asked: bytes, height: int, network: Network) -> None:
    """Check that a header is the one asked for and carries its proof of work.

    Parameters
    ----------
    header : Header
        As answered.
    asked : bytes
        The hash asked for, in hashing order.
    height : int
        The height asked for, for the error.
    network : Network
        Whose easiest target holds.

    Raises
    ------
    SourceError
        ``hash-mismatch``.
    ChainError
        ``pow-failed``.
    InputError
        ``bits-malformed``.
    """
    if header.hash != asked:
        raise SourceError(
            f"asked for block {height} {hash_text(asked)}, the header given hashes to "
            f"{hash_text(header.hash)}",
            code="hash-mismatch",
            hint="the server or something between changes its answers; do not trust it",
        )
    if not header.meets_target or target_of_bits(header.bits) > network.pow_limit:
        raise ChainError(
            f"block {height} {hash_text(header.hash)} has not the work its bits "
            f"{header.bits:#010x} claim",
            code="pow-failed",
            height=height,
            hint=f"is this a block of the network {network.name}?",
        )


def _breaks_off(text: str, error: json.JSONDecodeError) -> bool:
    """Return whether nothing but the end is missing."""
    return not text[error.pos :].strip() or error.msg.startswith("Unterminated string")


def _refuse_constant(name: str) -> Any:
    message = f"{name} is not JSON"
    raise ValueError(message)
