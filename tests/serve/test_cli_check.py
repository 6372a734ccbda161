"""``hashquake check`` and ``hashquake claims``, as a reporter calls them."""

import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from hashquake.core.subject import NETWORK
from hashquake.core.times import parse_time
from hashquake.observatory import open_observatory
from hashquake.observatory.fetched_page import fetch_page
from hashquake.serve.cli.app import run

CLAIM_KEYS = {
    "text", "span", "language", "subject", "quantity", "low", "high", "unit", "relation", "window",
    "hedge", "speaker", "call", "probability", "measured", "because",
}  # fmt: skip
ARTICLE = """\
Bitcoin's hash rate fell by about 20 % from 5 to 10 January 2022, a minister said. The network \
went from 205 to 177.33 EH/s, a fall of 13.5 percent. Kazakhstan accounted for 18 percent of \
the global hash rate in August 2021. Miners there draw 1.2 GW and 600 MW, together 8 % of the \
country's generating capacity. Bitcoin fell to $43,000 on Wednesday. One pool claims 120 % of \
the hash rate."""


@pytest.fixture(autouse=True)
def _own_home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.delenv("HASHQUAKE_DB", raising=False)


@pytest.fixture
def article(tmp_path: Path) -> str:
    path = tmp_path / "article.txt"
    path.write_text(ARTICLE, encoding="utf-8")
    return str(path)


