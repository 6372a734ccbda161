"""Load the dated facts that may have moved bitcoin's price while hash rate fell."""

import tomllib
from functools import lru_cache
from importlib import resources

from hashquake.core.confounder import Confounder
from hashquake.core.window import Window


@lru_cache(maxsize=1)
def load_confounders() -> tuple[Confounder, ...]:
    """Return the bundled confounders.

    Returns
    -------
    tuple of Confounder
        In order of time.
    """
    text = (resources.files("hashquake.datasets") / "confounders.toml").read_text(encoding="utf-8")
    found = [
        Confounder(
            window=Window(start_s=row["start"].timestamp(), end_s=row["end"].timestamp()),
            text=row["text"],
            source=row["source"],
        )
        for row in tomllib.loads(text)["confounder"]
    ]
    return tuple(sorted(found, key=lambda confounder: confounder.window))
