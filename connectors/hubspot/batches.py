"""Sends one batch of task inputs and says of each input what HubSpot made of it.

The versions of the API answer differently (207 with errors, 200 or 201 with errors, all or nothing), and errors
come in no order: each input is known by its objectWriteTraceId, which is the task's key.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any, TypeVar

from connectors.errors import CrmError, Refused
from connectors.hubspot.answers import code_of, message_of, remedy_for
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.task_form import KEY
from connectors.tasks import Outcome, Task, TaskChange, WrittenTask
from connectors.transport import brief

LIMIT = 100
"""HubSpot's limit for inputs of a batch."""

Input = Mapping[str, Any]
_Row = TypeVar("_Row", Task, TaskChange, WrittenTask)


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """Why HubSpot did not take an input."""

    code: str
    reason: str
    """The vendor's code and words, and what to do."""

    @property
    def is_conflict(self) -> bool:
        """Somebody holds the same unique value."""
        return self.code in ("CONFLICT", "OBJECT_ALREADY_EXISTS")


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one call said, by key. A key in neither table was not spoken of."""

    ids: Mapping[str, str] = field(default_factory=dict)
    """Key -> record id of what was written."""
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    whole: Refusal | None = None
    """The call was refused as a whole, for the sake of an input that nobody named; nothing was written."""


def send(calls: HubSpotCalls, verb: str, inputs: Sequence[Input], /, *, repeatable: bool) -> Verdict:
    """One batch of tasks, at most 100; raises the errors of the transport, but no Refused."""
    # An archive's inputs have no room for a trace id.
    sent = [{"id": one["id"]} for one in inputs] if verb == "archive" else list(inputs)
    try:
        body = calls.ask(
            "batch", {"inputs": sent}, kind="write", repeatable=repeatable, object="tasks", verb=verb
        )
    except Refused as error:
        return _refused_whole(error, inputs)
    if body is None:
        return Verdict(ids={_key(one): str(one["id"]) for one in inputs if "id" in one})
    ids = {_key_of(result, inputs): str(result["id"]) for result in body.get("results") or ()}
    ids.pop("", None)
    return Verdict(ids=ids, refused=_refused_rows(calls, body.get("errors") or (), inputs))


def send_in_parts(
    rows: Sequence[_Row],
    send: Callable[[Sequence[_Row]], None],
    outcomes: dict[str, Outcome],
    *,
    name: Callable[[_Row], str] = attrgetter("key"),
) -> None:
    """Sends by hundreds; `outcomes`, by each row's name, are filled by `send`.

    Once something is written, an error no longer hides it: the rest is failed, for now.
    """
    for start in range(0, len(rows), LIMIT):
        try:
            send(rows[start : start + LIMIT])
        except CrmError as error:
            if not outcomes:
                raise
            for row in rows:
                later = Outcome(key=row.key, result="failed", reason=str(error), temporary=True)
                outcomes.setdefault(name(row), later)
            return


def _refused_whole(error: Refused, inputs: Sequence[Input]) -> Verdict:
    # Some bodies are HTML or say less than the status.
    code = {404: "OBJECT_NOT_FOUND", 409: "CONFLICT"}.get(error.status, error.code)
    refusal = Refusal(code=code, reason=f"{code or error.status}: {error.problem}. {error.remedy}")
    if len(inputs) == 1:
        return Verdict(refused={_key(inputs[0]): refusal})
    return Verdict(whole=refusal)


def _refused_rows(
    calls: HubSpotCalls, errors: Sequence[Mapping[str, Any]], inputs: Sequence[Input]
) -> dict[str, Refusal]:
    keys = {_key(sent) for sent in inputs}
    key_by_id = {sent["id"]: _key(sent) for sent in inputs if "id" in sent}
    refused: dict[str, Refusal] = {}
    for error in errors:
        context = error.get("context") or {}
        refusal = _refusal(calls, error)
        named = [
            *_listed(context.get("objectWriteTraceId")),
            *map(key_by_id.get, _listed(context.get("ids"))),
        ]
        refused |= {key: refusal for key in named if key in keys}
    return refused


def _refusal(calls: HubSpotCalls, error: Mapping[str, Any]) -> Refusal:
    category = str(error.get("category") or "")
    code = (
        category if category in ("CONFLICT", "OBJECT_NOT_FOUND") else code_of({**error, "category": category})
    )
    said = brief(message_of(error) or "no reason given", calls.redact)
    return Refusal(
        code=code, reason=f"{code}: {said}. {remedy_for(code, category, str(error.get('message')), said)}"
    )


def _key_of(result: Mapping[str, Any], inputs: Sequence[Input]) -> str:
    """The key of the input that this result answers: the trace id, else the key property, else the record id."""
    traced = result.get("objectWriteTraceId") or (result.get("properties") or {}).get(KEY)
    if traced:
        return str(traced)
    return next((_key(sent) for sent in inputs if sent.get("id") == str(result["id"])), "")


def _key(sent: Input) -> str:
    return str(sent["objectWriteTraceId"])


def _listed(value: object) -> list[str]:
    """Contexts hold lists of texts; a bare text is taken for a list of one."""
    return [str(item) for item in (value if isinstance(value, list) else [value]) if item is not None]
