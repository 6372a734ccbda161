"""JSON-RPC over HTTP as Bitcoin nodes speak it: batches, cookies, errors in three dialects.

Bitcoin Core answers an error with HTTP 500 or 404 and a body, bcoin with HTTP 200; both are
read from the body. A node that refuses batches is asked one call at a time.
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

from hashquake.core.errors import FormatError, SourceError
from hashquake.core.hostile_text import visible_text
from hashquake.core.regular_file import read_regular
from hashquake.sources.wire.answer import Answer, as_object, parse_json, wrong_shape
from hashquake.sources.wire.http import Http

WARMING_UP = -28
REQUESTS_IN_FLIGHT = 8
"""Half of what Bitcoin Core's queue takes by default, so that others are still answered."""
_NOT_KEPT = ("pruned", "not found on disk", "not fully downloaded", "not available")
"""How nodes say that they do not have a block: thrown away, or a snapshot loaded before it."""

Call = tuple[str, tuple[Any, ...]]


class RpcError(SourceError):
    """The node understood the call and answered with an error.

    Parameters
    ----------
    rpc_code : int
        The node's own number, such as -8 for a height it does not have.
    """

    def __init__(self, message: str, *, code: str, rpc_code: int, hint: str = "") -> None:
        super().__init__(message, code=code, hint=hint)
        self.rpc_code = rpc_code


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """How to log in: by name and password, else by a cookie file, which changes at each start.

    Parameters
    ----------
    user, password : str
        Empty when a cookie is used; never part of a message.
    cookie : Path or None
        A file with ``user:password`` in it.
    """

    user: str = ""
    password: str = field(default="", repr=False)
    cookie: Path | None = None

    def read(self) -> tuple[str, str] | None:
        """Return name and password as they are now, None when there are none.

        Raises
        ------
        SourceError
            ``node-cookie`` when the cookie file cannot be read or holds no cookie.
        """
        if self.user or self.password or self.cookie is None:
            return (self.user, self.password) if self.user or self.password else None
        try:
            text = read_regular(self.cookie.expanduser()).decode("utf-8").strip()
        except (OSError, ValueError, RuntimeError) as error:  # the last: no such home directory
            raise SourceError(
                f"the cookie file {self.cookie} cannot be read ({type(error).__name__})",
                code="node-cookie",
                hint="the node writes it while it runs, into its data directory",
            ) from None
        user, colon, password = text.partition(":")
        if not colon:
            raise SourceError(
                f"the cookie file {self.cookie} does not hold user:password",
                code="node-cookie",
                hint="use the file named .cookie in the node's data directory",
            )
        return user, password


