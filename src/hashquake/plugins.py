"""Find plugins by file name and by entry point, read their cards without importing them, load one.

A plugin is one file with one ``CARD``; its name is the file's name; files that start with an
underscore are not plugins. Listing reads the card as text, so a missing optional dependency, a
slow import or a broken file of somebody else's never stands in the way of a list.

Other packages add plugins by entry points in the groups `GROUPS`, one a plugin: its name, and the
module that is its file.
"""

import ast
import difflib
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.machinery import PathFinder
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

from hashquake.core.contracts import DetectorCard, ScenarioCard, SourceCard
from hashquake.core.errors import HashquakeError, UsageError
from hashquake.core.hostile_text import visible_text

ROOMS = {"sources": "SourceCard", "detect": "DetectorCard", "forward.scenarios": "ScenarioCard"}
"""The rooms that hold plugins, and the card each plugin there carries."""

GROUPS = {
    "sources": "hashquake.sources",
    "detect": "hashquake.detectors",
    "forward.scenarios": "hashquake.scenarios",
}
"""The groups of entry points by which other packages add plugins to a room."""

_CARDS: dict[str, type[Any]] = {
    "SourceCard": SourceCard,
    "DetectorCard": DetectorCard,
    "ScenarioCard": ScenarioCard,
}
_WANTED = {
    "sources": ("Options", "read"),
    "detect": ("start", "step"),
    "forward.scenarios": ("build",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginInfo:
    """A plugin as listed.

    Parameters
    ----------
    room : str
        One of `ROOMS`.
    name, module : str
        Its name, and where it is imported from.
    card : dict
        Its card's fields as written.
    package : str
        The package that adds it; empty for hashquake's own.
    """

    room: str
    name: str
    module: str
    card: dict[str, Any]
    package: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class BrokenPlugin:
    """A plugin of another package that cannot be listed, and why, in one line.

    Parameters
    ----------
    room : str
        One of `ROOMS`.
    name : str
        Of the plugin.
    package : str
        That it belongs to.
    because : str
        Why, in one line.
    """

    room: str
    name: str
    package: str
    because: str


@lru_cache(maxsize=8)
def list_plugins(room: str) -> tuple[PluginInfo, ...]:
    """List the plugins of a room by name, importing none of them.

    Parameters
    ----------
    room : str
        One of `ROOMS`.

    Returns
    -------
    tuple of PluginInfo
        Hashquake's own and those of other packages; what cannot be read is in `broken_plugins`.
    """
    return tuple(sorted((*_own(room), *_others(room)[0]), key=lambda info: info.name))


def broken_plugins(room: str) -> tuple[BrokenPlugin, ...]:
    """List the plugins that other packages announce for a room and that cannot be used.

    Parameters
    ----------
    room : str
        One of `ROOMS`.
    """
    return tuple(_others(room)[1])


def forget_plugins() -> None:
    """Look for plugins again when they are next asked for: packages have changed."""
    for found in (list_plugins, _own, _others):
        found.cache_clear()


@lru_cache(maxsize=8)
def _own(room: str) -> tuple[PluginInfo, ...]:
    found = []
    for module, entry in _files(resources.files(f"hashquake.{room}"), f"hashquake.{room}"):
        card = _read_card(entry.read_text(encoding="utf-8"), ROOMS[room])
        if card is not None:
            name = module.rpartition(".")[2]
            found.append(PluginInfo(room=room, name=name, module=module, card=card))
    return tuple(found)


@lru_cache(maxsize=8)
def _others(room: str) -> tuple[list[PluginInfo], list[BrokenPlugin]]:
    """Return the plugins of other packages, and those that are broken."""
    taken = {info.name for info in _own(room)}
    good: list[PluginInfo] = []
    broken: list[BrokenPlugin] = []
    for point in entry_points(group=GROUPS[room]):
        package = point.dist.name if point.dist is not None else "an unknown package"
        try:
            card = _card_of(point.value, room)
            _check_name(card["name"], point.name, taken)
        except Exception as error:  # noqa: BLE001  whatever is wrong with it, the others are listed
            because = visible_text(f"{error}" or type(error).__name__, limit=160)
            broken.append(
                BrokenPlugin(room=room, name=point.name, package=package, because=because)
            )
            continue
        taken.add(point.name)
        good.append(
            PluginInfo(room=room, name=point.name, module=point.value, card=card, package=package)
        )
    return good, broken


def _check_name(card_name: str, name: str, taken: set[str]) -> None:
    if card_name != name:
        raise ValueError(f"its card is named {card_name}")
    if name in taken:
        raise ValueError("another plugin has this name")


def _card_of(module: str, room: str) -> dict[str, Any]:
    """Read the card of a module by its file, importing nothing: not even its package.

    Raises
    ------
    Exception
        When there is no such file, or its card is not one.
    """
    path: Any = None
    name = ""
    for part in module.split("."):
        name = f"{name}.{part}" if name else part
        spec = PathFinder.find_spec(name, path)
        if spec is None:
            raise ValueError(f"there is no module {name}")
        path = spec.submodule_search_locations
    if spec is None or spec.origin is None or not spec.origin.endswith(".py"):
        raise ValueError(f"the module {module} is not a Python file")
    card = _read_card(Path(spec.origin).read_text(encoding="utf-8"), ROOMS[room])
    if card is None:
        raise ValueError(f"{module} has no CARD that is a {ROOMS[room]} of literals")
    _CARDS[ROOMS[room]](**card)  # every field that others rely on is there
    if not isinstance(card["name"], str) or not isinstance(card["title"], str):
        raise TypeError("the name and the title of its card must be text")
    return card


def _files(folder: Traversable, package: str) -> Iterator[tuple[str, Traversable]]:
    """Yield the modules of a room that may be plugins, in its folders too."""
    for entry in folder.iterdir():
        stem, _, ending = entry.name.rpartition(".")
        if entry.name.startswith("_"):
            continue
        if entry.is_dir():
            yield from _files(entry, f"{package}.{entry.name}")
        elif ending == "py":
            yield f"{package}.{stem}", entry


def load_plugin(room: str, name: str) -> Any:
    """Import one plugin and check its contract.

    Parameters
    ----------
    room : str
        One of `ROOMS`.
    name : str
        As `list_plugins` shows it.

    Returns
    -------
    module
        With ``CARD`` and what the room's contract asks for.

    Raises
    ------
    UsageError
        ``plugin-unknown`` with the nearest name.
    HashquakeError
        ``plugin-extra`` when it needs an optional dependency that is not installed,
        ``plugin-broken`` when it is another package's and cannot be loaded,
        ``plugin-contract`` when the file does not keep the contract.
    """
    infos = {info.name: info for info in list_plugins(room)}
    if name not in infos:
        for one in broken_plugins(room):
            if one.name == name:
                raise _broken(name, one.package, one.because)
        near = difflib.get_close_matches(name, infos, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"there is no plugin {name!r} among the {room.rpartition('.')[2]}",
            code="plugin-unknown",
            hint=f"{meant}known: {', '.join(infos)}",
        )
    info = infos[name]
    try:
        module = _loaded_of_another(info) if info.package else importlib.import_module(info.module)
    except ModuleNotFoundError as error:
        extra = info.card.get("extra")
        if not extra:
            raise
        raise HashquakeError(
            f"{name} needs {error.name}, which is not installed",
            code="plugin-extra",
            hint=f"install hashquake[{extra}]",
        ) from None
    _check_contract(module, room, name)
    return module


def _loaded_of_another(info: PluginInfo) -> Any:
    try:
        return importlib.import_module(info.module)
    except Exception as error:
        said = f"{type(error).__name__}: {error}"
        raise _broken(info.name, info.package, said) from error


def _broken(name: str, package: str, because: str) -> HashquakeError:
    return HashquakeError(
        f"the plugin {name} of the package {package} cannot be loaded: "
        f"{visible_text(because, limit=160)}",
        code="plugin-broken",
        hint=f"update or remove {package}, or tell its authors",
    )


def _check_contract(module: Any, room: str, name: str) -> None:
    wanted = _WANTED[room]
    if room == "detect" and not getattr(getattr(module, "CARD", None), "online", True):
        wanted = ("segment",)
    missing = [item for item in wanted if not hasattr(module, item)]
    if getattr(getattr(module, "CARD", None), "name", None) != name or missing:
        raise HashquakeError(
            f"the plugin {name} does not keep the contract of {room}"
            + (f": it lacks {', '.join(missing)}" if missing else ": its card names another"),
            code="plugin-contract",
        )


def _read_card(source: str, card_class: str) -> dict[str, Any] | None:
    for node in ast.parse(source).body:
        if (
            isinstance(node, ast.Assign)
            and isinstance(node.targets[0], ast.Name)
            and node.targets[0].id == "CARD"
            and isinstance(node.value, ast.Call)
            and getattr(node.value.func, "id", "") == card_class
        ):
            return {
                keyword.arg: ast.literal_eval(keyword.value)
                for keyword in node.value.keywords
                if keyword.arg
            }
    return None
