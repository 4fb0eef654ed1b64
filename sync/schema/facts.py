"""Facts and records as an editor completes them: their names as choices, their values as keys of a table."""

from collections.abc import Callable, Mapping

from rules.columns import Column, ColumnType
from rules.facts import Fact, FactView, read_facts
from rules.records import RECORDS, Record
from rules.scenario.given import MEMORY, memory_columns
from sync.schema.tidy import Json, ref, table

VALUES: Mapping[ColumnType, Json] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "decimal": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "instant": {"type": "string"},
}
"""How an editor sees a value of each type: TOML's days and points in time are texts to it."""

SCALAR: Json = {"type": ["number", "string", "boolean"]}


def fact_definitions() -> dict[str, Json]:
    """For each subject: `facts-account` (a table of them), `occurrence-account` and `by-account` (their names)."""
    definitions: dict[str, Json] = {}
    for subject, view in read_facts().items():
        definitions[f"facts-{subject}"] = table(
            {name: _value(fact.column) for name, fact in view.facts.items()},
            description=f"Facts about one {subject}; those that are not given have no value.",
        )
        definitions[f"occurrence-{subject}"] = _names(view, lambda fact: not fact.column.unit)
        definitions[f"by-{subject}"] = _names(view, _tells_cases)
        definitions[f"param-{subject}"] = _param(subject)
    return definitions


def given_rows() -> Json:
    """What a scenario's `given` may have: the rows of each record, and what Keptword remembers."""
    records = {name: _rows(record) for name, record in RECORDS.items()}
    remembered = {
        kind: {
            "type": "array",
            "items": table({name: _value(column) for name, column in memory_columns(kind).items()}),
        }
        for kind in MEMORY
    }
    return table({**records, **remembered}, description="What the CRM holds, and what Keptword remembers.")


def absent_names() -> Json:
    """A record, or a column of one."""
    columns = (f"{record.name}.{column.name}" for record in RECORDS.values() for column in record.columns)
    return {"type": "string", "enum": [*RECORDS, *columns]}


def record_columns(record: Record, value: Json) -> Json:
    """A table whose keys are the record's columns, each with `value`."""
    return table({column.name: {**value, "description": column.doc} for column in record.columns})


def _param(subject: str) -> Json:
    segmented = table(
        {"by": ref(f"by-{subject}"), "default": {**SCALAR, "description": "What holds where no case does."}},
        more=SCALAR, required=["by", "default"],
        description='The cases of the fact under `by`; "off" among numbers is no value.',
    )  # fmt: skip
    return {"anyOf": [SCALAR, segmented]}


def _tells_cases(fact: Fact) -> bool:
    return fact.column.type in ("text", "boolean", "integer") and not fact.column.unit


def _names(view: FactView, wanted: Callable[[Fact], bool]) -> Json:
    named = {name: fact for name, fact in view.facts.items() if wanted(fact)}
    docs = [fact.column.doc for fact in named.values()]
    return {"type": "string", "enum": list(named), "x-taplo": {"docs": {"enumValues": docs}}}


def _value(column: Column) -> Json:
    doc = f"{column.doc} ({column.unit})" if column.unit and column.unit not in column.doc else column.doc
    choices = {"enum": list(column.values)} if column.values else {}
    return {**VALUES[column.type], **choices, **({"description": doc} if doc else {})}


def _rows(record: Record) -> Json:
    columns = {
        each.name: _value(Column(name=each.name, type=each.type, values=each.values, doc=each.doc))
        | ({} if each.default is None else {"default": each.default})
        for each in record.columns
    }
    needed = [name for name in dict.fromkeys((record.key, "account_id")) if name in columns]
    items = table(columns, required=needed, description=f"{record.doc[:1].upper()}{record.doc[1:]}.")
    return {"type": "array", "items": items}
