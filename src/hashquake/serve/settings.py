"""Settings: a TOML file, overridden by environment variables ``HASHQUAKE_...``."""

from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path
from pydantic import Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from hashquake.core.errors import UsageError

BUNDLED = "bundled"


def settings_path() -> Path:
    """Give where the settings file lies."""
    return user_config_path("hashquake") / "config.toml"


def own_record_path() -> Path:
    """Give where the user's own record lies unless the settings say otherwise."""
    return user_data_path("hashquake") / "record.db"


class Settings(BaseSettings):
    """What a user may set once instead of on every command line."""

    model_config = SettingsConfigDict(
        env_prefix="HASHQUAKE_", env_nested_delimiter="__", extra="forbid"
    )

    db: str | None = Field(None, description="record to use when --db is not given")
    sources: dict[str, dict[str, Any]] = Field(
        default_factory=dict, description="options of a source, used by ingest unless given there"
    )

    @classmethod
    def settings_customise_sources(  # noqa: D102  the library's hook, documented there
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        del dotenv_settings, file_secret_settings
        file = TomlConfigSettingsSource(settings_cls, toml_file=settings_path())
        return init_settings, env_settings, file

    def record_named(self, *, create: bool) -> str:
        """Name the record to use when none was given.

        Readers without a record of their own see the bundled one; writers get their own.
        """
        if self.db:
            return self.db
        own = own_record_path()
        return str(own) if create or own.exists() else BUNDLED


def load_settings() -> Settings:
    """Read the settings.

    Raises
    ------
    UsageError
        ``settings-malformed`` naming the key or the line at fault.
    """
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        problem = f"{where}: {first['msg']}"
    except ValueError as error:  # TOML that cannot be read
        problem = str(error)
    raise UsageError(
        f"the settings cannot be used: {problem}",
        code="settings-malformed",
        hint=f"look into {settings_path()} and at HASHQUAKE_ variables",
    )
