"""Jobs: made, looked at, listed, aborted, deleted."""

from sandbox.salesforce.bulk.job import Job
from sandbox.salesforce.bulk.lines import DELIMITERS, ENDINGS, header, line_sql
from sandbox.salesforce.bulk.order import Order, check_columns, read_order
from sandbox.salesforce.bulk.snapshot import Snapshot, TooMany, take_snapshot
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.identifiers import full_id
from sandbox.salesforce.limits import count_job
from sandbox.salesforce.org import Org
from sandbox.salesforce.refusals import Refused, not_found
from sandbox.salesforce.soql.compile import Compiled, Compiler

FIRST_VERSION = 47.0
_JOBS_OF_A_PAGE = 1000
_ENDED = ("JobComplete", "Failed", "Aborted")
_TOOK_TOO_LONG = "QUERY_TIMEOUT: Your query request was running for too long."


def create(org: Org, call: Call) -> Answer:
    """POST /jobs/query: the query runs on the records as they are now, whenever its result is fetched."""
    _check_version(call)
    order = read_order(call)
    hidden = order.operation == "queryAll"
    compiled = Compiler(org.catalogue, org.today(), with_hidden=hidden).compile(order.query)
    check_columns(compiled)
    count_job(org)
    now = org.world.clock.now()
    failure = org.failures.popleft() if org.failures else ""
    job = Job(
        id=org.numbering.next_id("750"), result_id=org.numbering.next_id("0Ga"), operation=order.operation, object_name=compiled.object_name,
        created_by=org.user_id, created_at=now, version=float(call.version), delimiter=order.delimiter,
        ending=order.ending, seconds=org.world.switches.bulk_seconds, failure=failure,
        page_rows=max(1, org.world.switches.bulk_page_rows),
        chunked=not order.query.order and order.query.limit is None,
    )  # fmt: skip
    if not failure:
        try:
            job.result = _run(org, order, compiled)
        except TooMany:
            job.failure = _TOOK_TOO_LONG
    org.jobs[job.id] = job
    return Answer(body=job.head("UploadComplete"))


def _run(org: Org, order: Order, compiled: Compiled) -> Snapshot:
    delimiter, ending = DELIMITERS[order.delimiter], ENDINGS[order.ending]
    line = line_sql([column for _, column in compiled.columns], delimiter, ending)
    sql, most = f"SELECT {line}{compiled.rows}", org.world.switches.bulk_most_rows
    first = header([name for name, _ in compiled.columns], delimiter, ending)
    # The same query on the same rows gives the same lines, so that a benchmark need not wait for them twice.
    same = (org.world.store.changes, sql, tuple(compiled.parameters), first, most)
    if org.last_result is None or org.last_result[0] != same:
        org.last_result = (same, take_snapshot(org.world.store, sql, same[2], header=first, most=most))
    snapshot = org.last_result[1]
    org.result_bytes.add(org.world.clock.now(), snapshot.size)
    return snapshot


def show(org: Org, call: Call) -> Answer:
    """GET /jobs/query/{id}."""
    return Answer(body=found_job(org, call).show(org.world.clock.now()))


def list_jobs(org: Org, call: Call) -> Answer:
    """GET /jobs/query: the newest first, 1,000 to a page."""
    _check_version(call)
    _forget_old(org)
    now, wanted = org.world.clock.now(), call.query.get("jobType", "V2Query")
    found = list(reversed(org.jobs.values())) if wanted == "V2Query" else []
    start = _start(call.query.get("queryLocator"), len(found))
    end = start + _JOBS_OF_A_PAGE
    shown = [job.head(job.state(now)) | {"jobType": "V2Query"} for job in found[start:end]]
    body = {"done": end >= len(found), "records": shown, "nextRecordsUrl": None}
    if not body["done"]:
        body["nextRecordsUrl"] = f"{call.base}/jobs/query?queryLocator=01g5g00000JOBSQAA4-{end}"
    return Answer(body=body)


def _start(locator: str | None, length: int) -> int:
    if locator is None:
        return 0
    name, _, start = locator.rpartition("-")
    if not name or not start.isdecimal() or int(start) >= length:
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
    return int(start)


def abort(org: Org, call: Call) -> Answer:
    """PATCH /jobs/query/{id} with `{"state": "Aborted"}`; one that has ended is refused."""
    job, now = found_job(org, call), org.world.clock.now()
    if call.json() != {"state": "Aborted"}:
        raise Refused("INVALIDJOBSTATE", "The state of a query job can only be changed to Aborted")
    state = job.state(now)
    if state in _ENDED:
        # Recorded: https://github.com/restforce/restforce/issues/905
        told = "Completed" if state == "JobComplete" else state
        raise Refused("INVALIDJOBSTATE", f"Aborting already {told} Job not allowed")
    job.end("Aborted", now)
    return Answer(body=job.show(now))


def delete(org: Org, call: Call) -> Answer:
    """DELETE /jobs/query/{id}, of one that has ended, with its result."""
    job = found_job(org, call)
    if job.state(org.world.clock.now()) not in _ENDED:
        message = "Error encountered when deleting the job because the job is not terminated"
        raise Refused("API_ERROR", message)
    del org.jobs[job.id]
    return Answer(status=204)


def found_job(org: Org, call: Call) -> Job:
    """The job of the path; raises Refused (404) when there is none, or none any more."""
    _check_version(call)
    _forget_old(org)
    job = org.jobs.get(full_id(call.path["id"]) or "")
    if job is None:
        raise not_found()
    return job


def _forget_old(org: Org) -> None:
    now = org.world.clock.now()
    for job in list(org.jobs.values()):
        if not job.is_forgotten(now):
            break
        org.jobs.pop(job.id)


def _check_version(call: Call) -> None:
    if float(call.version) < FIRST_VERSION:
        raise not_found()
