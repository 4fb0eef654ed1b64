"""Makes the plan: each finding against the tasks that are there, then the caps, then what has been resolved."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import get_args

from connectors.tasks import Priority
from rules.findings import Finding
from rules.rule import Weekday
from rules.wording import spelled
from sync.plan.caps import Allowance, pressing
from sync.plan.changes import Change, FindingRef, Held, Left, Plan, reference
from sync.plan.drafts import closing, closing_reason, creation, may_close, new_task, update
from sync.plan.episodes import Answer, Episodes, OwnTask
from sync.plan.owned import owned_after
from sync.plan.placing import home_of
from sync.plan.situation import Home, Situation

LONGEST_REPEAT = 32
"""A finding is raised again after repeat_after times 1, 2, 4 ... and never slower than times this."""


@dataclass(slots=True)
class _Draft:
    """The plan as it grows."""

    changes: list[Change] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    left: list[Left] = field(default_factory=list)
    standing: int = 0
    first_runs: Counter[tuple[str, str]] = field(default_factory=Counter)

    def hold(self, finding: Finding, kind: str, reason: str) -> None:
        self.held.append(Held(finding=reference(finding), reason=reason, kind=kind))


def make_plan(situation: Situation) -> Plan:
    """The plan for one moment; the same situation gives the same plan."""
    draft = _Draft()
    episodes = Episodes(situation.tasks, situation.dismissed, subjects=situation.subjects)
    absorbed: dict[tuple[str, str], OwnTask] = {}
    fresh: list[tuple[Finding, Answer]] = []
    for finding in sorted(situation.judgement.findings, key=pressing):
        if situation.rules[finding.rule].file.mode == "report":
            draft.hold(finding, "report", "the rule only reports")
            continue
        answer = episodes.answer(finding, repeat_at=_repeat_at(situation, finding), as_of=situation.as_of)
        if answer.open_task is not None:
            names = situation.subjects.names(finding.rule, finding.subject_id)
            absorbed |= dict.fromkeys(names, answer.open_task)
            _follow(situation, draft, finding, answer.open_task)
        elif finding.is_old:
            draft.hold(finding, "clean-up", "too old for a task; it is for the clean-up list")
        elif answer.held is not None:
            draft.hold(finding, "answered", answer.held)
        else:
            fresh.append((finding, answer))
    # First what ends, then what begins: a person who is rid of one task has room for another.
    _close_resolved(situation, draft, absorbed)
    _raise_new(situation, draft, fresh)
    return Plan(
        as_of=situation.as_of,
        changes=tuple(draft.changes),
        held=tuple(draft.held),
        unknown=situation.judgement.unknown,
        left=tuple(draft.left),
        standing=draft.standing,
    )


def over_limits(plan: Plan, situation: Situation) -> list[str]:
    """Which of the blast-radius limits the plan passes, in words that name the number and the key."""
    limits = situation.limits
    passed: list[str] = []
    if plan.count("create") > limits.new_per_run:
        passed.append(f"{plan.count('create')} new tasks, limits.new_per_run allows {limits.new_per_run}")
    open_count = sum(task.is_open for task in situation.tasks)
    most = max(limits.close_at_least, int(limits.close_share * open_count))
    if plan.count("close") > most:
        passed.append(
            f"{plan.count('close')} of {open_count} open tasks would close, limits.close_share = {limits.close_share:g} allows {most}"
        )
    if plan.count("reassign") > most:
        passed.append(
            f"{plan.count('reassign')} of {open_count} open tasks would change hands, limits.close_share = {limits.close_share:g} allows {most}"
        )
    return passed


def _follow(situation: Situation, draft: _Draft, finding: Finding, own: OwnTask) -> None:
    """An open task of the same rule and subject speaks for the finding."""
    home = situation.homes[own.org_id]
    owner, _ = situation.people.assignee(
        situation.rules[finding.rule].file.task.assign, finding.facts, own.org_id
    )
    change, left = update(situation, finding, own, home, owner=owner)
    draft.left += left
    if change is None:
        draft.standing += 1
    else:
        draft.changes.append(change)


def _inhibited(situation: Situation) -> dict[tuple[str | None, str], str]:
    """(client, rule) that is not raised -> the rule that holds for the client and stands before it."""
    return {
        (finding.account_id, name): finding.rule
        for finding in situation.judgement.findings
        if finding.account_id is not None
        and not finding.is_old
        and situation.rules[finding.rule].file.mode == "task"
        for name in situation.rules[finding.rule].file.inhibits
    }


def _raise_new(situation: Situation, draft: _Draft, fresh: Iterable[tuple[Finding, Answer]]) -> None:
    inhibited = _inhibited(situation)
    allowance = Allowance(
        situation.limits.new_per_owner, owned_after(situation, draft.changes), today=situation.today
    )
    by_rule: dict[str, int] = {}
    for finding, answer in fresh:
        home = home_of(situation, finding)
        if home is None or home.blocked:
            draft.hold(
                finding, "connection", (home.blocked if home else None) or "its client is in no connected CRM"
            )
        elif other := inhibited.get((finding.account_id, finding.rule)):
            draft.hold(finding, "inhibited", f"{other} comes first with this client")
        elif quiet := situation.muted.reason(finding):
            draft.hold(finding, "muted", quiet)
        elif situation.subjects.keys(finding, answer.repeat) & situation.remembered:
            unseen = "its task was written and is not among those that were pulled: deleted since, or a pull is due"
            draft.hold(finding, "answered", unseen)
        elif reason := _baseline(situation, draft, finding):
            draft.hold(finding, "baseline", reason)
        elif reason := _off_schedule(situation, finding):
            draft.hold(finding, "schedule", reason)
        else:
            _create(situation, draft, finding, home, answer, allowance=allowance, by_rule=by_rule)


def _off_schedule(situation: Situation, finding: Finding) -> str | None:
    """Why the rule raises nothing on this day of the week."""
    days = situation.rules[finding.rule].file.schedule
    today = get_args(Weekday)[situation.today.weekday()]
    return f"the rule raises tasks on {', '.join(days)} only" if days and today not in days else None


def _baseline(situation: Situation, draft: _Draft, finding: Finding) -> str | None:
    """What was true before its rule's first run waits; a few of the most pressing may pass."""
    baseline = situation.baseline
    if baseline.accept:
        return None
    org_and_rule = (finding.org_id, finding.rule)
    if org_and_rule in baseline.rules_known:
        if situation.subjects.occurrences(finding) & baseline.seen:
            return "was there before the rule's first run; --accept-baseline raises it"
        return None
    if draft.first_runs[org_and_rule] < situation.limits.first_run:
        draft.first_runs[org_and_rule] += 1
        return None
    return f"the rule's first run: limits.first_run allows {situation.limits.first_run}; --accept-baseline raises it"


