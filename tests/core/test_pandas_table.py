import importlib.util
from typing import Any

import polars as pl
import pytest

from hashquake.core import pandas_table
from hashquake.core.errors import HashquakeError


def test_a_polars_table_becomes_a_pandas_one() -> None:
    assert list(pandas_table.in_pandas(pl.DataFrame({"a": ["x", "y"]}))["a"]) == ["x", "y"]


@pytest.mark.parametrize("missing", ["pandas", "pyarrow"])
def test_what_is_missing_is_named_with_the_extra_that_brings_it(
    monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    def found(name: str, *_rest: Any) -> Any:
        return None if name == missing else importlib.util.find_spec(name)

    monkeypatch.setattr(pandas_table, "find_spec", found)
    with pytest.raises(HashquakeError, match=missing) as caught:
        pandas_table.in_pandas(pl.DataFrame({"a": [1]}))
    assert caught.value.code == "pandas-missing"
    assert "hashquake[pandas]" in caught.value.hint
