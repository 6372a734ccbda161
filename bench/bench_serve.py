"""The server from outside: latest rates at 200 requests a second, tiles, a thousand streams.

Everything runs on one machine, so the load of these clients is in the figures. The server's own
processor time and memory stand next to them.
"""

import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Self, cast

import httpx
import numpy as np

from hashquake.core.opinion import Change
from hashquake.datasets.bundled import bundled_blocks
from hashquake.observatory import open_observatory

RATE = "/api/v1/rate?subject=network"
REQUESTS_PER_S = 200
DURATION_S = 10
CLIENTS = 1_000
CHANGES = 20
_TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def main() -> None:
    """Print every figure."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "my.db"
        os.environ["XDG_CONFIG_HOME"] = folder  # the settings of whoever runs this stay as they are
        subprocess.run([sys.executable, "-m", "hashquake", "init", "--db", str(path)], check=True)
        for name in ("bundled", str(path)):
            print(f"record: {'bundled' if name == 'bundled' else 'SQLite'}")
            with Served(name) as server:
                httpx.get(f"{server.url}{RATE}", timeout=60)
                asyncio.run(steady(server, RATE))
                tile(server)
        with Served(str(path)) as server:
            asyncio.run(streams(server, path))


class Served:
    """A server in a process of its own, ended when it is left.

    Parameters
    ----------
    db : str
        Its record.
    """

    def __init__(self, db: str) -> None:
        command = [sys.executable, "-m", "hashquake", "serve", "--db", db, "--port", "0", "--json"]
        self._process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        if self._process.stdout is None:
            raise RuntimeError("no pipe")
        said = json.loads(self._process.stdout.readline())
        self.host, self.port, self.url = said["host"], said["port"], said["url"].rstrip("/")

    def __enter__(self) -> Self:
        """Use it as a context."""
        return self

    def __exit__(self, *error: object) -> None:
        """End it."""
        self._process.terminate()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def used_s(self) -> float:
        """Return its processor time so far."""
        fields = Path(f"/proc/{self._process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / _TICKS_PER_S

    def memory_mb(self) -> float:
        """Return its resident memory."""
        status = Path(f"/proc/{self._process.pid}/status").read_text()
        return int(status.partition("VmRSS:")[2].split()[0]) / 1024


async def steady(server: Served, path: str) -> None:
    """Ask for one answer at a steady rate, whatever the answers take."""
    request = f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode()
    free: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(20):
        free.put_nowait(await asyncio.open_connection(server.host, server.port))
    took_s: list[float] = []

    async def ask(due_s: float) -> None:
        reader, writer = await free.get()
        writer.write(request)
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].split(b"\r\n")[0])
        await reader.readexactly(length)
        took_s.append(time.monotonic() - due_s)
        free.put_nowait((reader, writer))

    used_s, begin_s = server.used_s(), time.monotonic()
    tasks = []
    for number in range(REQUESTS_PER_S * DURATION_S):
        due_s = begin_s + number / REQUESTS_PER_S
        await asyncio.sleep(max(0.0, due_s - time.monotonic()))
        tasks.append(asyncio.ensure_future(ask(due_s)))
    await asyncio.gather(*tasks)
    used_s = server.used_s() - used_s
    show(f"  {path} at {REQUESTS_PER_S} requests a second", took_s)
    print(f"    {1000 * used_s / len(took_s):.2f} ms of processor time a request")
    while not free.empty():
        free.get_nowait()[1].close()


def tile(server: Served) -> None:
    """Ask for five years of thirty pools as numbers, made again and kept."""
    blocks = bundled_blocks()
    counts = np.bincount(blocks.pool_code[blocks.pool_code >= 0])
    pools = [blocks.pool_names[at] for at in np.argsort(-counts)[:30]]
    query = "&".join(f"subject=pool:{pool}" for pool in pools)
    url = f"{server.url}/api/v1/rates?since=2021-04-20&until=2026-04-20&step=2d&{query}"
    for name in ("made again", "kept"):
        used_s, begin_s = server.used_s(), time.monotonic()
        kind = {"Accept": "application/octet-stream"}
        size = len(httpx.get(url, headers=kind, timeout=60).content)
        took_s, used_s = time.monotonic() - begin_s, server.used_s() - used_s
        print(
            f"  five years of 30 pools, {name}: {1000 * took_s:.0f} ms, {size / 1000:.0f} kB, "
            f"{1000 * used_s:.0f} ms of processor time"
        )
    print(f"  memory {server.memory_mb():.0f} MB")


async def streams(server: Served, path: Path) -> None:
    """Follow the changes with a thousand clients, and append changes."""
    loop = asyncio.get_running_loop()
    before_mb = server.memory_mb()
    clients: list[Client] = []
    for _ in range(CLIENTS):
        _, client = await loop.create_connection(Client, server.host, server.port)
        clients.append(client)
    await asyncio.gather(*(client.listening for client in clients))
    memory_mb, used_s = server.memory_mb(), server.used_s()
    record = open_observatory(str(path)).record
    sent_s = []
    for number in range(CHANGES):
        change = Change(kind="readings", subject="country:KZ", document={"number": number})
        record.add_changes([change])
        sent_s.append(time.monotonic())
        await asyncio.sleep(1.0)
    used_s = server.used_s() - used_s
    record.close()
    took_s = []
    for client in clients:
        if [json.loads(data)["number"] for _, data in client.events] != list(range(CHANGES)):
            raise RuntimeError("a client missed a change, or got one twice")
        took_s += [at_s - sent_s[number] for number, (at_s, _) in enumerate(client.events)]
        client.close()
    print(f"streams: {CLIENTS} clients, {CHANGES} changes")
    show("  from stored to received", took_s)
    print(
        f"  memory {memory_mb:.0f} MB, {before_mb:.0f} MB without clients; "
        f"{1000 * used_s / CHANGES:.0f} ms of processor time a change"
    )


class Client(asyncio.Protocol):
    """A client that notes when events came and reads them later.

    A thousand clients that parse what they get take more of the machine than the server does.
    """

    def __init__(self) -> None:
        self.listening = asyncio.get_running_loop().create_future()
        self.events: list[tuple[float, bytes]] = []
        self._left = b""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        self._transport = cast("asyncio.Transport", transport)
        self._transport.write(b"GET /api/v1/stream HTTP/1.1\r\nHost: x\r\n\r\n")

    def data_received(self, data: bytes) -> None:
        """Note what came, and when."""
        at_s = time.monotonic()
        *lines, self._left = (self._left + data).split(b"\n")
        for line in lines:
            if line.startswith(b": changes") and not self.listening.done():
                self.listening.set_result(None)
            elif line.startswith(b"data: "):
                self.events.append((at_s, line[6:]))

    def close(self) -> None:
        """Leave."""
        self._transport.close()


def show(name: str, took_s: Sequence[float]) -> None:
    """Print quantiles of times."""
    p50, p99 = (1000 * float(value) for value in np.quantile(took_s, (0.5, 0.99)))
    print(f"{name}: n {len(took_s)}, median {p50:.1f} ms, p99 {p99:.1f} ms")


if __name__ == "__main__":
    main()
