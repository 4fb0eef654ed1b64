"""Makes what write-back needs in a portal: properties on tasks, proven by a task that is written and removed."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any, Literal

from connectors.connector import SetupStep, WriteReadiness
from connectors.errors import NotAllowed, Refused
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.describe import find_property
from connectors.hubspot.outcome_property import ensure_outcome
from connectors.hubspot.own_tasks import reread
from connectors.hubspot.task_form import KEY, STATE
from connectors.hubspot.twins import archive
from connectors.hubspot.write import Mode, create
from connectors.tasks import FIELDS, Task, held_values, short_hash, wanted_values, write_state

_LABELS: Mapping[str, str] = {KEY: "Keptword key", STATE: "Keptword state"}
_DESCRIPTION = "Written by Keptword to recognise its own tasks. Do not edit."

_BY_HAND = (
    "In HubSpot open Settings > Properties > Task properties > Create property: label `{label}`, internal name "
    "`{name}`, group `Task information`, type `Single-line text`{unique}. Then run setup again"
)
_UNIQUE_BY_HAND = ", with `Require unique values` ticked if HubSpot offers it"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    """One of our properties as the portal has it."""

    name: str
    unique: bool


def readiness(calls: HubSpotCalls, rewritten_fields: tuple[str, ...] = ()) -> WriteReadiness:
    """Whether both needed properties are there, as read back just now."""
    found = {name: _find(calls, name) for name in (KEY, STATE)}
    missing = [name for name, held in found.items() if held is None]
    if missing:
        reason = f"tasks lack the property {', '.join(missing)}: run `keptword setup`"
        return WriteReadiness(ready=False, reason=reason)
    return WriteReadiness(ready=True, mode=_mode(found[KEY]), rewritten_fields=rewritten_fields)


def set_up(calls: HubSpotCalls, *, write: bool) -> tuple[list[SetupStep], tuple[str, ...]]:
    """The steps and their state, and the fields that this portal rewrites, as the trial task showed."""
    found = {name: _find(calls, name) for name in (KEY, STATE)}
    steps = []
    for name in (KEY, STATE):
        step, found[name] = _ensure(calls, name, found[name], write=write)
        steps.append(step)
    steps.append(ensure_outcome(calls, write=write))
    if not write and None not in found.values():
        return steps, ()
    what = "trial task, written, read back and deleted"
    if not write or None in found.values():
        note = "setup makes it" if not write else "the properties come first"
        return [*steps, SetupStep(what=what, state="missing", note=note)], ()
    canary, rewritten = _send_canary(calls, what, _mode(found[KEY]))
    return [*steps, canary], rewritten


def _mode(key_property: _Property | None) -> Mode:
    return "unique" if key_property and key_property.unique else "search"


def _find(calls: HubSpotCalls, name: str) -> _Property | None:
    held = find_property(calls, "tasks", name)
    return None if held is None else _Property(name=name, unique=bool(held.get("hasUniqueValue")))


def _ensure(
    calls: HubSpotCalls, name: str, held: _Property | None, *, write: bool
) -> tuple[SetupStep, _Property | None]:
    wanted = "text, unique where HubSpot allows it" if name == KEY else "text"
    what = f"property {name} on tasks ({wanted})"
    by_hand = _BY_HAND.format(label=_LABELS[name], name=name, unique=_UNIQUE_BY_HAND if name == KEY else "")
    if held is not None:
        return SetupStep(what=what, state="there", note=_note_on(held)), held
    if not write:
        return SetupStep(what=what, state="missing", note="setup makes it"), None
    try:
        _make(calls, name)
    except NotAllowed:
        return SetupStep(what=what, state="by hand", note=by_hand), None
    except Refused as error:
        return SetupStep(what=what, state="failed", note=f"{error} {by_hand}"), None
    # HubSpot takes wishes that it does not fulfil: only what is read back counts.
    made = _find(calls, name)
    state: Literal["made", "by hand"] = "made" if made else "by hand"
    return SetupStep(what=what, state=state, note=_note_on(made) if made else by_hand), made


def _note_on(held: _Property) -> str:
    if held.name != KEY:
        return ""
    return (
        "unique: HubSpot itself refuses twins"
        if held.unique
        else "not unique: Keptword looks before it creates"
    )


def _make(calls: HubSpotCalls, name: str) -> None:
    body: dict[str, Any] = {
        "name": name,
        "label": _LABELS[name],
        "description": _DESCRIPTION,
        "groupName": "task_information",
        "type": "string",
        "fieldType": "text",
    }
    wishes = (True, False) if name == KEY else (False,)
    for unique in wishes:
        try:
            calls.post("properties", {**body, "hasUniqueValue": unique}, kind="write", object="tasks")
        except Refused as error:
            if error.status == 409:
                return
            # Whether tasks may have a unique property is not documented: asked once, then done without.
            if error.status != 400 or not unique:
                raise
        else:
            return


def _send_canary(calls: HubSpotCalls, what: str, mode: Mode) -> tuple[SetupStep, tuple[str, ...]]:
    task = _canary(calls)
    outcome = create(calls, [task], mode)[0]
    if outcome.id is None:
        return SetupStep(what=what, state="failed", note=outcome.reason), ()
    held = reread(calls, [outcome.id]).get(outcome.id)
    archive(calls, [outcome.id])
    if held is None:
        return SetupStep(what=what, state="failed", note="it could not be read back: check the scopes"), ()
    sent, kept = wanted_values("hubspot", task), held_values("hubspot", held)
    rewritten = tuple(name for name in FIELDS if sent[name] != kept[name])
    if (held.key, held.state) != (task.key, task.state):
        note = "HubSpot changed its key or state: look for an automation that edits task properties"
        return SetupStep(what=what, state="failed", note=note), rewritten
    note = f"this portal rewrites {', '.join(rewritten)}: edits of it are not noticed" if rewritten else ""
    return SetupStep(what=what, state="made", note=note), rewritten


def _canary(calls: HubSpotCalls) -> Task:
    # A key of its own each time: the unique index may remember the last canary, which is archived.
    due_at = (calls.server_now() + timedelta(days=365)).replace(microsecond=0)
    task = Task(
        key=f"kw1-setup-{short_hash(secrets.token_hex())}",
        state="",
        subject="Keptword setup check: deleted in a moment",
        body='Written to see what this portal does to a text:\n  5 < 7 & "quotes", é, 🙂\n\nNobody needs to act.',
        owner_id=None,
        due_on=due_at.date(),
        due_at=due_at,
        priority="low",
        kind="todo",
        account_id=None,
    )
    return replace(task, state=write_state(wanted_values("hubspot", task), ()))
