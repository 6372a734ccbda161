"""What is wrong with an option, in words of this program and not of the library that checked it."""

from pydantic import ValidationError

from hashquake.core.hostile_text import visible_text

_MUST_BE = {
    "greater_than": "be greater than {gt:g}",
    "greater_than_equal": "be at least {ge:g}",
    "less_than": "be less than {lt:g}",
    "less_than_equal": "be at most {le:g}",
    "finite_number": "be a finite number",
    "float_parsing": "be a number",
    "int_parsing": "be a whole number",
    "int_from_float": "be a whole number",
    "literal_error": "be {expected}",
}


def option_problem(refused: ValidationError) -> str:
    """Return the first thing that is wrong with options, as a sentence without a full stop.

    Parameters
    ----------
    refused : ValidationError
        As raised by a model of options.
    """
    error = refused.errors()[0]
    where = ".".join(str(part) for part in error["loc"])
    option = f"--{where.replace('_', '-')}"
    must_be = _MUST_BE.get(error["type"])
    if must_be is not None:
        given = visible_text(str(error["input"]), limit=60)
        return f"{option} must {must_be.format(**error.get('ctx', {}))}, got {given}"
    if error["type"] == "missing":
        return f"{option} is missing"
    if error["type"] == "extra_forbidden":
        return f"there is no option {option}"
    text = error["msg"].removeprefix("Value error, ")
    return f"{option}: {text}" if where else text
