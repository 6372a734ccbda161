"""The coverage of a chain is that of its blocks, whether or not they are read to know it."""

from pathlib import Path

import pytest
from hypothesis import given, settings
from tests.store.test_reorgs import History, histories

from hashquake.core.columns import BlockColumns
from hashquake.core.contracts import Batch
from hashquake.core.coverage import Coverage
from hashquake.store import observed_runs, open_record
from hashquake.store.sql_record import SqlRecord

NOW_S = 2_000_000_000.0


def opened(path: Path | str, *, create: bool = False) -> SqlRecord:
    return open_record.open_record(path, create=create, now_s=lambda: NOW_S)


def read_whole(path: Path, patch: pytest.MonkeyPatch) -> Coverage:
    """Return the coverage as reading every block tells it."""
    with patch.context() as patched, opened(path) as record:
        patched.setattr(observed_runs, "_MOST_STALE", -1)
        return record.coverage()


@settings(max_examples=25, deadline=None)
@given(history=histories())
def test_a_record_opened_again_covers_what_its_blocks_cover(
    tmp_path_factory: pytest.TempPathFactory, history: History
) -> None:
    path = tmp_path_factory.mktemp("runs") / "r.db"
    with opened(path, create=True) as record:
        for batch in history.batches(history.cuts):
            record.append(batch, source="test")
        kept = record.coverage()
    with opened(path) as record:
        assert record.coverage() == kept
    with pytest.MonkeyPatch.context() as patch:
        assert read_whole(path, patch) == kept


def test_a_gap_in_the_chain_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "r.db"
    with opened(path, create=True) as record:
        for first in (700_000, 700_020):
            heights = range(first, first + 10)
            record.append(
                Batch(
                    blocks=BlockColumns.build(
                        height=list(heights),
                        header_s=[1_600_000_000 + 600 * height for height in heights],
                        bits=[0x170B8C8B] * 10,
                    )
                ),
                source="test",
            )
    with opened(path) as record:
        found = record.coverage()
        assert len(found.windows) == 2
        assert found == read_whole(path, monkeypatch)
