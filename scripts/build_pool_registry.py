"""Build ``src/hashquake/pools/data`` from the two public lists of mining pools.

    python scripts/build_pool_registry.py MEMPOOL_LIST BITCOIN_DATA_LIST [--check]

The lists are ``pools-v2.json`` of mempool/mining-pools and ``pool-list.json`` of
bitcoin-data/mining-pools (both MIT). Pools are merged by name, tag and address; where the lists
disagree, ``pool_registry_decisions.toml`` decides and both opinions are written down. Files of
pools that are in neither list any more are removed.
"""

import argparse
import datetime as dt
import json
import re
import sys
import tomllib
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

LISTS = ("mempool", "bitcoin-data")
DATA = Path(__file__).resolve().parent.parent / "src" / "hashquake" / "pools" / "data"
DECISIONS = Path(__file__).resolve().with_name("pool_registry_decisions.toml")


@dataclass(slots=True, kw_only=True)
class Draft:
    """A pool while the lists are merged into it."""

    slug: str
    name: str = ""
    link: str = ""
    note: str = ""
    dates_source: str = ""
    valid_to: dt.date | None = None
    listed_as: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    tags: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    addresses: defaultdict[str, list[str]] = field(default_factory=lambda: defaultdict(list))
    yields_to: dict[str, str] = field(default_factory=dict)
    miners_write: bool = False
    software: set[str] = field(default_factory=set)


def merge(lists: dict[str, list[dict[str, Any]]], decisions: dict[str, Any]) -> dict[str, Draft]:
    """Merge the lists into drafts by slug and apply the decisions."""
    drafts: dict[str, Draft] = {}
    for who, entries in lists.items():
        for entry in entries:
            name = entry["name"]
            slug = decisions["slug"].get(name) or re.sub(r"[^a-z0-9]", "", name.lower())
            draft = drafts.setdefault(slug, Draft(slug=slug))
            draft.name = draft.name or name
            draft.link = draft.link or _url(entry["link"])
            draft.listed_as[who].append(name)
            for tag in entry["tags"]:
                draft.tags[tag].append(who)
            for address in entry["addresses"]:
                draft.addresses[address].append(who)
    _apply(decisions, drafts)
    _refuse_open_claims(drafts)
    return drafts


def _apply(decisions: dict[str, Any], drafts: dict[str, Draft]) -> None:
    for slug, name in decisions["name"].items():
        drafts[slug].name = name
    for row in decisions["record_only"]:
        if row["slug"] in drafts:
            raise SystemExit(f"{row['slug']} is in a list now: remove it from the decisions")
        drafts[row["slug"]] = Draft(slug=row["slug"], name=row["name"], note=row["note"])
    for row in decisions["yields"]:
        for text in row["texts"]:
            drafts[row["pool"]].yields_to[text] = row["to"]
    for row in decisions["miners_write"]:
        for slug in row["pools"]:
            drafts[slug].miners_write = True
    for row in decisions["software"]:
        drafts[row["pool"]].software.update(row["texts"])
    for row in decisions["dates"]:
        drafts[row["pool"]].valid_to = row["valid_to"]
        drafts[row["pool"]].dates_source = row["source"]


def _url(link: str) -> str:
    return link if not link or "://" in link else f"https://{link}"


def _refuse_open_claims(drafts: dict[str, Draft]) -> None:
    """Stop where two pools claim one entry and the decisions do not say whose it is."""
    holders: defaultdict[str, set[str]] = defaultdict(set)
    for draft in drafts.values():
        for text in (*draft.tags, *draft.addresses):
            if text not in draft.yields_to:
                holders[text].add(draft.slug)
        decided = draft.yields_to.keys() | draft.software
        idle = decided - draft.tags.keys() - draft.addresses.keys()
        if idle:
            raise SystemExit(f"{draft.slug} does not have {sorted(idle)}; see {DECISIONS.name}")
    unsettled = {text: sorted(slugs) for text, slugs in holders.items() if len(slugs) > 1}
    if unsettled:
        raise SystemExit(f"two pools claim one entry; decide in {DECISIONS.name}: {unsettled}")


def render(draft: Draft) -> str:
    """Write one draft as a pool file."""
    lines = [f"slug = {_quote(draft.slug)}", f"name = {_quote(draft.name)}"]
    if draft.link:
        lines.append(f"link = {_quote(draft.link)}")
    if draft.note:
        lines.append(f"note = {_quote(draft.note)}")
    if draft.valid_to:
        lines.append(f"valid_to = {draft.valid_to.isoformat()}")
        lines.append(f"dates_source = {_quote(draft.dates_source)}")
    if draft.miners_write:
        lines.append("miners_write = true")
    for key, claims in (("tags", draft.tags), ("addresses", draft.addresses)):
        if claims:
            rows = [
                _row(draft, text, who, any_case=key == "tags")
                for text, who in sorted(claims.items())
            ]
            lines += [f"{key} = [", *(f"  {row}," for row in rows), "]"]
    if draft.listed_as:
        lines += ["", "[listed_as]"]
        lines += [f"{who} = {_array(names)}" for who, names in draft.listed_as.items()]
    return "\n".join(lines) + "\n"


def _row(draft: Draft, text: str, who: list[str], *, any_case: bool) -> str:
    parts = [f"text = {_quote(text)}"]
    if who != list(draft.listed_as):
        parts.append(f"lists = {_array(who)}")
    # The mempool list is written for a matcher that ignores case; the other one is not.
    if any_case and "mempool" in who and text.lower() != text.upper():
        parts.append("any_case = true")
    if text in draft.software:
        parts.append("software = true")
    if text in draft.yields_to:
        parts.append(f"yields_to = {_quote(draft.yields_to[text])}")
    return "{ " + ", ".join(parts) + " }"


def _array(texts: list[str]) -> str:
    return "[" + ", ".join(map(_quote, texts)) + "]"


def _quote(text: str) -> str:
    # JSON's escapes are a part of TOML's; UTF-8 stays readable.
    return json.dumps(text, ensure_ascii=False)


def main() -> int:
    """Build the registry, or with ``--check`` show whether it is up to date."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("mempool", type=Path, help="pools-v2.json of mempool/mining-pools")
    parser.add_argument("bitcoin_data", type=Path, help="the list of bitcoin-data/mining-pools")
    parser.add_argument("--check", action="store_true", help="write nothing; 1 if files differ")
    options = parser.parse_args()
    paths = dict(zip(LISTS, (options.mempool, options.bitcoin_data), strict=True))
    lists = {who: json.loads(path.read_text(encoding="utf-8")) for who, path in paths.items()}
    decisions = tomllib.loads(DECISIONS.read_text(encoding="utf-8"))
    wanted = {f"{d.slug}.toml": render(d) for d in merge(lists, decisions).values()}
    present = {path.name: path.read_text(encoding="utf-8") for path in DATA.glob("*.toml")}
    differing = sorted(
        name for name in wanted.keys() | present.keys() if wanted.get(name) != present.get(name)
    )
    print(f"{len(wanted)} pools, {len(differing)} files differ")
    if options.check:
        return 1 if differing else 0
    DATA.mkdir(parents=True, exist_ok=True)
    for name in differing:
        if name in wanted:
            (DATA / name).write_text(wanted[name], encoding="utf-8", newline="\n")
        else:
            (DATA / name).unlink()
    return 0


if __name__ == "__main__":
    sys.exit(main())
