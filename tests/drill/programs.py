"""The programs of a scene: nodes, a database, services, the watcher, the server, receivers."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

import httpx
import tomli_w
from tests import plain_http
from tests.drill.hosts import Host, OneMachine
from tests.drill.place import Place, wait_until
from tests.drill.progress import Progress
from tests.drill.settings import RULES, SITES, sources, ways
from tests.drill.simulated_clock import SimulatedClock
from tests.drill.stories import Story
from tests.e2e.alert_servers import Mailbox, mail_server
from tests.e2e.core_node import CoreNode
from tests.e2e.postgresql import Cluster
from tests.e2e.real_window import mined_again
from tests.free_port import free_port
from tests.running_watcher import SOURCE
from tests.serve.alerts.receiver import Receiver, receiving
from tests.sources.block_forge import ForgedBlock

from hashquake.core.contracts import Batch
from hashquake.observatory import open_observatory

if TYPE_CHECKING:
    from tests.drill.made_world import MadeWorld

ROOT = Path(__file__).parents[2]
_PATIENCE_S = 120.0
_LOOK_S = 0.5
_BEHIND_BLOCKS = 1
_UNHEARD_S, _PING_S = 315.0, 15.0
"""Of the machine's time: how long a node behind a border asks in vain until a watcher counts it as
cut off, with a margin; and how often it asks."""


@dataclass
class Scene:
    """Everything that takes part in one story; started by `with`, and ended with it.

    Parameters
    ----------
    story : Story
        What happens.
    folder : Path
        For all files.
    start_s : float
        When the clock begins, UTC Unix seconds.
    hosts : OneMachine
        Where programs run.
    inside : bool
        Whether somebody watches from inside the country, by a node of his own.
    patience_s : float
        The clock waits for a watcher that has not asked a service for so long, seconds.
    """

    story: Story
    name: str
    folder: Path
    start_s: float
    hosts: Any = field(default_factory=OneMachine)
    inside: bool = False
    patience_s: float = 900.0

    def __post_init__(self) -> None:
        """Prepare what needs no other program."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.clock = SimulatedClock(self.folder / "clock", self.start_s)
        self.blocks = mined_again(self.story.first_height, self.story.n_blocks)
        self.world: MadeWorld = self.story.world()
        self.played = 0
        self._progress = Progress(self.name)
        self._stack = ExitStack()
        self._looked_s, self._behind, self.dark = 0.0, False, False

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self._stack.close()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()
        bodies = [json.loads(one.body) for one in self.receiver.taken()]
        kept = self.folder.parent / f"{self.name}-alerts.json"
        kept.write_text(json.dumps(bodies, indent=1, ensure_ascii=False), encoding="utf-8")

    def _start(self) -> None:
        self.receiver: Receiver = self._stack.enter_context(receiving(address=self.hosts.here))
        self.mailbox: Mailbox
        self.mailbox, self.authority = self._stack.enter_context(
            mail_server(self.folder, free_port(), address=self.hosts.here)
        )
        self.outside = self._node("outside")
        self.node = self._node("node")
        database = self.hosts.host("database")
        self.cluster = Cluster.made(host=self.hosts.listens(database), enter=database.enter)
        self._stack.callback(self.cluster.removed)
        self.db = self.cluster.database()
        self._start_feeds()
        self.play(self.start_s)
        self.watching = self._place("watcher", self.db, self.node, alerts=True)
        self.watch = self.watching.program("watch", "watch", "--json")
        port = free_port()
        self.serve = self.watching.program(
            "serve", "serve", "--host", self.watching.host.address, "--port", str(port)
        )
        self.url = f"http://{self.watching.host.address}:{port}"
        self.prepared(self.db)
        for one in (self.watch, self.serve):
            one.start()
            self._stack.callback(one.end)
        if self.inside:
            self._start_inside()
        wait_until(self.follows, "the watcher follows the node")

    def _start_inside(self) -> None:
        """Start a node inside the country, and an operator who watches by it alone."""
        self.inner_node = self._node("inside")
        self.inner = self._place(
            "inside", str(self.folder / "inside.db"), self.inner_node, under="/inside"
        )
        self.prepared(str(self.folder / "inside.db"))
        self.inner_watch = self.inner.program("watch", "watch", "--json")
        self.inner_watch.start()
        self._stack.callback(self.inner_watch.end)
        height = self.played
        wait_until(
            lambda: (self.inner.document("status").get("tip") or {}).get("height") == height,
            "the watcher inside follows its node",
        )

    def _node(self, name: str) -> CoreNode:
        host = self.hosts.host(name)
        node = CoreNode(folder=self.folder / name, address=host.address, enter=host.enter)
        node.start()
        self._stack.callback(node.kill)
        node.rpc("setmocktime", int(self.clock.now_s()))
        if name != "outside":
            node.submit(self.blocks[: self.played])
            self.connect(node)
        return node

    def connect(self, node: CoreNode) -> None:
        """Connect a node with the one outside, which hears of every block first."""
        address = f"{self.outside.address}:{self.outside.peer_port}"

        def connected() -> bool:
            if not node.rpc("getconnectioncount"):
                node.rpc("addnode", address, "onetry")
            return bool(node.rpc("getconnectioncount"))

        wait_until(connected, "the nodes are connected")

    def _start_feeds(self) -> None:
        host, port = self.hosts.host("feeds"), free_port()
        self.feeds_url = f"http://{host.address}:{port}"
        line = [sys.executable, "-m", "tests.drill.feeds", self.name, host.address, str(port)]
        environment = {**os.environ, **self.clock.environment(Path(SOURCE), ROOT)}
        process = subprocess.Popen(
            [*host.enter, *line],
            env=environment,
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"serving\n"

        def stop() -> None:
            process.communicate(timeout=_PATIENCE_S)

        self._stack.callback(stop)

    def _place(
        self, name: str, db: str, node: CoreNode, *, alerts: bool = False, under: str = ""
    ) -> Place:
        folder = self.folder / f"{name}-home"
        folder.mkdir(exist_ok=True)
        found = sources(
            node, self.world, country=self.story.country, feeds=f"{self.feeds_url}{under}"
        )
        settings: dict[str, Any] = {"db": db, "sources": found}
        if alerts:
            settings["alerts"] = {
                "way": ways(
                    self.receiver, self.mailbox, host=self.hosts.here, authority=self.authority
                ),
                "rule": RULES,
            }
        (folder / "hashquake.toml").write_text(tomli_w.dumps(settings))
        (folder / "sites.toml").write_text(tomli_w.dumps(SITES))
        environment = {**self.clock.environment(Path(SOURCE)), "HOME": str(folder)}
        return Place(host=self.hosts.host(name), folder=folder, environment=environment)

    def prepared(self, db: str) -> None:
        """Make a record for a rehearsal, with what the instruments measured before it begins."""
        done = self._maker.command("init", "--empty", "--network", "rehearsal", "--db", db)
        assert done.returncode == 0, done.stderr
        now_s = self.clock.now_s()
        with open_observatory(db, now_s=lambda: now_s) as observatory:
            readings = self.world.readings(now_s)
            if readings:
                observatory.feed_all([Batch(readings=readings)], source="history")

    @property
    def _maker(self) -> Place:
        folder = self.folder / "maker-home"
        folder.mkdir(exist_ok=True)
        environment = {**self.clock.environment(Path(SOURCE)), "HOME": str(folder)}
        return Place(host=Host(name="here"), folder=folder, environment=environment)

    def play(self, now_s: float) -> None:
        """Let the blocks found by an instant be found by the node outside."""
        due = list[ForgedBlock]()
        while self.played < len(self.blocks) and self.blocks[self.played].header_s <= now_s:
            due.append(self.blocks[self.played])
            self.played += 1
        if due:
            for node in {id(one): one for one in self.alive}.values():
                node.rpc("setmocktime", int(now_s))
            self.outside.submit(due)

    @property
    def alive(self) -> list[CoreNode]:
        """The nodes that answer now."""
        nodes = [getattr(self, name, None) for name in ("outside", "node", "inner_node")]
        return [
            one
            for one in nodes
            if one is not None and one.process is not None and not (self.dark and one is nodes[2])
        ]

    def cut(self, *, dark: bool) -> None:
        """Cut the country off from the world, or connect it again."""
        if not dark:
            self._cut(dark=False)
            self.dark = False
            self.connect(self.inner_node)
        else:
            self.dark = True
            self._cut(dark=True)

    def _cut(self, *, dark: bool) -> None:
        if self.hosts.cut(dark=dark):
            (self._wait_unheard if dark else self._forget_peers)()
            return
        self.inner_node.rpc("setnetworkactive", not dark)
        self._control("/dark", path="/inside", dark=str(int(dark)))

    def _wait_unheard(self) -> None:
        """Let the node inside ask its peers in vain, while the simulated clock stands.

        What it says of its peers is by the machine's clock, which no simulated time moves.
        """
        until_s = time.monotonic() + _UNHEARD_S
        while time.monotonic() < until_s:
            self.inner_node.rpc_on_its_host("ping")
            time.sleep(_PING_S)

    def _forget_peers(self) -> None:
        """Let the node inside drop peers of which it heard nothing, as it does after a while."""
        self.inner_node.rpc("setnetworkactive", False)
        wait_until(
            lambda: not self.inner_node.rpc("getconnectioncount"), "the node drops its peers"
        )
        self.inner_node.rpc("setnetworkactive", True)

    def run(
        self, until_s: float, *, rate: float, each: Callable[[float], None] = lambda _: None
    ) -> None:
        """Let time pass; the clock waits while the watcher is behind its node."""

        def moment(now_s: float) -> None:
            self.play(now_s)
            each(now_s)
            arrived = len(self.receiver.taken())
            self._progress.look(now_s, blocks=self.played, alerts=arrived)

        self.clock.run(until_s, rate=rate, each=moment, may_go=self._may_go)
        wait_until(self.follows, "the watcher follows the node")

    def _may_go(self) -> bool:
        if self.watch.process is None or self.node.process is None:
            return True  # nobody can follow now
        if time.monotonic() - self._looked_s > _LOOK_S:
            self._looked_s = time.monotonic()
            self._behind = not (self.follows() and self._asks())
        return not self._behind

    def _asks(self) -> bool:
        """Whether the watcher has lately asked for all there is."""
        asked_s = [
            at_s for path, at_s in self._control("/asked").items() if not path.startswith("/inside")
        ]
        return not asked_s or min(asked_s) >= self.clock.now_s() - self.patience_s

    def _control(self, where: str, /, **query: str) -> Any:
        found = plain_http.get(f"{self.feeds_url}{where}", params=query, timeout=10.0)
        return found.raise_for_status().json()

    def follows(self) -> bool:
        """Whether the record has the blocks that were found."""
        try:
            tip = self.api("/health")["tip"]
        except httpx.TransportError:
            return False
        return tip is not None and tip["height"] >= self.played - _BEHIND_BLOCKS

    def api(self, path: str, **query: str) -> Any:
        """Return a document of the API."""
        return plain_http.get(f"{self.url}/api/v1{path}", params=query, timeout=60.0).json()

    def trouble(self, kind: str, *, left: int, path: str = "/v2") -> None:
        """Let the next answers of a service go wrong."""
        self._control("/trouble", kind=kind, left=str(left), path=path)

    def arrivals(self, rule: str) -> list[dict[str, Any]]:
        """Return the alerts of a rule that the webhook's receiver took, in order."""
        bodies = [json.loads(one.body) for one in self.receiver.taken()]
        return [one for one in bodies if one["rule"] == rule]
