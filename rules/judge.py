"""Rules over facts: which findings hold now, and which rules could not be judged."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any

from rules.case import Case
from rules.clock import known_now
from rules.engine import Engine
from rules.facts import FactView, read_facts
from rules.findings import Finding, Judgement, Unknown
from rules.narrow import narrow, plain_columns
from rules.record_tables import set_aside
from rules.rows import Row, Rows
from rules.rule import Rule
from rules.surely import may_fire
from rules.wanted import deciding_facts, told_facts


def judge(engine: Engine, case: Case, rules: Iterable[Rule]) -> Judgement:
    """Every rule that is not off, over all subjects at once; prepare() must have run on this connection."""
    findings: list[Finding] = []
    unknown: list[Unknown] = []
    judged: dict[str, list[Rule]] = {}
    for rule in rules:
        if rule.file.mode == "off":
            continue
        reasons = case.missing(rule.needs, rule.uses)
        if reasons:
            unknown.append(Unknown(rule=rule.name, subject_id=None, reason="; ".join(reasons)))
            continue
        if rule.view.is_of_a_client:
            unknown += blind_orgs(case, rule)
        judged.setdefault(rule.file.about, []).append(rule)
    open_questions: list[Unknown] = []
    for subject, its_rules in judged.items():
        for each in _judged(engine, case, read_facts()[subject], its_rules):
            if isinstance(each, Finding):
                findings.append(each)
            else:
                open_questions.append(each)
    about = {rule.name: subject for subject, its_rules in judged.items() for rule in its_rules}
    order = {name: place for place, name in enumerate(about)}
    findings.sort(key=lambda each: (order[each.rule], each.subject_id))
    unknown += sorted(open_questions, key=lambda each: (order[each.rule], each.subject_id or ""))
    counts = {
        name: engine.query(f"select count(*) as n from ({_narrow_sql(name)}) f")["n"][0].as_py()
        for name in ("account", *(name for name in judged if name != "account"))
    }
    return Judgement(
        as_of=case.as_of,
        findings=tuple(findings),
        unknown=_whole(unknown, counts, about),
        subjects=counts,
        set_aside=set_aside(engine),
    )


def truth_sql(engine: Engine, case: Case, rule: Rule) -> str:
    """SQL over a fact view's alias `f`: true where the rule fires, false where not, null where that is not known
    or where the client is in no CRM that shows each record that the rule needs."""
    condition = rule.condition.doubtful_sql(rule.view.doubts, engine.dialect, qualify="f")
    seen = seen_clients(case, rule)
    return f"({condition})" if seen == "true" else f"case when {seen} then ({condition}) end"


def old_sql(engine: Engine, case: Case, rule: Rule) -> str:
    """SQL over the alias `f`: the rule holds, and surely so, but too long already to fire."""
    if rule.file.clean_up is None:
        return "false"
    condition = rule.holds.doubtful_sql(rule.view.doubts, engine.dialect, qualify="f")
    return f"({seen_clients(case, rule)}) and ({condition})"


def doubt_sql(rule: Rule, dialect: str = "duckdb") -> str:
    """SQL over the alias `f`: facts that the rule looks at are in doubt, and for all we know it may fire."""
    if not rule.flags:
        return "false"
    flags = " or ".join(f'f."{flag}"' for flag in sorted(rule.flags))
    return f"({flags}) and ({rule.condition.possible_sql(rule.view.doubts, dialect, qualify='f')})"


def _judged(engine: Engine, case: Case, view: FactView, rules: Sequence[Rule]) -> Iterator[Finding | Unknown]:
    """One pass over the subjects for all rules about them."""
    rows = Rows(engine.query(_firing_sql(engine, case, view, rules)))
    for n, rule in enumerate(rules):
        fires, asked, old = (rows.places(f"{sign}{n}") for sign in "~?!")
        truths = rows.column(f"~{n}")
        doubted = [place for place in asked if truths[place] is None]
        yield from _findings(rule, rows, fires)
        yield from _findings(rule, rows, sorted({*old}.difference(fires, doubted)), is_old=True)
        for place in doubted:
            flags = (view.columns[flag].doc for flag in sorted(rule.flags) if rows.column(flag)[place])
            yield Unknown(rule=rule.name, subject_id=rows.column(view.key)[place], reason="; ".join(flags))


def _firing_sql(engine: Engine, case: Case, view: FactView, rules: Sequence[Rule]) -> str:
    """A row for each subject of which a rule has something to say, with what each says (`~` fires, `?` in doubt,
    `!` too old) and the facts that are told.

    What decides nothing and is kept by client is looked up last: few are left by then.
    """
    deciding = frozenset().union(*(deciding_facts(rule) for rule in rules))
    told = frozenset().union(*(told_facts(rule) for rule in rules))
    of_client = (
        read_facts()["account"].columns.keys() if view.subject != "account" and view.is_of_a_client else set()
    )
    late = told & of_client - deciding - {"judged_at", "account_id"}
    early = (told | deciding | {view.key, "judged_at"}) - late
    truths = ", ".join(
        f'{truth_sql(engine, case, rule)} as "~{n}", {doubt_sql(rule, engine.dialect)} as "?{n}", {old_sql(engine, case, rule)} as "!{n}"'
        for n, rule in enumerate(rules)
    )
    says = " or ".join(f'"~{n}" or "!{n}" or "~{n}" is null and "?{n}"' for n in range(len(rules)))
    source, may = view.table, "true"
    if view.subject != "account":
        sql = narrow(view.sql, early).sql
        source = f"({sql if case.earlier else known_now(sql)})"
        may = may_fire(rules, of=plain_columns(view.sql))
    firing = f"select * from (select f.*, {truths} from {source} f where {may}) j where {says}"
    if not late:
        return firing
    looked_up = ", ".join(f'a."{name}"' for name in sorted(late))
    return (
        f"select j.*, {looked_up} from ({firing}) j "
        "join fact_account a on a.account_id = j.account_id and a.judged_at = j.judged_at"
    )


def _narrow_sql(subject: str) -> str:
    """The rows of a fact view without the look-ups beside them, which an engine would not leave out."""
    view = read_facts()[subject]
    return (
        f"select 1 from {view.table}" if subject == "account" else narrow(view.sql, frozenset({view.key})).sql
    )


def _findings(rule: Rule, rows: Rows, places: Iterable[int], *, is_old: bool = False) -> Iterator[Finding]:
    told, make = told_facts(rule), _maker(rule)
    subjects = rows.column(rule.view.key)
    accounts = rows.column("account_id") if rule.view.is_of_a_client else None
    occurrences = [rows.column(name) for name in rule.file.occurrence]
    for place in places:
        yield make(
            subject_id=subjects[place],
            account_id=accounts[place] if accounts else None,
            facts=Row(rows, place, told),
            occurrence=tuple([values[place] for values in occurrences]),
            is_old=is_old,
        )


def finding_of(rule: Rule, facts: Mapping[str, Any]) -> Finding:
    """The finding that a rule makes of a subject's facts."""
    return _maker(rule)(
        subject_id=facts[rule.view.key],
        account_id=facts.get("account_id"),
        facts=facts,
        occurrence=tuple(facts[name] for name in rule.file.occurrence),
    )


