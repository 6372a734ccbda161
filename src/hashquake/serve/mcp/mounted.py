"""The tools mounted next to the API at /mcp, where the package of the protocol is installed."""

from contextlib import AbstractAsyncContextManager
from importlib.util import find_spec

from fastapi import FastAPI

from hashquake.observatory import Observatory

PATH = "/mcp"


def mount_tools(
    app: FastAPI, observatory: Observatory, *, exposed: bool
) -> AbstractAsyncContextManager[None] | None:
    """Add the path of the tools to an application; return what runs while it serves.

    Each request is answered by itself: no session is kept, so a client may come back after a
    restart of the server.

    Parameters
    ----------
    app : FastAPI
        With its own paths.
    observatory : Observatory
        Read by several threads at once.
    exposed : bool
        Whether other machines can reach the server. Where they cannot, only requests to this
        machine's own names are answered: a web page must not reach it under a name of its own.

    Returns
    -------
    context manager or None
        None where the package is not installed.
    """
    if find_spec("mcp") is None:
        return None
    from hashquake.serve.mcp.server import make_server

    server = make_server(observatory)
    inner = server.streamable_http_app(
        streamable_http_path=PATH,
        json_response=True,
        stateless_http=True,
        host="0.0.0.0" if exposed else "127.0.0.1",  # noqa: S104  it binds nothing here
    )
    app.router.routes.extend(inner.routes)
    return server.session_manager.run()