class JsonRpc:
    """A JSON-RPC client for one node.

    Parameters
    ----------
    http : Http
        The way there.
    credentials : Credentials
        How to log in.
    """

    def __init__(self, http: Http, credentials: Credentials) -> None:
        self._http = http
        self._credentials = credentials
        self._auth = credentials.read()
        self._ids = count(1)
        self._workers: ThreadPoolExecutor | None = None
        self.batches = True

    def close(self) -> None:
        """Wait for requests in flight and stop the threads that made them."""
        if self._workers is not None:
            self._workers.shutdown(cancel_futures=True)
            self._workers = None

    def call(self, method: str, *params: Any) -> Any:
        """Make one call; see `calls`.

        Parameters
        ----------
        method : str
            Its name.
        params : object
            Its arguments.
        """
        return self.calls([(method, params)])[0]

    def calls(self, wanted: Sequence[Call]) -> list[Any]:
        """Make calls, together where the node allows it.

        Parameters
        ----------
        wanted : sequence of Call
            Methods with their arguments.

        Returns
        -------
        list
            The results, in the order of the calls.

        Raises
        ------
        RpcError
            The first error among the answers.
        SourceError, FormatError
            As `outcomes`.
        """
        results = self.outcomes(wanted)
        for result in results:
            if isinstance(result, RpcError):
                raise result
        return results

    def calls_in_flight(self, parts: Sequence[Sequence[Call]]) -> Iterator[list[Any]]:
        """Make several batches of calls at the same time, so that a slow link is kept busy.

        Parameters
        ----------
        parts : sequence of sequence of Call
            The batches; at most `REQUESTS_IN_FLIGHT` are under way at once.

        Yields
        ------
        list
            The results of each batch, in order; few wait here, for raw blocks are large.

        Raises
        ------
        RpcError
            The first error among the answers.
        SourceError, FormatError
            As `outcomes`.
        """
        if len(parts) <= 1:
            yield from map(self.calls, parts)
            return
        if self._workers is None:
            self._workers = ThreadPoolExecutor(REQUESTS_IN_FLIGHT, "rpc")
        waiting: deque[Future[list[Any]]] = deque()
        try:
            for part in parts:
                waiting.append(self._workers.submit(self.calls, part))
                if len(waiting) > 2 * REQUESTS_IN_FLIGHT:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()

    def outcomes(self, wanted: Sequence[Call]) -> list[Any]:
        """Make calls; return each one's result or its `RpcError`; wait for a node warming up.

        Parameters
        ----------
        wanted : sequence of Call
            Methods with their arguments.

        Raises
        ------
        SourceError
            ``node-auth``, ``node-warming-up``, ``answer-batch``, ``answer-id`` and what the
            transport raises.
        FormatError
            ``answer-not-json``, ``answer-truncated``, ``answer-shape``.
        """
        if not wanted:
            return []
        patience = self._http.patience
        for attempt in range(patience.tries):
            results = self._once(wanted)
            if not any(_is_warming(result) for result in results):
                return results
            if attempt + 1 < patience.tries:
                self._http.sleep(patience.wait_s(attempt))
        raise SourceError(
            f"the node {self._http.url} is still starting",
            code="node-warming-up",
            hint="try again in a minute",
        )

    def _once(self, wanted: Sequence[Call]) -> list[Any]:
        if len(wanted) > 1 and self.batches:
            answered = self._batch(wanted)
            if answered is not None:
                return answered
            self.batches = False
        return [self._single(call) for call in wanted]

    def _single(self, call: Call) -> Any:
        request = self._request(call)
        answer = self._send(request, [call])
        outcome = as_object(parse_json(answer, what=call[0]), f"the answer to {call[0]}")
        if outcome.get("error") is None and outcome.get("id") != request["id"]:
            raise SourceError(
                f"the node {self._http.url} answered another call than {call[0]}",
                code="answer-id",
                hint="something between mixes up answers",
            )
        return self._outcome(call, outcome)

    def _batch(self, wanted: Sequence[Call]) -> list[Any] | None:
        """Make calls together; None when the node does not do that."""
        requests = [self._request(call) for call in wanted]
        answer = self._send(requests, wanted)
        what = f"{len(wanted)} calls of {wanted[0][0]} and more"
        try:
            outcomes = parse_json(answer, what=what)
        except FormatError:
            if 400 <= answer.status < 500:  # a proxy or an old server that says no in prose
                return None
            raise
        if (isinstance(outcomes, dict) and "id" in outcomes) or answer.status >= 400:
            return None
        if not isinstance(outcomes, list):
            raise wrong_shape(f"the answer to {what}", outcomes)
        by_id: dict[int, dict[str, Any]] = {}
        for outcome in outcomes:
            number = outcome.get("id") if isinstance(outcome, dict) else None
            if type(number) is int and number not in by_id:
                by_id[number] = outcome
        if len(outcomes) != len(requests) or any(r["id"] not in by_id for r in requests):
            raise SourceError(
                f"the node {self._http.url} answered {len(requests)} calls with "
                f"{len(outcomes)} answers that do not match them one to one",
                code="answer-batch",
                hint="something between cuts or mixes up answers; try --batch-calls 1",
            )
        return [
            self._outcome(call, by_id[request["id"]])
            for call, request in zip(wanted, requests, strict=True)
        ]

    def _request(self, call: Call) -> dict[str, Any]:
        method, params = call
        return {
            "jsonrpc": "1.0",
            "id": next(self._ids),
            "method": method,
            "params": list(params),
        }

    def _send(self, body: Any, wanted: Sequence[Call]) -> Answer:
        answer = self._http.send("POST", json_body=body, auth=self._auth)
        if answer.status == 401:
            renewed = self._credentials.read()
            if renewed != self._auth:  # the node has started again and written a new cookie
                self._auth = renewed
                answer = self._http.send("POST", json_body=body, auth=self._auth)
        if answer.status == 403:
            methods = " and ".join(sorted({method for method, _ in wanted}))
            raise SourceError(
                f"the node {self._http.url} does not allow {methods} (HTTP 403)",
                code="node-auth",
                hint="if bitcoin.conf has a rpcwhitelist for this user, add the method to it; "
                "from another machine see rpcallowip",
            )
        if answer.status == 401:
            how = "without a name" if self._auth is None else "with the name and password given"
            raise SourceError(
                f"the node {self._http.url} refuses the login {how} (HTTP 401)",
                code="node-auth",
                hint="add --cookie FILE, or --user and --password",
            )
        return answer

    def _outcome(self, call: Call, outcome: Mapping[str, Any]) -> Any:
        error = outcome.get("error")
        if error is None:
            if "result" not in outcome:
                raise wrong_shape(f"the answer to {call[0]}", outcome)
            return outcome["result"]
        number = error.get("code") if isinstance(error, dict) else None
        said = error.get("message") if isinstance(error, dict) else error
        message = visible_text(str(said), limit=120)
        return RpcError(
            f"the node {self._http.url} refuses {call[0]}: {message} ({number})",
            code="node-pruned"
            if any(words in message.lower() for words in _NOT_KEPT)
            else "node-error",
            rpc_code=number if type(number) is int else 0,
        )


def _is_warming(result: Any) -> bool:
    return isinstance(result, RpcError) and result.rpc_code == WARMING_UP
