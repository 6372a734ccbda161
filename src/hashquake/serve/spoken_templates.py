"""Templates that speak: ``_()`` and ``ngettext()`` in the language of whoever reads the page."""

from typing import Any

from jinja2 import Environment
from markupsafe import Markup, escape

from hashquake.serve.language import number, spoken


def speak(environment: Environment) -> None:
    """Add ``_()``, ``ngettext()``, ``between()`` and the filter ``number`` to templates.

    Parameters
    ----------
    environment : Environment
        Whose templates are to be translated.
    """
    environment.add_extension("jinja2.ext.i18n")
    environment.globals |= {
        "gettext": _translated,
        "ngettext": _counted,
        "between": lambda: spoken().between,
    }
    environment.filters["number"] = number


def _translated(text: str, **values: Any) -> Markup:
    """Return a message as HTML: it and its values are escaped, values that are HTML are not."""
    found = escape(spoken().text(text))
    return found.format(**values) if values else found


def _counted(one: str, many: str, count: int, **values: Any) -> Markup:
    braces = {name: f"{{{name}}}" for name in values}
    return escape(spoken().plural(one, many, count, **braces)).format(**values)
