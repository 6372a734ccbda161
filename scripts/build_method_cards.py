"""Write docs/methods: what each detector and law was measured on, and where it fails.

A detector states itself in its ``CARD``; the laws stand in ``method_cards.toml``. Figures come from
the tables that the measurements wrote, limits from the theory pages. Run after any of them changes.
"""

import json
import re
import tomllib
from collections.abc import Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from hashquake.plugins import PluginInfo, list_plugins

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
TARGET = DOCS / "methods"
JUDGE = ROOT / "src" / "hashquake" / "judge"
LIMITS = "What it cannot see"
MEASURED = re.compile(
    r"Measur|measured|^How (?:well|right|sure|small)|agrees|checked|Checks"
    r"|On the record|^Found|^Real|2022$"
)
THEORY_OF = {"stated_usual": ["from_readings_to_outages"]}
"""Detectors whose theory stands on another page than that of their own name."""
ROWS_OF = {
    "shiryaev_roberts": ("drift-", "*False alarms", "*Finding falls", "cut-off"),
    "pool_share": ("report-9-pools", "report-20-pools", "all-unknown", "partly-renamed", "renamed"),
}


def main() -> None:
    """Write all cards and their list."""
    TARGET.mkdir(exist_ok=True)
    for path in TARGET.glob("*.md"):
        path.unlink()
    for name, text in pages().items():
        (TARGET / name).write_text(text, encoding="utf-8")
    print(f"{TARGET} written")


def pages() -> dict[str, str]:
    """Return the text of each page by its file's name."""
    detectors = [info for info in list_plugins("detect") if not info.package]
    laws = tomllib.loads(Path(__file__).with_name("method_cards.toml").read_text("utf-8"))["law"]
    made = {f"{info.name}.md": _detector_card(info) for info in detectors}
    made |= {f"{law['name']}.md": _law_card(law) for law in laws}
    lines = [
        "# Method cards",
        "",
        "What each method does, what it was measured on, and where it fails.",
        "",
        "| detector | version | |",
        "|---|---|---|",
        *(
            f"| [{info.name}]({info.name}.md) | {info.card['version']} | {info.card['title']} |"
            for info in detectors
        ),
        "",
        "| law | |",
        "|---|---|",
        *(f"| [{law['name']}]({law['name']}.md) | {law['title']} |" for law in laws),
    ]
    return made | {"README.md": "\n".join(lines) + "\n"}


def _detector_card(info: PluginInfo) -> str:
    card = info.card
    theory = THEORY_OF.get(info.name, [info.name])
    kind = "the present, step by step" if card["online"] else "the past, as a whole"
    facts = [
        ("what it does", card["title"]),
        ("version", str(card["version"])),
        ("looks at", ", ".join(card["subjects"])),
        ("signals", ", ".join(card.get("signals", ()))),
        ("follows", kind),
        ("history it needs", f"{card['history_s'] / 86_400:g} days" if "history_s" in card else ""),
        ("code", f"`{info.module}`"),
        ("source", _cited(card["source"])),
    ]
    measured = [*_threshold_lines(info.name), *_measured_rows(ROWS_OF.get(info.name, ()))]
    measured += _peer_lines(info.name)
    if "country" in card["subjects"]:
        measured += _outage_lines()
    return _page(info.name, facts, theory, measured, page="")


def _law_card(law: dict[str, Any]) -> str:
    summary = (import_module(law["module"]).__doc__ or "").split("\n\n")[0]
    facts = [
        ("what it does", law["title"]),
        ("in a sentence", " ".join(summary.split())),
        ("code", f"`{law['module']}`"),
    ]
    return _page(
        law["name"],
        facts,
        law["theory"],
        list(_measured_rows(law["rows"])),
        page=law.get("page", ""),
    )


def _page(
    name: str,
    facts: Sequence[tuple[str, str]],
    theory: Sequence[str],
    measured: Sequence[str],
    *,
    page: str,
) -> str:
    lines = [f"# `{name}`", "", "| | |", "|---|---|"]
    lines += [f"| {what} | {text} |" for what, text in facts if text]
    linked = ", ".join(f"[{_title(each)}](../theory/{each}.md)" for each in theory)
    lines += [f"| theory | {linked} |", "", "## What it was measured on", "", *measured]
    if page:
        title = (DOCS / f"{page}.md").read_text("utf-8").splitlines()[0].removeprefix("# ")
        lines += [f"The whole table: [{title}](../{page}.md).", ""]
    sections = [
        f"[{heading}](../theory/{each}.md#{_anchor(heading)})"
        for each in theory
        for heading in _headings(each)
        if MEASURED.search(heading) and heading != LIMITS
    ]
    if sections:
        lines += [f"Measurements and checks in the theory: {', '.join(sections)}.", ""]
    if not measured and not page and not sections:
        lines += [
            "No measurement of its own is published; tests compare it with theory.",
            "",
        ]
    lines += ["## Where it fails", ""]
    for each in theory:
        lines += [
            *([f"From [{_title(each)}](../theory/{each}.md):", ""] if len(theory) > 1 else [])
        ]
        lines += [_limits(each), ""]
    return "\n".join(lines).rstrip() + "\n"


