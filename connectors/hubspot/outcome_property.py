"""Makes the property in which people say what a task came to; write-back does without it."""

from collections.abc import Mapping
from typing import Any

from connectors.connector import SetupStep
from connectors.errors import NotAllowed, Refused
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.describe import find_property
from connectors.hubspot.task_form import OUTCOME
from connectors.tasks import OUTCOMES, outcome_of

_WHAT = f"property {OUTCOME} on tasks (choice; optional: what people say a task came to)"
_LABEL = "Keptword: outcome"
_DESCRIPTION = "Say why this task is closed, and Keptword keeps to it."
_OPTIONS = ", ".join(f"`{words}` ({outcome})" for outcome, words in OUTCOMES.items())
_BY_HAND = (
    "Tasks are written without it. To let people say what a task came to, in HubSpot open Settings > Properties > Task "
    f"properties > Create property: label `{_LABEL}`, internal name `{OUTCOME}`, group `Task information`, type "
    f"`Dropdown select`, options (internal values in brackets): {_OPTIONS}"
)


def ensure_outcome(calls: HubSpotCalls, *, write: bool) -> SetupStep:
    """Whether the property is there now; with `write` it is made. Nothing that HubSpot refuses here is an error."""
    held = find_property(calls, "tasks", OUTCOME)
    if held is not None:
        return SetupStep(what=_WHAT, state="there", note=_note_on(held))
    if not write:
        return SetupStep(what=_WHAT, state="missing", note="setup makes it")
    refusal = _make(calls)
    # HubSpot takes wishes that it does not fulfil: only what is read back counts.
    if find_property(calls, "tasks", OUTCOME) is not None:
        return SetupStep(what=_WHAT, state="made")
    return SetupStep(what=_WHAT, state="by hand", note=f"{refusal}{_BY_HAND}")


def _make(calls: HubSpotCalls) -> str:
    """Why it was not made, as far as HubSpot says."""
    options = [
        {"label": words, "value": outcome, "displayOrder": place, "hidden": False}
        for place, (outcome, words) in enumerate(OUTCOMES.items())
    ]
    body = {
        "name": OUTCOME,
        "label": _LABEL,
        "description": _DESCRIPTION,
        "groupName": "task_information",
        "type": "enumeration",
        "fieldType": "select",
        "options": options,
    }
    try:
        calls.post("properties", body, kind="write", object="tasks")
    except (NotAllowed, Refused) as error:
        return f"{error.problem}. "
    return ""


def _note_on(held: Mapping[str, Any]) -> str:
    chosen = {
        outcome_of(str(each.get(part))) for each in held.get("options") or () for part in ("value", "label")
    }
    lacking = [f"`{words}` ({outcome})" for outcome, words in OUTCOMES.items() if outcome not in chosen]
    return f"it lacks the options {', '.join(lacking)}: add them in HubSpot" if lacking else ""
