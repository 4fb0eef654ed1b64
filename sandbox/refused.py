"""How the sandbox says no to what a person gave it: arguments, files, faults, switches."""

from collections.abc import Iterable
from difflib import get_close_matches

from pydantic import ValidationError


class Refused(ValueError):
    """Something given to the sandbox that it cannot use; the text says place, problem and remedy."""


def unknown(what: str, name: str, valid: Iterable[str]) -> str:
    """`unknown switch 'rate_limit'; did you mean 'rate_limits'?`, or all valid names where none is near."""
    names = sorted(valid)
    near = get_close_matches(name, names, n=1)
    remedy = f"did you mean {near[0]!r}?" if near else f"valid: {', '.join(names) or 'none'}"
    return f"unknown {what} {name!r}; {remedy}"


def first_problem(error: ValidationError) -> str:
    """The first thing that pydantic has against a value, on one line: `match.nth: must be ...`."""
    problem = error.errors(include_url=False, include_input=False)[0]
    place = ".".join(str(step) for step in problem["loc"])
    text = problem["msg"].removeprefix("Value error, ")
    return f"{place}: {text}" if place else text
