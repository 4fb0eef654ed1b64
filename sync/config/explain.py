"""Says what pydantic found wrong with a config in the words of the person who wrote it, each mistake once."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from sync.config.places import KeyPath, Places, written
from sync.config.words import nearest
from sync.errors import Mistake

Keys = Mapping[str, str | None]
"""The keys that a table may have -> what they mean, where that is said."""

_WANTED = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "float_type": "a number",
    "int_parsing": "a whole number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "path_type": "a path in quotes",
    "date_type": "a date such as 2026-12-24",
    "dict_type": "a table",
    "model_type": "a table",
    "model_attributes_type": "a table",
    "list_type": "a list in [ ]",
    "tuple_type": "a list in [ ]",
    "frozen_set_type": "a list in [ ]",
}
_EXAMPLES: Mapping[str, str] = {
    "a text in quotes": 'it as "..."',
    "a whole number": "it without quotes and point, such as 30",
    "a number": "it without quotes, such as 0.3",
    "true or false": "it without quotes",
    "a path in quotes": 'it as "..."',
    "a date such as 2026-12-24": "it as year-month-day",
    "a table": "it as { key = value }, or under a heading in [ ]",
    "a list in [ ]": 'it as ["...", "..."]',
}
_TOML_WORDS: Mapping[type, str] = {
    bool: "true or false",
    int: "a whole number",
    float: "a number",
    str: "a text",
    list: "a list",
    dict: "a table",
    datetime: "a date with a time",
    date: "a date",
    time: "a time of day",
}
_RANGES = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be at least {ge}",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be at most {le}",
    "too_short": "must not be empty",
    "string_too_short": "must not be empty",
    "string_too_long": "may have at most {max_length} characters",
}


def explain(
    error: ValidationError, *, model: type[BaseModel], data: Mapping[str, Any], places: Places
) -> list[Mistake]:
    """One Mistake for each place in the file, in the order of the file.

    `data` is the parsed file: it tells real keys from the names that pydantic adds for the members of a union.
    """
    found: dict[KeyPath, Mistake] = {}
    misspelt: set[KeyPath] = set()
    missing: set[KeyPath] = set()
    for detail in error.errors(include_url=False):
        path = _path_in_file(detail, data)
        keys = _keys_beside(model, detail["loc"])
        problem, remedy = _BY_TYPE.get(detail["type"], _other)(detail, keys)
        if detail["type"] == "extra_forbidden":
            misspelt.update((*path[:-1], key) for key in keys if f"'{key}'" in remedy)
        key = written(path)
        mistake = Mistake(file=places.file, line=places.line(path), key=key, problem=problem, remedy=remedy)
        if detail["type"] == "missing":
            missing.add(path)
        # A union whose members all refuse reports each of them; the first speaks for all.
        found.setdefault(path, mistake)
    # A misspelt key is not missing as well.
    mistakes = [mistake for path, mistake in found.items() if path not in misspelt & missing]
    return sorted(mistakes, key=lambda mistake: mistake.line or 0)


def _path_in_file(detail: ErrorDetails, data: Any) -> KeyPath:
    path: list[str | int] = []
    for position, part in enumerate(detail["loc"]):
        is_missing_key = detail["type"] == "missing" and position == len(detail["loc"]) - 1
        if is_missing_key or _holds(data, part):
            path.append(part)
            data = None if is_missing_key else data[part]
    return tuple(path)


def _holds(data: Any, part: str | int) -> bool:
    if isinstance(data, dict):
        return part in data
    return isinstance(data, list) and isinstance(part, int) and part < len(data)


def _unknown_key(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    return "unknown key", nearest(str(detail["loc"][-1]), tuple(keys)) if keys else "take it out"


def _missing_key(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    meaning = keys.get(str(detail["loc"][-1])) or "`keptword init` writes a file with an example of every key"
    return "is missing", f"add it: {meaning[0].lower()}{meaning[1:].rstrip('.')}"


def _own_words(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    return str(detail["ctx"]["error"]), ""


def _choice(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    choices = tuple(part.strip("' ") for part in detail["ctx"]["expected"].replace(" or ", ", ").split(", "))
    value = f"'{detail['input']}'" if isinstance(detail["input"], str) else _shown(detail["input"])
    return f"{value} is not one of the choices", nearest(str(detail["input"]), choices)


def _tag(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    context = detail["ctx"]
    choices = tuple(tag.strip("' ") for tag in context["expected_tags"].split(","))
    name = context["discriminator"].strip("'")
    return f"{name} = '{context['tag']}' is not one of the choices", nearest(str(context["tag"]), choices)


def _tag_missing(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    name = detail["ctx"]["discriminator"].strip("'")
    return (
        f"the key '{name}' is missing",
        "it says which of the forms this table has; `keptword init` shows them",
    )


def _wanted(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    wanted = _WANTED[detail["type"]]
    return f"must be {wanted}, not {_shown(detail['input'])}", f"write {_EXAMPLES[wanted]}"


def _range(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    return f"{_RANGES[detail['type']].format(**detail.get('ctx', {}))}, not {_shown(detail['input'])}", ""


def _pattern(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    return "does not have the right form", f"it must match the pattern {detail['ctx']['pattern']}"


def _other(detail: ErrorDetails, keys: Keys) -> tuple[str, str]:
    return detail["msg"], ""


_BY_TYPE: Mapping[str, Callable[[ErrorDetails, Keys], tuple[str, str]]] = {
    "extra_forbidden": _unknown_key,
    "missing": _missing_key,
    "value_error": _own_words,
    "literal_error": _choice,
    "enum": _choice,
    "string_pattern_mismatch": _pattern,
    "union_tag_invalid": _tag,
    "union_tag_not_found": _tag_missing,
    **dict.fromkeys(_WANTED, _wanted),
    **dict.fromkeys(_RANGES, _range),
}


def _shown(value: Any) -> str:
    """The value's kind, and the value itself where it is short and cannot be a secret."""
    word = next((word for kind, word in _TOML_WORDS.items() if isinstance(value, kind)), "something else")
    return f"{value}" if isinstance(value, int | float) and not isinstance(value, bool) else word


