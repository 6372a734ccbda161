"""A catalog as text, to compare two of them to the last digit."""

import json
from collections.abc import Iterable

from hashquake.catalog.documents import quake_document
from hashquake.core.quake import Quake


def canonical_json(quakes: Iterable[Quake]) -> str:
    """Write quakes as JSON with sorted keys: the same catalog is the same text."""
    return json.dumps([quake_document(quake) for quake in quakes], sort_keys=True)
