"""A service of measurements that gives taped or made-up answers, and ways to spoil them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
from hypothesis import strategies as st
from tests.sources.simulated_chain import World

from hashquake.core.contracts import Batch
from hashquake.core.coverage import Coverage
from hashquake.core.reading import Reading

TAPES = Path(__file__).parents[1] / "tapes"


def tape(name: str) -> Any:
    return json.loads((TAPES / name).read_text(encoding="utf-8"))


@dataclass
class SimulatedInstrument:
    """Answers each request with what `answer` gives for its path and query."""

    answer: Callable[[str, dict[str, str]], Any]
    troubles: list[httpx.Response] = field(default_factory=list)
    mutate: Callable[[bytes], bytes] = lambda body: body
    asked: list[httpx.Request] = field(default_factory=list)

    def __call__(self, request: httpx.Request) -> httpx.Response:
        self.asked.append(request)
        if self.troubles:
            return self.troubles.pop(0)
        found = self.answer(request.url.path, dict(request.url.params))
        if isinstance(found, httpx.Response):
            return found
        return httpx.Response(200, content=self.mutate(json.dumps(found).encode()))


def ingest(module: Any, world: World, **options: Any) -> list[Batch]:
    """Read a source to its end; whatever it gives must be in form."""
    options.setdefault("url", "http://service.test")
    batches = []
    for batch in module.read(module.Options(**options), world.context):
        batches.append(batch)
        covered = Coverage(tuple(reading.window for reading in batch.readings))
        assert not any(covered.gaps(window) for window in batch.observed)
    return batches


def values(batches: list[Batch], quantity: str) -> list[tuple[float, float]]:
    """Return start and value of each reading of a quantity."""
    return [(r.window.start_s, r.value) for r in readings(batches) if r.quantity == quantity]


def readings(batches: list[Batch]) -> list[Reading]:
    return [reading for batch in batches for reading in batch.readings]


TOKENS = [
    *(b"null", b"true", b"-1", b"1e999", b"NaN", b'"NaN"', b'""', b"{}", b"[]", b"[[]]"),
    *(b"0", b"ff", b'"', b"9" * 30, b"9" * 400, b"-", b"1e17", b'"2022"', b"\xff", b"<html>"),
]


@st.composite
def spoilings(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Cut an answer off, or put something else in place of a part of it, up to three times."""
    steps = draw(
        st.lists(
            st.tuples(
                st.integers(0, 4000),
                st.integers(0, 40),
                st.one_of(st.none(), st.binary(max_size=12), st.sampled_from(TOKENS)),
            ),
            min_size=1,
            max_size=3,
        )
    )

    def spoil(body: bytes) -> bytes:
        for at, length, new in steps:
            start = at % (len(body) + 1)
            body = body[:start] if new is None else body[:start] + new + body[start + length :]
        return body

    return spoil


@st.composite
def changed_leaves(draw: st.DrawFn, answer: Any) -> Any:
    """Replace one value somewhere inside an answer, or leave it out: still JSON."""
    answer = json.loads(json.dumps(answer))
    places = list(_places(answer))
    holder, key = draw(st.sampled_from(places))
    if draw(st.booleans()) and isinstance(holder, dict):
        del holder[key]
        return answer
    simple = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**20), 10**20),
        st.integers(-(10**400), 10**400),
        st.floats(allow_nan=False, allow_infinity=False),
        st.text(max_size=12),
        st.sampled_from(["NaN", "-1", "1e999", "0001-01-01", "9999-12-31T23:59:59-23:00"]),
    )
    holder[key] = draw(
        st.one_of(
            simple,
            st.lists(simple, max_size=3),
            st.dictionaries(st.text(max_size=4), simple, max_size=2),
        )
    )
    return answer


def _places(value: Any) -> Any:
    for key, item in value.items() if isinstance(value, dict) else enumerate(value):
        yield value, key
        if isinstance(item, dict | list):
            yield from _places(item)
