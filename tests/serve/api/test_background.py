"""Work while the server runs: what fails there takes neither answers nor the end along."""

import pytest
from tests.serve.api.served import client, served

from hashquake.core.errors import RecordError
from hashquake.observatory import Observatory, open_observatory


def test_a_server_answers_and_ends_without_what_failed_in_the_background(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def locked(_observatory: Observatory) -> None:
        raise RecordError("the record is locked", code="record-locked")

    monkeypatch.setattr(Observatory, "keep_blocks", locked)
    ends_badly: list[BaseException] = []
    monkeypatch.setattr("threading.excepthook", lambda fault: ends_badly.append(fault.exc_value))
    with served(open_observatory("bundled")) as url, client(url) as asked:
        assert asked.get("/rate").status_code == 200
    assert "the record is locked [record-locked]" in caplog.text
    assert ends_badly == []
