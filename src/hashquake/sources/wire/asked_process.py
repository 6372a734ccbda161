"""A process of our own that reads a foreign file, so that a file which kills it kills no more.

It is asked with a line of JSON at a time and answers with bytes. What its libraries write to
standard error when they crash is not shown: whoever asked says it in one line.
"""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import Any, Self

_STOP_S = 2.0
_LENGTH_BYTES = 8


class ProcessLostError(Exception):
    """The process ended before it answered.

    Parameters
    ----------
    reason : str
        Its last signal or its status.
    from_outside : bool
        Whether another program, or the system for lack of memory, ended it.
    """

    def __init__(self, reason: str, *, from_outside: bool) -> None:
        super().__init__(reason)
        self.reason, self.from_outside = reason, from_outside


class AskedProcess:
    """Start a module of ours as a process.

    Parameters
    ----------
    module : str
        Its full name; run with ``-m`` it calls `serve`.
    """

    def __init__(self, module: str) -> None:
        paths = os.pathsep.join(path for path in sys.path if path)
        self._process = subprocess.Popen(  # noqa: S603  our own module, in our own interpreter
            [sys.executable, "-m", module],
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

    def ask(self, question: Any) -> None:
        """Send a question.

        Parameters
        ----------
        question : Any
            What JSON can hold.

        Raises
        ------
        ProcessLostError
            When the process has ended.
        """
        if self._process.stdin is None:
            raise ValueError("the process was started without its pipes")
        try:
            self._process.stdin.write(json.dumps(question).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._lost() from None

    def head(self) -> Any:
        """Return the head of the next answer, of which `octets` reads the rest.

        Raises
        ------
        ProcessLostError
            When the process has ended.
        """
        return json.loads(self.octets(int.from_bytes(self.octets(_LENGTH_BYTES), "big")))

    def octets(self, count: int) -> bytes:
        """Return the next bytes of an answer.

        Parameters
        ----------
        count : int
            How many.

        Raises
        ------
        ProcessLostError
            When the process has ended.
        """
        if self._process.stdout is None:
            raise ValueError("the process was started without its pipes")
        found = self._process.stdout.read(count)
        if len(found) < count:
            raise self._lost()
        return found

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return self._process.poll() is None

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

    def _lost(self) -> ProcessLostError:
        status = self._process.wait()
        ended = signal.Signals(-status).name if status < 0 else f"status {status}"
        from_outside = -status in {signal.SIGKILL, signal.SIGTERM}
        return ProcessLostError(ended, from_outside=from_outside)


def serve(answer: Callable[[Any], tuple[Any, Sequence[bytes]]]) -> None:
    """Answer the questions on standard input, in the process, until no more are asked.

    Parameters
    ----------
    answer : callable
        Takes a question; returns the head of the answer, which JSON can hold, and the bytes that
        follow.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who asks
    answers = sys.stdout.buffer
    for line in sys.stdin.buffer:
        head, octets = answer(json.loads(line))
        text = json.dumps(head).encode()
        answers.write(len(text).to_bytes(_LENGTH_BYTES, "big") + text)
        for part in octets:
            answers.write(part)
        answers.flush()
