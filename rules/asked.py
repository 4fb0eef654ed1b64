"""Follows what is asked for down to the records: which tables and views that takes, and which columns of each."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from rules.facts import SUBJECTS, read_facts, read_groundwork
from rules.narrow import ALL, narrow

EVERYTHING: Mapping[str, frozenset[str]] = dict.fromkeys(SUBJECTS, frozenset({ALL}))
"""Subject -> all of its facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is made, in the order in which it is made, and what that reads of records and of the clock."""

    made: Mapping[str, str]
    """Groundwork or fact table -> its SQL."""
    reads: Mapping[str, frozenset[str]]
    """Any table -> the columns that are read, ALL where that cannot be told."""
    readers: Mapping[str, int]
    """Any table -> how many of the made ones read it."""


def follow(facts: Mapping[str, frozenset[str]]) -> Asked:
    """What it takes to make these facts: subject -> names, or ALL."""
    pieces = _pieces()
    wanted = {read_facts()[subject].table: set(names) for subject, names in facts.items()}
    readers: dict[str, int] = {}
    made: list[tuple[str, str]] = []
    for name in reversed(list(pieces)):
        if not wanted.get(name):
            continue
        narrowed = narrow(pieces[name], frozenset(wanted[name]))
        made.append((name, narrowed.sql))
        for table, columns in narrowed.reads.items():
            wanted.setdefault(table, set()).update(columns)
            readers[table] = readers.get(table, 0) + 1
    reads = {table: frozenset(columns) for table, columns in wanted.items() if columns}
    return Asked(made=dict(reversed(made)), reads=reads, readers=readers)


@cache
def _pieces() -> dict[str, str]:
    """Groundwork and facts: each reads only of those before it."""
    return read_groundwork() | {view.table: view.sql for view in read_facts().values()}