def _create(
    situation: Situation,
    draft: _Draft,
    finding: Finding,
    home: Home,
    answer: Answer,
    *,
    allowance: Allowance,
    by_rule: dict[str, int],
) -> None:
    rule = situation.rules[finding.rule]
    owner, passed = situation.people.assignee(rule.file.task.assign, finding.facts, home.org_id)
    if owner is None:
        draft.hold(finding, "nobody", f"nobody to give it to: {', '.join(passed)}")
        return
    most = situation.limits.new_per_rule
    if most is not None and by_rule.get(rule.name, 0) >= most:
        draft.hold(finding, "cap", f"limits.new_per_rule allows {most} new tasks of a rule in one run")
        return
    full = allowance.take(situation.people.one(owner.person_id))
    if full is not None:
        draft.hold(finding, "cap", f"{owner.name or owner.person_id} {full}")
        return
    by_rule[rule.name] = by_rule.get(rule.name, 0) + 1
    why = (
        rule.file.title or rule.name,
        *_evidence(finding),
        *(f"not the first choice: {word}" for word in passed),
    )
    is_high = finding.severity == "high" and allowance.take_high(situation.people.one(owner.person_id))
    priority: Priority = "high" if is_high else "low" if finding.severity == "low" else "normal"
    task = new_task(situation, finding, home, owner=owner, repeat=answer.repeat, priority=priority)
    draft.changes.append(creation(finding, home, task, owner=owner, why=why))


def _close_resolved(situation: Situation, draft: _Draft, absorbed: Mapping[tuple[str, str], OwnTask]) -> None:
    unknown = situation.judgement.unknown
    unjudged = {(each.rule, each.org_id) for each in unknown if each.subject_id is None}
    open_questions = {
        name
        for each in unknown
        if each.subject_id is not None
        for name in situation.subjects.names(each.rule, each.subject_id)
    }
    written = {change.key for change in draft.changes}
    for own in sorted(situation.tasks, key=lambda own: (own.org_id, own.task.key, own.task.id)):
        name = (own.key.rule, own.key.subject_hash)
        speaker = absorbed.get(name)
        if not own.is_open or speaker is own:
            continue
        home = situation.homes.get(own.org_id)
        in_the_dark = (
            name in open_questions
            or (own.key.rule, None) in unjudged
            or (
                # A client of several CRMs could be judged by what another one shows: then its facts are here.
                (own.key.rule, own.org_id) in unjudged and name not in situation.facts_now
            )
        )
        # Twins of one key, which some CRMs cannot refuse, are written one a run: answers go by the key.
        if home is None or in_the_dark or own.task.key in written:
            draft.standing += 1
        elif stays := may_close(own):
            draft.standing += 1
            draft.left.append(Left(key=own.task.key, field="status", reason=stays))
        else:
            written.add(own.task.key)
            draft.changes.append(_closing(situation, own, home, is_double=speaker is not None))


def _closing(situation: Situation, own: OwnTask, home: Home, *, is_double: bool) -> Change:
    rule = situation.rules.get(own.key.rule)
    facts = situation.facts_now.get((own.key.rule, own.key.subject_hash))
    account = own.task.account_ids[0] if own.task.account_ids else None
    return closing(
        situation,
        own,
        home,
        # A key holds only a hash of its subject; the facts know it by name.
        finding=FindingRef(
            rule=own.key.rule,
            subject_id=str(facts[rule.view.key]) if rule and facts else "",
            hash=own.key.occurrence_hash,
        ),
        account_id=f"{own.org_id}:{account}" if account else None,
        reason="Another open task says the same." if is_double else closing_reason(situation, own, facts),
    )


def _repeat_at(situation: Situation, finding: Finding) -> Callable[[datetime, int], datetime]:
    after = situation.rules[finding.rule].repeat_after

    def repeat_at(ended_at: datetime, repeat: int) -> datetime:
        slower = min(2**repeat, LONGEST_REPEAT)
        return situation.later(replace(after, count=after.count * slower), ended_at)

    return repeat_at


def _evidence(finding: Finding) -> tuple[str, ...]:
    """The facts that the condition looked at, in words; ids and plain yes or no say nothing to a person."""
    return tuple(
        f"{name.replace('_', ' ')}: {spelled(finding.facts[name])}"
        for name in sorted(finding.evidence)
        if not name.endswith("_id")
        and finding.facts.get(name) is not None
        and not isinstance(finding.facts[name], bool)
    )
