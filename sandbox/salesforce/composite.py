"""Several requests in one: /composite, whose steps may refer to earlier ones, and /composite/batch."""

import dataclasses
import re
from functools import partial
from typing import Any
from urllib.parse import parse_qsl

import orjson

from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused

MOST_STEPS = 25
_FAILED = 400
_REFERENCE = re.compile(r"@\{(\w+)\.([\w.\[\]]+)\}")


class _Halted(Exception):
    """A step of an all-or-none call failed."""


def run_batch(records: Records, call: Call) -> Answer:
    """POST /composite/batch: independent steps; with haltOnError the first failure skips the rest."""
    body = call.json()
    steps, halt = _steps(body, "batchRequests"), body.get("haltOnError") is True
    results: list[dict[str, Any]] = []
    for step in steps:
        if halt and any(result["statusCode"] >= _FAILED for result in results):
            skipped = Refused("BATCH_PROCESSING_HALTED", "Batch processing halted by request.", status=412)
            results.append({"statusCode": skipped.status, "result": skipped.as_request_error()})
            continue
        url = f"/services/data/{str(step.get('url', '')).removeprefix('/services/data/').lstrip('/')}"
        answer = _send(records, call, step, url=url, body=step.get("richInput"))
        results.append({"statusCode": answer.status, "result": _body(answer)})
    return Answer(
        body={"hasErrors": any(each["statusCode"] >= _FAILED for each in results), "results": results}
    )


def run_steps(records: Records, call: Call) -> Answer:
    """POST /composite: steps in order; `@{reference.id}` stands for what an earlier one answered."""
    body = call.json()
    steps, answers = _steps(body, "compositeRequest"), list[dict[str, Any]]()
    _check_references(steps)
    try:
        with records.org.world.store.transaction("composite"):
            answers.extend(_step(records, call, step, answers) for step in steps)
            _halt_on_failure(answers, all_or_none=body.get("allOrNone") is True)
    except _Halted:
        halted = Refused(
            "PROCESSING_HALTED",
            "The transaction was rolled back since another operation in the same transaction failed.",
        )
        for each in answers:
            if each["httpStatusCode"] < _FAILED:
                each |= {
                    "body": halted.as_request_error(),
                    "httpHeaders": {},
                    "httpStatusCode": halted.status,
                }
    return Answer(body={"compositeResponse": answers})


def _halt_on_failure(answers: list[dict[str, Any]], *, all_or_none: bool) -> None:
    if all_or_none and any(each["httpStatusCode"] >= _FAILED for each in answers):
        raise _Halted


def _steps(body: dict[str, Any], name: str) -> list[dict[str, Any]]:
    steps = body.get(name)
    if not isinstance(steps, list) or not all(isinstance(step, dict) for step in steps):
        raise Refused("JSON_PARSER_ERROR", f"{name} must be a list of requests")
    if len(steps) > MOST_STEPS:
        raise Refused("LIMIT_EXCEEDED", f"The number of subrequests cannot exceed {MOST_STEPS}")
    return steps


def _check_references(steps: list[dict[str, Any]]) -> None:
    names = [step.get("referenceId") for step in steps]
    for name in names:
        if not isinstance(name, str) or not re.fullmatch(r"\w+", name, re.ASCII):
            message = "referenceIds must not contain anything besides letters, numbers and underscores"
            raise Refused("JSON_PARSER_ERROR", f"{message}: {name}")
        if names.count(name) > 1:
            raise Refused("JSON_PARSER_ERROR", f"Duplicate ReferenceId provided ({name}).")


def _step(
    records: Records, call: Call, step: dict[str, Any], earlier: list[dict[str, Any]]
) -> dict[str, Any]:
    known = {each["referenceId"]: each["body"] for each in earlier}

    try:
        filled = orjson.loads(_REFERENCE.sub(partial(_meant, known), orjson.dumps(step).decode()))
    except Refused as refused:
        answer = Answer(status=refused.status, body=refused.as_request_error())
    else:
        answer = _send(records, call, filled, url=str(filled.get("url", "")), body=filled.get("body"))
    return {
        "body": _body(answer), "httpHeaders": dict(answer.headers), "httpStatusCode": answer.status,
        "referenceId": step.get("referenceId"),
    }  # fmt: skip


def _meant(known: dict[str, Any], found: re.Match[str]) -> str:
    value = known.get(found[1])
    for name in re.findall(r"\w+", found[2]):
        if isinstance(value, list):
            value = value[int(name)] if name.isdecimal() and int(name) < len(value) else None
        else:
            value = value.get(name) if isinstance(value, dict) else None
    if value is None:
        message = f"Invalid reference specified. No value for {found[1]}.{found[2]} found in {found[1]}"
        raise Refused("PROCESSING_HALTED", message)
    return orjson.dumps(str(value)).decode()[1:-1]


def _send(records: Records, call: Call, step: dict[str, Any], *, url: str, body: Any) -> Answer:
    path, _, query = url.partition("?")
    inner = dataclasses.replace(
        call, method=str(step.get("method", "GET")).upper(), query=dict(parse_qsl(query)),
        body=b"" if body is None else orjson.dumps(body),
    )  # fmt: skip
    if path.rstrip("/").endswith(("/composite", "/composite/batch")):
        return Answer(
            status=_FAILED,
            body=Refused("INVALID_OPERATION", "composite requests do not nest").as_request_error(),
        )
    answer: Answer = records.org.dispatch(records, path, inner)
    return answer


def _body(answer: Answer) -> Any:
    content = answer.content()
    return orjson.loads(content) if content else None
