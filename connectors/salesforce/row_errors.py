"""What one row's error in a batch of writes means, and what a person can do about it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from connectors.transport import Redactor, brief

DUPLICATE = "DUPLICATE_VALUE"
LOCKED = frozenset(
    {"UNABLE_TO_LOCK_ROW", "SERVER_UNAVAILABLE", "TXN_SECURITY_METERING_ERROR", "QUERY_TIMEOUT"}
)
"""The same row may succeed a moment later."""
GONE = frozenset({"ENTITY_IS_DELETED", "NOT_FOUND"})
NOT_THERE = GONE | {"INVALID_CROSS_REFERENCE_KEY"}
"""Of a deletion, which names nothing but the record itself: it is gone, from the recycle bin too."""

_REMEDIES: Mapping[str, str] = {
    "INACTIVE_OWNER_OR_USER": "Activate the owner, or give the client an active one.",
    "INVALID_OPERATION": "A queue that is to have tasks must support Task (Setup > Queues), or another be named.",
    "INVALID_CROSS_REFERENCE_KEY": "The owner, account or contact is gone or out of this login's sight.",
    "FIELD_CUSTOM_VALIDATION_EXCEPTION": "Exempt the integration user from this validation rule.",
    "FIELD_FILTER_VALIDATION_EXCEPTION": "Exempt the integration user from this lookup filter.",
    "CANNOT_INSERT_UPDATE_ACTIVATE_ENTITY": "Look at the trigger or flow that it names.",
    "CANNOT_EXECUTE_FLOW_TRIGGER": "Look at the flow that it names.",
    "STRING_TOO_LONG": "Shorten the rule's text.",
    "REQUIRED_FIELD_MISSING": "Give the field a default, or do not require it of tasks made by the API.",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST": "Let the integration user's record type offer this value.",
    "FIELD_INTEGRITY_EXCEPTION": "Correct the value or the relation that it names.",
    "INSUFFICIENT_ACCESS_OR_READONLY": "Let the integration user edit this task and its owner's records.",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY": "Let the integration user read the account and contact.",
    "INVALID_FIELD_FOR_INSERT_UPDATE": "Let the integration user edit the fields that it names.",
    "DUPLICATES_DETECTED": "Let the integration user bypass this duplicate rule.",
    "STORAGE_LIMIT_EXCEEDED": "The org's data storage is full: make room.",
    "ENTITY_IS_LOCKED": "An approval process holds this record: wait for it.",
    DUPLICATE: "A task of this key is there that this login cannot see: grant View All on activities.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RowAnswer:
    """What became of one row of a batch."""

    id: str | None
    success: bool
    code: str = ""
    reason: str = ""
    """The vendor's code and words, and the remedy."""


def row_answers(body: Any, *, expected: int, redact: Redactor) -> list[RowAnswer] | None:
    """The rows of a collection's answer in the order of the request; None when it is not such an answer."""
    if not isinstance(body, list) or len(body) != expected or not all(isinstance(row, dict) for row in body):
        return None
    return [_row(row, redact) for row in body]


def _row(row: Mapping[str, Any], redact: Redactor) -> RowAnswer:
    if row.get("success") is True:
        return RowAnswer(id=row.get("id"), success=True)
    errors = row.get("errors") or [{}]
    code = str(errors[0].get("statusCode") or errors[0].get("errorCode") or "UNKNOWN")
    named = ", ".join(errors[0].get("fields") or ())
    words = brief(str(errors[0].get("message") or ""), redact) + (f" ({named})" if named else "")
    return RowAnswer(
        id=row.get("id"), success=False, code=code, reason=f"{code}: {words}. {remedy_for(code)}"
    )


def remedy_for(code: str) -> str:
    """What to do about a code; a general word for one that is not known."""
    return _REMEDIES.get(code, "Mend what it names in the CRM, or mute the finding.")
