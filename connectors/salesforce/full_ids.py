"""Salesforce's ids as people and imports write them into fields of text: 15 characters, or 18 as everywhere else."""

from collections.abc import Callable, Mapping

from connectors.connector import ObjectSchema

_CAPITALS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_CHECK = f"{_CAPITALS}012345"


def eighteen(record_id: str) -> str:
    """The 18-character form of a Salesforce id: the last three say which of the first 15 are capitals."""
    if len(record_id) != 15:
        return record_id
    head = record_id
    thirds = (head[start : start + 5] for start in (0, 5, 10))
    bits = (sum(letter.isupper() << place for place, letter in enumerate(third)) for third in thirds)
    return head + "".join(_CHECK[bit] for bit in bits)


def mended_ids(schemas: Mapping[str, ObjectSchema | None]) -> Callable[[str, str, str], str]:
    """Object, field and the SQL of its value -> SQL of the id that it holds: what stands in a field of text is completed,
    references are whole as they come.
    """

    def mended(object_name: str, field: str, value: str) -> str:
        schema = schemas.get(object_name)
        found = schema.fields.get(field) if schema else None
        return full_id_sql(value) if found is not None and found.type == "text" else value

    return mended


def full_id_sql(value: str) -> str:
    """The 18 characters of an id of 15; anything else as it is. Each of the last three says which of five are capitals."""
    last = (f"substr('{_CHECK}', 1 + {_capitals(value, start)}, 1)" for start in (1, 6, 11))
    return f"case when length({value}) = 15 then {value} || {' || '.join(last)} else {value} end"


def _capitals(value: str, start: int) -> str:
    bits = (
        f"case when strpos('{_CAPITALS}', substr({value}, {start + place}, 1)) > 0 then {1 << place} else 0 end"
        for place in range(5)
    )
    return f"({' + '.join(bits)})"
