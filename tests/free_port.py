"""A port for a server that a test starts, which nothing else takes before the server does."""

import random
import socket

_FIRST, _LAST = 20_000, 32_000
"""Below the ports that systems give to outgoing connections and to servers that ask for any."""


def free_port() -> int:
    """Return a port of the loopback that nothing listens on."""
    draw = random.SystemRandom()
    while True:
        port = draw.randint(_FIRST, _LAST)
        with socket.socket() as listener:
            try:
                listener.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
