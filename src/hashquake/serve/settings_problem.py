"""What is wrong with the settings, in one sentence, with the name that was probably meant."""

import difflib
import re
from typing import Any, get_args

from pydantic import BaseModel, ValidationError

from hashquake.core.hostile_text import visible_text

_QUOTED = re.compile(r"'([^']+)'")


def settings_problem(error: ValidationError, settings: type[BaseModel]) -> str:
    """Return the first problem of settings that cannot be used; never a value that was given.

    Parameters
    ----------
    error : ValidationError
        What pydantic raised.
    settings : type of BaseModel
        The settings.
    """
    problems = error.errors(include_url=False)
    # A name that does not exist explains better than the one that is missing in its place.
    first = min(problems, key=lambda one: one["type"] != "extra_forbidden")
    place = [str(part) for part in first["loc"]]
    where = visible_text(".".join(place), limit=120)
    if first["type"] == "extra_forbidden":
        known = _fields_at(settings, place[:-1])
        return f"the setting {where} does not exist{_near(place[-1], known)}"
    said = str(first["msg"]).removeprefix("Value error, ")
    if first["type"] == "literal_error":
        given = first["input"]
        meant = _near(given, _QUOTED.findall(said)) if isinstance(given, str) else ""
        return f"{where}: {said}{meant}"
    if first["type"] == "union_tag_invalid":
        context = first.get("ctx", {})
        known = _QUOTED.findall(str(context.get("expected_tags", "")))
        return f"{where}: kind must be {', '.join(known)}{_near(str(context.get('tag')), known)}"
    if first["type"] == "union_tag_not_found":
        return f"{where}: kind is missing"
    return f"{where}: {visible_text(said, limit=300)}" if where else visible_text(said, limit=300)


def _near(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name[:100], known, n=1)
    return f"; did you mean {near[0]}?" if near else ""


def _fields_at(model: type[BaseModel], place: list[str]) -> list[str]:
    """Return the settings that exist at a place; all that may be there where it has a choice."""
    models: list[type[BaseModel]] = [model]
    for part in place:
        found: list[type[BaseModel]] = []
        for one in models:
            if part in one.model_fields:
                found += _models_in(one.model_fields[part].annotation)
            elif part.isdigit() or any(part in _tags(each) for each in models):
                # The number of a list's entry, or the kind of one: the models stay the same.
                found += [one] if not _tags(one) or part.isdigit() or part in _tags(one) else []
        models = found
    return sorted({name for one in models for name in one.model_fields})


def _tags(model: type[BaseModel]) -> tuple[Any, ...]:
    kind = model.model_fields.get("kind")
    return () if kind is None else get_args(kind.annotation)


def _models_in(annotation: Any) -> list[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in get_args(annotation) for model in _models_in(part)]
