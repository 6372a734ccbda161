"""The bundled data are those of the manifest, to the byte, and can be packed again to the byte."""

import hashlib
from pathlib import Path

import pytest
from scripts.build_data_manifest import DATASETS, data_files

from hashquake.datasets.bundled import bundled_blocks
from hashquake.datasets.manifest import DataFile, bundled_manifest
from hashquake.datasets.packed_arrays import pack_arrays, packed_arrays

ROOT = Path(__file__).parents[2]
AGAIN = "; after a change on purpose run scripts/build_data_manifest.py with a new version"


@pytest.mark.parametrize("stated", bundled_manifest().files, ids=lambda each: each.path)
def test_a_file_is_as_it_was_made(stated: DataFile) -> None:
    found = hashlib.sha256((DATASETS / stated.path).read_bytes()).hexdigest()
    assert found == stated.sha256, f"{stated.path} has changed{AGAIN}"
    assert not stated.made_by or (ROOT / stated.made_by).is_file()


def test_every_file_is_in_the_manifest() -> None:
    found = [path.relative_to(DATASETS).as_posix() for path in data_files()]
    assert found == [each.path for each in bundled_manifest().files]
    sources = (DATASETS / "SOURCES.md").read_text(encoding="utf-8")
    for path in found:
        folder, _, name = path.rpartition("/")
        assert name in sources or f"`{folder}/" in sources or name == "blocks.sha256", path


def test_the_whole_has_the_version_of_its_parts() -> None:
    manifest = bundled_manifest()
    parts = "".join(each.sha256 for each in manifest.files)
    assert manifest.sha256 == hashlib.sha256(parts.encode()).hexdigest()
    heights = bundled_blocks().height
    assert (manifest.first_height, manifest.last_height) == (int(heights[0]), int(heights[-1]))


@pytest.mark.parametrize("name", ["blocks.npz", "prices.npz", "price_daily.npz"])
def test_packing_what_was_unpacked_gives_the_same_bytes(name: str, tmp_path: Path) -> None:
    pack_arrays(tmp_path / name, packed_arrays(name))
    assert (tmp_path / name).read_bytes() == (DATASETS / name).read_bytes()