def _json(capsys: pytest.CaptureFixture[str], *arguments: str, status: int = 0) -> Any:
    assert run([*arguments, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def check(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    return _json(capsys, "check", *arguments, "--published", "2022-01-12", "--db", "bundled")


def test_the_document_has_the_keys_of_the_contract(
    capsys: pytest.CaptureFixture[str], article: str
) -> None:
    found = check(capsys, article)
    assert {"claims", "groups", "arithmetic"} <= set(found)
    for claim in found["claims"]:
        assert set(claim) >= CLAIM_KEYS
        assert ARTICLE[slice(*claim["span"])] == claim["text"]


def test_each_claim_is_judged_by_what_measures_it(
    capsys: pytest.CaptureFixture[str], article: str
) -> None:
    claims = check(capsys, article)["claims"]
    by_quantity = {(one["subject"], one["quantity"]): one for one in claims}
    fall = by_quantity[NETWORK, "hashrate_change_share"]
    assert claims[0]["low"] == -0.2
    assert claims[0]["call"] == "contradicted"
    assert "663 blocks" in claims[0]["because"] or "blocks of the network" in claims[0]["because"]
    assert fall["measured"]["low"] < fall["measured"]["median"] < fall["measured"]["high"]
    share = next(one for one in claims if one["quantity"] == "hashrate_share")
    assert share["call"] == "supported"
    assert "CCAF" in share["because"]
    price = by_quantity["asset:btc", "price_usd"]
    assert price["call"] == "supported"
    generation = by_quantity["country:KZ", "generation_share"]
    assert 0.03 < generation["measured"]["median"] < 0.12


def test_a_share_above_all_is_contradicted_with_the_reason(
    capsys: pytest.CaptureFixture[str], article: str
) -> None:
    last = check(capsys, article)["claims"][-1]
    assert (last["low"], last["call"]) == (1.2, "contradicted")
    assert "shares lie from 0 to 100 %" in last["because"]


def test_sums_inside_the_text_are_checked_with_rounding(
    capsys: pytest.CaptureFixture[str], article: str
) -> None:
    change, whole = check(capsys, article)["arithmetic"]
    assert change["agrees"] is True
    assert change["value"]["low"] < -0.135 < change["value"]["high"]
    assert whole["value"]["low"] < 22_500 < whole["value"]["high"]
    assert whole["agrees"] is True


def test_a_wrong_sum_is_found(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    path = tmp_path / "wrong.txt"
    path.write_text("The hash rate went from 205 to 177 EH/s, a fall of 18 percent.", "utf-8")
    (found,) = check(capsys, str(path))["arithmetic"]
    assert found["agrees"] is False
    assert "does not agree" in found["because"]


def test_an_undecidable_claim_says_which_way_it_leans_and_what_power_blocks_have(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "short.txt"
    path.write_text("AntPool's hash rate fell by 11.6 % on 5 January 2022.", "utf-8")
    (claim,) = check(capsys, str(path))["claims"]
    assert claim["call"] == "undecidable"
    assert "of 100 cases" in claim["because"]
    assert "lean" in claim["because"]
    assert claim["reason"]["power_share"] < 0.5


def test_what_was_known_then_differs_from_what_is_known_now(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "rank.txt"
    path.write_text("Kazakhstan is the world's second-largest bitcoin mining country.", "utf-8")
    (now,) = check(capsys, str(path))["claims"]
    (then,) = check(capsys, str(path), "--as-known-on", "2022-01-13")["claims"]
    assert now["call"] == "contradicted"
    assert then["call"] != "contradicted"
    assert now["at_publication"]["because"] == then["because"]


def test_a_record_is_judged_against_luck(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "record.txt"
    path.write_text("Bitcoin's hash rate is at an all-time high.", "utf-8")
    for published, call in (("2021-07-10", "contradicted"), ("2023-10-15", "undecidable")):
        found = _json(capsys, "check", str(path), "--published", published, "--db", "bundled")
        assert found["claims"][0]["call"] == call, published
        assert "highest such mean before" in found["claims"][0]["because"]


def test_without_a_date_nothing_is_guessed(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "undated.txt"
    path.write_text("Bitcoin's hash rate fell by 12 % on Wednesday.", "utf-8")
    found = _json(capsys, "check", str(path), "--db", "bundled")
    assert found["claims"][0]["call"] == "unresolved"
    assert "on which day was this published" in found["questions"][0]["text"]


def test_standard_input_toml_and_several_files(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    article: str,
) -> None:
    toml = tmp_path / "said.toml"
    toml.write_text(
        '[[claims]]\ntext = "Difficulty fell 27.94 %"\nspeaker = "a dashboard"\n'
        'subject = "network"\nquantity = "difficulty_change_share"\nlow = -0.2794\nhigh = -0.2794\n'
        'relation = "change"\n'
        "window = { start = 2021-07-02T00:00:00Z, end = 2021-07-05T00:00:00Z }\n",
        encoding="utf-8",
    )
    typed = io.TextIOWrapper(io.BytesIO(ARTICLE.encode()))
    monkeypatch.setattr(sys, "stdin", typed)
    found = check(capsys, "-", str(toml), article)
    assert {one["file"] for one in found["claims"]} == {"-", str(toml), article}
    (difficulty,) = [one for one in found["claims"] if one["file"] == str(toml)]
    assert difficulty["call"] == "supported"
    assert all(max(one["claims"]) < len(found["claims"]) for one in found["groups"])


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("absent.txt", None, "file-unreadable"),
        ("picture.txt", b"\x89PNG\0\0\0", "encoding-unreadable"),
        ("bad.toml", b"[[claims]]\ntext = 1\n", "claims-malformed"),
        ("stranger.toml", b"[[claims]]\ntext = 'x'\nstranger = 1\n", "claims-malformed"),
    ],
)
def test_what_cannot_be_read_is_one_line_with_a_code(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    name: str,
    content: bytes | None,
    code: str,
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    assert run(["check", str(path), "--db", "bundled"]) == 2
    assert capsys.readouterr().err.strip().endswith(f"[{code}]")


def test_a_fact_sheet_escapes_what_the_text_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, out = tmp_path / "hostile.txt", tmp_path / "sheet.html"
    path.write_text(
        'Bitcoin\'s hash rate fell by 12 % <script>alert(1)</script>, said "<img src=x>".', "utf-8"
    )
    arguments = ["check", str(path), "--published", "2022-01-06", "--db", "bundled"]
    assert run([*arguments, "--out", str(out)]) == 0
    page = out.read_text("utf-8")
    assert "<script" not in page
    assert "<img" not in page
    assert "&lt;script&gt;" in page
    assert "What cannot be said" in page
    capsys.readouterr()


def test_spaces_and_soft_hyphens_of_a_typographer_are_no_escapes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path, out = tmp_path / "article.txt", tmp_path / "sheet.html"
    text = (
        "La difficult\xad\xe9 a baiss\xe9 de 2,2\xa0% le 8 janvier\u202f; le prix a perdu 5\u202f%."
    )
    path.write_text(text, "utf-8")
    arguments = ["check", str(path), "--published", "2022-01-09", "--db", "bundled"]
    assert run(arguments) == 0
    assert run([*arguments, "--out", str(out)]) == 0
    for shown in (capsys.readouterr().out, out.read_text("utf-8")):
        assert "difficult\xe9" in shown
        assert "\\x" not in shown
        assert "\\u" not in shown


def test_a_record_of_ones_own_keeps_claims_and_their_later_fate(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    db = str(tmp_path / "own.db")
    with open_observatory(db, create=True) as own, open_observatory("bundled") as bundled:
        near = bundled.record.blocks(first_height=715_000, last_height=718_500, detail=True)
        own.feed_all(_batches(near), source="test")
    path = tmp_path / "said.txt"
    path.write_text("Bitcoin's hash rate fell by 35 % on 5 January 2022.", "utf-8")
    asked = ["check", str(path), "--published", "2022-01-05T12:00", "--db", db]
    _json(capsys, *asked, "--as-known-on", "2022-01-05T01:00")
    _json(capsys, *asked)
    _json(capsys, *asked)
    (row,) = _json(capsys, "claims", "list", "--db", db)
    assert row["revision"] == 2, "an unchanged verdict is kept once"
    shown = _json(capsys, "claims", "show", row["id"], "--db", db)
    assert [one["call"] for one in shown["revisions"]][-1] == "contradicted"
    assert run(["claims", "list", "--db", db]) == 0
    assert row["id"] in capsys.readouterr().out
    assert run(["claims", "show", "clnone", "--db", db]) == 2
    assert capsys.readouterr().err.strip().endswith("[claim-unknown]")
    _json(capsys, *asked[:2], "--db", db, "--no-keep")
    assert len(_json(capsys, "claims", "list", "--db", db)) == 1


def _batches(blocks: Any) -> Any:
    from hashquake.core.contracts import Batch
    from hashquake.core.window import Window

    ends = Window(start_s=float(blocks.header_s.min()), end_s=float(blocks.header_s.max()))
    yield Batch(blocks=blocks, observed=(ends,))


def test_scores_of_formulas_and_of_a_published_forecast(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "said.toml"
    path.write_text(
        '[[forecasts]]\nforecaster = "a dashboard"\nissued = 2021-07-02T00:00:00Z\n'
        "change_share = -0.25\n",
        encoding="utf-8",
    )
    rows = _json(capsys, "claims", "scores", "--file", str(path), "--db", "bundled")
    (said,) = [row for row in rows if row["forecaster"] == "a dashboard"]
    # The retarget of 3 July 2021 was -27.94 %: the forecast was 2.94 points too high.
    assert said["bias_share"] == pytest.approx(0.0294, abs=2e-4)
    assert said["crps_share"] == said["mae_share"] == pytest.approx(0.0294, abs=2e-4)
    mempool = {
        (row["year"], row["elapsed_share"]): row
        for row in rows
        if row["forecaster"] == "mempool.space"
    }
    assert mempool[2022, 0.9]["crps_share"] < mempool[2022, 0.25]["crps_share"]
    path.write_text('[[forecasts]]\nforecaster = "x"\nissued = 2021-07-02T00:00:00Z\n', "utf-8")
    assert run(["claims", "scores", "--file", str(path), "--db", "bundled"]) == 2
    assert capsys.readouterr().err.strip().endswith("[forecasts-malformed]")
    assert float(parse_time("2021-07-02")) > 0


def test_a_page_is_fetched_only_when_asked_and_with_guards() -> None:
    import httpx

    from hashquake.core.errors import HashquakeError

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/away":
            return httpx.Response(404)
        return httpx.Response(200, content=b"<p>Hash rate fell 12 %</p>")

    transport = httpx.MockTransport(answer)
    assert b"12 %" in fetch_page("https://news.example/story", transport=transport)
    with pytest.raises(HashquakeError) as away:
        fetch_page("https://news.example/away", transport=transport)
    assert away.value.code == "service-error"
    with pytest.raises(HashquakeError) as other:
        fetch_page("file:///etc/passwd", transport=transport)
    assert other.value.code == "url-malformed"
