"""Estimates of exposures that were made before, kept by the key of all they rest on.

Some are bundled: those of the bundled record and of every record that holds the same blocks around
the same events. Others are kept in the user's cache folder, which may be emptied at any time.
"""

import hashlib
import json
from contextlib import suppress
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from platformdirs import user_cache_path

from hashquake import explain
from hashquake.catalog.documents.fields import typed
from hashquake.core.errors import RecordError
from hashquake.core.pool_exposure import Exposures
from hashquake.datasets.exposures import bundled_exposure_document

_LONGEST_BYTES = 10_000_000


def read_document(document: Any) -> Exposures:
    """Read an estimate.

    Parameters
    ----------
    document : object
        As read from JSON.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it is not one.
    """
    found: Exposures = typed(Exposures, document)
    return found


def known_answer(key: str) -> Exposures | None:
    """Return the estimate with a key, or None where none was made.

    Parameters
    ----------
    key : str
        Stands for all that an estimate rests on.
    """
    bundled = bundled_exposure_document(key)
    if bundled is not None:
        return read_document(bundled)
    # Among them: a user without a home directory, and what others wrote there.
    with suppress(
        OSError, RuntimeError, KeyError, TypeError, ValueError, AttributeError, RecordError
    ):
        path = _path(key)
        if path.stat().st_size <= _LONGEST_BYTES:
            return read_document(json.loads(path.read_text(encoding="utf-8")))
    return None


def keep_answer(key: str, found: Exposures) -> None:
    """Keep an estimate; where no folder can be written it is made again the next time.

    Parameters
    ----------
    key : str
        Stands for all that the estimate rests on.
    found : Exposures
        The estimate.
    """
    with suppress(OSError, RuntimeError):
        path = _path(key)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Written aside and renamed: whoever reads it finds all of it or nothing.
        with NamedTemporaryFile(
            "w", dir=path.parent, suffix=".draft", delete=False, encoding="utf-8"
        ) as draft:
            json.dump(asdict(found), draft)
        Path(draft.name).replace(path)


def _path(key: str) -> Path:
    return user_cache_path("hashquake") / "exposures" / _model() / f"{key}.json"


@lru_cache(maxsize=1)
def _model() -> str:
    """Return a name of the model as it is written now: another one's estimates are not ours."""
    digest = hashlib.sha256()
    for path in sorted(Path(explain.__file__).parent.glob("*exposure*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()[:16]
