import io
import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from rich.console import Console

from hashquake.core.incident import Incident
from hashquake.core.interval import Quantiles
from hashquake.serve.report.document import report_document
from hashquake.serve.report.terminal import print_report

MakeIncident = Callable[[str], Incident]
INTERVAL = {"median", "low", "high", "level"}
CLAIM = {
    "text", "span", "language", "subject", "quantity", "low", "high", "unit", "relation",
    "window", "hedge", "speaker", "call", "probability", "measured", "because",
}  # fmt: skip


def test_the_document_has_the_shape_of_the_contract(make_incident: MakeIncident) -> None:
    incident = make_incident("kazakhstan-2022")
    document = json.loads(json.dumps(report_document(incident), allow_nan=False))
    assert {
        "event", "window", "baseline", "network", "pools", "claims", "causes", "difficulty",
        "energy", "price", "caveats",
    } <= set(document)  # fmt: skip
    assert document["event"]["id"] == "kazakhstan-2022"
    assert document["window"] == {"start_s": 1641379500, "end_s": 1641780000}
    assert set(document["baseline"]) == {"start_s", "end_s"}
    network = document["network"]
    assert network["n_blocks"] == incident.network.n_blocks
    assert set(network["drop_share"]) == INTERVAL
    assert network["drop_share"]["level"] == 0.9
    assert network["drop_share_95"]["level"] == 0.95
    assert network["drop_share_95"]["low"] <= network["drop_share"]["low"]
    assert network["drop_share"] == network["predictive_share"]
    assert network["drop_share"]["low"] <= network["exact_share"]["low"]
    assert network["exact_share"]["high"] <= network["drop_share"]["high"]
    for pool in document["pools"]:
        assert {
            "pool", "share_before", "n_blocks", "baseline_n_blocks", "drop_share", "beyond_luck",
            "p_value_adjusted",
        } <= set(pool)  # fmt: skip
        assert 0 <= pool["share_before"] <= 1
        assert set(pool["drop_share"]) == INTERVAL
    assert len(document["claims"]) == len(incident.event.claims)
    for claim in document["claims"]:
        assert set(claim) >= CLAIM
        assert claim["unit"] == "share"
        start, end = claim["span"]
        assert claim["text"][start:end] == claim["text"]


def test_a_limit_without_bound_is_null(make_incident: MakeIncident) -> None:
    incident = make_incident("elliott-2022")
    nothing = float("-inf")
    born = Quantiles(values=(nothing, nothing, -3.0, -2.0, -1.0, 0.0, 0.1))
    first = incident.pools[0]
    rows = (replace(first, drop=replace(first.drop, drop_share=born)),)
    document = report_document(replace(incident, pools=rows))
    text = json.dumps(document, allow_nan=False)
    assert json.loads(text)["pools"][0]["drop_share"]["low"] is None


def printed(incident: Incident, *, width: int, written_to: Path | None = None) -> str:
    file = io.StringIO()
    console = Console(file=file, width=width, color_system=None, legacy_windows=False)
    print_report(incident, console, written_to=written_to)
    return file.getvalue().replace("\N{NO-BREAK SPACE}", " ")


@pytest.mark.parametrize("width", [80, 120])
def test_the_terminal_tells_the_story(make_incident: MakeIncident, width: int) -> None:
    text = printed(
        make_incident("kazakhstan-2022"), width=width, written_to=Path("out/kazakhstan-2022.html")
    )
    flat = " ".join(text.split())
    assert "can neither be confirmed nor excluded within a day." in flat
    assert "All blocks" in text
    assert "\N{MINUS SIGN}19.2 %" in text
    assert "out/kazakhstan-2022.html" in text
    assert max(len(line) for line in text.splitlines()) <= width


def test_no_escape_sequence_or_markup_reaches_the_terminal(make_incident: MakeIncident) -> None:
    incident = make_incident("elliott-2022")
    evil = "[bold red]x[/] \x1b]0;owned\x07 \u202e"
    text = printed(
        replace(
            incident,
            event=replace(incident.event, name=evil),
            pools=tuple(replace(row, pool=evil) for row in incident.pools),
            verdicts=tuple(
                replace(verdict, about=replace(verdict.about, text=evil, speaker=evil))
                for verdict in incident.verdicts
            ),
            caveats=(evil,),
        ),
        width=200,
    )
    assert "\x1b" not in text
    assert "\x07" not in text
    assert "\u202e" not in text
    assert "[bold red]x[/]" in text
