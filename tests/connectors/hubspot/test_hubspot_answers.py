"""Each refusal of HubSpot becomes the error that says what to do about it."""

import json
from typing import Any

import pytest

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
from connectors.hubspot.answers import judge
from connectors.transport import Answer, Redactor

KINDS: list[tuple[int, type[CrmError]]] = [
    (302, NotUnderstood), (400, Refused), (401, LoginRefused), (403, NotAllowed), (404, Refused), (409, Refused),
    (414, Refused), (423, Throttled), (431, Refused), (477, Throttled), (500, Temporary), (502, Temporary),
    (503, Temporary), (504, Temporary), (521, Temporary), (524, Temporary), (530, LoginRefused),
]  # fmt: skip


def judged(status: int, body: Any = "", **headers: str) -> CrmError | None:
    content = body.encode() if isinstance(body, str) else json.dumps(body).encode()
    answer = Answer(status=status, headers={k.replace("_", "-"): v for k, v in headers.items()}, body=content)
    return judge(answer, place="connections.hs", redact=Redactor(["top-secret"]))


@pytest.mark.parametrize(("status", "kind"), KINDS)
@pytest.mark.parametrize("body", ["", "<html>no</html>", "[]", "null", {"message": None, "errors": [7]}])
def test_every_status_has_its_error_whatever_the_body(status: int, kind: type[CrmError], body: Any) -> None:
    assert type(judged(status, body)) is kind


@pytest.mark.parametrize(
    ("body", "wait_s"),
    [
        ({"policyName": "TEN_SECONDLY_ROLLING", "message": "You have reached your ten_secondly_rolling limit."}, 10),
        ({"message": "You have reached your secondly limit.", "category": "RATE_LIMITS"}, 1),
        ({"policyName": "SECONDLY"}, 1),
        ("", 10),
    ],
)  # fmt: skip
def test_each_rate_limit_is_waited_out_in_its_own_time(body: Any, wait_s: float) -> None:
    error = judged(429, body)
    assert isinstance(error, Throttled)
    assert error.retry_after_s == wait_s


def test_a_spent_day_stops_the_run() -> None:
    assert isinstance(
        judged(429, {"policyName": "DAILY", "message": "You have reached your daily limit."}), QuotaSpent
    )


@pytest.mark.parametrize(
    ("status", "header", "wait_s"), [(477, "30", 30), (423, "", 2), (423, "1", 2), (477, "soon", 10)]
)
def test_a_lock_is_waited_out_as_long_as_it_says(status: int, header: str, wait_s: float) -> None:
    error = judged(status, "", Retry_After=header)
    assert isinstance(error, Throttled)
    assert error.retry_after_s == wait_s


def test_a_missing_scope_is_named() -> None:
    body = {"category": "MISSING_SCOPES", "errors": [{"context": {"requiredGranularScopes": ["tickets"]}}]}
    error = judged(403, body)
    assert error
    assert "tickets" in error.remedy


def test_the_vendors_code_and_a_remedy_are_told() -> None:
    body = {"message": 'Property "x" does not exist', "errors": [{"code": "PROPERTY_DOESNT_EXIST"}]}
    error = judged(400, body)
    assert isinstance(error, Refused)
    assert (error.code, "keptword setup" in error.remedy) == ("PROPERTY_DOESNT_EXIST", True)


def test_a_secret_in_an_error_text_is_taken_out() -> None:
    error = judged(401, {"message": "token top-secret and pat-eu1-1234567890 are no good"})
    assert "top-secret" not in str(error)
    assert "1234567890" not in str(error)


@pytest.mark.parametrize("status", [200, 201, 204, 207])
def test_a_good_answer_has_no_error(status: int) -> None:
    assert judged(status, {}) is None
