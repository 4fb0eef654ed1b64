"""A plan that a person read and approved: written to a file, and applied exactly, in what still holds, or not at all."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson

from rules.rule import Rule
from sync.approving.grounds import Grounds, grounds_of, name_of, what_moved
from sync.errors import Failed, UserError
from sync.judging.rulebook import rulebook_digest
from sync.ledger.steps import Steps
from sync.plan.changes import FORMAT, Change, Plan
from sync.plan.situation import Situation

_MOVES = ("due_on", "added")
"""What bears the day of the writing, and may differ on another day without making it another change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """An approved change that no longer holds."""

    action: str
    key: str
    subject: str
    """Of the task, as it was approved; empty where only something else of it was to change."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """Of a plan made now, what was approved."""

    plan: Plan
    moved: tuple[Moved, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The changes of a plan file, by what they do to which task."""

    path: Path
    as_of: datetime
    changes: Mapping[tuple[str, str], Mapping[str, Any]]
    grounds: Mapping[str, Grounds]
    """`ACTION KEY` -> what the change stood on when the plan was made."""
    orgs: Mapping[str, str]
    rules: str
    accept_baseline: bool

    def restrict(self, plan: Plan, situation: Situation) -> Kept:
        """Of a plan made now, what was approved and still holds; raises Failed where the world is another altogether."""
        orgs = {home.connection: home.org_id for home in situation.homes.values()}
        if orgs != self.orgs:
            problem = f"the plan was made for another CRM: {_listed(self.orgs)}, and the config leads to {_listed(orgs)}"
            raise Failed(str(self.path), problem, "Make it anew with `keptword plan --out F`")
        if self.rules != rulebook_digest(situation.rules):
            raise Failed(
                str(self.path),
                "the rules have changed since the plan was made",
                "Make it anew and read it again",
            )
        moved = tuple(self._moved(plan, situation))
        gone = {(each.action, each.key) for each in moved}
        kept = tuple(
            change
            for change in plan.changes
            if (change.action, change.key) in self.changes and (change.action, change.key) not in gone
        )
        return Kept(plan=replace(plan, changes=kept), moved=moved)

    def _moved(self, plan: Plan, situation: Situation) -> Iterator[Moved]:
        now: dict[tuple[str, str], Change] = {(change.action, change.key): change for change in plan.changes}
        grounds = grounds_of(plan, situation)
        for (action, key), said in self.changes.items():
            change = now.get((action, key))
            reason = (
                _held(said, plan)
                if change is None
                else self._what_moved(change, grounds[name_of(change)], plan, situation)
                or _other_words(change, said)
            )
            if reason is not None:
                subject = str(said["task"].get("subject") or "")
                yield Moved(action=action, key=key, subject=subject, reason=reason)

    def _what_moved(self, change: Change, now: Grounds, plan: Plan, situation: Situation) -> str | None:
        then = self.grounds[name_of(change)]
        return what_moved(now, then, rules=situation.rules, passed=plan.as_of - self.as_of)


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A person's word that a plan file be carried out."""

    file: Approved
    by: str
    partial: bool = False
    """What still holds is carried out though something else does not."""

    def restrict(self, plan: Plan, situation: Situation, steps: Steps) -> Kept:
        """As Approved.restrict(); raises Failed where something does not hold any more and `partial` is not said, and
        where nothing holds since a run has carried all of it out.

        `steps`: those of the ledger, which tell whether a run has done so.
        """
        kept = self.file.restrict(plan, situation)
        if kept.moved and not (self.partial and kept.plan.changes):
            self._refuse_applied(steps)
        if kept.moved and not self.partial:
            first = kept.moved[0]
            problem = (
                f"{len(kept.moved)} of its {len(self.file.changes)} changes no longer hold, such as {first.key} "
                f"({first.reason})"
            )
            remedy = "Nothing was written: make the plan anew and read it again, or apply what still holds with --partial"
            raise Failed(str(self.file.path), problem, remedy)
        return kept

    def _refuse_applied(self, steps: Steps) -> None:
        run_id = steps.run_that_wrote(self.file.changes, since=self.file.as_of)
        if run_id is None:
            return
        if undo := steps.undone_by(run_id):
            problem = f"run {run_id} has applied it, and run {undo} has undone that"
            remedy = "Nothing was written: make a plan anew (`keptword plan --out F`; --accept-baseline raises what was undone)"
        else:
            problem = f"run {run_id} has applied it already"
            remedy = f"Nothing is left of it to write: `keptword history {run_id}` says what came of it; for what came up since, make a plan anew"
        raise Failed(str(self.file.path), problem, remedy)


