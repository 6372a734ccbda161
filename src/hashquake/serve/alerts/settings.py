"""Rules and ways of alerts in the settings: ``[[alerts.rule]]`` and ``[[alerts.way]]``."""

import difflib
from collections.abc import Iterable
from pathlib import Path
from typing import Annotated, Literal, Self, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SecretStr,
    model_validator,
)

from hashquake.core.errors import UsageError
from hashquake.core.outage import OUTAGE_CLASSES
from hashquake.core.quake import CauseName
from hashquake.core.source_status import STATES
from hashquake.core.subject import parse_subject
from hashquake.core.times import parse_duration
from hashquake.serve.alerts.kernel.instruments import SILENT
from hashquake.serve.alerts.kernel.rule import ABOUT, About, AlertRule
from hashquake.serve.alerts.quiet import QuietHours, quiet_hours
from hashquake.serve.alerts.rates import per_year
from hashquake.serve.language import NAMES, Language

_CAUSES: dict[str, tuple[str, ...]] = {
    "quake": get_args(CauseName),
    "reports": get_args(CauseName),
    "outage": OUTAGE_CLASSES,
}
_USUAL_HOLD = {"outage": "15m", "source": "10m", "site": "10m", "tips": "10m"}
_USUAL_RECOVERY = {
    "quake": "0s", "reports": "1h", "outage": "30m", "difficulty": "6h", "source": "5m",
    "site": "10m", "tips": "5m",
}  # fmt: skip
_USUAL_STATES = {
    "source": ("stuck", "down", "refused", SILENT),
    "site": ("network dark", "grid dark"),
}
_STATES: dict[str, tuple[str, ...]] = {
    "source": (*STATES[2:], SILENT),
    "site": ("network dark", "grid dark", "unknown"),
}
_USUAL_LEAST = {"difficulty": 0.05}
LEAST_SECRET = 16
"""Characters of the key of a signature."""
_FORBIDS = ConfigDict(extra="forbid", frozen=True)


def _duration_s(text: object) -> float:
    try:
        return parse_duration(str(text))
    except UsageError as error:
        raise ValueError(error.message) from None


def _share(value: object) -> object:
    if isinstance(value, str) and value.strip().endswith("%"):
        try:
            return float(value.strip().removesuffix("%")) / 100.0
        except ValueError:
            return value
    return value


def _rate(text: object) -> float:
    return float(text) if isinstance(text, int | float) else per_year(str(text))


def _pattern(text: str) -> str:
    """Check a subject or a pattern of subjects."""
    kind = text.partition(":")[0]
    if kind in ("source", "site") and ":" in text:
        return text
    plain = text.replace("*", "A" if kind in ("country", "region", "asn") else "a")
    if kind == "asn":
        plain = text.replace("*", "1")
    if "*" in text and kind in ("country", "region"):
        plain = {"country": "country:AA", "region": "region:AA-1"}[kind]
    try:
        if text != "*":
            parse_subject(plain)
    except UsageError as error:
        raise ValueError(f"{error.message}; {error.hint}, or a pattern such as country:*") from None
    return text


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise ValueError(f"{name[:40]!r} is not a time zone; write such as UTC") from None
    return name


def _language(code: str) -> str:
    if code not in NAMES:
        raise ValueError(f"{code[:40]!r} is not a language; known are {', '.join(NAMES)}")
    return code


def _long_enough(secret: SecretStr) -> SecretStr:
    if len(secret.get_secret_value()) < LEAST_SECRET:
        raise ValueError(f"must have {LEAST_SECRET} characters or more")
    return secret


Duration = Annotated[float, BeforeValidator(_duration_s)]
Name = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[A-Za-z0-9][A-Za-z0-9 _.-]*$")]
Subject = Annotated[str, AfterValidator(_pattern)]


