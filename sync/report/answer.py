"""Writes a `--json` answer down, and says there what went wrong; each command's documents stand in files of their own."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import orjson

from sync.errors import Mistake
from sync.plan.changes import FORMAT, instant


def as_json(document: Mapping[str, Any]) -> str:
    """The document as indented JSON."""
    return orjson.dumps(
        document,
        default=plain,
        option=orjson.OPT_INDENT_2 | orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME,
    ).decode()


def error_document(
    place: str, problem: str, *, remedy: str, exit_code: int, mistakes: Iterable[Mistake] = ()
) -> dict[str, Any]:
    """A command that could not do what was asked; `mistakes` has all of a config's, the error the first."""
    return {
        "format": FORMAT,
        "error": {"place": place, "problem": problem, "remedy": remedy},
        "mistakes": [asdict(mistake) for mistake in mistakes],
        "exit_code": exit_code,
    }


def plain(value: object) -> Any:
    """What stands in JSON for a value that it has no form of; raises TypeError for one that no document may have."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, datetime):
        return instant(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} is not for JSON")
