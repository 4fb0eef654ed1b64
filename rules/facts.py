"""Reads the fact views: their SQL, what each column means, what it stands on, and how far its past can be told."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cache
from importlib.resources import files
from typing import Literal, get_args

from rules.columns import Column, ColumnType, Unit
from rules.condition.doubt import Doubt
from rules.errors import FactsError
from rules.records import RECORDS

SUBJECTS: Mapping[str, tuple[str, ...]] = {
    "account": ("account",),
    "contact": ("account", "contact"),
    "commitment": ("account", "commitment"),
    "invoice": ("account", "invoice"),
    "incident": ("account", "incident"),
    "message": ("account", "activity"),
    "feedback": ("account", "feedback"),
    "deal": ("account", "deal"),
    "person": ("person",),
}
"""Subject -> the records without which it has no rows, in the order in which the views are made."""

GROUNDWORK = (
    "day_turn",
    "account_clock",
    "touch",
    "late_touch",
    "reach",
    "contact_step",
    "touch_step",
    "owner_mail",
    "other_client",
    "contact_name",
    "recent_touch",
    "received",
)
"""What several fact views stand on, in the order in which it is made: rules/groundwork/NAME.sql."""

Past = Literal["exact", "steady", "history", "now"]
"""How a rehearsal knows what a fact was on a past day: from dated records; taken to be as it is today; from changes
that we saw happen; not at all."""

_COLUMN = re.compile(r"\bas (?P<name>\w+),?\s+-- (?P<comment>.*)$")
_KIND = re.compile(r"(?P<type>\w+)(?: \((?P<values>[^)]*)\))?(?:, (?P<unit>[a-z ]+))?")
_DOUBT = re.compile(r"(?P<bound>at most|at least|unknown) if (?P<flag>\w+)")
_EXACT_WITH = re.compile(r"exact with (?P<record>\w+\.\w+)")
_ALL_OF_ACCOUNT = re.compile(r"^\s+a\.\*,\s+-- every column of account$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One column of a fact view and what it stands on."""

    column: Column
    needs: frozenset[str]
    """Records, and columns of records (`invoice.paid_on`), without which it says nothing."""
    uses: frozenset[str] = frozenset()
    """Records that it looks at where a CRM keeps them."""
    past: Past = "exact"
    exact_with: str | None = None
    """The column of a record without which its past is not known: then it is as `now`."""
    doubt: Doubt | None = None
    restricted: bool = False
    """Never shown: neither in a task nor in a log or a report."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FactView:
    """The facts about one subject: `sql` selects one row for each and each judged instant."""

    subject: str
    sql: str
    doc: str
    facts: Mapping[str, Fact]
    columns: Mapping[str, Column] = field(init=False)
    doubts: Mapping[str, Doubt] = field(init=False)
    """Facts that cannot always be relied on."""
    restricted: frozenset[str] = field(init=False)
    """Facts that are never shown."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "columns", {name: fact.column for name, fact in self.facts.items()})
        object.__setattr__(
            self, "doubts", {name: fact.doubt for name, fact in self.facts.items() if fact.doubt}
        )
        restricted = frozenset(name for name, fact in self.facts.items() if fact.restricted)
        object.__setattr__(self, "restricted", restricted)

    @property
    def key(self) -> str:
        """The column that identifies the subject: `invoice_id`."""
        return f"{self.subject}_id"

    @property
    def table(self) -> str:
        """Where a judging run keeps it."""
        return f"fact_{self.subject}"

    @property
    def is_of_a_client(self) -> bool:
        """Whether its rows have the facts of an account too."""
        return "account_id" in self.columns

    def needs(self, names: Iterable[str]) -> frozenset[str]:
        """What these facts, and the subject itself, stand on."""
        return frozenset().union(*(self.facts[name].needs for name in (*names, self.key)))

    def uses(self, names: Iterable[str]) -> frozenset[str]:
        """The records that they look at where a CRM keeps them."""
        return frozenset().union(*(self.facts[name].uses for name in names))


@cache
def read_facts() -> dict[str, FactView]:
    """Every fact view that ships, by subject; raises FactsError for a view whose comments cannot be read."""
    views: dict[str, FactView] = {}
    for subject in SUBJECTS:
        sql = files("rules").joinpath(f"facts/{subject}.sql").read_text(encoding="utf-8")
        views[subject] = _read(subject, sql, views.get("account"))
    return views


