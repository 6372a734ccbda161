"""Settings: a TOML file, overridden by environment variables ``HASHQUAKE_...``."""

from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

import tomli_w
from platformdirs import user_config_path, user_data_path
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hashquake.core.drafts import is_special
from hashquake.core.errors import UsageError
from hashquake.core.hostile_text import visible_text
from hashquake.core.secret_url import SecretUrl, without_passwords
from hashquake.datasets import BUNDLED
from hashquake.serve.alerts.settings import AlertsSettings
from hashquake.serve.settings_problem import settings_problem

_HERE = Path("hashquake.toml")


def settings_path() -> Path | None:
    """Return where the settings file lies; None for a user without a home directory.

    A ``hashquake.toml`` in the folder a command runs in goes before the user's own.
    """
    with suppress(OSError):  # a folder that cannot be looked into has no settings for us
        if _HERE.is_file():
            return _HERE.absolute()
    try:
        return user_config_path("hashquake") / "config.toml"
    except RuntimeError:
        return None


def own_record_path() -> Path | None:
    """Return where the user's own record lies unless the settings say otherwise, or None."""
    try:
        return user_data_path("hashquake") / "record.db"
    except RuntimeError:
        return None


def own_record_needed() -> Path:
    """Return where the user's own record lies.

    Raises
    ------
    UsageError
        ``home-unknown`` for a user without a home directory.
    """
    own = own_record_path()
    if own is None:
        raise UsageError(
            "this user has no home directory, so there is no usual place for a record",
            code="home-unknown",
            hint="name a record with --db, or set HOME",
        )
    return own


class ServeSettings(BaseModel):
    """What `hashquake serve` may be set to do."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    origins: list[str] = Field(
        default_factory=list,
        description="web pages that may read the API from a browser, such as "
        "https://example.org; '*' is all",
    )
    requests_per_minute: int | None = Field(
        None, gt=0, description="most requests of one address a minute; no limit unless set"
    )
    jobs: bool = Field(True, description="whether simulations may be asked for")
    tokens: list[str] = Field(
        default_factory=list,
        repr=False,
        description="sha256 of the tokens for what is not a question, as "
        "hashquake serve --new-token prints it",
    )


class Settings(BaseSettings):
    """What a user may set once instead of on every command line."""

    model_config = SettingsConfigDict(
        env_prefix="HASHQUAKE_", env_nested_delimiter="__", extra="forbid"
    )

    db: SecretStr | None = Field(None, description="record to use when --db is not given")
    sources: dict[str, dict[str, Any]] = Field(
        default_factory=dict,
        repr=False,  # a node's password may be among them
        description="options of a source, used by ingest unless given there",
    )

    sites: Path | None = Field(
        None,
        description="file that describes your mining farms; relative to the settings file, and "
        "sites.toml next to it unless set",
    )
    serve: ServeSettings = Field(
        default_factory=ServeSettings, description="how hashquake serve behaves"
    )
    alerts: AlertsSettings = Field(
        default_factory=AlertsSettings, description="what is alerted, and to whom"
    )
    log: Literal["json", "plain"] | None = Field(
        None, description="how `watch` logs to stderr, instead of showing a screen or lines"
    )

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Read the settings from arguments, the environment and the file, in this order.

        Parameters
        ----------
        settings_cls : type of BaseSettings
            The settings.
        init_settings, env_settings : PydanticBaseSettingsSource
            Arguments and environment, which are read.
        dotenv_settings, file_secret_settings : PydanticBaseSettingsSource
            Further places of the library's, which are not.
        """
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, toml_file=settings_path())
        return init_settings, env_settings, file

    def record_named(self, *, create: bool) -> SecretUrl:
        """Name the record to use when none was given.

        Readers without a record of their own see the bundled one; writers get their own.

        Parameters
        ----------
        create : bool
            Whether the record is to be made where there is none (commands that write).
        """
        if self.db is not None and self.db.get_secret_value():
            return SecretUrl(self.db.get_secret_value())
        if create:
            return SecretUrl(str(own_record_needed()))
        own = own_record_path()
        return SecretUrl(BUNDLED if own is None or not own.exists() else str(own))


def load_settings() -> Settings:
    """Read the settings.

    Raises
    ------
    UsageError
        ``settings-malformed`` naming the key or the line at fault.
    """
    path = settings_path()
    if path is not None and is_special(path):
        raise _unusable("the file is a device or a pipe")
    try:
        return Settings()
    except ValidationError as error:
        problem = settings_problem(error, Settings)
    except OSError as error:
        problem = str(error.strerror)
    except RecursionError:
        problem = "tables are nested too deep"
    except ValueError as error:  # TOML that cannot be read
        problem = visible_text(str(error))
    raise _unusable(problem)


def _unusable(problem: str) -> UsageError:
    return UsageError(
        f"the settings cannot be used: {without_passwords(problem)}",
        code="settings-malformed",
        hint=f"look into {settings_path() or 'the settings'} and at HASHQUAKE_ variables",
    )


def settings_text(db: str) -> str:
    """Return a first settings file that names a record.

    Parameters
    ----------
    db : str
        A file or a database URL, whatever characters it has.
    """
    return f"""\
# hashquake settings. Environment variables win: HASHQUAKE_DB=... ; the command line wins over all.

# The record to use when --db is not given: a file or a database URL.
{tomli_w.dumps({"db": db})}
# `hashquake watch` logs one line an event to stderr, for a log collector: "json" or "plain".
# log = "json"

# Your mining farms, for `hashquake sites`: see docs/how-to/sites.md.
# sites = "sites.toml"

# Options of a source, used by `hashquake ingest` and `hashquake watch` unless given there.
# [sources.bitcoind_rpc]
# url = "http://127.0.0.1:8332"
# cookie = "~/.bitcoin/.cookie"
"""
