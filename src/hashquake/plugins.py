"""Find plugins by file name, read their cards without importing them, load one at a time.

A plugin is one file with one ``CARD``; its name is the file's name; files that start with an
underscore are not plugins. Listing reads the card as text, so a missing optional dependency or a
slow import never stands in the way of a list.
"""

import ast
import difflib
import importlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from hashquake.core.errors import HashquakeError, UsageError

ROOMS = {"sources": "SourceCard", "detect": "DetectorCard", "forward.scenarios": "ScenarioCard"}
"""The rooms that hold plugins, and the card each plugin there carries."""

_WANTED = {
    "sources": ("Options", "read"),
    "detect": ("start", "step"),
    "forward.scenarios": ("build",),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class PluginInfo:
    """A plugin as listed: its room, name and module, and its card's fields as written."""

    room: str
    name: str
    module: str
    card: dict[str, Any]


@lru_cache(maxsize=8)
def list_plugins(room: str) -> tuple[PluginInfo, ...]:
    """List the plugins of a room by name, importing none of them.

    Parameters
    ----------
    room : str
        One of `ROOMS`.
    """
    found = []
    for module, entry in _files(resources.files(f"hashquake.{room}"), f"hashquake.{room}"):
        card = _read_card(entry.read_text(encoding="utf-8"), ROOMS[room])
        if card is not None:
            name = module.rpartition(".")[2]
            found.append(PluginInfo(room=room, name=name, module=module, card=card))
    return tuple(sorted(found, key=lambda info: info.name))


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
        ``plugin-contract`` when the file does not keep the contract.
    """
    infos = {info.name: info for info in list_plugins(room)}
    if name not in infos:
        near = difflib.get_close_matches(name, infos, n=1)
        meant = f"did you mean {near[0]}? " if near else ""
        raise UsageError(
            f"there is no plugin {name!r} among the {room.rpartition('.')[2]}",
            code="plugin-unknown",
            hint=f"{meant}known: {', '.join(infos)}",
        )
    try:
        module = importlib.import_module(infos[name].module)
    except ModuleNotFoundError as error:
        extra = infos[name].card.get("extra")
        if not extra:
            raise
        raise HashquakeError(
            f"{name} needs {error.name}, which is not installed",
            code="plugin-extra",
            hint=f"install hashquake[{extra}]",
        ) from None
    _check_contract(module, room, name)
    return module


def _check_contract(module: Any, room: str, name: str) -> None:
    wanted = _WANTED[room]
    if room == "detect" and not module.CARD.online:
        wanted = ("segment",)
    missing = [item for item in wanted if not hasattr(module, item)]
    if module.CARD.name != name or missing:
        raise HashquakeError(
            f"the plugin {name} does not keep the contract of {room}"
            + (f": it lacks {', '.join(missing)}" if missing else f": its card says {module.CARD}"),
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
