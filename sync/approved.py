"""A plan that a person read and approved: written to a file, and applied exactly or not at all."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from rules.rule import Rule
from sync.errors import Failed, UserError
from sync.plan.changes import FORMAT, Change, Plan
from sync.plan.situation import Situation
from sync.rulebook import rulebook_digest

_MOVES = ("due_on", "added")
"""What bears the day of the writing, and may differ on another day without making it another change."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The changes of a plan file, by what they do to which task."""

    path: Path
    changes: Mapping[tuple[str, str], Mapping[str, Any]]
    orgs: Mapping[str, str]
    rules: str
    accept_baseline: bool

    def restrict(self, plan: Plan, situation: Situation) -> Plan:
        """Of a plan made now, what was approved; raises Failed when that is not all of it or the world is another."""
        orgs = {home.connection: home.org_id for home in situation.homes.values()}
        if orgs != self.orgs:
            raise Failed(
                str(self.path),
                "the plan was made for another CRM",
                "Make it anew with `keptword plan --out F`",
            )
        if self.rules != rulebook_digest(situation.rules):
            raise Failed(
                str(self.path),
                "the rules have changed since the plan was made",
                "Make it anew and read it again",
            )
        now: dict[tuple[str, str], Change] = {(change.action, change.key): change for change in plan.changes}
        moved = [
            key for (action, key), said in self.changes.items() if not _same(now.get((action, key)), said)
        ]
        if moved:
            problem = f"{len(moved)} of its {len(self.changes)} changes no longer hold, such as {moved[0]}"
            raise Failed(str(self.path), problem, "Nothing was written: make the plan anew and read it again")
        kept = tuple(change for key, change in now.items() if key in self.changes)
        return replace(plan, changes=kept)


def write_plan(
    path: Path, plan: Plan, situation: Situation, rules: Mapping[str, Rule], *, accept_baseline: bool
) -> None:
    """The plan's document with what it was made for; raises UserError where the file cannot be written."""
    document = {
        **plan.document(),
        "orgs": {home.connection: home.org_id for home in situation.homes.values()},
        "rules": rulebook_digest(rules),
        "accept_baseline": accept_baseline,
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
                "Leave out what you do not want by the config (rules, limits, mutes) and make the plan anew",
            )
        changes = {(str(change["action"]), str(change["key"])): change for change in raw["changes"]}
        return Approved(
            path=path,
            changes=changes,
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


def _same(change: Change | None, said: Mapping[str, Any]) -> bool:
    if change is None:
        return False
    mine = {key: value for key, value in change.task.items() if key not in _MOVES}
    theirs = {key: value for key, value in said["task"].items() if key not in _MOVES}
    # The line that a closing adds is a date and its reason: the reason must be the one that was read.
    why_same = change.action != "close" or list(change.why) == said["why"]
    return why_same and bool(orjson.loads(orjson.dumps(mine, default=str)) == theirs)


def _digest(document: Mapping[str, Any]) -> str:
    """64 hex characters over all of the document but its own digest, whatever its layout."""
    rest = {name: value for name, value in document.items() if name != "digest"}
    return hashlib.sha256(orjson.dumps(rest, option=orjson.OPT_SORT_KEYS)).hexdigest()
