import json
from typing import Any

import pytest

from connectors.errors import (
    CrmError,
    LoginRefused,
    NotAllowed,
    QuotaSpent,
    Refused,
    Temporary,
    Throttled,
)
from connectors.salesforce.faults import judge_for
from connectors.salesforce.row_errors import remedy_for, row_answers
from connectors.transport import Answer, Redactor

PAGE = "<html><body>Down for maintenance</body></html>"


def rest(code: str, message: str = "x") -> str:
    return json.dumps([{"errorCode": code, "message": message}])


def judged(status: int, body: str, **headers: str) -> CrmError | None:
    answer = Answer(status=status, headers=headers, body=body.encode())
    return judge_for("connections.sf", Redactor(["tok-abcdef"]))(answer)


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (401, rest("INVALID_SESSION_ID"), LoginRefused),
        (401, "", LoginRefused),
        (403, "Bad_OAuth_Token", NotAllowed),
        (403, rest("REQUEST_LIMIT_EXCEEDED", "TotalRequests Limit exceeded."), QuotaSpent),
        (403, rest("REQUEST_LIMIT_EXCEEDED", "ConcurrentPerOrgLongTxn Limit exceeded."), Throttled),
        (403, rest("API_DISABLED_FOR_ORG"), NotAllowed),
        (400, rest("INSUFFICIENT_ACCESS_OR_READONLY"), NotAllowed),
        (400, rest("QUERY_TIMEOUT"), Temporary),
        (400, rest("INVALID_FIELD"), Refused),
        (400, json.dumps({"error": "invalid_grant", "error_description": "y"}), Refused),
        (400, json.dumps({"exceptionCode": "InvalidJob", "exceptionMessage": "y"}), Refused),
        (404, rest("NOT_FOUND"), Refused),
        (404, PAGE, Temporary),
        (406, "", Temporary),
        (420, "", Temporary),
        (429, "", Throttled),
        (431, PAGE, Refused),
        (500, rest("UNKNOWN_EXCEPTION"), Temporary),
        (503, PAGE, Temporary),
        (301, "", Refused),
        (410, rest("UNSUPPORTED_API_VERSION"), Refused),
        (200, '{"records": [', Temporary),
        (200, PAGE, Temporary),
    ],
)
def test_each_answer_is_judged_by_what_can_be_done(status: int, body: str, kind: type[CrmError]) -> None:
    assert type(judged(status, body)) is kind


@pytest.mark.parametrize(("status", "body"), [(200, "[]"), (201, '{"id": "1"}\n'), (204, "")])
def test_a_whole_success_is_no_fault(status: int, body: str) -> None:
    assert judged(status, body) is None


def test_the_vendors_code_and_words_are_told_without_secrets() -> None:
    fault = judged(
        400, rest("INVALID_FIELD", "No such column 'X' tok-abcdef Bearer 00Dxx0000001gPFEAY!secret123")
    )
    assert isinstance(fault, Refused)
    assert (fault.code, fault.status) == ("INVALID_FIELD", 400)
    assert "No such column 'X' [secret] Bearer [secret]" in str(fault)


def test_a_pause_asked_for_is_kept() -> None:
    fault = judged(429, "", **{"Retry-After": "7"})
    assert isinstance(fault, Throttled)
    assert fault.retry_after_s == 7


@pytest.mark.parametrize("body", [{"id": "1"}, [], [{}, {}], ["x"], None])
def test_an_answer_with_another_number_of_rows_is_none(body: Any) -> None:
    assert row_answers(body, expected=1, redact=Redactor()) is None


def test_a_rows_error_names_code_words_fields_and_remedy() -> None:
    error = {
        "statusCode": "STRING_TOO_LONG",
        "message": "Subject: data value too large",
        "fields": ["Subject"],
    }
    answered = row_answers([{"success": False, "errors": [error]}], expected=1, redact=Redactor())
    assert answered is not None
    assert answered[0].reason == (
        "STRING_TOO_LONG: Subject: data value too large (Subject). Shorten the rule's text."
    )
    assert remedy_for("SOMETHING_NEW")
