"""Write the manifest of the bundled data: version, checksums, and what made each file.

Run after any file of ``src/hashquake/datasets`` has changed::

    python scripts/build_data_manifest.py [VERSION]

Without a version the day of the last block is taken; a later change of other files is
``2026-04-22.1`` and so on.
"""

import hashlib
import sys
from collections.abc import Iterator
from pathlib import Path

import tomli_w

from hashquake.core.times import format_time
from hashquake.datasets.bundled import bundled_blocks
from hashquake.datasets.manifest import NAME

DATASETS = Path(__file__).parents[1] / "src" / "hashquake" / "datasets"
CONCLUDED = {"catalog.json", "catalog_state.xz", "exposures.json", "outages.json"}
"""Made by `scripts/build_pages.py --catalog` from the others, and compared by the tests."""

SCRIPTS = {
    "blocks.npz": "build_bundled_record.py",
    "blocks.sha256": "build_bundled_record.py",
    "epochs.csv": "build_bundled_record.py",
    "prices.npz": "build_prices.py",
    "real_outages.csv": "build_real_outages.py",
    "published_shares.csv": "build_mining_map.py",
    "ccaf/countries.csv": "build_mining_map.py",
    "ccaf/chinese_provinces.csv": "build_mining_map.py",
    "ccaf/power_quarterly.csv": "build_energy_facts.py",
    "hardware.csv": "build_energy_facts.py",
    "price_daily.npz": "build_energy_facts.py",
    "grid.csv": "build_energy_facts.py",
}


def data_files() -> Iterator[Path]:
    """Yield the files whose bytes the manifest states, by path."""
    for path in sorted(DATASETS.rglob("*")):
        kept = path.suffix in {".npz", ".csv", ".toml", ".sha256"} and path.name != NAME
        if kept and path.name not in CONCLUDED:
            yield path


def main(version: str | None) -> None:
    """Write the manifest.

    Parameters
    ----------
    version : str or None
        Of the data; None means the day of the last block.
    """
    blocks = bundled_blocks()
    files = []
    for path in data_files():
        name = path.relative_to(DATASETS).as_posix()
        made_by = f"scripts/{SCRIPTS[name]}" if name in SCRIPTS else ""
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        files.append({"path": name, "sha256": digest, "made_by": made_by})
    whole = hashlib.sha256("".join(each["sha256"] for each in files).encode()).hexdigest()
    document = {
        "version": version or format_time(float(blocks.header_s[-1]))[:10],
        "first_height": int(blocks.height[0]),
        "last_height": int(blocks.height[-1]),
        "sha256": whole,
        "files": files,
    }
    (DATASETS / NAME).write_text(tomli_w.dumps(document), encoding="utf-8")
    print(f"{len(files)} files, {whole[:12]}")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else None)
