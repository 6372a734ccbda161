"""Which hashquake answers: its own version, that of its data, and those of its detectors."""

import platform
from typing import Any

from hashquake import __version__
from hashquake.datasets.manifest import bundled_manifest
from hashquake.plugins import list_plugins


def version_document() -> dict[str, Any]:
    """Return all versions that an answer depends on, as JSON has them."""
    data = bundled_manifest()
    return {
        "version": __version__,
        "python": platform.python_version(),
        "data": {
            "version": data.version,
            "first_height": data.first_height,
            "last_height": data.last_height,
            "sha256": data.sha256,
        },
        "detectors": [
            {"name": info.name, "version": info.card["version"], "package": info.package or None}
            for info in list_plugins("detect")
        ],
    }


def version_lines() -> list[str]:
    """Return the same in lines for people."""
    found = version_document()
    data = found["data"]
    heights = f"blocks {data['first_height']} to {data['last_height']}"
    detectors = ", ".join(f"{each['name']} {each['version']}" for each in found["detectors"])
    return [
        f"hashquake {found['version']}",
        f"data {data['version']}, {heights}, sha256 {data['sha256'][:12]}",
        f"detectors {detectors}",
        f"Python {found['python']}",
    ]
