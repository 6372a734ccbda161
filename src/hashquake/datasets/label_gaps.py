"""Load the gaps in labels of the bundled record."""

import tomllib
from functools import lru_cache
from importlib import resources

from hashquake.core.label_gap import LabelGap
from hashquake.core.window import Window


@lru_cache(maxsize=1)
def load_label_gaps() -> tuple[LabelGap, ...]:
    """Return the stretches during which a pool's blocks carry another pool's label.

    Returns
    -------
    tuple of LabelGap
        In order of time.
    """
    text = (resources.files("hashquake.datasets") / "label_gaps.toml").read_text(encoding="utf-8")
    gaps = [
        LabelGap(
            pool=gap["pool"],
            filed_under=gap["filed_under"],
            window=Window(start_s=gap["start"].timestamp(), end_s=gap["end"].timestamp()),
            note=gap["note"],
            source=gap["source"],
        )
        for gap in tomllib.loads(text)["gap"]
    ]
    return tuple(sorted(gaps, key=lambda gap: gap.window))
