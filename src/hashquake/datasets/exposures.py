"""Load the estimates of exposures that are bundled, by what they rest on."""

import json
from functools import lru_cache
from importlib import resources
from typing import Any

FILE = "exposures.json"


@lru_cache(maxsize=1)
def _documents() -> dict[str, Any]:
    file = resources.files("hashquake.datasets") / FILE
    found: dict[str, Any] = json.loads(file.read_text(encoding="utf-8")) if file.is_file() else {}
    return found


def bundled_exposure_document(key: str) -> Any:
    """Return the estimate whose inputs have a key, as plain JSON, or None.

    Parameters
    ----------
    key : str
        From `hashquake.explain.exposure_key`.
    """
    return _documents().get(key)