@cache
def read_groundwork() -> dict[str, str]:
    """The SQL of what several views stand on, by name, in the order in which it is made."""
    return {
        name: files("rules").joinpath(f"groundwork/{name}.sql").read_text(encoding="utf-8")
        for name in GROUNDWORK
    }


def _read(subject: str, sql: str, account: FactView | None) -> FactView:
    head, _, select = f"\n{sql}".rpartition("\nselect\n")
    base = frozenset(SUBJECTS[subject])
    facts: dict[str, Fact] = {}
    for line in select.splitlines():
        if account and _ALL_OF_ACCOUNT.match(line):
            facts |= {name: replace(fact, needs=fact.needs | base) for name, fact in account.facts.items()}
        elif found := _COLUMN.search(line):
            facts[found["name"]] = read_fact(subject, found["name"], found["comment"])
    doc = _paragraphs(line.removeprefix("--").strip() for line in head.splitlines() if line.startswith("--"))
    for name, fact in facts.items():
        if fact.doubt and fact.doubt.flag not in facts:
            raise FactsError(f"facts/{subject}.sql: {name}", f"no such fact: {fact.doubt.flag}", "mend it")
    return FactView(subject=subject, sql=sql, doc=doc, facts=facts)


def _paragraphs(lines: Iterable[str]) -> str:
    return "\n\n".join(" ".join(part.split("\n")) for part in "\n".join(lines).split("\n\n"))


def read_fact(subject: str, name: str, comment: str) -> Fact:
    """`text (us, client) | meaning | stands on | past and doubts` -> the fact.

    A number says what it counts (`integer, days`). It stands on records, on columns of records (`deal.renews_on`),
    and on records that are looked at where a CRM keeps them (`deal?`). The last part has, between semicolons,
    `steady`, `history`, `now` or `exact with RECORD.COLUMN`; `at most if FLAG`, `at least if FLAG` or
    `unknown if FLAG`; and `restricted`.
    """
    parts = [part.strip() for part in comment.split("|")]
    kind = _KIND.fullmatch(parts[0])
    known = (
        kind is not None and kind["type"] in get_args(ColumnType) and (kind["unit"] or "") in get_args(Unit)
    )
    place = f"facts/{subject}.sql: {name}"
    if kind is None or not known or len(parts) not in (2, 3, 4):
        problem = "its comment is not '<type>[ (<values>)][, <unit>] | <meaning>[ | <stands on>[ | <past>]]'"
        raise FactsError(place, problem, "mend it")
    stands_on = (
        frozenset(part.strip() for part in parts[2].split(",") if part) if len(parts) > 2 else frozenset()
    )
    unknown = {each.removesuffix("?") for each in stands_on} - _RECORD_WORDS
    if unknown:
        raise FactsError(place, f"no such record: {min(unknown)}", "mend it")
    values = tuple(value.strip() for value in kind["values"].split(",")) if kind["values"] else ()
    column = Column(name=name, type=kind["type"], unit=kind["unit"] or "", values=values, doc=parts[1])  # type: ignore[arg-type]  # checked above
    fact = Fact(
        column=column,
        needs=frozenset(SUBJECTS[subject]) | {each for each in stands_on if not each.endswith("?")},
        uses=frozenset(each[:-1] for each in stands_on if each.endswith("?")),
    )
    words = [word.strip() for word in parts[3].split(";")] if len(parts) == 4 else []
    return _with_words(fact, words, place)


def _with_words(fact: Fact, words: Iterable[str], place: str) -> Fact:
    past: Past = fact.past
    exact_with, doubt, restricted = None, None, False
    for word in words:
        if word in get_args(Past):
            past = word  # type: ignore[assignment]  # checked above
        elif found := _DOUBT.fullmatch(word):
            doubt = Doubt(bound=found["bound"], flag=found["flag"])  # type: ignore[arg-type]  # one of the three
        elif (found := _EXACT_WITH.fullmatch(word)) and found["record"] in _RECORD_WORDS:
            exact_with = found["record"]
        elif word == "restricted":
            restricted = True
        else:
            raise FactsError(place, f"'{word}' says nothing of its past", "mend it")
    return replace(fact, past=past, exact_with=exact_with, doubt=doubt, restricted=restricted)


_RECORD_WORDS = frozenset(RECORDS) | {
    f"{record.name}.{column.name}" for record in RECORDS.values() for column in record.columns
}
