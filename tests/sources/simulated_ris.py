"""RIS Live on the loopback: a real websocket server that plays scripts, one a connection."""

import json
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.sources.mrt_forge import peer_address, peer_asn
from tests.sources.record_stub import EmptyRecord
from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from hashquake.core.contracts import Progress, SourceContext
from hashquake.sources.routes import _ris_stream
from hashquake.sources.routes._ris_messages import RisMessage, parse_message

STALL = object()
"""Send nothing more, and keep the connection open."""
Script = Sequence[Any]
Refuse = Callable[[ServerConnection], Response | None]


def message(
    time_s: float,
    place: int = 0,
    *,
    announced: Sequence[str] = (),
    withdrawn: Sequence[str] = (),
    origin: int = 0,
    **more: Any,
) -> str:
    """Write a message in the shape of the public samples."""
    hop = ".".join(map(str, peer_address(place)))
    data: dict[str, Any] = {
        "timestamp": time_s,
        "peer": hop,
        "peer_asn": str(peer_asn(place)),
        "host": "rrc03.ripe.net",
        "type": "UPDATE",
    }
    if announced:
        data["path"] = [peer_asn(place), origin]
        data["origin"] = "igp"
        data["announcements"] = [{"next_hop": hop, "prefixes": list(announced)}]
    if withdrawn:
        data["withdrawals"] = list(withdrawn)
    return json.dumps({"type": "ris_message", "data": data | more})


def down(time_s: float, place: int) -> str:
    return message(time_s, place, type="RIS_PEER_STATE", state="down")


@dataclass
class SimulatedRis:
    """What the server was told; the last script is played again and again."""

    scripts: list[Script]
    refuse: Refuse = lambda _connection: None
    heard: list[list[Any]] = field(default_factory=list)
    url: str = ""
    over: threading.Event = field(default_factory=threading.Event)

    def play(self, connection: ServerConnection) -> None:
        heard: list[Any] = []
        self.heard.append(heard)
        script = self.scripts.pop(0) if len(self.scripts) > 1 else self.scripts[0]
        try:
            while not any("RIS_PEER_STATE" in str(one) for one in heard):
                heard.append(json.loads(connection.recv(timeout=5)))
            for step in script:
                if step is not STALL:
                    connection.send(step)
                    continue
                while not self.over.is_set():
                    try:
                        heard.append(json.loads(connection.recv(timeout=0.05)))
                        connection.send('{"type": "pong", "data": null}')
                    except TimeoutError:
                        continue
        except ConnectionClosed:
            return


@contextmanager
def served(*scripts: Script, refuse: Refuse | None = None) -> Iterator[SimulatedRis]:
    """Run a server on the loopback."""
    simulated = SimulatedRis(list(scripts))
    with serve(
        simulated.play,
        "127.0.0.1",
        0,
        process_request=lambda connection, _request: refuse(connection) if refuse else None,
    ) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        simulated.url = f"ws://127.0.0.1:{server.socket.getsockname()[1]}/"
        try:
            yield simulated
        finally:
            simulated.over.set()
            server.shutdown()
            thread.join()


@dataclass
class FollowingClock:
    """Our clock, which stands where the last message read was dated, and moves while we wait."""

    time_s: float
    waits_s: list[float] = field(default_factory=list)
    progress: list[Progress] = field(default_factory=list)

    def sleep(self, wait_s: float) -> None:
        self.waits_s.append(wait_s)
        self.time_s += wait_s

    def follow(self, monkeypatch: Any) -> "FollowingClock":
        """Let the clock go with the messages, so that a test is no matter of speed."""
        parse = parse_message

        def parsed(text: str | bytes) -> RisMessage | None:
            found = parse(text)
            if found is not None:
                self.time_s = max(self.time_s, found.time_s)
            return found

        monkeypatch.setattr(_ris_stream, "parse_message", parsed)
        return self

    @property
    def context(self) -> SourceContext:
        return SourceContext(
            record=EmptyRecord(),
            now_s=lambda: self.time_s,
            sleep=self.sleep,
            progress=self.progress.append,
        )
