"""Says in words what is wrong with the keys of a rule and with the form of their values."""

from collections.abc import Mapping

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from rules.errors import RuleError, choose

_WRITTEN: Mapping[str, str] = {
    "tuple_type": 'write a list: {key} = ["..."]',
    "string_type": 'write text in quotes: {key} = "..."',
    "bool_type": "write true or false without quotes",
    "bool_parsing": "write true or false without quotes",
    "dict_type": "write a table: {key} = {{ ... }}",
    "mapping_type": "write a table: {key} = {{ ... }}",
    "model_type": "write a table: {key} = {{ ... }}",
}
"""Type of a pydantic error -> how the key is written."""


def in_words(
    error: ErrorDetails, place: str, *, tables: Mapping[tuple[str, ...], type[BaseModel]]
) -> RuleError:
    """The error for one key of a rule; `tables` has the keys that are known, by the tables that they stand in."""
    where = f"{place}.{'.'.join(str(part) for part in error['loc'])}"
    key = str(error["loc"][-1])
    if error["type"] == "extra_forbidden":
        known = tables.get(tuple(part for part in error["loc"][:-1] if isinstance(part, str)), tables[()])
        return RuleError(where, "unknown key", choose(key, known.model_fields))
    if error["type"] == "missing":
        return RuleError(where, "is missing", f"write it: {key} = ...")
    if error["type"] == "literal_error":
        problem = f"'{str(error['input'])[:60]}' cannot stand here"
        choices = error["ctx"]["expected"].replace("True, False", "true, false")
        return RuleError(where, problem, f"write {choices}")
    if error["type"] == "timezone_aware":
        return RuleError(
            where, "does not say by whose clocks", "add Z or an offset, as in 2026-05-14T12:00:00+01:00"
        )
    if error["type"] in _WRITTEN:
        return RuleError(where, "has another form", _WRITTEN[error["type"]].format(key=key))
    return RuleError(where, "has another form", error["msg"].lower())
