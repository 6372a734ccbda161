"""Estimates of exposures that were made before."""

from dataclasses import asdict
from pathlib import Path

import pytest

from hashquake.core.errors import NoCoverage
from hashquake.core.interval import Interval
from hashquake.core.pool_exposure import Exposures
from hashquake.datasets.bundled import BundledRecord
from hashquake.datasets.events import event_named, load_events
from hashquake.observatory import exposure_answers as answers
from hashquake.observatory import exposures as rooms
from hashquake.observatory.exposure_answers import read_document

KEY = "0" * 64


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(answers, "user_cache_path", lambda _name: tmp_path / "cache")
    return tmp_path / "cache" / "exposures" / answers._model() / f"{KEY}.json"


@pytest.fixture
def estimate() -> Exposures:
    return rooms._answered(
        rooms._question_of_event(BundledRecord(), event_named("kosovo-ban-2022"))
    )


def test_nothing_is_estimated_for_the_bundled_record(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        pytest.fail("an estimate was made that should be bundled: build_pages.py --catalog")

    monkeypatch.setattr(rooms, "fit_exposures", refuse)
    monkeypatch.setattr(answers, "user_cache_path", lambda _name: Path("/nowhere"))
    record, answered = BundledRecord(), 0
    assert rooms.exposures(record, None).rows
    for event in load_events():
        try:
            answered += len(rooms.event_exposures(record, event).rows)
        except NoCoverage:
            continue
    assert answered > 100


@pytest.mark.parametrize("name", ["kosovo-ban-2022", "xinjiang-2021"])
def test_what_is_bundled_is_what_the_model_says(name: str) -> None:
    question = rooms._question_of_event(BundledRecord(), event_named(name))
    bundled, again = rooms._answered(question), rooms._estimated(question)
    assert [row.pool for row in bundled.rows] == [row.pool for row in again.rows]
    for old, new in zip(bundled.rows, again.rows, strict=True):
        # Draws are the same but for the last digits of a processor's logarithms, which grow.
        _alike(old.exposure_share, new.exposure_share)
        _alike(old.dark[0].dark_share, new.dark[0].dark_share)
        assert old.dark[0].n_blocks == new.dark[0].n_blocks
        assert old.dark[0].expected_blocks == pytest.approx(new.dark[0].expected_blocks, rel=1e-6)


def _alike(one: Interval, other: Interval) -> None:
    room = 0.01 + 0.2 * (other.high - other.low)
    assert abs(one.median - other.median) < room
    assert abs(one.low - other.low) < room
    assert abs(one.high - other.high) < room


def test_an_estimate_reads_back_as_it_was_kept(cache: Path, estimate: Exposures) -> None:
    assert answers.known_answer(KEY) is None
    answers.keep_answer(KEY, estimate)
    assert answers.known_answer(KEY) == estimate
    assert [path.name for path in cache.parent.iterdir()] == [cache.name]


@pytest.mark.parametrize("text", ["", "{", "[1]", '{"rows": [{}]}', "\udce4"])
def test_a_damaged_file_counts_as_none(cache: Path, text: str) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_bytes(text.encode("utf-8", "surrogateescape"))
    assert answers.known_answer(KEY) is None


def test_a_folder_that_cannot_be_written_costs_nothing(cache: Path, estimate: Exposures) -> None:
    cache.parents[2].write_text("a file where the folder should be")
    answers.keep_answer(KEY, estimate)
    assert answers.known_answer(KEY) is None


def test_an_answer_is_the_same_whether_kept_or_made(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rooms, "known_answer", answers.known_answer)
    question = rooms._question_of_event(BundledRecord(), event_named("kosovo-ban-2022"))
    monkeypatch.setattr(answers, "bundled_exposure_document", lambda _key: None)
    rooms._answered.cache_clear()
    made = rooms._answered(question)
    assert len(list(cache.parent.iterdir())) == 1
    rooms._answered.cache_clear()
    monkeypatch.setattr(rooms, "fit_exposures", None)
    assert rooms._answered(question) == made
    assert read_document(asdict(made)) == made
    rooms._answered.cache_clear()