def write_plan(
    path: Path, plan: Plan, situation: Situation, rules: Mapping[str, Rule], *, accept_baseline: bool
) -> None:
    """The plan's document with what it was made for; raises UserError where the file cannot be written."""
    document = {
        **plan.document(),
        "orgs": {home.connection: home.org_id for home in situation.homes.values()},
        "rules": rulebook_digest(rules),
        "accept_baseline": accept_baseline,
        "grounds": grounds_of(plan, situation),
    }
    plain = orjson.loads(orjson.dumps(document, default=str))
    try:
        path.write_bytes(orjson.dumps({**plain, "digest": _digest(plain)}, option=orjson.OPT_INDENT_2))
    except OSError as error:
        raise UserError(
            "--out", f"{path} cannot be written: {error.strerror}", "Name a file in a folder of yours"
        ) from error


def read_approved(path: Path) -> Approved:
    """A plan file; raises UserError for what is none, and for one that was changed after it was written."""
    try:
        raw = orjson.loads(path.read_bytes())
        if raw["format"] != FORMAT:
            raise UserError(
                str(path), f"is a plan of format {raw['format']}", "Make it anew with this version"
            )
        if raw["digest"] != _digest(raw):
            raise UserError(
                str(path),
                "was changed after `keptword plan` wrote it",
                "Leave out what you do not want by the config (rules, limits) or by `keptword mute`, and make the plan anew",
            )
        changes = {(str(change["action"]), str(change["key"])): change for change in raw["changes"]}
        return Approved(
            path=path,
            as_of=datetime.fromisoformat(raw["as_of"]).astimezone(UTC).replace(tzinfo=None),
            changes=changes,
            grounds=raw["grounds"],
            orgs=raw["orgs"],
            rules=raw["rules"],
            accept_baseline=bool(raw["accept_baseline"]),
        )
    except OSError as error:
        raise UserError(
            str(path), f"cannot be read: {error.strerror}", "Write one with `keptword plan --out F`"
        ) from error
    except (orjson.JSONDecodeError, KeyError, TypeError) as error:
        raise UserError(str(path), "is not a plan file", "Write one with `keptword plan --out F`") from error


def _held(said: Mapping[str, Any], plan: Plan) -> str:
    hashes = {finding["hash"] for finding in said["findings"]}
    held = [each.reason for each in plan.held if each.finding.hash in hashes]
    return f"held back now: {held[0]}" if held else "nothing of it is to be done any more"


def _other_words(change: Change, said: Mapping[str, Any]) -> str | None:
    mine = {key: value for key, value in change.task.items() if key not in _MOVES}
    theirs = {key: value for key, value in said["task"].items() if key not in _MOVES}
    plain = orjson.loads(orjson.dumps(mine, default=str))
    if plain != theirs:
        other = sorted(name for name in {*plain, *theirs} if plain.get(name) != theirs.get(name))
        return f"it would write another {', '.join(other)} now"
    # The line that a closing adds is a date and its reason: the reason must be the one that was read.
    if change.action == "close" and list(change.why) != said["why"]:
        return f"its reason is another now: {'; '.join(change.why)}"
    return None


def _listed(orgs: Mapping[str, str]) -> str:
    return ", ".join(f"{name} ({org_id})" for name, org_id in sorted(orgs.items())) or "none"


def _digest(document: Mapping[str, Any]) -> str:
    """64 hex characters over all of the document but its own digest, whatever its layout."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()