def _text(theory: str) -> str:
    return (DOCS / "theory" / f"{theory}.md").read_text(encoding="utf-8")


def _title(theory: str) -> str:
    return _text(theory).splitlines()[0].removeprefix("# ")


def _headings(theory: str) -> list[str]:
    return re.findall(r"^## (.+)$", _text(theory), re.MULTILINE)


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


def _limits(theory: str) -> str:
    """Return the last section of a theory page, its links written for another folder."""
    text = _text(theory).split(f"## {LIMITS}\n")[1].strip()
    return re.sub(r"\]\((?!\w+://|\.\./|#)", "](../theory/", text)


def _cited(key: str) -> str:
    entry = (DOCS / "refs.bib").read_text("utf-8").partition(f"{{{key},\n")[2].partition("\n}")[0]
    title = re.search(r"title = \{(.+?)\},?$", entry, re.MULTILINE)
    year = re.search(r"year = \{(\d+)\}", entry)
    name = re.sub(r"[{}]", "", title[1]) if title else key
    return f"{name} ({year[1]}), `{key}`" if year else f"{name}, `{key}`"


def _threshold_lines(name: str) -> Iterator[str]:
    path = ROOT / "src" / "hashquake" / "detect" / f"{name}.toml"
    if not path.exists():
        return
    stated = tomllib.loads(path.read_text(encoding="utf-8"))
    rates = ", ".join(f"{row['false_alarms_per_year']:g}" for row in stated["rows"])
    yield (
        f"Thresholds for {rates} false alarms a year, found on simulated networks where nothing "
        f"breaks (seed {stated['seed']}); a version other than {stated['version']} refuses them."
    )
    yield ""


def _measured_rows(wanted: Sequence[str]) -> Iterator[str]:
    """Yield a table of the measured rows whose key, or section after ``*``, begins so."""
    rows = json.loads((DOCS / "theory" / "calibration_rows.json").read_text(encoding="utf-8"))
    found = [
        row
        for row in rows
        if any(
            row["section"].startswith(each[1:]) if each[0] == "*" else row["key"].startswith(each)
            for each in wanted
        )
    ]
    if not found:
        return
    yield "| on independent networks | advertised | measured | should be | |"
    yield "|---|---|---|---|---|"
    for row in found:
        yield _measured_row(row)
    yield ""
    yield "How they were made: [calibration](../theory/calibration.md)."
    yield ""


def _measured_row(row: dict[str, Any]) -> str:
    unit = row["unit"]
    bounds = f"{row['low']:.3g} to {row['high']:.3g}"
    advertised = "" if row["advertised"] is None else f"{row['advertised']:.3g} {unit}"
    if row["value"] is None:
        return f"| {row['situation']} | {advertised} | not yet | {bounds} | |"
    error = "" if row["error"] is None else f" ± {row['error']:.2g}"
    met = "met" if row["low"] <= row["value"] <= row["high"] else "**missed**"
    reason = f": {row['missed']}" if met != "met" and row["missed"] else ""
    measured = f"{row['value']:.3g}{error} ({row['n']})"
    return f"| {row['situation']} | {advertised} | {measured} | {bounds} | {met}{reason} |"


def _peer_lines(name: str) -> Iterator[str]:
    """Yield how soon falls are found, compared with the peers of the same measurement."""
    rows = json.loads((JUDGE / "peers_measured.json").read_text(encoding="utf-8"))["rows"]
    mine = [row for row in rows if row["name"] == name and row["wanted_per_year"] == 1.0]
    if not mine:
        return
    yield "| fall | mean delay at one false alarm a year | found |"
    yield "|---|---|---|"
    for row in mine:
        delay = f"{row['mean_delay_s'] / 3600:.3g} h ± {row['mean_error_s'] / 3600:.2g}"
        yield f"| {row['drop_share']:.0%} | {delay} | {row['found_share']:.0%} |"
    yield ""
    yield "Compared with other methods: [power](../power.md)."
    yield ""


def _outage_lines() -> Iterator[str]:
    found = json.loads((JUDGE / "outages_measured.json").read_text(encoding="utf-8"))
    recall, onset = found["recall"], found["onset"]
    yield (
        "Together with the other detectors of connectivity, on "
        f"{found['country_years']:,} simulated years of a country (seed {found['seed']}): "
        f"{recall['hits']:,} of {recall['trials']:,} outages found, {found['false_alarms']} false "
        f"alarms; onset right in {onset['hits']:,} of {onset['trials']:,}. "
        "On real outages: [outages](../outages.md)."
    )
    yield ""


if __name__ == "__main__":
    main()
