"""The line of the config that would quieten a rule whose tasks people mostly dismiss or ignore."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import orjson

from rules.duration import find_duration
from rules.rule import Rule, catalogue_files
from sync.scoreboard.tally import Tally

_HOPELESS = 0.8
"""From this share on a rule should find and not write."""


def quieter(rule: Rule, tally: Tally) -> str:
    """TOML to put into the config: it reports only, or it repeats later, or it waits for more before it fires."""
    where = f"[rules.{rule.name}]" if rule.name in catalogue_files() else f'[[rule]]  # name = "{rule.name}"'
    return f"{where}\n{next(_lines(rule, tally))}"


def _lines(rule: Rule, tally: Tally) -> Iterator[str]:
    if (tally.bad_share or 0) < _HOPELESS:
        if tally.bad_repeats * 2 > tally.bad:
            later = replace(rule.repeat_after, count=rule.repeat_after.count * 2)
            yield f'repeat_after = "{later}"'
        for name, value in rule.file.params.items():
            doubled = _doubled(value)
            if doubled is not None and re.search(rf">=?\s*{re.escape(name)}\b", rule.file.when):
                yield f"params.{name} = {doubled}"
    yield 'mode = "report"'


def _doubled(value: Any) -> str | None:
    """A threshold twice as high, as TOML; None for what is no number and no duration."""
    if isinstance(value, dict):
        parts = [(key, value[key] if key == "by" else _doubled(value[key])) for key in value]
        if all(part is None for key, part in parts if key != "by"):
            return None
        listed = (
            f"{key} = {orjson.dumps(value[key]).decode() if key == 'by' or part is None else part}"
            for key, part in parts
        )
        return f"{{ {', '.join(listed)} }}"
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return str(value * 2)
    duration = find_duration(value) if isinstance(value, str) else None
    return f'"{replace(duration, count=duration.count * 2)}"' if duration else None
