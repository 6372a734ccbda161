"""What the price did around a quake, as the ``price`` of a report."""

from typing import TYPE_CHECKING, Any

from hashquake.serve.shapes import interval_shape, window_shape
from hashquake.serve.wording import price_because

if TYPE_CHECKING:
    from hashquake.explain.price import PriceStudy, WindowReturn

VERDICTS = {
    "supported": "shown",
    "contradicted": "contradicted",
    "undecidable": "not shown",
    "unresolved": "not shown",
}
"""How the answer to "did the quake lower the price?" is worded."""


def price_shape(study: "PriceStudy", *, source: str) -> dict[str, Any]:
    """Return the document of a study.

    Parameters
    ----------
    study : PriceStudy
        From `hashquake.explain.price.price_study`.
    source : str
        Whose prices.
    """
    return {
        "asset": "asset:btc",
        "verdict": VERDICTS[study.call],
        "call": study.call,
        "because": price_because(study),
        "whole": _part_shape(study.whole),
        "clean": None if study.clean is None else _part_shape(study.clean),
        "confounded": [_part_shape(part) for part in study.confounded],
        "confounders": [
            {"window": window_shape(one.window), "text": one.text, "source": one.source}
            for one in study.confounders
        ],
        "gaps": [window_shape(gap) for gap in study.gaps],
        "source": source,
        "made_by": "price_study/1",
    }


def _part_shape(part: "WindowReturn") -> dict[str, Any]:
    return {
        "role": part.role,
        "text": part.text,
        "window": window_shape(part.window),
        "from_usd": part.from_usd,
        "to_usd": part.to_usd,
        "change_share": part.change_share,
        "abnormal_share": interval_shape(part.abnormal_share),
        "p_value": part.p_value,
        "fall_seen_share": part.fall_seen_share,
        "placebos": part.placebos,
    }
