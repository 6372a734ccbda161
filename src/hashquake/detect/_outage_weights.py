"""What each piece of evidence is worth to each class of outage, as stated by judgement.

Natural log odds against ``unknown``, for evidence that is fully present. No row that speaks of
staggered onsets counts against a kill switch: Iran 2019 was deliberate, and took five hours.
"""

from collections.abc import Mapping
from types import MappingProxyType

from hashquake.core.outage import OutageClassName

PRIOR: Mapping[OutageClassName, float] = MappingProxyType(
    {
        "kill_switch": 0.12,
        "curfew": 0.06,
        "mobile_only": 0.10,
        "cable": 0.20,
        "power": 0.20,
        "artefact": 0.20,
        "unknown": 0.12,
    }
)
TEMPER = 0.8

_COLUMNS: tuple[OutageClassName, ...] = (
    "kill_switch", "curfew", "mobile_only", "cable", "power", "artefact",
)  # fmt: skip
_ROWS: Mapping[str, tuple[float, ...]] = MappingProxyType(
    {
        # evidence      kill  curfew mobile cable power artefact
        "total":        (1.5, 1.2, -2.0, -0.3, -0.5, 0.5),
        "partial":      (-0.7, -0.3, 0.8, 0.8, 0.8, 0.0),
        "agreement":    (0.3, 0.3, 0.0, 0.3, 0.3, -4.0),
        "lone_witness": (-2.0, -2.0, -0.5, -1.5, -1.5, 2.0),
        "traffic_only": (-2.0, -1.0, 3.0, -1.5, -1.0, 0.8),
        "routes_only":  (-2.0, -2.0, -2.0, -1.5, -2.0, 3.0),
        "routes_stay":  (1.0, 0.8, 0.5, -1.5, 0.0, 0.3),
        "routes_gone":  (0.3, 0.0, -0.5, 1.5, 0.5, -0.5),
        "elsewhere":    (-3.0, -3.0, -3.0, 0.5, -1.0, 5.0),
        "recurrence":   (-1.0, 6.0, 0.0, -3.0, 0.8, -1.0),
        "switched":     (2.0, 0.3, 0.3, -1.0, 0.3, 0.0),
        "mostly_dark":  (1.5, -2.0, 0.0, 0.0, 0.0, 0.0),
        "half_hour":    (1.2, 1.2, 1.0, -0.5, 0.0, -0.3),
        "long":         (0.5, 0.3, 0.5, 0.5, -0.3, -0.8),
        "slid":         (0.0, -1.0, -0.5, -1.0, 1.8, -1.0),
        "climbed":      (-0.2, -1.5, -1.0, -0.7, 2.0, -1.5),
        "sprang_back":  (0.5, 0.5, 0.3, 0.5, -2.0, 0.5),
        "simultaneous": (1.5, 1.5, 0.3, 0.8, 0.0, 1.0),
        "staggered":    (0.0, -0.5, 0.0, -1.0, 0.8, -2.0),
        "stepwise":     (2.0, 0.5, 0.0, -0.5, -1.5, 0.0),
        "gradual":      (-1.0, -1.0, -0.5, -1.0, 4.0, -1.0),
        "abrupt":       (0.3, 0.3, 0.2, 0.3, -1.5, 0.3),
        "together_back": (0.8, 0.8, 0.5, 0.5, -1.5, 0.8),
        "slow_return":  (0.0, -1.0, -1.0, -0.5, 1.5, -1.0),
        "thinned":      (-1.5, -1.0, -1.0, -1.5, 2.0, 0.8),
        "both_fell":    (0.5, 0.5, -3.0, 0.0, 0.3, 0.5),
        "mobile_fell":  (-2.0, -1.0, 5.5, -2.0, -1.5, -1.5),
        "upstream":     (-1.5, -1.5, -1.0, 4.0, -1.0, -1.0),
    }
)  # fmt: skip
WEIGHTS: Mapping[str, Mapping[OutageClassName, float]] = MappingProxyType(
    {name: MappingProxyType(dict(zip(_COLUMNS, row, strict=True))) for name, row in _ROWS.items()}
)
