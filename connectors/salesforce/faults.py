"""What Salesforce's error answers mean, by what can be done about them."""

import re
from collections.abc import Callable, Mapping

import orjson

from connectors.errors import CrmError, LoginRefused, NotAllowed, QuotaSpent, Refused, Temporary, Throttled
from connectors.transport import Answer, Redactor, brief

_BUSY_STATUS = frozenset({406, 408, 420})
"""Salesforce's edge answers 406 and 420 without a body while an org is being moved or woken up."""
_BUSY_CODES = frozenset(
    {
        "QUERY_TIMEOUT", "SERVER_UNAVAILABLE", "UNABLE_TO_LOCK_ROW", "TXN_SECURITY_METERING_ERROR",
        "EXCEEDED_MAX_SEMAPHORE", "REQUEST_RUNNING_TOO_LONG",
    }
)  # fmt: skip
_LOGIN_CODES = frozenset(
    {"INVALID_SESSION_ID", "InvalidSessionId", "INVALID_AUTH_HEADER", "Bad_OAuth_Token", "INVALID_LOGIN"}
)
_RIGHTS_CODES = re.compile(
    r"INSUFFICIENT_ACCESS|API_DISABLED|API_CURRENTLY_DISABLED|FUNCTIONALITY_NOT_ENABLED"
)
TOO_LONG = "URI_TOO_LONG"
"""Our word for an address that Salesforce, or a proxy before it, did not take: it has none."""
RECORD_COUNT = "Sforce-NumberOfRecords"
"""The header that says how many records a page of a query job's result holds."""
_PAUSE_S = 5.0
_REMEDIES: Mapping[str, str] = {
    "INVALID_FIELD": "Correct the field in the mapping, or let this login see it.",
    "INVALID_TYPE": "Correct the object in the mapping, or let this login see it.",
    "MALFORMED_QUERY": "Check the mapping.",
    "UNSUPPORTED_API_VERSION": "Set api_version to one that the org offers.",
}


def code_and_message(answer: Answer, redact: Redactor) -> tuple[str, str]:
    """The vendor's code (empty for a page or an empty body) and words, from any of its four shapes."""
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return "", brief(answer.body, redact) or "no body"
    first = body[0] if isinstance(body, list) and body else body
    if not isinstance(first, dict):
        return "", brief(answer.body, redact)
    code = (
        first.get("errorCode") or first.get("exceptionCode") or first.get("statusCode") or first.get("error")
    )
    words = first.get("message") or first.get("exceptionMessage") or first.get("error_description") or ""
    return str(code or ""), brief(str(words), redact)


def judge_for(place: str, redact: Redactor) -> Callable[[Answer], CrmError | None]:
    """Judges an answer to a call that `place` names: the error it means, or None."""

    def judge(answer: Answer) -> CrmError | None:
        if 200 <= answer.status < 300:
            return _judge_success(place, answer)
        code, message = code_and_message(answer, redact)
        said = f"Salesforce answers {answer.status} {code or '(no code)'}: {message}"
        return _by_code(place, code, message, said, answer) or _by_status(place, code, said, answer)

    return judge


def judge_csv_for(place: str, redact: Redactor) -> Callable[[Answer], CrmError | None]:
    """The same for a page of a query job's result, whose body went into a file."""
    judge_failure = judge_for(place, redact)

    def judge(answer: Answer) -> CrmError | None:
        if not 200 <= answer.status < 300:
            return judge_failure(answer)
        if answer.header(RECORD_COUNT).isdigit():
            return None
        return Temporary(place, "the answer is no page of a query job's result", "Run again.")

    return judge


def _judge_success(place: str, answer: Answer) -> CrmError | None:
    # A body that ends with the connection comes cut short without any error from below; a page of HTML is the edge's.
    if answer.status == 204 or answer.body.rstrip()[-1:] in (b"}", b"]"):
        return None
    return Temporary(place, "the answer is not whole", "Run again.")


def _by_code(place: str, code: str, message: str, said: str, answer: Answer) -> CrmError | None:
    if code == "REQUEST_LIMIT_EXCEEDED":
        # One code for two things: too many at once (wait) and the allowance of 24 hours (stop).
        if "concurrent" in message.lower():
            return Throttled(place, said, "Run again.", retry_after_s=_retry_after_s(answer))
        return QuotaSpent(place, said, "Run again when the org's API requests of the last 24 hours allow it.")
    if answer.status == 401 or code in _LOGIN_CODES:
        return LoginRefused(
            place, said, "Check that the session is still valid and the user may use the API."
        )
    if code in _BUSY_CODES:
        return Temporary(place, said, "Run again.")
    if _RIGHTS_CODES.match(code):
        return NotAllowed(place, said, "Give the integration user this permission.")
    return None


def _by_status(place: str, code: str, said: str, answer: Answer) -> CrmError:
    status = answer.status
    if status == 429:
        return Throttled(place, said, "Run again.", retry_after_s=_retry_after_s(answer))
    if status in {414, 431}:
        return Refused(place, said, "Map fewer fields of this object.", code=TOO_LONG, status=status)
    if status >= 500 or status in _BUSY_STATUS or (status >= 400 and _is_page(answer)):
        return Temporary(place, said, "Run again.")
    if status == 403:
        return NotAllowed(place, said, "Give the integration user access to the API and to this object.")
    if 300 < status < 400:
        return Refused(
            place,
            said,
            "Correct login_url or instance_url: the org lives elsewhere.",
            code=code,
            status=status,
        )
    if status == 410:
        return Refused(place, said, "Set api_version to one that the org offers.", code=code, status=status)
    return Refused(place, said, _REMEDIES.get(code, "Mend what it names."), code=code, status=status)


def _is_page(answer: Answer) -> bool:
    return answer.body.lstrip()[:1] == b"<"


def _retry_after_s(answer: Answer) -> float:
    text = answer.header("Retry-After")
    return float(text) if text.isdigit() else _PAUSE_S
