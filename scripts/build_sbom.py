"""Write what a release consists of, as a CycloneDX 1.6 document (SBOM).

python scripts/build_sbom.py hashquake-0.1.0-py3-none-any.whl hashquake.cdx.json

It lists hashquake with the checksum of its wheel, the libraries that a base installation of this
interpreter has, in the versions that are installed, their licences, and who needs whom. Equal
inputs give equal bytes: serial number and instant follow from the wheel and SOURCE_DATE_EPOCH.
"""

import hashlib
import os
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from importlib.metadata import Distribution, distribution
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import hashquake

NAME = "hashquake"


def needs(one: Distribution) -> Iterator[str]:
    """Yield the names of what a distribution needs here, without any extra.

    Parameters
    ----------
    one : Distribution
        Installed.
    """
    for text in one.requires or ():
        requirement = Requirement(text)
        if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
            yield canonicalize_name(requirement.name)


def base_installation() -> dict[str, Distribution]:
    """Return hashquake and all that it needs, by name."""
    found: dict[str, Distribution] = {}
    waiting = [NAME]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found[name] = distribution(name)
            waiting += needs(found[name])
    return dict(sorted(found.items()))


def _component(name: str, one: Distribution) -> Component:
    licences = LicenseFactory()
    metadata = one.metadata.json
    stated = metadata.get("license_expression") or metadata.get("license") or ""
    short = " ".join(str(stated).split())
    version = hashquake.__version__ if name == NAME else one.version
    return Component(
        type=ComponentType.APPLICATION if name == NAME else ComponentType.LIBRARY,
        name=name,
        version=version,
        bom_ref=f"{name}=={version}",
        purl=PackageURL("pypi", name=name, version=version),
        licenses=[licences.make_from_string(short)] if 0 < len(short) <= 80 else [],
        description=str(metadata["summary"]) if "summary" in metadata else None,
    )


def sbom(wheel: Path, *, made_s: int) -> str:
    """Return the document.

    Parameters
    ----------
    wheel : Path
        Of hashquake.
    made_s : int
        When it was made, Unix seconds.
    """
    installed = base_installation()
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    components = {name: _component(name, one) for name, one in installed.items()}
    root = components[NAME]
    root.hashes.add(HashType(alg=HashAlgorithm.SHA_256, content=digest))
    bom = Bom(components=[one for name, one in components.items() if name != NAME])
    bom.metadata.component = root
    bom.metadata.timestamp = datetime.fromtimestamp(made_s, UTC)
    bom.serial_number = uuid5(NAMESPACE_URL, digest)
    for name, one in installed.items():
        bom.register_dependency(components[name], [components[each] for each in needs(one)])
    return JsonV1Dot6(bom).output_as_string(indent=2)


if __name__ == "__main__":
    made = int(os.environ.get("SOURCE_DATE_EPOCH", "1767225600"))
    Path(sys.argv[2]).write_text(sbom(Path(sys.argv[1]), made_s=made) + "\n", encoding="utf-8")
    print(f"{sys.argv[2]} written")
