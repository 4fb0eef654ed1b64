"""The facts behind open tasks of which something may have gone: what they speak for now, whether its rule fires or not."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any

from connectors.tasks import finding_mark, subject_mark
from rules.case import Case
from rules.findings import Judgement
from rules.judge import seen_clients
from rules.rule import Rule
from sync.engine.duckdb_engine import DuckDbEngine
from sync.plan.episodes import OwnTask
from sync.plan.subjects import Subjects

Found = list[tuple[Rule, dict[str, Any]]]
"""A rule and the facts of one of its subjects."""


def facts_behind(
    engine: DuckDbEngine,
    case: Case,
    rules: Mapping[str, Rule],
    judgement: Judgement,
    tasks: Iterable[OwnTask],
    clients_of: Callable[[Sequence[str]], Collection[str]],
) -> Found:
    """The facts of all subjects of the clients of such tasks, under every rule that could have raised them.

    Looked up by the tasks' accounts, since key and state only have hashes; where a person took a task off its client, by
    the records that `clients_of` remembers of its key. What still holds needs no look.
    """
    holding = {finding_mark(each.subject_hash, each.occurrence_hash) for each in judgement.findings}
    asked = [own for own in tasks if own.is_open and not holding.issuperset(own.state.findings or ("",))]
    if not asked:
        return []
    shown = {f"{own.org_id}:{account}" for own in asked for account in own.task.account_ids}
    accounts = sorted(shown.union(clients_of([own.task.key for own in asked if not own.task.account_ids])))
    of_keys = {own.key.rule for own in asked}
    of_more = any(own.speaks_of_more for own in asked)
    found: Found = []
    rows: dict[str, list[dict[str, Any]]] = {}
    for rule in rules.values():
        if rule.name not in of_keys and not (
            of_more and rule.view.is_of_a_client and rule.file.mode != "off"
        ):
            continue
        sql, values = _query(case, rule, accounts)
        if sql not in rows:
            rows[sql] = engine.query(sql, values).to_pylist()
        found += ((rule, row) for row in rows[sql])
    return found


def by_name(
    found: Found, tasks: Iterable[OwnTask], subjects: Subjects
) -> dict[tuple[str, str], Mapping[str, Any]]:
    """By (rule, subject hash), under every name that an open task may know the subject by."""
    opened = [own for own in tasks if own.is_open]
    keys = {(own.key.rule, own.key.subject_hash) for own in opened}
    marks = {subject_mark(mark) for own in opened for mark in own.state.findings}
    return {
        name: row
        for rule, row in found
        for name in subjects.names(rule.name, row[rule.view.key])
        if name in keys or subject_mark(name[1]) in marks
    }


def _query(case: Case, rule: Rule, accounts: Sequence[str]) -> tuple[str, list[Any]]:
    if not rule.view.is_of_a_client:
        return f"select * from {rule.view.table}", []
    sql = (
        f"select * from {rule.view.table} f where {seen_clients(case, rule)} and (account_id in (select unnest(?)) "
        "or account_id in (select client_id from same_client where account_id in (select unnest(?))))"
    )
    return sql, [accounts, accounts]
