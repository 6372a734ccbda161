"""Requests to servers on this machine: none has TLS, so no certificates are read for them.

Reading them takes some 20 ms of CPU, and a plain ``httpx.get`` does it each time. Tests that look
at a server until something is so, and the drill, ask thousands of times.
"""

import ssl
from functools import partial

import httpx

NO_CERTIFICATES = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
"""For ``verify``: trusts nobody, as nobody is asked."""

get = partial(httpx.get, verify=NO_CERTIFICATES)
post = partial(httpx.post, verify=NO_CERTIFICATES)
request = partial(httpx.request, verify=NO_CERTIFICATES)
stream = partial(httpx.stream, verify=NO_CERTIFICATES)
client = partial(httpx.Client, verify=NO_CERTIFICATES)
