"""The state of running kernels as bytes, and back: frozen values and arrays, nothing else.

A snapshot is a cache next to the record. It may come from a file that somebody else wrote, so no
code in it is ever run: only frozen dataclasses and named tuples of this package that are already
loaded are built, with exactly the fields they have now. Whatever does not fit is refused, and the
state is rebuilt from the blocks.
"""

import io
import json
import sys
import zlib
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

FORMAT = "format 1"
_MOST_BYTES = 500_000_000


class SnapshotError(ValueError):
    """A snapshot that does not fit the code that reads it."""


def encode(value: Any) -> bytes:
    """Write a state as bytes.

    Parameters
    ----------
    value : object
        A frozen dataclass or named tuple of this package; its fields hold such values, tuples of
        them, arrays, numbers, text, bytes or None. A value that occurs twice is written once.

    Raises
    ------
    TypeError
        For anything else.
    """
    writer = _SnapshotWriter()
    tree = {FORMAT: writer.node(value)}
    text = np.frombuffer(json.dumps(tree, separators=(",", ":")).encode(), np.uint8)
    out = io.BytesIO()
    arrays: dict[str, Any] = {"tree": text, **writer.arrays}
    np.savez(out, **arrays)
    # A light compression: a state is written often and read once.
    return zlib.compress(out.getvalue(), level=1)


def decode(state: bytes) -> Any:
    """Read a state that `encode` wrote.

    Parameters
    ----------
    state : bytes
        What `encode` wrote; it may be damaged or hostile.

    Raises
    ------
    SnapshotError
        When it is damaged, or was written by code with other classes or fields.
    """
    try:
        with np.load(io.BytesIO(_unpacked(state)), allow_pickle=False) as found:
            arrays = {name: found[name] for name in found.files}
        tree = json.loads(arrays.pop("tree").tobytes())
        return _SnapshotReader(arrays).node(tree[FORMAT])
    except SnapshotError:
        raise
    except Exception as error:  # whatever a damaged file makes the readers raise
        raise SnapshotError(f"{type(error).__name__}: {error}") from error


def _unpacked(state: bytes) -> bytes:
    """Decompress a state, but never more than a state can hold."""
    unpacking = zlib.decompressobj()
    text = unpacking.decompress(state, _MOST_BYTES)
    if unpacking.unconsumed_tail or not unpacking.eof:
        raise SnapshotError("it is cut off or too large")
    return text


class _SnapshotWriter:
    def __init__(self) -> None:
        self.arrays: dict[str, NDArray[Any]] = {}
        self._numbers: dict[int, int] = {}
        self._alive: list[Any] = []

    def node(self, value: Any) -> Any:
        if isinstance(value, np.generic):
            return value.item()
        if value is None or isinstance(value, bool | int | float | str):
            return value
        if isinstance(value, bytes):
            return {"hex": value.hex()}
        if id(value) in self._numbers:
            return {"same": self._numbers[id(value)]}
        if type(value) is tuple:
            return {"tuple": [self.node(each) for each in value]}
        return self._known(value, self._node(value))

    def _node(self, value: Any) -> dict[str, Any]:
        if isinstance(value, np.ndarray):
            return self._array(value)
        if isinstance(value, tuple) and hasattr(value, "_fields"):
            return self._built(value, list(value._fields), list(value))
        if is_dataclass(value) and not isinstance(value, type):
            names = [field.name for field in fields(value)]
            return self._built(value, names, [getattr(value, name) for name in names])
        raise TypeError(f"a snapshot cannot hold a {type(value).__name__}")

    def _built(self, value: Any, names: list[str], values: list[Any]) -> dict[str, Any]:
        kind = type(value)
        inside = {name: self.node(each) for name, each in zip(names, values, strict=True)}
        return {"class": f"{kind.__module__}:{kind.__qualname__}", "fields": inside}

    def _array(self, value: NDArray[Any]) -> dict[str, Any]:
        if value.dtype != np.object_:
            return {"array": self._stored(value)}
        if all(each is None for each in value):
            return {"nones": len(value)}
        lengths = np.array([-1 if each is None else len(each) for each in value], np.int32)
        if not all(each is None or isinstance(each, bytes) for each in value):
            raise TypeError("a snapshot's columns of objects hold bytes or None")
        joined = np.frombuffer(b"".join(each for each in value if each is not None), np.uint8)
        return {"lengths": self._stored(lengths), "bytes": self._stored(joined)}

    def _stored(self, value: NDArray[Any]) -> str:
        name = f"a{len(self.arrays)}"
        self.arrays[name] = value
        return name

    def _known(self, value: Any, node: dict[str, Any]) -> dict[str, Any]:
        # The value is kept alive, so that no other one takes its address meanwhile.
        self._alive.append(value)
        self._numbers[id(value)] = len(self._numbers)
        return {**node, "number": self._numbers[id(value)]}


class _SnapshotReader:
    def __init__(self, arrays: dict[str, NDArray[Any]]) -> None:
        self._arrays = arrays
        self._values: dict[int, Any] = {}

    def node(self, node: Any) -> Any:
        if not isinstance(node, dict):
            return node
        if "hex" in node:
            return bytes.fromhex(node["hex"])
        if "same" in node:
            return self._values[node["same"]]
        if "tuple" in node:
            return tuple(self.node(each) for each in node["tuple"])
        value = self._value(node)
        self._values[node["number"]] = value
        return value

    def _value(self, node: dict[str, Any]) -> Any:
        if "array" in node:
            return self._arrays[node["array"]]
        if "nones" in node:
            return np.full(node["nones"], None, np.object_)
        if "lengths" in node:
            return _objects(self._arrays[node["lengths"]], self._arrays[node["bytes"]].tobytes())
        build, names = _class_named(node["class"])
        if list(node["fields"]) != names:
            raise SnapshotError(f"{node['class']} has other fields")
        return build(**{name: self.node(each) for name, each in node["fields"].items()})


def _objects(lengths: NDArray[np.int32], joined: bytes) -> NDArray[np.object_]:
    column = np.full(len(lengths), None, np.object_)
    at = 0
    for index, length in enumerate(lengths.tolist()):
        if length >= 0:
            column[index] = joined[at : at + length]
            at += length
    return column


def _class_named(name: str) -> tuple[Callable[..., Any], list[str]]:
    module, _, qualified = name.partition(":")
    loaded = sys.modules.get(module) if module.startswith("hashquake.") else None
    kind: Any = getattr(loaded, qualified, None)
    if isinstance(kind, type):
        if is_dataclass(kind) and kind.__module__ == module:
            return kind, [field.name for field in fields(kind)]
        if issubclass(kind, tuple) and hasattr(kind, "_fields") and kind.__module__ == module:
            return kind, list(kind._fields)
    raise SnapshotError(f"{name} is not a value of this package")