class RuleSettings(BaseModel):
    """One rule: ``[[alerts.rule]]``."""

    model_config = _FORBIDS

    name: Name = Field(description="what the rule is called in alerts")
    about: About = Field(description="what it is about: " + ", ".join(ABOUT))
    to: list[Name] = Field(min_length=1, description="names of the ways its alerts go")
    subjects: list[Subject] = Field(
        default_factory=list, description="network, pool:antpool, country:KZ, country:* and so on"
    )
    by_luck: Annotated[float, BeforeValidator(_rate)] = Field(
        1.0, description="how often chance alone may raise it, such as 'once a year'"
    )
    least_share: Annotated[float | None, BeforeValidator(_share)] = Field(
        None, ge=0.0, le=1.0, description="the least fall or change, as 0.1 or '10%'"
    )
    causes: list[str] = Field(
        default_factory=list, description="only when these causes together are likelier than not"
    )
    states: list[str] = Field(
        default_factory=list, description="of a source or a site: what counts as a fault"
    )
    hold: Duration | None = Field(
        None, validate_default=False, description="how long it must last before it is raised"
    )
    recover_after: Duration | None = Field(
        None, validate_default=False, description="how long it must be over before it recovered"
    )
    update_every: Duration = Field(3600.0, description="least time between two updates")
    quiet: str | None = Field(
        None, description="when alerts wait, by the wall clock, such as '22:00-07:00'"
    )
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", description="of the quiet hours, such as Europe/Zurich"
    )

    language: Annotated[str, AfterValidator(_language)] = Field(
        "en", description="what its alerts are written in: " + ", ".join(NAMES)
    )

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.quiet is not None:
            quiet_hours(self.quiet, self.time_zone)
        if self.about in ("quake", "reports") and self.by_luck < 1.0 - 1e-9:
            raise ValueError(
                "by_luck must be 'once a year' or more often: falls are found at one false alarm a "
                "year"
            )
        for kind, given, known in (
            ("cause", self.causes, _CAUSES.get(self.about, ())),
            ("state", self.states, _STATES.get(self.about, ())),
        ):
            if given and not known:
                raise ValueError(f"{kind}s cannot be chosen in a rule about {self.about}")
            for one in given:
                if one not in known:
                    raise ValueError(f"{one[:40]!r} is not a {kind}{near(one, known)}")
        return self

    def rule(self) -> AlertRule:
        """Return it as the kernel steps it."""
        about = self.about
        hold_s = _duration_s(_USUAL_HOLD.get(about, "0s")) if self.hold is None else self.hold
        usual_s = _duration_s(_USUAL_RECOVERY.get(about, "0s"))
        least = self.least_share
        return AlertRule(
            name=self.name,
            about=about,
            subjects=tuple(self.subjects),
            at_most_per_year=self.by_luck,
            least_share=_USUAL_LEAST.get(about, 0.0) if least is None else least,
            causes=tuple(self.causes),
            states=tuple(self.states) or _USUAL_STATES.get(about, ()),
            hold_s=hold_s,
            recover_after_s=usual_s if self.recover_after is None else self.recover_after,
            update_every_s=self.update_every,
        )

    def spoken(self) -> Language:
        """Return the language of its alerts."""
        return Language(code=self.language)

    def quiet_hours(self) -> QuietHours | None:
        """Return its quiet hours, None when it has none."""
        return None if self.quiet is None else quiet_hours(self.quiet, self.time_zone)


class WebhookWay(BaseModel):
    """A signed POST to an address of one's own."""

    model_config = _FORBIDS

    name: Name = Field(description="what rules call it")
    kind: Literal["webhook"] = Field(description="webhook")
    url: SecretStr = Field(description="where to, https or http")
    secret: Annotated[SecretStr, AfterValidator(_long_enough)] | None = Field(
        None, description="key of the signature, 16 characters or more"
    )
    headers: dict[str, SecretStr] = Field(
        default_factory=dict, description="further headers, such as Authorization"
    )
    allow_private: bool = Field(
        False, description="whether it may lead to this machine or a private network"
    )
    timeout_s: float = Field(10.0, gt=0.0, le=60.0, description="longest wait for the answer")


