"""Mail, by a server that speaks TLS; the mails of one thread hang together in the reader's list."""

import smtplib
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from email.message import EmailMessage
from email.utils import formatdate
from threading import Event, Timer
from uuid import NAMESPACE_URL, uuid5

from hashquake.core.alert import Alert
from hashquake.serve.alerts.outgoing import Outgoing, way_failure
from hashquake.serve.alerts.settings import EmailWay

_PORTS = {"starttls": 587, "tls": 465, "none": 25}
_READY = 220
_WHOLE = 3.0
"""The whole conversation may take so many times the longest wait for one answer."""


def mail_of(way: EmailWay, alert: Alert) -> EmailMessage:
    """Return an alert as a mail; the same with every attempt.

    Parameters
    ----------
    way : EmailWay
        From whom and to whom.
    alert : Alert
        Stored, or a test.
    """
    domain = way.sender.rpartition("@")[2].strip("<> ")
    mail = EmailMessage()
    mail["Subject"] = alert.document["title"]
    mail["From"] = way.sender
    mail["To"] = ", ".join(way.to)
    mail["Date"] = formatdate(alert.at_s)
    mail["Message-ID"] = f"<{alert.key}@{domain}>"
    thread = uuid5(NAMESPACE_URL, f"{alert.rule}/{alert.thread}")
    mail["References"] = f"<{thread}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Hashquake-Key"] = alert.key
    facts = f"Rule {alert.rule}, {alert.state}, number {alert.n} of thread {alert.thread}."
    mail.set_content(f"{alert.document['text']}\n\n-- \n{facts}\n")
    return mail


def send(way: EmailWay, outgoing: Outgoing) -> None:
    """Send an alert.

    Parameters
    ----------
    way : EmailWay
        The mail server, from whom and to whom.
    outgoing : Outgoing
        The alert.

    Raises
    ------
    SourceError
        ``alert-unreachable``, ``alert-timeout``, ``alert-refused``, ``alert-tls``.
    """
    mail = mail_of(way, outgoing.alert)
    context = ssl.create_default_context(cafile=None if way.ca_file is None else str(way.ca_file))
    port = way.port or _PORTS[way.security]
    try:
        with (
            _client(way, context) as client,
            _within(_WHOLE * way.timeout_s, client),
        ):
            code, said_first = client.connect(way.host, port)
            if code != _READY:
                raise smtplib.SMTPConnectError(code, said_first)
            if way.security == "starttls":
                client.starttls(context=context)
            if way.user is not None and way.password is not None:
                client.login(way.user, way.password.get_secret_value())
            client.send_message(mail)
    except ssl.SSLError as error:
        said = (
            f"does not offer TLS with a trusted certificate ({error.reason or 'no reason given'})"
        )
        raise way_failure(way.name, said, "alert-tls") from None
    except smtplib.SMTPNotSupportedError:
        raise way_failure(way.name, "does not offer TLS or login", "alert-tls") from None
    except smtplib.SMTPResponseException as error:
        said = f"answers {error.smtp_code} {_text(error.smtp_error)}"
        raise way_failure(way.name, said, "alert-refused") from None
    except smtplib.SMTPRecipientsRefused:
        raise way_failure(way.name, "refuses the recipients", "alert-refused") from None
    except TimeoutError:
        said = f"did not answer within {way.timeout_s:g} s"
        raise way_failure(way.name, said, "alert-timeout") from None
    except (OSError, smtplib.SMTPException) as error:
        said = f"cannot be reached ({type(error).__name__})"
        raise way_failure(way.name, said, "alert-unreachable") from None


@contextmanager
def _within(limit_s: float, client: smtplib.SMTP) -> Iterator[None]:
    """Cut a connection after a time: a server that sends a byte at a time keeps each wait short.

    What fails on a connection that was cut, with whatever error, is a time that is up.
    """
    is_up = Event()

    def cut() -> None:
        is_up.set()
        if client.sock is not None:
            with suppress(OSError):
                # To close it would wait for whoever reads it; below TLS, so that no farewell waits.
                socket.socket.shutdown(client.sock, socket.SHUT_RDWR)

    whole = Timer(limit_s, cut)
    whole.daemon = True
    whole.start()
    try:
        yield
    except Exception as error:
        if is_up.is_set():
            raise TimeoutError from error
        raise
    finally:
        whole.cancel()


class _Plain(smtplib.SMTP):
    """A client that knows whom it will talk to before it is connected: TLS asks for the name."""

    def __init__(self, host: str, timeout_s: float) -> None:
        super().__init__(timeout=timeout_s)
        self._host = host


class _Tls(smtplib.SMTP_SSL):
    """The same, by TLS from the first byte."""

    def __init__(self, host: str, timeout_s: float, context: ssl.SSLContext) -> None:
        super().__init__(timeout=timeout_s, context=context)
        self._host = host


def _client(way: EmailWay, context: ssl.SSLContext) -> smtplib.SMTP:
    if way.security == "tls":
        return _Tls(way.host, way.timeout_s, context)
    return _Plain(way.host, way.timeout_s)


def _text(said: bytes | str) -> str:
    return said.decode("ascii", "replace") if isinstance(said, bytes) else said
