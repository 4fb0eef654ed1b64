"""Reads HubSpot's answers: which are good, and what each kind of refusal means for us.

Every member of an error body is optional, and some bodies are HTML or empty. The table of statuses follows
HubSpot's error documentation and recordings of the real service.
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from connectors.errors import (
    CrmError,
    LoginRefused,
    NotAllowed,
    NotUnderstood,
    QuotaSpent,
    Refused,
    Temporary,
    Throttled,
)
from connectors.transport import Answer, Redactor, brief

PAUSES_S: Mapping[str, float] = {"ten_secondly_rolling": 10.0, "secondly": 1.0}
"""How long each rate limit needs to recover, as HubSpot's own client for Node waits."""

REMEDIES: Mapping[str, str] = {
    "OWNER": "The owner is unknown or deactivated: reassign the account in HubSpot",
    "INVALID_OPTION": "Add the value to the property's options in HubSpot, or change the rule",
    "ALLOWED OPTIONS": "Add the value to the property's options in HubSpot, or change the rule",
    "INVALID_LENGTH": "Shorten the rule's text",
    "ASSOCIATION": "The company or contact is gone or was merged: pull again",
    "PROPERTY_DOESNT_EXIST": "Run `keptword setup`, or take the property out of the mapping",
    "CONFLICT": "Another record holds the same unique value",
    "OBJECT_NOT_FOUND": "The record is gone: pull again",
    "VALIDATION_ERROR": "Mend what HubSpot names, or the portal's validation rules",
}
"""What to do, by a word in the vendor's code or text; the first that occurs counts."""

_NO_REMEDY = "Check api_url, the version and the object's name"


def json_of(body: bytes) -> dict[str, Any]:
    """The body as a JSON object; empty for HTML, for nothing and for anything else."""
    try:
        found = orjson.loads(body)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def remedy_for(*words: str) -> str:
    """The remedy for the vendor's code and text."""
    text = " ".join(words).upper()
    return next((remedy for word, remedy in REMEDIES.items() if word in text), _NO_REMEDY)


def message_of(body: Mapping[str, Any]) -> str:
    """What the vendor says: its details where it gives any, since the message repeats them as JSON."""
    details = [str(detail["message"]) for detail in _details(body) if detail.get("message")]
    return "; ".join(dict.fromkeys(details)) or str(body.get("message") or "")


def judge(answer: Answer, *, place: str, redact: Redactor) -> CrmError | None:
    """The error that an answer means, or None for a good one."""
    if 200 <= answer.status < 300:
        return None
    body = json_of(answer.body)
    words = brief(message_of(body) or answer.body, redact) or "an empty answer"
    build = _BY_STATUS.get(answer.status) or _BY_CLASS.get(answer.status // 100, _not_understood)
    return build(place, f"HubSpot answered {answer.status}: {words}", answer, body)


def _not_understood(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
    return NotUnderstood(place, problem, "Check api_url: this is not what HubSpot answers")


def _refused(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
    code = code_of(body)
    remedy = remedy_for(code, str(body.get("category") or ""), str(body.get("message") or ""), problem)
    return Refused(place, problem, remedy, code=code, status=answer.status)


def _login(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
    return LoginRefused(place, problem, "Check the token: expired, revoked, or copied in part")


def _not_allowed(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
    scopes = ", ".join(_scopes(body)) or "the one that HubSpot names"
    return NotAllowed(place, problem, f"Give the service key this scope: {scopes}")


def _too_long(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
    return Refused(place, problem, "Map fewer properties", code="URI_TOO_LONG", status=answer.status)


def _temporary(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
    return Temporary(place, problem, "Run again later")


def _pause(shortest_s: float) -> "Callable[[str, str, Answer, Mapping[str, Any]], CrmError]":
    def build(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
        wait_s = max(shortest_s, _retry_after_s(answer))
        return Throttled(place, problem, "Run again later", retry_after_s=wait_s)

    return build


def _rate_limit(place: str, problem: str, answer: Answer, body: Mapping[str, Any]) -> CrmError:
    # Search names its limit in the message alone, as 69 recorded answers show.
    named = re.search(r"your (\w+) limit", str(body.get("message") or ""))
    policy = str(body.get("policyName") or (named[1] if named else "")).lower()
    if policy == "daily":
        return QuotaSpent(place, problem, "Wait until midnight in the portal's time zone, or pull less often")
    wait_s = PAUSES_S.get(policy) or _retry_after_s(answer) or PAUSES_S["ten_secondly_rolling"]
    return Throttled(place, problem, "Run again later", retry_after_s=wait_s)


def _retry_after_s(answer: Answer) -> float:
    text = answer.header("Retry-After")
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0


def code_of(body: Mapping[str, Any]) -> str:
    """The vendor's most telling word for a refusal: the first detail's code, else sub-category, else category."""
    first: Mapping[str, Any] = next(iter(_details(body)), {})
    telling = (first.get("code"), first.get("subCategory"), body.get("subCategory"), body.get("category"))
    return next((str(word) for word in telling if word), "")


def _details(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    details = body.get("errors")
    return [detail for detail in details if isinstance(detail, dict)] if isinstance(details, list) else []


def _scopes(body: Mapping[str, Any]) -> list[str]:
    contexts = [body.get("context"), *(detail.get("context") for detail in _details(body))]
    lists = [
        context[key]
        for context in contexts
        if isinstance(context, dict)
        for key in ("requiredGranularScopes", "requiredScopes", "scopes")
        if isinstance(context.get(key), list)
    ]
    return sorted({str(scope) for scopes in lists for scope in scopes})


_BY_STATUS: Mapping[int, Callable[[str, str, Answer, Mapping[str, Any]], CrmError]] = {
    401: _login,
    403: _not_allowed,
    408: _temporary,
    414: _too_long,
    423: _pause(2.0),
    429: _rate_limit,
    431: _too_long,
    477: _pause(10.0),
    530: _login,
}
_BY_CLASS = {4: _refused, 5: _temporary}
