"""Writes the reference tables of the documentation from the facts and records themselves."""

from collections.abc import Iterable, Sequence

from rules.facts import Fact, FactView, read_facts
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
        if name != "account" and view.is_of_a_client:
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
*not judged*, and its tasks are left alone. `deal.renews_on` is that column of the record: something must be mapped
to it. A record in brackets is looked at where a CRM keeps it.

Some facts are in doubt while another one, a flag, is true: the known value is then a bound, or says nothing. A rule
whose answer hangs on that is *unknown* for this subject, and its task is left alone.

*Past* says how `keptword backtest` knows what the fact was on a past day: *exact*, from dated records; *steady*,
taken to be as it is today; *history*, from changes that we saw happen; *now*, not at all."""

_RECORDS_HEAD = """\
Ids are written with the id of their org or portal before them; you map the CRM's own. *Where it is empty* says
what holds where nothing is mapped or the field has no value."""


def _fact_table(view: FactView, names: Iterable[str]) -> str:
    rows = []
    for name in names:
        column = view.columns[name]
        kind = column.type if not column.unit else f"{column.type}, {column.unit}"
        values = f" One of {', '.join(f'`{value}`' for value in column.values)}." if column.values else ""
        fact = view.facts[name]
        stands_on = [*sorted(fact.needs), *(f"({record})" for record in sorted(fact.uses))]
        rows.append(
            (f"`{name}`", kind, f"{column.doc}.{values}{_doubt(fact)}", ", ".join(stands_on), _past(fact))
        )
    return _table(("fact", "type", "meaning", "stands on", "past"), rows)


def _doubt(fact: Fact) -> str:
    if fact.restricted:
        return " Never shown."
    if fact.doubt is None:
        return ""
    bound = {"at most": "this or less", "at least": "this or more", "unknown": "unknown"}[fact.doubt.bound]
    return f" While `{fact.doubt.flag}`: {bound}."


def _past(fact: Fact) -> str:
    return f"{fact.past}, with {fact.exact_with}" if fact.exact_with else fact.past


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
