"""Sets the switches that say how nasty this CRM is, from the command line or over HTTP."""

import dataclasses
from collections.abc import Mapping
from typing import Any, get_type_hints

from pydantic import TypeAdapter, ValidationError

from sandbox.refused import Refused, first_problem, unknown
from sandbox.world import Switches

_KINDS = get_type_hints(Switches)
_ONLY_AT_START = frozenset({"setup_fields"})


def set_switches(switches: Switches, changes: Mapping[str, Any], *, running: bool = False) -> None:
    """Changes `switches` in place, all of `changes` or nothing.

    Values may be text as typed on a command line (`true`, `0.5`, `Invoice,Incident`). Raises Refused for an
    unknown name, a value of the wrong kind, and for a switch that only counts at the start when `running`.
    """
    checked = {name: _checked(name, value, running=running) for name, value in changes.items()}
    for name, value in checked.items():
        setattr(switches, name, value)


def show_switches(switches: Switches) -> dict[str, Any]:
    """Every switch as it stands, ready for JSON."""
    shown = dataclasses.asdict(switches)
    return {name: sorted(value) if isinstance(value, frozenset) else value for name, value in shown.items()}


def _checked(name: str, value: Any, *, running: bool) -> Any:
    if name not in _KINDS:
        raise Refused(unknown("switch", name, _KINDS))
    if running and name in _ONLY_AT_START:
        raise Refused(f"switch {name!r} counts only at the start: python -m sandbox --set {name}=...")
    if _KINDS[name] == frozenset[str] and isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    try:
        return TypeAdapter(_KINDS[name]).validate_python(value)
    except ValidationError as error:
        raise Refused(f"switch {name!r}: {first_problem(error)}") from error
