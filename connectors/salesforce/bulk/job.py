"""Orders a query of the Bulk API, waits until it has run, and says what became of it."""

import contextlib
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from connectors.errors import CrmError, NotAllowed, NotUnderstood, Refused, Stale, Temporary
from connectors.salesforce.call import Caller

Ended = Literal["complete", "too big", "not by bulk", "failed"]

_FIRST_PAUSE_S, _GROWTH, _LONGEST_PAUSE_S = 0.3, 1.4, 15.0
_LONGEST_WAIT_S = 3600.0
_TOO_BIG = re.compile(
    r"QUERY_TIMEOUT|Retried more than|OPERATION_TOO_LARGE|TIMEOUT|timed? ?out|too (large|long|complicated)|ran too long",
    re.IGNORECASE,
)
_NOT_BY_BULK = re.compile(
    r"INVALID_?ENTITY|FEATURE_?NOT_?ENABLED|compound data|not supported|does not support|INVALID_FIELD|MALFORMED_QUERY"
    r"|INVALID_TYPE",
    re.IGNORECASE,
)
"""What REST may answer, or explain better."""


class NotByBulk(Exception):
    """The Bulk API does not answer this query; REST may."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A query job that has ended."""

    id: str
    ended: Ended
    record_count: int
    """As the CRM says that it found."""
    message: str


def order(caller: Caller, soql: str, *, everything: bool) -> str:
    """The id of a new job; `everything`: deleted and archived records too. Raises NotByBulk where it is refused."""
    wanted = {
        "operation": "queryAll" if everything else "query",
        "query": soql,
        "contentType": "CSV",
        "columnDelimiter": "COMMA",
        "lineEnding": "LF",
    }
    try:
        job = caller.json(caller.order("POST", "jobs/query", body=wanted))
    except (Refused, NotAllowed) as refusal:
        raise NotByBulk from refusal
    if not isinstance(job, dict) or not isinstance(job.get("id"), str):
        raise NotUnderstood(caller.place, "the answer to an order of a query job has no id", "Run again.")
    return str(job["id"])


def waiting_for(caller: Caller, job_id: str) -> Iterator[Job | None]:
    """None each time that the job has not ended yet, and then the job; raises Stale where the CRM does not know it."""
    pause_s, until = _FIRST_PAUSE_S, time.monotonic() + _LONGEST_WAIT_S
    while True:
        job = _look(caller, job_id)
        yield job
        if job is not None:
            return
        if time.monotonic() > until:
            problem = f"query job {job_id} has not ended within an hour"
            raise Temporary(caller.place, problem, "Run again: it is gone on with.")
        time.sleep(pause_s)
        pause_s = min(pause_s * _GROWTH, _LONGEST_PAUSE_S)


def delete(caller: Caller, job_id: str) -> None:
    """Removes a job with its result, which the CRM would keep for a week; no harm where that fails."""
    with contextlib.suppress(CrmError):
        caller.order("DELETE", f"jobs/query/{job_id}")


def _look(caller: Caller, job_id: str) -> Job | None:
    try:
        job = caller.json(caller.get(f"jobs/query/{job_id}"))
    except Refused as refusal:
        raise Stale(caller.place, f"query job {job_id} is not there any more", "Begin it anew.") from refusal
    state = job.get("state") if isinstance(job, dict) else None
    if state in ("UploadComplete", "InProgress"):
        return None
    message = caller.redact(str(job.get("errorMessage") or state)) if isinstance(job, dict) else ""
    if state == "Aborted":
        raise Stale(caller.place, f"somebody aborted query job {job_id}", "Begin it anew.")
    if state == "JobComplete":
        return Job(id=job_id, ended="complete", record_count=_count(job), message=message)
    if state == "Failed":
        return Job(id=job_id, ended=_kind_of(message), record_count=0, message=message)
    raise NotUnderstood(caller.place, f"query job {job_id} is in a state that is not known", "Run again.")


def _count(job: dict[str, Any]) -> int:
    count = job.get("numberRecordsProcessed")
    return count if isinstance(count, int) else 0


def _kind_of(message: str) -> Ended:
    if _TOO_BIG.search(message):
        return "too big"
    return "not by bulk" if _NOT_BY_BULK.search(message) else "failed"
