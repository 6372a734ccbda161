"""Which record a command is to use, and which it must not write to."""

import pytest

from hashquake.core.errors import UsageError
from hashquake.datasets import BUNDLED
from hashquake.serve.record_name import record_name


def test_the_bundled_record_is_refused_before_anybody_is_asked() -> None:
    with pytest.raises(UsageError, match="read-only") as refused:
        record_name(BUNDLED, create=True)
    assert refused.value.code == "record-read-only"
    assert str(record_name(BUNDLED)) == BUNDLED


def test_the_bundled_record_of_the_settings_is_refused_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("HASHQUAKE_DB", BUNDLED)
    with pytest.raises(UsageError, match="read-only"):
        record_name(None, create=True)
    assert str(record_name(None)) == BUNDLED
