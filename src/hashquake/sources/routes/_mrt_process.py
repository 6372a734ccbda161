"""Read MRT files in a process of their own, so that a file which kills the parser kills no more.

The parser is written in Rust, its files come from anywhere. This module is both ends: imported, it
starts the process and asks it; run with ``-m``, it is the process. What the parser writes to
standard error when it panics is not shown: the error says it in one line.
"""

import importlib.util
import os
from pathlib import Path
from types import TracebackType
from typing import Any, NoReturn, Self

import numpy as np

from hashquake.core.errors import FormatError, HashquakeError, InputError, SourceError
from hashquake.sources.routes._mrt_elements import Elements, read_elements, unreadable
from hashquake.sources.wire.asked_process import AskedProcess, ProcessLostError, serve

_COLUMNS = {"time_s": np.float64, "peer": np.int32, "prefix": np.int32, "origin": np.uint32}
_KINDS = {kind.__name__: kind for kind in (FormatError, InputError, SourceError, HashquakeError)}


class ParserProcess:
    """A process that reads one file after another.

    Raises
    ------
    HashquakeError
        ``plugin-extra`` when the parser is not installed.
    """

    def __init__(self) -> None:
        require_parser()
        self._process = AskedProcess(__name__)

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End the process."""
        self.close()

    def read(self, path: Path) -> Elements:
        """Read a file whole.

        Parameters
        ----------
        path : Path
            An MRT file, packed or not.

        Raises
        ------
        FormatError, InputError, HashquakeError
            As `read_elements` does; ``mrt-unreadable`` also when the parser crashes.
        SourceError
            ``mrt-worker-lost`` when the system ends the process, mostly for lack of memory.
        """
        try:
            self._process.ask(os.fspath(path))
            return self._received()
        except ProcessLostError as error:
            _raise_lost(path, error)

    def close(self) -> None:
        """End the process."""
        self._process.close()

    def _received(self) -> Elements:
        head = self._process.head()
        error = head.get("error")
        if error is not None:
            raise _KINDS[error["kind"]](error["message"], code=error["code"], hint=error["hint"])
        columns: dict[str, Any] = {
            name: np.frombuffer(
                self._process.octets(head["n_routes"] * np.dtype(kind).itemsize), kind
            )
            for name, kind in _COLUMNS.items()
        }
        return Elements(
            is_rib=head["is_rib"],
            peers=[(asn, address) for asn, address in head["peers"]],
            prefixes=head["prefixes"],
            **columns,
        )


def read_apart(path: Path) -> Elements:
    """Read one file in a process started for it; see `ParserProcess.read`.

    Parameters
    ----------
    path : Path
        An MRT file, packed or not.
    """
    with ParserProcess() as process:
        return process.read(path)


def require_parser() -> None:
    """Check that the parser is installed.

    Raises
    ------
    HashquakeError
        ``plugin-extra``.
    """
    try:
        found = importlib.util.find_spec("pybgpkit_parser")
    except ValueError:  # imported, and without a specification
        found = None
    if found is None:
        raise HashquakeError(
            "mrt needs pybgpkit_parser, which is not installed",
            code="plugin-extra",
            hint="install hashquake[bgp]",
        )


def _raise_lost(path: Path, error: ProcessLostError) -> NoReturn:
    if error.from_outside:
        raise SourceError(
            f"the process that read {path} was ended from outside",
            code="mrt-worker-lost",
            hint="is there enough memory? use fewer --workers",
        )
    raise unreadable(path, f"the parser crashed ({error.reason})")


def _answered(path: str) -> tuple[Any, list[bytes]]:
    """Read a file; return its elements' counts and texts, and their columns."""
    try:
        elements = read_elements(Path(path))
    except HashquakeError as error:
        kind = next(name for name, one in _KINDS.items() if isinstance(error, one))
        said = {"message": error.message, "code": error.code, "hint": error.hint}
        return {"error": {"kind": kind, **said}}, []
    head = {
        "is_rib": elements.is_rib,
        "peers": elements.peers,
        "prefixes": elements.prefixes,
        "n_routes": len(elements.origin),
    }
    return head, [getattr(elements, name).tobytes() for name in _COLUMNS]


if __name__ == "__main__":
    serve(_answered)