def _keys_beside(model: type[BaseModel], loc: tuple[str | int, ...]) -> Keys:
    """The valid keys of the table in which the last part of `loc` stands; empty where any key is valid."""
    kinds: list[Any] = [model]
    for part in loc[:-1]:
        kinds = [inner for kind in kinds for inner in _inside(kind, part)]
    tables = [kind for kind in kinds for kind in members(kind) if _is_model(kind)]
    keys = {
        field.alias or name: field.description
        for table in tables
        for name, field in table.model_fields.items()
    }
    # The connector's own settings know nothing of `records`, which stands in the same table of the file.
    is_connection = len(loc) == 5 and loc[0] == "connections" and loc[2] == "settings"
    return {**keys, "records": None} if is_connection else keys


def _inside(kind: Any, part: str | int) -> Iterator[Any]:
    for member in members(kind):
        if _is_model(member):
            by_alias = {field.alias or name: field.annotation for name, field in member.model_fields.items()}
            if part in by_alias:
                yield by_alias[str(part)]
            elif _is_tag_of(member, part):
                yield member
        elif get_origin(member) in (dict, Mapping):
            yield get_args(member)[1]
        elif get_origin(member) in (list, tuple):
            yield get_args(member)[0]


def members(kind: Any) -> Iterator[Any]:
    """The types that an annotation allows, without Annotated and without unions."""
    if get_origin(kind) in (Union, UnionType):
        for member in get_args(kind):
            yield from members(member)
    elif hasattr(kind, "__metadata__"):
        yield from members(kind.__origin__)
    else:
        yield kind


def _is_model(kind: Any) -> bool:
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def _is_tag_of(model: type[BaseModel], part: str | int) -> bool:
    annotations = [field.annotation for field in model.model_fields.values()]
    return any(get_origin(kind) is Literal and part in get_args(kind) for kind in annotations)
