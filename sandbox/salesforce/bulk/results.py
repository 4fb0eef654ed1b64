"""Results of a job: pages of CSV behind locators, one after the other or several at once."""

import base64
import binascii
import re

from sandbox.salesforce.bulk.job import Job
from sandbox.salesforce.bulk.jobs import found_job
from sandbox.salesforce.bulk.snapshot import Snapshot
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused, not_found

PARALLEL_FROM = 58.0
_LINKS = 5
_CSV = "text/csv; charset=UTF-8"


def read_page(org: Org, call: Call) -> Answer:
    """GET /jobs/query/{id}/results: at most `maxRecords` rows from `locator` on, under the header."""
    job = _readable_job(org, call)
    result = _result(job, org)
    start = _row(job, call.query.get("locator"), len(result))
    end = min(start + _page_rows(job, call.query.get("maxRecords")), len(result))
    headers = {
        "Sforce-NumberOfRecords": str(end - start),
        "Sforce-Locator": "null" if end >= len(result) else _locator(job, end),
    }
    if org.world.switches.page_cache and "gzip" in call.headers.get("accept-encoding", ""):
        packed = {"Content-Encoding": "gzip", "Vary": "Accept-Encoding"}
        return Answer(body=result.packed_page(start, end), kind=_CSV, headers=headers | packed)
    return Answer(body=result.page(start, end), kind=_CSV, headers=headers)


def list_pages(org: Org, call: Call) -> Answer:
    """GET /jobs/query/{id}/resultPages: up to five pages that may be fetched at once, and where the next five are."""
    if float(call.version) < PARALLEL_FROM:
        raise not_found()
    job = _readable_job(org, call)
    result = _result(job, org)
    starts = list(
        range(_row(job, call.query.get("locator"), len(result)), max(len(result), 1), job.page_rows)
    )
    base = f"{call.base}/jobs/query/{job.id}"
    links = [{"resultUrl": f"{base}/results?locator={_locator(job, start)}"} for start in starts[:_LINKS]]
    more = f"{base}/resultPages?locator={_locator(job, starts[_LINKS])}" if len(starts) > _LINKS else None
    return Answer(body={"resultPages": links, "nextRecordsUrl": more, "done": more is None})


def _readable_job(org: Org, call: Call) -> Job:
    job = found_job(org, call)
    if float(call.version) != job.version:
        message = (
            f"The job was created in API version {job.version}; its results are read in the same version"
        )
        raise Refused("API_ERROR", message, status=409)
    return job


def _result(job: Job, org: Org) -> Snapshot:
    state = job.state(org.world.clock.now())
    if state != "JobComplete" or job.result is None:
        raise Refused("INVALIDJOBSTATE", f"Results are not available: the job is in state {state}")
    return job.result


def _page_rows(job: Job, asked: str | None) -> int:
    if asked is None:
        return job.page_rows
    if not asked.isdecimal() or int(asked) < 1:
        raise Refused("API_ERROR", f"maxRecords must be a whole number above 0: {asked}")
    return min(int(asked), job.page_rows)


def _locator(job: Job, row: int) -> str:
    # Of the form of recorded ones: https://github.com/forcedotcom/cli/issues/2968
    return base64.urlsafe_b64encode(f"0:{job.result_id}:{row}".encode()).decode().rstrip("=")


def _row(job: Job, locator: str | None, length: int) -> int:
    if not locator:
        return 0
    padded = locator + "=" * (-len(locator) % 4)
    try:
        text = base64.b64decode(padded, altchars=b"-_", validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        text = ""
    named = re.fullmatch(r"0:(\w{18}):(\d{1,12})", text)
    if not named:
        raise Refused("API_ERROR", f"Invalid locator: {locator}")
    if named[1] != job.result_id or int(named[2]) >= max(length, 1):
        raise not_found()
    return int(named[2])
