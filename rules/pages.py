"""Writes the reference tables of the documentation from the facts and records themselves."""

from collections.abc import Iterable, Sequence

from rules.facts import FactView, read_facts
from rules.records import RECORDS, Record, RecordColumn

RECORDS_HEADING = "## The records, column by column"
"""What stands under it in docs/mapping.md is written anew by record_tables()."""


def facts_page() -> str:
    """docs/facts.md: every fact that a rule may name."""
    views = read_facts()
    own = {
        name: [
            column for column in view.columns if name == "account" or column not in views["account"].columns
        ]
        for name, view in views.items()
    }
    parts = ["# Facts", _FACTS_HEAD]
    for name, view in views.items():
        parts += [f"## {name}", view.doc]
        if name != "account":
            parts.append("Every fact of [account](#account), and:")
        parts.append(_fact_table(view, own[name]))
    return "\n\n".join(parts) + "\n"


def record_tables() -> str:
    """The part of docs/mapping.md that says what each record's columns mean."""
    parts = [RECORDS_HEADING, _RECORDS_HEAD]
    for record in RECORDS.values():
        parts += [f"### {record.name}", f"{record.doc[:1].upper()}{record.doc[1:]}.", _record_table(record)]
    return "\n\n".join(parts) + "\n"


_FACTS_HEAD = """\
What a rule's `when`, `only`, `occurrence`, params (`by = ...`) and texts may name. `about` chooses the table.
A fact without a value is null. A number with a unit is compared with a plain number or with a length of time in
that unit (`days_since_touch > '2 weeks'`); it cannot stand in a text, which would change every day.

*Stands on* names the records without which a rule that looks at the fact cannot be judged: it is reported as
*not judged*, and its tasks are left alone. A record in brackets is looked at where a CRM keeps it."""

_RECORDS_HEAD = """\
Ids are written with the id of their org or portal before them; you map the CRM's own. *Where it is empty* says
what holds where nothing is mapped or the field has no value."""


def _fact_table(view: FactView, names: Iterable[str]) -> str:
    rows = []
    for name in names:
        column = view.columns[name]
        kind = column.type if not column.unit else f"{column.type}, {column.unit}"
        values = f" One of {', '.join(f'`{value}`' for value in column.values)}." if column.values else ""
        stands_on = [*sorted(view.needs[name]), *(f"({record})" for record in sorted(view.uses[name]))]
        rows.append((f"`{name}`", kind, f"{column.doc}.{values}", ", ".join(stands_on)))
    return _table(("fact", "type", "meaning", "stands on"), rows)


def _record_table(record: Record) -> str:
    rows = [
        (f"`{column.name}`", "id" if column.is_id else column.type, _meaning(column), _empty(column))
        for column in record.columns
    ]
    return _table(("column", "type", "meaning", "where it is empty"), rows)


def _meaning(column: RecordColumn) -> str:
    values = f" One of {', '.join(f'`{value}`' for value in column.values)}." if column.values else ""
    return f"{column.doc}.{values}"


def _empty(column: RecordColumn) -> str:
    if column.required:
        return "must be mapped"
    if column.default is not None:
        return f"`{str(column.default).lower() if isinstance(column.default, bool) else column.default}`"
    return f"`{column.derived}`" if column.derived else ""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in row)} |" for row in rows]
    return "\n".join(lines)
