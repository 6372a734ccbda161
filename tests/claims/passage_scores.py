"""Passages with the claims they hold, and how well the extractor finds them."""

import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hashquake.claims.extract import extract_claims
from hashquake.core.claim import Claim

FOLDER = Path(__file__).parent / "passages"
_WINDOW_TOLERANCE_S = 60.0
Key = tuple[str, str, float, float]


@dataclass(slots=True, kw_only=True)
class Score:
    """Claims found and missed in one language; windows of those found."""

    found: int = 0
    missed: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    windows: int = 0
    wrong_windows: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float:
        return self.found / max(1, self.found + len(self.extra))

    @property
    def recall(self) -> float:
        return self.found / max(1, self.found + len(self.missed))

    @property
    def window_share(self) -> float:
        return self.windows / max(1, self.windows + len(self.wrong_windows))


def passages(folder: str, language: str) -> list[dict[str, Any]]:
    """Return the passages of one language."""
    table = tomllib.loads((FOLDER / folder / f"{language}.toml").read_text("utf-8"))
    rows: list[dict[str, Any]] = table["passages"]
    return rows


def measure(folder: str, language: str) -> Score:
    """Score the passages of one language."""
    score = Score()
    for row in passages(folder, language):
        found = extract_claims(row["text"], published_s=row["published"].timestamp())
        _compare(row["text"], row["claims"], list(found.claims), score)
    return score


def _compare(text: str, wanted: list[str], found: list[Claim], score: Score) -> None:
    left = defaultdict(list)
    for claim in found:
        left[key_of(claim)].append(claim)
    for line in wanted:
        key, window = read_line(line)
        if not left[key]:
            score.missed.append(f"{line} | {text}")
            continue
        claim = left[key].pop(0)
        score.found += 1
        got = None if claim.window is None else (claim.window.start_s, claim.window.end_s)
        if _same_window(window, got):
            score.windows += 1
        else:
            score.wrong_windows.append(f"{line} got {_shown(got)} | {text}")
    score.extra += [f"{key} | {text}" for key, rest in left.items() for _ in rest]


def key_of(claim: Claim) -> Key:
    return claim.subject, claim.quantity, _rounded(claim.low), _rounded(claim.high)


def read_line(line: str) -> tuple[Key, tuple[float, float] | None]:
    """Read one expected claim."""
    subject, quantity, value, window = line.split()
    low, _, high = value.partition(":")
    ends = None
    if window != "-":
        start, _, end = window.partition("..")
        ends = (_time_s(start), _time_s(end))
    return (subject, quantity, _rounded(float(low)), _rounded(float(high or low))), ends


def _same_window(wanted: tuple[float, float] | None, got: tuple[float, float] | None) -> bool:
    if wanted is None or got is None:
        return wanted is got
    return all(abs(a - b) <= _WINDOW_TOLERANCE_S for a, b in zip(wanted, got, strict=True))


def _rounded(value: float) -> float:
    return float(f"{value:.6g}")


def _time_s(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


def _shown(ends: tuple[float, float] | None) -> str:
    if ends is None:
        return "-"
    return "..".join(datetime.fromtimestamp(one, UTC).isoformat()[:16] for one in ends)
