"""Makes what write-back needs in an org, step by step, and leaves alone what is there."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from connectors.connector import SetupStep, WriteReadiness
from connectors.errors import NotAllowed, Refused
from connectors.salesforce.call import Caller
from connectors.salesforce.describe import Describer, Rights
from connectors.salesforce.own_tasks import KEY, STATE
from connectors.salesforce.pages import fetch_all
from connectors.salesforce.soql import text_literal
from connectors.tasks import KEY_LENGTH, STATE_LENGTH

PERMISSION_SET = "Keptword"
_THERE = frozenset({"DUPLICATE_DEVELOPER_NAME", "DUPLICATE_VALUE", "FIELD_ALREADY_EXISTS"})
_REMEDY = "run `keptword setup`"
State = Literal["there", "missing", "made", "by hand", "failed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class _FieldPlan:
    """One custom field. It is made on Activity and seen on Task; Activity takes no long texts."""

    name: str
    label: str
    length: int
    unique: bool

    @property
    def what(self) -> str:
        kind = f"text {self.length}" + (", unique external id" if self.unique else "")
        return f"field {self.name} on Activity ({kind})"

    @property
    def by_hand(self) -> str:
        extra = ", tick Unique (case sensitive) and External ID" if self.unique else ""
        return (
            f"In Setup > Object Manager > Activity > Fields make a Text field named {self.name.removesuffix('__c')}, "
            f"label `{self.label}`, length {self.length}{extra}; make it visible and editable for the integration user."
        )

    def metadata(self) -> dict[str, Any]:
        body = {"label": self.label, "type": "Text", "length": self.length, "required": False}
        if self.unique:
            body |= {"externalId": True, "unique": True, "caseSensitive": True}
        return {"FullName": f"Activity.{self.name}", "Metadata": body}


_FIELDS = (
    _FieldPlan(name=KEY, label="Keptword Key", length=KEY_LENGTH, unique=True),
    _FieldPlan(name=STATE, label="Keptword State", length=STATE_LENGTH, unique=False),
)


def check_readiness(caller: Caller, describer: Describer) -> WriteReadiness:
    """Looks at the describe anew."""
    describer.forget("Task")
    described = describer.describe("Task")
    if described is None:
        return WriteReadiness(ready=False, reason="this login does not see Task: grant it")
    problems = [_problem(plan, described.rights.get(plan.name)) for plan in _FIELDS]
    reason = "; ".join(problem for problem in problems if problem)
    return WriteReadiness(ready=not reason, mode="" if reason else "unique", reason=reason)


def _problem(plan: _FieldPlan, rights: Rights | None) -> str:
    if rights is None:
        return f"Task has no field {plan.name} that this login sees: {_REMEDY}"
    if plan.unique and not (rights.unique and rights.external_id):
        return f"{plan.name} is no unique external id: delete it, then {_REMEDY}"
    if rights.length < plan.length:
        return f"{plan.name} holds {rights.length} characters, not {plan.length}: make it longer in Setup"
    if not (rights.createable and rights.updateable):
        return f"this login may not write {plan.name}: {_REMEDY}"
    return ""


class Setup:
    """The steps for one org; each looks before it writes."""

    def __init__(self, caller: Caller, describer: Describer, user_id: str) -> None:
        self._caller, self._describer, self._user_id = caller, describer, user_id

    def run(self, *, write: bool) -> list[SetupStep]:
        """Fields first, then the rights to them; without `write` only says what is missing."""
        self._describer.forget("Task")
        described = self._describer.describe("Task")
        rights: Mapping[str, Rights] = described.rights if described else {}
        steps = [self._field(plan, rights.get(plan.name), write=write) for plan in _FIELDS]
        if all(
            name in rights and rights[name].createable and rights[name].updateable for name in (KEY, STATE)
        ):
            what = f"permission to read and edit both fields for user {self._user_id or 'of this login'}"
            return [*steps, SetupStep(what=what, state="there")]
        return [*steps, *self._permissions(write=write)]

    def _field(self, plan: _FieldPlan, rights: Rights | None, *, write: bool) -> SetupStep:
        if rights is not None:
            problem = _problem(plan, rights)
            wrong_kind = problem and rights.createable
            return SetupStep(
                what=plan.what, state="failed" if wrong_kind else "there", note=problem if wrong_kind else ""
            )
        if not write:
            return SetupStep(what=plan.what, state="missing", note="setup makes it")
        return self._make(plan.what, "tooling/sobjects/CustomField", plan.metadata(), by_hand=plan.by_hand)

    def _permissions(self, *, write: bool) -> list[SetupStep]:
        what = f"permission set {PERMISSION_SET}: read and edit both fields on Task, for this login's user"
        by_hand = f"In Setup > Permission Sets make {PERMISSION_SET}, let it read and edit {KEY} and {STATE} on Task, and assign it to the integration user."
        if not write:
            return [SetupStep(what=what, state="missing", note="setup makes it")]
        return [self._guarded(what, self._permission_set, by_hand=by_hand)]

    def _permission_set(self) -> State:
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
        for field in (KEY, STATE):
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
        self._post(
            "sobjects/PermissionSetAssignment", {"PermissionSetId": parent, "AssigneeId": self._user_id}
        )
        # A token keeps the rights of the moment in which it was given.
        caller.close()
        return "made"

    def _make(self, what: str, path: str, body: Mapping[str, Any], *, by_hand: str) -> SetupStep:
        return self._guarded(what, lambda: self._post(path, body), by_hand=by_hand)

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
