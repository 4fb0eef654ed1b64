"""Makes the plan: each finding against the tasks that are there, then the caps, then what has been resolved."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime

from rules.judge import Finding
from rules.records import org_of
from rules.wording import spelled
from sync.plan.caps import Allowance, OwnedTask, pressing
from sync.plan.changes import Change, Held, Left, Plan, reference
from sync.plan.drafts import closing, creation, new_task, update
from sync.plan.episodes import Answer, Episodes, OwnTask
from sync.plan.keys import key_of
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
    first_runs: dict[str, int] = field(default_factory=dict)

    def hold(self, finding: Finding, kind: str, reason: str) -> None:
        self.held.append(Held(finding=reference(finding), reason=reason, kind=kind))


def make_plan(situation: Situation) -> Plan:
    """The plan for one moment; the same situation gives the same plan."""
    draft = _Draft()
    episodes = Episodes(situation.tasks)
    absorbed: set[str] = set()
    fresh: list[tuple[Finding, Answer]] = []
    for finding in situation.judgement.findings:
        if situation.rules[finding.rule].file.mode == "report":
            draft.hold(finding, "report", "the rule only reports")
            continue
        answer = episodes.answer(finding, repeat_at=_repeat_at(situation, finding), as_of=situation.as_of)
        if answer.open_task is not None:
            absorbed.add(answer.open_task.task.id)
            _follow(situation, draft, finding, answer.open_task)
        elif answer.held is not None:
            draft.hold(finding, "answered", answer.held)
        else:
            fresh.append((finding, answer))
    _raise_new(situation, draft, fresh)
    _close_resolved(situation, draft, absorbed)
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


def _raise_new(situation: Situation, draft: _Draft, fresh: Iterable[tuple[Finding, Answer]]) -> None:
    allowance = Allowance(
        situation.limits.new_per_owner,
        (
            OwnedTask(
                owner_id=situation.people.one(f"{own.org_id}:{own.task.owner_id}"),
                created_on=own.task.created_at.date() if own.task.created_at else None,
                is_open=own.is_open,
            )
            for own in situation.tasks
        ),
        today=situation.today,
    )
    by_rule: dict[str, int] = {}
    for finding, answer in sorted(fresh, key=lambda pair: pressing(pair[0])):
        home = situation.homes.get(org_of(finding.account_id))
        if home is None or home.blocked:
            draft.hold(
                finding, "connection", (home.blocked if home else None) or "its client is in no connected CRM"
            )
        elif finding.facts.get("account_is_muted"):
            draft.hold(finding, "muted", "the client is muted")
        elif key_of(finding, answer.repeat) in situation.remembered:
            draft.hold(finding, "answered", "answered: its task is gone from the CRM, so somebody deleted it")
        elif reason := _baseline(situation, draft, finding):
            draft.hold(finding, "baseline", reason)
        else:
            _create(situation, draft, finding, home, answer, allowance=allowance, by_rule=by_rule)


def _baseline(situation: Situation, draft: _Draft, finding: Finding) -> str | None:
    """What was true before its rule's first run waits; a few of the most pressing may pass."""
    baseline = situation.baseline
    if baseline.accept:
        return None
    if (org_of(finding.account_id), finding.rule) in baseline.rules_known:
        if finding.occurrence_hash in baseline.seen:
            return "was there before the rule's first run; --accept-baseline raises it"
        return None
    passed = draft.first_runs.get("all", 0)
    if passed < situation.limits.first_run:
        draft.first_runs["all"] = passed + 1
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
    task = new_task(situation, finding, home, owner=owner, repeat=answer.repeat)
    draft.changes.append(creation(finding, home, task, owner=owner, why=why))


def _close_resolved(situation: Situation, draft: _Draft, absorbed: set[str]) -> None:
    unjudged = {(unknown.rule, unknown.org_id) for unknown in situation.judgement.unknown}
    for own in situation.tasks:
        if not own.is_open or own.task.id in absorbed:
            continue
        home = situation.homes.get(own.org_id)
        in_the_dark = (own.key.rule, None) in unjudged or (
            # A client of several CRMs could be judged by what another one shows: then its facts are here.
            (own.key.rule, own.org_id) in unjudged
            and (own.key.rule, own.key.subject_hash) not in situation.facts_now
        )
        if home is None or in_the_dark:
            draft.standing += 1
            continue
        account = own.task.account_ids[0] if own.task.account_ids else None
        draft.changes.append(
            closing(situation, own, home, account_id=f"{own.org_id}:{account}" if account else None)
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
