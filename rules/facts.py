"""Reads the fact views: their SQL, what each column means, and which records each column stands on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import get_args

from rules.columns import Column, ColumnType, Unit
from rules.errors import FactsError
from rules.records import RECORDS

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "account": ("account",),
    "commitment": ("account", "commitment"),
    "invoice": ("account", "invoice"),
}
"""Subject -> the records without which it has no rows, in the order in which the views are made."""

_COLUMN = re.compile(r"\bas (?P<name>\w+),?\s+-- (?P<comment>.*)$")
_KIND = re.compile(r"(?P<type>\w+)(?: \((?P<values>[^)]*)\))?(?:, (?P<unit>[a-z ]+))?")
_ALL_OF_ACCOUNT = re.compile(r"^\s+a\.\*,\s+-- every column of account$")


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """The facts about one subject: `sql` selects one row for each, its columns are documented in its comments."""

    subject: str
    sql: str
    doc: str
    columns: Mapping[str, Column]
    needs: Mapping[str, frozenset[str]]
    """Column -> the records that it stands on."""
    uses: Mapping[str, frozenset[str]]
    """Column -> the records that it looks at where a CRM keeps them."""

    @property
    def key(self) -> str:
        """The column that identifies the subject: `invoice_id`."""
        return f"{self.subject}_id"

    @property
    def table(self) -> str:
        """Where a judging run keeps it."""
        return f"fact_{self.subject}"


@cache
def read_facts() -> dict[str, FactView]:
    """Every fact view that ships, by subject; raises FactsError for a view whose comments cannot be read."""
    views: dict[str, FactView] = {}
    for subject in SUBJECTS:
        sql = files("rules").joinpath(f"facts/{subject}.sql").read_text(encoding="utf-8")
        views[subject] = _read(subject, sql, views.get("account"))
    return views


def _read(subject: str, sql: str, account: FactView | None) -> FactView:
    head, _, select = sql.rpartition("\nselect\n")
    base = frozenset(SUBJECTS[subject])
    columns: dict[str, Column] = {}
    needs: dict[str, frozenset[str]] = {}
    uses: dict[str, frozenset[str]] = {}
    for line in select.splitlines():
        if account and _ALL_OF_ACCOUNT.match(line):
            columns |= account.columns
            needs |= {name: stands_on | base for name, stands_on in account.needs.items()}
            uses |= account.uses
        elif found := _COLUMN.search(line):
            column, records = _column(subject, found["name"], found["comment"])
            columns[column.name] = column
            needs[column.name] = base | {name for name in records if not name.endswith("?")}
            uses[column.name] = frozenset(name[:-1] for name in records if name.endswith("?"))
    doc = _paragraphs(line.removeprefix("--").strip() for line in head.splitlines() if line.startswith("--"))
    return FactView(subject=subject, sql=sql, doc=doc, columns=columns, needs=needs, uses=uses)


def _paragraphs(lines: Iterable[str]) -> str:
    return "\n\n".join(" ".join(part.split("\n")) for part in "\n".join(lines).split("\n\n"))


def _column(subject: str, name: str, comment: str) -> tuple[Column, frozenset[str]]:
    """`text (us, client) | meaning | records` -> the column, and the records it needs beyond its subject's own.

    A number says what it counts (`integer, days`); a record with `?` is looked at where a CRM keeps it.
    """
    parts = [part.strip() for part in comment.split("|")]
    kind = _KIND.fullmatch(parts[0])
    known = (
        kind is not None and kind["type"] in get_args(ColumnType) and (kind["unit"] or "") in get_args(Unit)
    )
    if kind is None or not known or len(parts) not in (2, 3):
        problem = "its comment is not '<type>[ (<values>)][, <unit>] | <meaning>[ | <records>]'"
        raise FactsError(f"facts/{subject}.sql: {name}", problem, "mend it")
    records = frozenset(part.strip() for part in parts[2].split(",")) if len(parts) == 3 else frozenset()
    unknown = {record.removesuffix("?") for record in records} - set(RECORDS)
    if unknown:
        raise FactsError(f"facts/{subject}.sql: {name}", f"no such record: {min(unknown)}", "mend it")
    values = tuple(value.strip() for value in kind["values"].split(",")) if kind["values"] else ()
    column = Column(name=name, type=kind["type"], unit=kind["unit"] or "", values=values, doc=parts[1])  # type: ignore[arg-type]  # checked above
    return column, records
