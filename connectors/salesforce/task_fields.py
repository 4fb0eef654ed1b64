"""The fields that setup makes on tasks: what each is for, and what is wrong with one that is there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from connectors.connector import Field
from connectors.salesforce.describe import Described, Rights
from connectors.tasks import KEY_LENGTH, OUTCOMES, STATE_LENGTH, outcome_of

KEY, STATE, OUTCOME = "Keptword_Key__c", "Keptword_State__c", "Keptword_Outcome__c"
REMEDY = "run `keptword setup`"


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskField:
    """One custom field. It is made on Activity and seen on Task; Activity takes no long texts."""

    name: str
    label: str
    length: int = 0
    """Of a text; a choice has none."""
    unique: bool = False
    choices: Mapping[str, str] = field(default_factory=dict)
    """What a record holds -> what people read; none: the field is a text."""

    @property
    def what(self) -> str:
        """In a person's words."""
        if self.choices:
            return f"field {self.name} on Activity (picklist; optional: what people say a task came to)"
        kind = f"text {self.length}" + (", unique external id" if self.unique else "")
        return f"field {self.name} on Activity ({kind})"

    @property
    def by_hand(self) -> str:
        """How an admin makes it."""
        kind = "Picklist" if self.choices else "Text"
        extra = f", length {self.length}" if self.length else f", values {self._values()}, restricted"
        extra += ", tick Unique (case sensitive) and External ID" if self.unique else ""
        return (
            f"In Setup > Object Manager > Activity > Fields make a {kind} field named {self.name.removesuffix('__c')}, "
            f"label `{self.label}`{extra}; make it visible and editable for the integration user."
        )

    def metadata(self) -> dict[str, Any]:
        """The body by which the Tooling API makes it."""
        body: dict[str, Any] = {"label": self.label, "required": False}
        if self.choices:
            values = [
                {"fullName": value, "label": words, "default": False} for value, words in self.choices.items()
            ]
            body |= {
                "type": "Picklist",
                "valueSet": {"restricted": True, "valueSetDefinition": {"sorted": False, "value": values}},
            }
        else:
            body |= {"type": "Text", "length": self.length}
        if self.unique:
            body |= {"externalId": True, "unique": True, "caseSensitive": True}
        return {"FullName": f"Activity.{self.name}", "Metadata": body}

    def problem(self, rights: Rights | None) -> str:
        """Why tasks cannot carry it as this login sees it; empty where they can."""
        if rights is None:
            return f"Task has no field {self.name} that this login sees: {REMEDY}"
        if self.unique and not (rights.unique and rights.external_id):
            return f"{self.name} is no unique external id: delete it, then {REMEDY}"
        if rights.length < self.length:
            return f"{self.name} holds {rights.length} characters, not {self.length}: make it longer in Setup"
        if not (rights.createable and rights.updateable):
            return f"this login may not write {self.name}: {REMEDY}"
        return ""

    def lacking(self, held: Field) -> str:
        """Which choices a picklist of that name does not offer; empty where it offers all."""
        offered = {outcome_of(value) for value in held.values}
        missing = {value: words for value, words in self.choices.items() if value not in offered}
        return f"it lacks the values {_listed(missing)}: add them in Setup" if missing else ""

    def _values(self) -> str:
        return _listed(self.choices)


def _listed(choices: Mapping[str, str]) -> str:
    return ", ".join(f"`{words}` (API name {value})" for value, words in choices.items())


NEEDED = (
    TaskField(name=KEY, label="Keptword Key", length=KEY_LENGTH, unique=True),
    TaskField(name=STATE, label="Keptword State", length=STATE_LENGTH),
)
OPTIONAL = TaskField(
    name=OUTCOME, label="Keptword: outcome", choices={str(name): words for name, words in OUTCOMES.items()}
)


def problems_of(described: Described) -> str:
    """What keeps tasks from carrying the key and the state; empty where nothing does."""
    problems = [each.problem(described.rights.get(each.name)) for each in NEEDED]
    return "; ".join(problem for problem in problems if problem)
