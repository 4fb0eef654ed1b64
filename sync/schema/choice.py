"""Tables that come in several forms: by what one of their keys says (`crm`, `kind`, `about`), alone or in a list."""

from collections.abc import Mapping

from sync.schema.tidy import Json


def by_choice(key: str, branches: Mapping[str, Json], **words: object) -> Json:
    """All keys of the branches (value of `key` -> the table it makes) are offered, those of its own accepted.

    Said with if and then, so that an editor underlines the wrong key and not the whole table; and since editors look
    for names to offer under `properties` alone, those of all branches stand there too, without being binding.
    """
    offered: dict[str, list[Json]] = {}
    for branch in branches.values():
        for name, schema in branch["properties"].items():
            variants = offered.setdefault(name, [])
            if schema not in variants:
                variants.append(schema)
    properties: Json = {
        name: variants[0] if len(variants) == 1 else {"anyOf": [*variants, {}]}
        for name, variants in offered.items()
    }
    properties[key] = {"type": "string", "enum": list(branches)}
    return {
        "type": "object", **words, "properties": properties, "additionalProperties": False, "required": [key],
        **_chain(key, list(branches.items())),
    }  # fmt: skip


def alone_or_listed(schema: Json, **words: object) -> Json:
    """A table, or a list of such tables."""
    listed = {"type": "array", "items": schema}
    return {"anyOf": [schema, listed, {}], **words, "if": {"type": "array"}, "then": listed, "else": schema}


def _chain(key: str, branches: list[tuple[str, Json]]) -> Json:
    if not branches:
        return {}
    (value, branch), *rest = branches
    test = {"properties": {key: {"const": value}}, "required": [key]}
    return {"if": test, "then": branch, **({"else": _chain(key, rest)} if rest else {})}