class EmailWay(BaseModel):
    """Mail by a server that speaks TLS."""

    model_config = _FORBIDS

    name: Name = Field(description="what rules call it")
    kind: Literal["email"] = Field(description="email")
    host: str = Field(min_length=1, description="the mail server")
    port: int | None = Field(None, gt=0, le=65_535, description="587, or 465 with security = 'tls'")
    security: Literal["starttls", "tls", "none"] = Field(
        "starttls", description="'none' is refused with a password"
    )
    user: str | None = Field(None, description="name at the mail server")
    password: SecretStr | None = Field(None, description="password at the mail server")
    sender: str = Field(min_length=3, description="address the mail comes from")
    to: list[str] = Field(min_length=1, description="addresses it goes to")
    ca_file: Path | None = Field(None, description="certificates to trust instead of the system's")
    timeout_s: float = Field(20.0, gt=0.0, le=120.0, description="longest wait for the server")

    @model_validator(mode="after")
    def _safe(self) -> Self:
        if self.security == "none" and self.password is not None:
            raise ValueError("a password is not sent without TLS: set security to starttls or tls")
        if any("\n" in one or "\r" in one or "@" not in one for one in (self.sender, *self.to)):
            raise ValueError("sender and to must be mail addresses")
        return self


class CommandWay(BaseModel):
    """A program of one's own that reads the alert as JSON."""

    model_config = _FORBIDS

    name: Name = Field(description="what rules call it")
    kind: Literal["command"] = Field(description="command")
    command: list[str] = Field(
        min_length=1, repr=False, description="program and arguments; no shell reads them"
    )
    timeout_s: float = Field(10.0, gt=0.0, le=300.0, description="it is ended after so long")


class AppriseWay(BaseModel):
    """One of the services that the Apprise library knows."""

    model_config = _FORBIDS

    name: Name = Field(description="what rules call it")
    kind: Literal["apprise"] = Field(description="apprise")
    url: SecretStr = Field(description="as Apprise documents it, such as ntfy://ntfy.sh/TOPIC")


class MqttWay(BaseModel):
    """An MQTT broker, with Home Assistant's discovery."""

    model_config = _FORBIDS

    name: Name = Field(description="what rules call it")
    kind: Literal["mqtt"] = Field(description="mqtt")
    host: str = Field(min_length=1, description="the broker")
    port: int = Field(1883, gt=0, le=65_535, description="8883 with TLS")
    tls: bool = Field(False, description="whether the connection is encrypted")
    user: str | None = Field(None, description="name at the broker")
    password: SecretStr | None = Field(None, description="password at the broker")
    topic: str = Field(
        "hashquake", pattern=r"^[A-Za-z0-9_/-]{1,80}$", description="first part of the topics"
    )
    discovery: str | None = Field(
        "homeassistant",
        pattern=r"^[A-Za-z0-9_/-]{1,80}$",
        description="Home Assistant's discovery prefix",
    )
    timeout_s: float = Field(10.0, gt=0.0, le=60.0, description="longest wait for the broker")


Way = Annotated[
    WebhookWay | EmailWay | CommandWay | AppriseWay | MqttWay, Field(discriminator="kind")
]


class AlertsSettings(BaseModel):
    """What is alerted, and to whom."""

    model_config = _FORBIDS

    link: str | None = Field(
        None,
        pattern=r"^https?://[^\s]+$",
        description="where readers of alerts reach hashquake serve, such as https://example.org",
    )
    rule: list[RuleSettings] = Field(default_factory=list, description="the rules")
    way: list[Way] = Field(default_factory=list, repr=False, description="the ways")

    @model_validator(mode="after")
    def _names(self) -> Self:
        for kind, names in (
            ("rules", [one.name for one in self.rule]),
            ("ways", [one.name for one in self.way]),
        ):
            twice = {one for one in names if names.count(one) > 1}
            if twice:
                raise ValueError(f"two {kind} are called {min(twice)!r}")
        ways = [one.name for one in self.way]
        for rule in self.rule:
            for name in rule.to:
                if name not in ways:
                    raise ValueError(
                        f"rule {rule.name!r} goes to {name!r}, which is not a way{near(name, ways)}"
                    )
        return self


def near(name: str, known: Iterable[str]) -> str:
    """Return "; did you mean X?" for a name that is nearly a known one, else nothing.

    Parameters
    ----------
    name : str
        As written.
    known : iterable of str
        Names that exist.
    """
    found = difflib.get_close_matches(name[:100], list(known), n=1)
    return f"; did you mean {found[0]}?" if found else ""
