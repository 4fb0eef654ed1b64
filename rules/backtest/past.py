"""Which rules a rehearsal can judge: whose facts are known of past days, and from when on."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import pyarrow.compute as pc

from rules.case import Case
from rules.facts import Fact, read_facts
from rules.judge import blind_orgs
from rules.rule import Rule

WATCHED: Mapping[str, tuple[str, str]] = {
    "account": ("account", "owner_id"),
    "commitment": ("commitment", "due_on"),
    "person": ("account", "owner_id"),
}
"""Subject -> the column of a record on whose seen changes its facts with a history stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """How a rule's past can be told."""

    since: datetime | None = None
    """Not before this instant: since then changes are watched."""
    also_needs: frozenset[str] = frozenset()
    """Columns of records without which a client's past is not known."""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Untold:
    """Why a rule is not rehearsed."""

    reason: str
    columns: tuple[str, ...] = ()
    """The facts of its condition whose past nobody knows."""


def past_of(case: Case, rule: Rule) -> Past | Untold:
    """Whether and since when the past of everything that the rule's condition looks at is known."""
    reasons = case.missing(rule.needs, rule.uses)
    if reasons:
        return Untold(reason="; ".join(reasons))
    facts = {name: rule.view.facts[name] for name in sorted({*rule.condition.columns, *rule.flags})}
    fed = {f"{source.record}.{column}" for source in case.sources for column in source.feeds}
    unknown = {name: why for name, fact in facts.items() if (why := _why_unknown(fact, fed))}
    if unknown:
        return Untold(reason=_together(unknown), columns=tuple(unknown))
    past = [name for name, fact in facts.items() if fact.past == "history"]
    watches = {_watch_of(rule, name) for name in past}
    begun = {watch: _begun(case, *watch) for watch in sorted(watches)}
    for (record, column), since in begun.items():
        if since is None or since > case.as_of:
            return Untold(reason=f"no change of {record}.{column} has been watched yet", columns=tuple(past))
    since = max((at for at in begun.values() if at is not None), default=None)
    steady = [name for name, fact in facts.items() if fact.past == "steady"]
    notes = [f"taken to be as it is today: {', '.join(steady)}"] if steady else []
    if since is not None:
        notes.append(f"judged since changes are watched, for {', '.join(past)}")
    if rule.view.is_of_a_client:
        notes += [each.reason for each in blind_orgs(case, rule)]
    exact_with = frozenset(fact.exact_with for fact in facts.values() if fact.exact_with)
    return Past(since=since, also_needs=exact_with, notes=tuple(notes))


def _why_unknown(fact: Fact, fed: set[str]) -> str | None:
    if fact.exact_with is not None:
        return (
            None
            if fact.exact_with in fed
            else f"is known of past days only where {fact.exact_with} is mapped"
        )
    return "is known of today only" if fact.past == "now" else None


def _together(unknown: Mapping[str, str]) -> str:
    """The facts by what is said of them: `a and b are known of today only`."""
    by_reason: dict[str, list[str]] = {}
    for name, why in unknown.items():
        by_reason.setdefault(why, []).append(name)
    return "; ".join(
        f"{', '.join(names[:-1])} and {names[-1]} are{why.removeprefix('is')}"
        if len(names) > 1
        else f"{names[0]} {why}"
        for why, names in by_reason.items()
    )


def _watch_of(rule: Rule, name: str) -> tuple[str, str]:
    of_account = name in read_facts()["account"].facts
    return WATCHED["account" if of_account else rule.view.subject]


def _begun(case: Case, record: str, column: str) -> datetime | None:
    """Since when the first of the orgs is watched: of the others the facts themselves say that they do not know."""
    watched = case.memory.watched
    rows = watched.filter(
        pc.and_(pc.equal(watched["record"], record), pc.equal(watched["column_name"], column))
    )
    first: datetime | None = pc.min(rows["since_at"]).as_py()
    return first
