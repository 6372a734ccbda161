"""The claims of a report: judged by every kind of evidence, those of a file too."""

import json
from pathlib import Path
from typing import Any

import pytest

from hashquake.core.claim import Claim
from hashquake.core.errors import UsageError
from hashquake.observatory import open_observatory
from hashquake.observatory.claim_judge import ClaimJudge
from hashquake.serve.cli.app import run
from hashquake.serve.report.claim_rows import claim_axis, claim_rows, claims_sentence

CLAIM = """
[[claims]]
text = "{text}"
speaker = "a paper"
subject = "{subject}"
quantity = "{quantity}"
low = {low}
high = {low}
relation = "{relation}"
"""
ROWS = (
    ("Kazakhstan has 18 % of the hash rate", "country:KZ", "hashrate_share", 0.18, "level"),
    ("Bitcoin at $43,000", "asset:btc", "price_usd", 43000.0, "level"),
    ("Miners drew 1.2 GW", "country:KZ", "power_mw", 1200.0, "level"),
    ("Second in mining", "country:KZ", "rank", 2.0, "level"),
    ("Bitcoin lost 30 %", "asset:btc", "price_change_share", -0.3, "change"),
)
ELSEWHERE = "window = { start = 2021-06-20T00:00:00Z, end = 2021-07-04T00:00:00Z }\n"


def claims_file(folder: Path) -> str:
    text = "".join(
        CLAIM.format(text=text, subject=subject, quantity=quantity, low=low, relation=relation)
        for text, subject, quantity, low, relation in ROWS
    )
    halved = ("In the ban it halved", "network", "hashrate_change_share", -0.5, "change")
    keys = ("text", "subject", "quantity", "low", "relation")
    text += CLAIM.format(**dict(zip(keys, halved, strict=True))) + ELSEWHERE
    path = folder / "claims.toml"
    path.write_text(text, encoding="utf-8")
    return str(path)


@pytest.fixture
def reported(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    file = claims_file(tmp_path)
    asked = ["report", "kazakhstan-2022", "--db", "bundled", "--json"]
    assert run(asked) == 0
    alone = json.loads(capsys.readouterr().out)["claims"]
    assert run([*asked, "--claims", file]) == 0
    both = json.loads(capsys.readouterr().out)["claims"]
    assert both[: len(alone)] == alone
    return {one["text"]: one for one in both[len(alone) :]}


def test_claims_of_a_file_are_judged_by_what_measures_them(reported: dict[str, Any]) -> None:
    assert len(reported) == len(ROWS) + 1
    share, price, power, rank, moved, halved = reported.values()
    assert share["call"] == "contradicted"
    assert "map published" in share["because"]
    assert price["call"] == "supported"
    assert "price at" in price["because"]
    assert power["measured"]["low"] < power["measured"]["median"] < power["measured"]["high"]
    assert rank["measured"]["median"] == 3.0
    assert moved["call"] == "contradicted"
    # A claim of another time is judged by the blocks of that time.
    assert halved["call"] == "contradicted"
    assert halved["measured"]["high"] < -0.2


def test_the_page_and_the_terminal_show_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    page = tmp_path / "report.html"
    asked = ["report", "kazakhstan-2022", "--db", "bundled", "--claims", claims_file(tmp_path)]
    assert run([*asked, "--out", str(page)]) == 0
    shown = capsys.readouterr().out
    assert "published figures the record supports one" in " ".join(shown.split())
    written = page.read_text(encoding="utf-8").replace("\u00a0", " ")
    for text, *_ in ROWS:
        assert text in written
    assert "map published" in written
    for why in ("a rank, not a change", "a level, not a change", "a change of another quantity"):
        assert why in written


def test_a_claim_without_a_time_is_about_the_event() -> None:
    fall = Claim(
        text="It fell by 40 %",
        subject="network",
        quantity="hashrate_change_share",
        low=-0.4,
        high=-0.4,
        relation="change",
    )
    with open_observatory("bundled") as ask:
        incident = ask.report("kazakhstan-2022", claims=[fall])
        drop = incident.network.drop_share.interval(0.9)
        [verdict] = [one for one in incident.verdicts if one.about == fall]
        plain = ask.report(incident.event.window.start_s, incident.event.window.end_s)
    assert verdict.call == "contradicted"
    assert verdict.measured is not None
    assert verdict.measured.median == pytest.approx(-drop.median, abs=1e-6)
    assert plain.verdicts == ()


def test_a_share_is_written_without_a_sign_and_the_sentence_names_the_record() -> None:
    share = Claim(
        text="Kazakhstan has 18 %",
        subject="country:KZ",
        quantity="hashrate_share",
        low=0.18,
        high=0.18,
        relation="level",
    )
    with open_observatory("bundled") as ask:
        window = ("2022-01-05", "2022-01-10")
        incident = ask.report(*window, claims=[share])
        rows = claim_rows(incident, claim_axis(incident))
    assert not rows[0].measured.startswith("+")
    assert claims_sentence(rows) == "The record contradicts the published figure."


def test_a_file_that_is_none_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["report", "kazakhstan-2022", "--db", "bundled", "--claims"]
    broken = tmp_path / "broken.toml"
    broken.write_text("[[claims]]\ntext = 3\n", encoding="utf-8")
    for path, code in ((broken, "claims-malformed"), (tmp_path / "none.toml", "file-unreadable")):
        assert run([*asked, str(path)]) == 2
        assert f"[{code}]" in capsys.readouterr().err


def test_what_only_bitcoin_has_is_unresolved_on_another_network(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    power = Claim(
        text="1.2 GW",
        subject="country:KZ",
        quantity="power_mw",
        low=1200.0,
        high=1200.0,
        relation="level",
    )

    def refused(*_: object) -> None:
        raise UsageError("maps are of Bitcoin's main network", code="network-not-main")

    with open_observatory("bundled") as ask:
        judge = ClaimJudge(
            ask.record, known_s=1641600000.0, now_s=1641600000.0, published_s=1641513600.0
        )
        monkeypatch.setattr("hashquake.observatory.claim_evidence.ClaimEvidence.measure", refused)
        [verdict] = judge.all([power])
    assert verdict.call == "unresolved"
