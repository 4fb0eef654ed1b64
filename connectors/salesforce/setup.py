"""Makes what write-back needs in an org, step by step, and leaves alone what is there."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

from connectors.connector import SetupStep, WriteReadiness
from connectors.errors import NotAllowed, Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.describe import Described, Describer
from connectors.salesforce.marks import Marks
from connectors.salesforce.pages import fetch_all
from connectors.salesforce.soql import text_literal
from connectors.salesforce.task_fields import NEEDED, OPTIONAL, TaskField

PERMISSION_SET = "Keptword"
_THERE = frozenset({"DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE", "FIELD_ALREADY_EXISTS"})
_FOR_PEOPLE = "Let people's profiles see and edit it, and put it on the task layout."
State = Literal["there", "missing", "made", "by hand", "failed"]


def check_readiness(describer: Describer, marks: Marks) -> WriteReadiness:
    """Looks at the describe anew."""
    described = _fresh(describer)
    if described is None:
        return WriteReadiness(ready=False, reason="this login does not see Task: grant it")
    reason = marks.problem(described)
    return WriteReadiness(ready=not reason, mode="" if reason else marks.mode, reason=reason)


IN_THE_TEXT = SetupStep(
    what='nothing but tasks: with task_marks = "body" their last line says that they are ours', state="there"
)
"""The one step of a connection without fields, before the trial task."""


def _fresh(describer: Describer) -> Described | None:
    describer.forget("Task")
    return describer.describe("Task")


class Setup:
    """The steps for one org; each looks before it writes."""

    def __init__(self, caller: Caller, describer: Describer, user_id: str) -> None:
        self._caller, self._describer, self._user_id = caller, describer, user_id

    def run(self, *, write: bool) -> list[SetupStep]:
        """Fields first, then the rights to them; without `write` only says what is missing."""
        described = _fresh(self._describer)
        steps = [self._field(each, described, write=write) for each in NEEDED]
        optional = self._optional(described, write=write)
        names = [each.name for each in NEEDED]
        if optional.state in ("there", "made", "missing"):
            names.append(OPTIONAL.name)
        return [*steps, optional, self._rights(described, names, write=write)]

    def _field(self, wanted: TaskField, described: Described | None, *, write: bool) -> SetupStep:
        rights = described.rights.get(wanted.name) if described else None
        if rights is not None:
            problem = wanted.problem(rights)
            wrong_kind = problem and rights.createable
            return SetupStep(
                what=wanted.what,
                state="failed" if wrong_kind else "there",
                note=problem if wrong_kind else "",
            )
        if not write:
            return SetupStep(what=wanted.what, state="missing", note="setup makes it")
        return self._make(wanted)

    def _optional(self, described: Described | None, *, write: bool) -> SetupStep:
        """The field in which people say what a task came to; no task depends on it."""
        held = described.schema.fields.get(OPTIONAL.name) if described else None
        if held is not None:
            return SetupStep(what=OPTIONAL.what, state="there", note=OPTIONAL.lacking(held))
        if not write:
            return SetupStep(what=OPTIONAL.what, state="missing", note="setup makes it")
        step = self._make(OPTIONAL)
        if step.state == "made":
            return SetupStep(what=step.what, state="made", note=_FOR_PEOPLE)
        if step.state == "by hand":
            note = f"{step.note} {_FOR_PEOPLE} Tasks are written without it."
            return SetupStep(what=step.what, state="by hand", note=note)
        return step

    def _make(self, wanted: TaskField) -> SetupStep:
        return self._guarded(
            wanted.what,
            lambda: self._post("tooling/sobjects/CustomField", wanted.metadata()),
            by_hand=wanted.by_hand,
        )

    def _rights(self, described: Described | None, names: Sequence[str], *, write: bool) -> SetupStep:
        rights = described.rights if described else {}
        if all(name in rights and rights[name].createable and rights[name].updateable for name in names):
            what = (
                f"permission to read and edit {len(names)} fields for user {self._user_id or 'of this login'}"
            )
            return SetupStep(what=what, state="there")
        what = f"permission set {PERMISSION_SET}: read and edit {len(names)} fields on Task, for this login's user"
        by_hand = (
            f"In Setup > Permission Sets make {PERMISSION_SET}, let it read and edit {', '.join(names)} on Task, "
            "and assign it to the integration user."
        )
        if not write:
            return SetupStep(what=what, state="missing", note="setup makes it")
        return self._guarded(what, lambda: self._permission_set(names), by_hand=by_hand)

    def _permission_set(self, names: Sequence[str]) -> State:
        caller = self._caller
        name = text_literal(PERMISSION_SET)
        query = f"SELECT Id FROM PermissionSet WHERE Name = {name}"
        found = fetch_all(caller, query)
        if not found:
            self._post("sobjects/PermissionSet", {"Name": PERMISSION_SET, "Label": PERMISSION_SET})
            found = fetch_all(caller, query)
        if not found:
            raise Refused(
                caller.place, f"this login does not see permission set {PERMISSION_SET}", "Grant View Setup."
            )
        parent = found[0]["Id"]
        self._post(
            "sobjects/PermissionSetAssignment", {"PermissionSetId": parent, "AssigneeId": self._user_id}
        )
        for field in names:
            self._post(
                "sobjects/FieldPermissions",
                {
                    "ParentId": parent,
                    "SobjectType": "Task",
                    "Field": f"Task.{field}",
                    "PermissionsRead": True,
                    "PermissionsEdit": True,
                },
            )
        # A token keeps the rights of the moment in which it was given.
        caller.close()
        return "made"

    def _guarded(self, what: str, step: Callable[[], State], *, by_hand: str) -> SetupStep:
        try:
            return SetupStep(what=what, state=step())
        except (NotAllowed, Refused) as error:
            return SetupStep(what=what, state="by hand", note=f"{error.problem}. {by_hand}")

    def _post(self, path: str, body: Mapping[str, Any]) -> State:
        try:
            # Names and pairs are unique in the org, so a second try finds the first and says so.
            self._caller.write("POST", path, body=body, repeatable=True)
        except Refused as refusal:
            if refusal.code in _THERE:
                return "there"
            raise
        return "made"
