"""The plan as one HTML page for who approves it: by person and client, what would be written, what waits, and why."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined

from rules.findings import Finding
from rules.subject_names import name_of
from rules.wording import spelled, tame
from sync.errors import UserError
from sync.plan.changes import Action, Change, FindingRef, Plan
from sync.plan.episodes import OwnTask
from sync.plan.situation import Situation
from sync.report.plan_text import VERBS

_TEMPLATES = Environment(
    loader=PackageLoader("sync.report", "."),
    autoescape=True,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_VERBS: Mapping[Action, str] = {
    "create": "new task", "update": "change", "close": "close", "reassign": "hand over",
}  # fmt: skip
_NOBODY, _NO_CLIENT = "Nobody", "No client"
_GONE, _NAMELESS = "A client that is gone from the CRM", "A client without a name"
_NAMED = 5
"""So many subjects of an unknown are named; of more the number is told."""


@dataclass(slots=True, kw_only=True)
class _Client:
    """What the plan says about one client for one person."""

    written: list[Mapping[str, object]] = field(default_factory=list)
    held: list[Mapping[str, str]] = field(default_factory=list)
    left: list[Mapping[str, str]] = field(default_factory=list)


People = dict[str, dict[str, _Client]]
"""Person's name -> client's name -> what the plan says."""


def plan_page(plan: Plan, situation: Situation, *, over_limits: str = "") -> str:
    """The whole page: no other file, no script, nothing from a network; `over_limits`: a sentence, where it passes one."""
    people = _Pages(plan, situation).people()
    return _TEMPLATES.get_template("plan_page.html").render(
        as_of=f"{spelled(plan.as_of)}",
        counts=[(plan.count(action), verb) for action, verb in VERBS.items() if plan.count(action)],
        standing=plan.standing,
        held_count=len(plan.held),
        over_limits=over_limits,
        people=sorted(people.items(), key=lambda each: (each[0] == _NOBODY, each[0].lower())),
        unknown=_unknown(plan, situation),
    )


def write_page(path: Path, page: str) -> None:
    """Raises UserError where the file cannot be written."""
    try:
        path.write_text(page, encoding="utf-8")
    except OSError as error:
        raise UserError(
            "--html", f"{path} cannot be written: {error.strerror}", "Name a file in a folder of yours"
        ) from error


class _Pages:
    """Sorts a plan by person and client."""

    def __init__(self, plan: Plan, situation: Situation) -> None:
        self._plan, self._situation = plan, situation
        self._tasks = {own.task.key: own for own in situation.tasks}
        self._names = {
            each.account_id: tame(each.facts["account_name"])
            for each in situation.judgement.findings
            if each.account_id and each.facts.get("account_name")
        }
        self._found: People = {}

    def people(self) -> People:
        for change in self._plan.changes:
            self._change(change)
        for held in self._plan.held:
            finding = self._situation.findings_by_hash.get(held.finding.hash)
            place = self._place(self._answers_for(finding), finding.account_id if finding else None)
            place.held.append({"what": self._what(held.finding, finding), "reason": held.reason})
        for left in self._plan.left:
            own = self._tasks.get(left.key)
            place = self._place(self._owner(own), _account(own))
            subject = own.task.subject if own else left.key
            place.left.append({"subject": tame(subject), "field": left.field, "reason": left.reason})
        return self._found

    def _change(self, change: Change) -> None:
        own = self._tasks.get(change.key)
        task = change.task
        if change.action == "create":
            owner = str(task.get("owner") or task.get("owner_id") or _NOBODY)
        elif task.get("owner_id") and own is not None:
            owner = self._situation.people.name(f"{own.org_id}:{task['owner_id']}")
        else:
            owner = self._owner(own)
        due = str(task.get("due_on") or (own.task.due[:10] if own else ""))
        card = {
            "action": change.action,
            "verb": _VERBS[change.action],
            "subject": tame(str(task.get("subject") or (own.task.subject if own else change.key))),
            "due": spelled(date.fromisoformat(due)) if due else "",
            "priority": task.get("priority", ""),
            "connection": change.connection,
            "body": str(task.get("added") or task.get("body") or ""),
            "why": [tame(each) for each in change.why],
        }
        self._place(owner, change.account_id).written.append(card)

    def _place(self, owner: str, account_id: str | None) -> _Client:
        client = self._client(account_id) if account_id else _NO_CLIENT
        return self._found.setdefault(tame(owner), {}).setdefault(client, _Client())

    def _client(self, account_id: str) -> str:
        name = self._names.get(account_id) or self._situation.client_name(account_id)
        return name or f"{_GONE if name is None else _NAMELESS} ({account_id})"

    def _owner(self, own: OwnTask | None) -> str:
        if own is None or not own.task.owner_id:
            return _NOBODY
        return self._situation.people.name(f"{own.org_id}:{own.task.owner_id}")

    def _answers_for(self, finding: Finding | None) -> str:
        """Who would most likely hear of it: the client's owner, or the person whom it is about."""
        facts = finding.facts if finding else {}
        person_id = facts.get("account_owner_id") or facts.get("person_id")
        return self._situation.people.name(person_id) if person_id else _NOBODY

    def _what(self, ref: FindingRef, finding: Finding | None) -> str:
        rule = self._situation.rules.get(ref.rule)
        title = (rule.file.title if rule else "") or ref.rule
        if rule is None or finding is None or rule.file.about == "account":
            return title
        return f"{title}: {name_of(rule.file.about, finding.facts)}"


def _account(own: OwnTask | None) -> str | None:
    return f"{own.org_id}:{own.task.account_ids[0]}" if own and own.task.account_ids else None


def _unknown(plan: Plan, situation: Situation) -> list[Mapping[str, str]]:
    """Rules with the same reason once each; for how many subjects, where not for all."""
    rules = situation.rules
    subjects: dict[tuple[str, str], list[str]] = {}
    for each in plan.unknown:
        said = ["the clients of one CRM"] if each.org_id else []
        said += [situation.client_name(each.subject_id) or each.subject_id] if each.subject_id else []
        subjects.setdefault((each.rule, each.reason), []).extend(said)
    return [
        {
            "rule": (rules[rule].file.title if rule in rules else "") or rule,
            "reason": reason,
            "subjects": ", ".join(of) if len(of) <= _NAMED else f"{len(of):,} of them",
        }
        for (rule, reason), of in subjects.items()
    ]