def _maker(rule: Rule) -> Callable[..., Finding]:
    evidence = rule.condition.columns - rule.view.restricted
    return partial(Finding, rule=rule.name, severity=rule.file.severity, evidence=evidence)


def seen_clients(case: Case, rule: Rule, *, also: frozenset[str] = frozenset()) -> str:
    """SQL over a fact view's alias `f`: the client is in a CRM that shows each record that the rule needs.

    `also` has further records, or columns of records, that it must show.
    """
    if not rule.view.is_of_a_client:
        return "true"
    tests = []
    for record in case.lacking(rule.needs | also):
        orgs = sorted(
            {
                source.org_id
                for source in case.sources
                if source.record == record.split(".")[0]
                and ("." not in record or record.split(".")[1] in source.feeds)
            }
        )
        listed = ", ".join("'{}'".format(org.replace("'", "''")) for org in orgs)
        tests.append(
            f"exists (select 1 from client_org o where o.account_id = f.account_id and o.org_id in ({listed}))"
        )
    return " and ".join(tests) or "true"


def blind_orgs(case: Case, rule: Rule) -> list[Unknown]:
    """The orgs that keep clients and not each record that the rule needs: their silence says nothing."""
    by_org: dict[str, list[str]] = {}
    for record, orgs in case.lacking(rule.needs).items():
        for org in orgs:
            by_org.setdefault(org, []).append(record)
    return [
        Unknown(
            rule=rule.name,
            subject_id=None,
            reason=f"{case.connections.get(org, f'org {org}')} shows no {' and no '.join(records)}",
            org_id=org,
        )
        for org, records in sorted(by_org.items())
    ]


def _whole(
    unknown: Sequence[Unknown], counts: Mapping[str, int], about: Mapping[str, str]
) -> tuple[Unknown, ...]:
    """Where a rule is unknown for every subject, for one reason, that is said once."""
    single: dict[tuple[str, str], int] = {}
    for each in unknown:
        if each.subject_id is not None:
            single[each.rule, each.reason] = single.get((each.rule, each.reason), 0) + 1
    everywhere = {name for name, count in single.items() if count > 1 and count == counts[about[name[0]]]}
    rest = [each for each in unknown if each.subject_id is None or (each.rule, each.reason) not in everywhere]
    return (
        *rest,
        *(Unknown(rule=rule, subject_id=None, reason=reason) for rule, reason in sorted(everywhere)),
    )
