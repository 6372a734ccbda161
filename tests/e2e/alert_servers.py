"""A mail server with TLS and an MQTT broker for the tests of alerts."""

import getpass
import logging
import shutil
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import paho.mqtt.client as paho
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword
from paho.mqtt.enums import CallbackAPIVersion


def certificate(folder: Path, address: str = "127.0.0.1") -> tuple[Path, Path]:
    """Make a certificate for a machine, signed by itself, and its key."""
    cert, key = folder / "cert.pem", folder / "key.pem"
    subprocess.run(
        [shutil.which("openssl") or "",
         "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
         "-nodes", "-keyout", str(key), "-out", str(cert), "-days", "2", "-subj", "/CN=localhost",
         "-addext", f"subjectAltName=IP:{address},DNS:localhost"],
        check=True,
        capture_output=True,
    )  # fmt: skip
    return cert, key


@dataclass
class Mailbox:
    """A mail server's inbox, and how it misbehaves."""

    port: int = 0
    mails: list[Envelope] = field(default_factory=list)
    logins: list[LoginPassword] = field(default_factory=list)
    answer: str = "250 OK"

    async def handle_DATA(  # noqa: N802  aiosmtpd calls it so
        self, _server: Any, _session: Any, envelope: Envelope
    ) -> str:
        if self.answer.startswith("2"):
            self.mails.append(envelope)
        return self.answer

    def authenticate(
        self, _server: Any, _session: Any, _envelope: Any, _how: str, data: Any
    ) -> Any:
        self.logins.append(data)
        return AuthResult(success=data.password == b"open sesame", handled=False)


@contextmanager
def mail_server(
    folder: Path, port: int, *, address: str = "127.0.0.1"
) -> Iterator[tuple[Mailbox, Path]]:
    """Run a mail server that wants TLS and a password; its inbox and its certificate."""
    cert, key = certificate(folder, address)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    mailbox = Mailbox(port=port)
    # It warns of an attribute of its own at each login.
    logging.getLogger("mail.log").setLevel(logging.ERROR)

    class WithTls(Controller):
        def factory(self) -> SMTP:
            return SMTP(
                mailbox,
                tls_context=context,
                require_starttls=True,
                auth_required=True,
                authenticator=mailbox.authenticate,
            )

    controller = WithTls(mailbox, hostname=address, port=port)
    controller.start()
    try:
        yield mailbox, cert
    finally:
        controller.stop()


@contextmanager
def broker(folder: Path, port: int) -> Iterator[list[tuple[str, bytes, bool]]]:
    """Run Mosquitto with a password; what is published as a subscriber sees it."""
    program = shutil.which("mosquitto") or "/usr/sbin/mosquitto"
    if not Path(program).exists():
        pytest.fail("no Mosquitto to test against: run make test-e2e, which installs it")
    passwords = folder / "passwords"
    subprocess.run(
        [shutil.which("mosquitto_passwd") or "", "-c", "-b", str(passwords), "hash", "quake"],
        check=True,
        capture_output=True,
    )
    (folder / "mosquitto.conf").write_text(
        f"user {getpass.getuser()}\nlistener {port} 127.0.0.1\nallow_anonymous false\n"
        f"password_file {passwords}\n"
    )
    process = subprocess.Popen(
        [program, "-c", str(folder / "mosquitto.conf")],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    seen: list[tuple[str, bytes, bool]] = []
    listener = paho.Client(CallbackAPIVersion.VERSION2)
    listener.username_pw_set("hash", "quake")
    listener.on_connect = lambda client, *_: client.subscribe("#", qos=1)
    listener.on_message = lambda _client, _data, one: seen.append(
        (one.topic, bytes(one.payload), one.retain)
    )
    try:
        until_s = time.monotonic() + 20.0
        while True:
            try:
                listener.connect("127.0.0.1", port)
                break
            except OSError:
                assert time.monotonic() < until_s
                assert process.poll() is None
                time.sleep(0.05)
        listener.loop_start()
        while not listener.is_connected():
            time.sleep(0.02)
        yield seen
    finally:
        listener.disconnect()
        listener.loop_stop()
        process.terminate()
        process.wait(20)
