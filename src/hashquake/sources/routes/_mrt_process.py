"""Read MRT files in a process of their own, so that a file which kills the parser kills no more.

The parser is written in Rust, its files come from anywhere. This module is both ends: imported, it
starts the process and asks it; run with ``-m``, it is the process. What the parser writes to
standard error when it panics is not shown: the error says it in one line.
"""

import importlib.util
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn, Self

import numpy as np
from numpy.typing import NDArray

from hashquake.core.errors import FormatError, HashquakeError, InputError, SourceError
from hashquake.sources.routes._mrt_elements import Elements, read_elements, unreadable

_LENGTH_BYTES = 8
_COLUMNS = {"time_s": np.float64, "peer": np.int32, "prefix": np.int32, "origin": np.uint32}
_KINDS = {kind.__name__: kind for kind in (FormatError, InputError, SourceError, HashquakeError)}
_STOP_S = 2.0


class ParserProcess:
    """A process that reads one file after another.

    Raises
    ------
    HashquakeError
        ``plugin-extra`` when the parser is not installed.
    """

    def __init__(self) -> None:
        require_parser()
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(  # noqa: S603  our own module, in our own interpreter
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=os.environ | {"PYTHONPATH": paths},
        )

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
        asked, answered = self._process.stdin, self._process.stdout
        if asked is None or answered is None:
            raise ValueError("the process was started without its pipes")
        try:
            asked.write(json.dumps(os.fspath(path)).encode() + b"\n")
            asked.flush()
            return _received(answered)
        except (BrokenPipeError, EOFError):
            self._raise_end(path)

    def close(self) -> None:
        """End the process."""
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                try:
                    pipe.close()
                except BrokenPipeError:  # what was asked last never arrived
                    continue
        try:
            self._process.wait(_STOP_S)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _raise_end(self, path: Path) -> NoReturn:
        status = self._process.wait()
        if -status in {signal.SIGKILL, signal.SIGTERM}:
            raise SourceError(
                f"the process that read {path} was ended from outside",
                code="mrt-worker-lost",
                hint="is there enough memory? use fewer --workers",
            )
        ended = signal.Signals(-status).name if status < 0 else f"status {status}"
        raise unreadable(path, f"the parser crashed ({ended})")


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


def _received(stream: IO[bytes]) -> Elements:
    head = json.loads(_exactly(stream, int.from_bytes(_exactly(stream, _LENGTH_BYTES), "big")))
    error = head.get("error")
    if error is not None:
        raise _KINDS[error["kind"]](error["message"], code=error["code"], hint=error["hint"])
    columns: dict[str, NDArray[Any]] = {
        name: np.frombuffer(_exactly(stream, head["n_routes"] * np.dtype(kind).itemsize), kind)
        for name, kind in _COLUMNS.items()
    }
    return Elements(
        is_rib=head["is_rib"],
        peers=[(asn, address) for asn, address in head["peers"]],
        prefixes=head["prefixes"],
        **columns,
    )


def _exactly(stream: IO[bytes], count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _send(stream: IO[bytes], head: dict[str, Any], columns: list[NDArray[Any]]) -> None:
    text = json.dumps(head).encode()
    stream.write(len(text).to_bytes(_LENGTH_BYTES, "big") + text)
    for column in columns:
        stream.write(column.tobytes())
    stream.flush()


def _serve(asked: IO[bytes], answers: IO[bytes]) -> None:
    """Read the files asked for, one a line, until no more is asked."""
    for line in asked:
        try:
            elements = read_elements(Path(json.loads(line)))
        except HashquakeError as error:
            kind = next(name for name, one in _KINDS.items() if isinstance(error, one))
            said = {"message": error.message, "code": error.code, "hint": error.hint}
            _send(answers, {"error": {"kind": kind, **said}}, [])
            continue
        head = {
            "is_rib": elements.is_rib,
            "peers": elements.peers,
            "prefixes": elements.prefixes,
            "n_routes": len(elements.origin),
        }
        _send(answers, head, [getattr(elements, name) for name in _COLUMNS])


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    _serve(sys.stdin.buffer, sys.stdout.buffer)
