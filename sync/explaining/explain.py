"""Gathers why each rule does or does not fire for one client: conditions, facts, reads, and what the plan does."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from rules.case import Case
from rules.explain import Part, asking_sql, explained
from rules.explain_words import reasons
from rules.facts import SUBJECTS, read_facts
from rules.findings import Finding
from rules.identity.matches import Tie, ties_of
from rules.identity.shown import Shown, shown
from rules.judge import doubt_sql, seen_clients, truth_sql
from rules.prepare import prepare
from rules.rule import Rule
from rules.rule_check import OWNER_COLUMNS
from rules.subject_names import name_of
from sync.explaining.plan import Deed, Deeds
from sync.explaining.reads import Read, reads_of
from sync.explaining.rule_source import RuleSource, rule_sources
from sync.explaining.touches import last_touches, touches_of
from sync.judging.find_account import find_account, records_of
from sync.judging.judging import Judged, case_of
from sync.plan.changes import Plan
from sync.plan.mutes import Muted, Silence
from sync.plan.situation import Situation
from sync.run import Bench

Outcome = Literal["fired", "did not fire", "unknown", "held", "not judged", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """The client that is explained."""

    account_id: str
    records: tuple[Shown, ...]
    """In every CRM that has it; the first is that of account_id."""
    ties: tuple[Tie, ...]
    """How its records were joined; none where it has one."""
    facts: Mapping[str, Any]
    owner_id: str | None
    """The person of ours who answers for it, by their record in the first CRM that has them."""
    mutes: tuple[Silence, ...]
    """Those that people asked for; the CRM's own field is among the facts."""

    @property
    def record_ids(self) -> tuple[str, ...]:
        """Of all its records; the first is account_id."""
        return tuple(each.account_id for each in self.records)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectTold:
    """One rule about one subject."""

    subject_id: str
    name: str
    outcome: Outcome
    reasons: tuple[str, ...]
    """What decided, in sentences; of a held finding the plan's own. None where it fired."""
    condition: Part
    finding: Finding | None
    records: tuple[tuple[str, str], ...]
    """What it stands on: (fact or what it is, id)."""
    deeds: tuple[Deed, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTold:
    """One rule, and each of the client's subjects that it is about."""

    rule: Rule
    not_judged: tuple[str, ...]
    """Why it could not be judged at all."""
    sources: tuple[RuleSource, ...]
    reads: tuple[Read, ...]
    subjects: tuple[SubjectTold, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The whole explanation."""

    as_of: datetime
    client: Client
    names: Mapping[str, str]
    """Org -> its connection in the config."""
    rules: tuple[RuleTold, ...]
    other_deeds: tuple[tuple[str, Deed], ...]
    """(rule, what the plan does) for tasks of the client of which the subject or the rule is gone."""

    @property
    def zone(self) -> str | None:
        """The client's time zone, by whose clocks instants are told."""
        zone = self.client.facts.get("account_timezone")
        return str(zone) if zone else None


def explain(
    bench: Bench, judged: Judged, plan: Plan, situation: Situation, *, account: str, only: str | None
) -> Told:
    """Every rule, or `only` one, about the client that `account` means; raises UserError where none or several are.

    Judging and planning must have been done on this bench; a client is shown with all facts, not only the judged ones.
    """
    case = case_of(bench.config, bench.connections, bench.mirror, bench.ledger, now=judged.judgement.as_of)
    prepare(bench.mirror.engine, case)
    client = _client(bench, account, situation.muted)
    rows = _Rows(bench, case, client)
    rules = [rule for rule in bench.rules.values() if only in (None, rule.name)]
    sources = rule_sources(bench.config, rules)
    reads = reads_of(bench.connections, bench.mirror)
    findings = {(each.rule, each.subject_id): each for each in judged.judgement.findings}
    deeds = Deeds(plan, situation)
    told = tuple(
        RuleTold(
            rule=rule,
            not_judged=tuple(case.missing(rule.needs, rule.uses)),
            sources=sources[rule.name],
            reads=tuple(read for read in reads if read.record in _records(rule)),
            subjects=tuple(
                _subject(rule, row, rows, finding=findings.get((rule.name, row[rule.view.key])), deeds=deeds)
                for row in rows.of(rule)
            ),
        )
        for rule in rules
    )
    named = [(each.rule.name, subject.subject_id) for each in told for subject in each.subjects]
    others = () if only else deeds.others(client.record_ids, named)
    names = {bench.mirror.org_id(each.name) or each.name: each.name for each in bench.connections}
    return Told(as_of=judged.judgement.as_of, client=client, names=names, rules=told, other_deeds=others)


class _Rows:
    """The facts of the client's subjects, with the answers to the parts of each rule."""

    def __init__(self, bench: Bench, case: Case, client: Client) -> None:
        self._engine, self._case = bench.mirror.engine, case
        for subject in SUBJECTS:
            view = read_facts()[subject]
            column, value = (
                ("account_id", client.account_id) if view.is_of_a_client else ("person_id", client.owner_id)
            )
            found = self._engine.query(f"select * from {view.table} where {column} = ?", [value])
            self._engine.keep(f"explained_{subject}", found)
        self.touches = last_touches(self._engine, client.account_id)

    def of(self, rule: Rule) -> list[dict[str, Any]]:
        """A row for each subject; none where the rule could not be judged at all."""
        if self._case.missing(rule.needs, rule.uses):
            return []
        dialect = self._engine.dialect
        answers = (
            f'{truth_sql(self._engine, self._case, rule)} as "!truth", ({doubt_sql(rule, dialect)}) as "!doubt", '
            f'({seen_clients(self._case, rule)}) as "!seen", {asking_sql(rule, dialect)}'
        )
        sql = f"select f.*, {answers} from explained_{rule.file.about} f order by {rule.view.key}"
        rows: list[dict[str, Any]] = self._engine.query(sql).to_pylist()
        return rows

    def blind(self, rule: Rule) -> list[str]:
        """Why the rule cannot be judged for this client alone: its CRM does not show what the others do."""
        return [f"its CRM shows no {record}" for record in self._case.lacking(rule.needs)]


def _client(bench: Bench, account: str, muted: Muted) -> Client:
    engine = bench.mirror.engine
    account_id = find_account(engine, account)
    (facts,) = engine.query("select * from fact_account where account_id = ?", [account_id]).to_pylist()
    owner_id = facts["account_owner_id"]
    if owner_id is not None:
        same = engine.query("select one_id from same_person where person_id = ?", [owner_id]).to_pylist()
        owner_id = same[0]["one_id"] if same else owner_id
    record_ids = records_of(engine, account_id)
    known = shown(engine, record_ids)
    mutes = dict.fromkeys(each for record in record_ids for each in muted.of(record))
    return Client(
        account_id=account_id, records=tuple(known[each] for each in record_ids),
        ties=tuple(ties_of(engine, account_id)), facts=facts, owner_id=owner_id, mutes=tuple(mutes),
    )  # fmt: skip


def _subject(
    rule: Rule, row: Mapping[str, Any], rows: _Rows, *, finding: Finding | None, deeds: Deeds
) -> SubjectTold:
    subject_id = str(row[rule.view.key])
    condition = explained(rule, row)
    done = deeds.of(rule.name, subject_id)
    outcome = _outcome(rule, row, finding, done)
    return SubjectTold(
        subject_id=subject_id,
        name=name_of(rule.file.about, {name: row[name] for name in rule.view.columns}),
        outcome=outcome,
        reasons=tuple(_reasons(rule, row, rows, outcome=outcome, condition=condition, deeds=done)),
        condition=condition,
        finding=finding if finding and not finding.is_old else None,
        records=tuple(_record_ids(rule, row, rows)),
        deeds=done,
    )


def _outcome(rule: Rule, row: Mapping[str, Any], finding: Finding | None, deeds: Sequence[Deed]) -> Outcome:
    if rule.file.mode == "off":
        return "off"
    if not row["!seen"]:
        return "not judged"
    if finding is not None and not finding.is_old:
        held = any(deed.action == "hold" and deed.kind != "report" for deed in deeds)
        return "held" if held else "fired"
    return "unknown" if row["!truth"] is None and row["!doubt"] else "did not fire"


def _reasons(
    rule: Rule,
    row: Mapping[str, Any],
    rows: _Rows,
    *,
    outcome: Outcome,
    condition: Part,
    deeds: Iterable[Deed],
) -> Iterator[str]:
    if outcome == "not judged":
        yield from rows.blind(rule)
    elif outcome == "held":
        yield from (why for deed in deeds if deed.action == "hold" for why in deed.why)
    elif outcome in ("did not fire", "unknown"):
        said = reasons(condition, zone=row.get("account_timezone"))
        yield from said
        if outcome == "unknown":
            flags = [rule.view.columns[flag].doc for flag in sorted(rule.flags) if row[flag]]
            yield from (flag for flag in flags if not any(flag in each for each in said))


def _record_ids(rule: Rule, row: Mapping[str, Any], rows: _Rows) -> Iterator[tuple[str, str]]:
    """The subject, its client, what the condition names by id, who would get the task, and the touches counted from."""
    owners = [OWNER_COLUMNS[who] for who in rule.file.task.assign if who in OWNER_COLUMNS]
    named = (rule.view.key, "account_id", *sorted(rule.condition.columns), *rule.file.occurrence, *owners)
    for name in dict.fromkeys(named):
        if name.endswith("_id") and row.get(name) and not rule.view.facts[name].restricted:
            yield name, str(row[name])
    yield from touches_of(rule, rows.touches)


def _records(rule: Rule) -> set[str]:
    return {name.split(".")[0] for name in rule.needs | rule.uses}
