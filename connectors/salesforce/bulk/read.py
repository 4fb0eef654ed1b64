"""Reads records by query jobs: one for all of them, or one for each part where one is too much for the CRM."""

from collections.abc import Iterator
from dataclasses import replace

from connectors.connector import Chunk
from connectors.errors import Stale, Temporary
from connectors.salesforce.bulk import job as jobs
from connectors.salesforce.bulk.blocks import Damaged
from connectors.salesforce.bulk.job import Job, NotByBulk
from connectors.salesforce.bulk.results import PAGE_ROWS, ResultPage, fetch, result_pages
from connectors.salesforce.bulk.table import parts_of
from connectors.salesforce.bulk.windows import EVERYTHING, halves_of, soql_of
from connectors.salesforce.call import Caller
from connectors.salesforce.plan import Plan
from connectors.salesforce.resume import BulkPlace, as_text
from connectors.salesforce.rows import Parsed, chunk_of, none_of

_MOST_CUTS = 30
"""A query that is cut so often would be read by as many jobs: something else is wrong with it."""
_MOST_FAILURES = 2
_FETCHES_OF_A_PAGE = 3
_LOOKS, _PAGES_OF_A_LIST = 5, 5

START = BulkPlace(job="", windows=(EVERYTHING,))
END = BulkPlace(job="", windows=())


def read_by_jobs(caller: Caller, plan: Plan, place: BulkPlace) -> Iterator[Chunk]:
    """The plan's records from `place` on; raises NotByBulk where REST has to do it, Stale where the place is lost.

    A chunk without rows comes when a job was ordered that does not end at once, each time that it is looked at, and before
    a job is removed: a read that is cut off goes on with a job that is there.
    """
    failures = 0
    while place.windows:
        is_new = not place.job
        if is_new:
            soql = soql_of(plan, place.windows[0])
            place = replace(place, job=jobs.order(caller, soql, everything=plan.deletable))
        job: Job | None = None
        for job in jobs.waiting_for(caller, place.job):
            if job is None:
                yield _nothing(plan, place, keep_now=is_new)
                is_new = False
        if job is None or job.ended == "not by bulk":
            raise NotByBulk
        if job.ended == "complete":
            yield from _records(caller, plan, job, place)
            place = _after(place)
        elif job.ended == "too big":
            place = _cut(caller, plan, place, job)
        else:
            failures += 1
            if failures == _MOST_FAILURES:
                raise Temporary(caller.place, f"query job {job.id} failed ({job.message})", "Run again.")
            place = replace(place, job="")
        yield _nothing(plan, place, keep_now=True)
        jobs.delete(caller, job.id)


def _after(place: BulkPlace) -> BulkPlace:
    windows = place.windows[1:]
    return BulkPlace(job="", windows=windows, cuts=place.cuts) if windows else END


def _nothing(plan: Plan, place: BulkPlace, *, keep_now: bool) -> Chunk:
    return replace(chunk_of(plan, none_of(plan.asked), resume=as_text(place)), keep_now=keep_now)


def _records(caller: Caller, plan: Plan, job: Job, place: BulkPlace) -> Iterator[Chunk]:
    """All of a job's result; the last chunk already says that nothing of it is left."""
    seen = place.spot.rows
    for page in result_pages(caller, job.id, job.record_count, place.spot):
        count, waiting = 0, none_of(plan.asked)
        for parsed, so_far in _parts(caller, plan, page):
            count = so_far
            if waiting.row_count:
                # A page is gone on with from its beginning: what comes twice counts once.
                yield chunk_of(plan, waiting, resume=as_text(place))
            waiting = parsed
        seen += count
        if page.following is None:
            _insist_on_all(caller, job, seen)
            yield chunk_of(plan, waiting, resume=as_text(_after(place)))
        else:
            place = replace(place, spot=replace(page.following, rows=seen))
            yield chunk_of(plan, waiting, resume=as_text(place))


def _insist_on_all(caller: Caller, job: Job, seen: int) -> None:
    if seen < job.record_count:
        problem = f"{seen} of the {job.record_count} records of query job {job.id} came"
        raise Stale(caller.place, problem, "Begin it anew.")


def _parts(caller: Caller, plan: Plan, page: ResultPage) -> Iterator[tuple[Parsed, int]]:
    """A page's records, with how many of them came so far; one that came damaged is fetched again."""
    for again in range(1, _FETCHES_OF_A_PAGE + 1):
        try:
            with page.file:
                count = 0
                for parsed in parts_of(page, plan.asked):
                    count += parsed.row_count
                    yield parsed, count
        except Damaged as damage:
            if again == _FETCHES_OF_A_PAGE:
                problem = f"a page of a query job's result did not come as it was sent ({damage})"
                raise Temporary(caller.place, problem, "Run again: it is gone on with there.") from damage
            page = fetch(caller, page.path)
        else:
            return


def _cut(caller: Caller, plan: Plan, place: BulkPlace, job: Job) -> BulkPlace:
    halves = halves_of(caller, plan, place.windows[0]) if place.cuts < _MOST_CUTS else None
    if halves is None:
        problem = (
            f"Salesforce cannot run the query over {plan.object_name} ({job.message}), not in parts either"
        )
        raise Temporary(caller.place, problem, "Run again at a quieter time.")
    return BulkPlace(job="", windows=(*halves, *place.windows[1:]), cuts=place.cuts + 1)


def requests_of(rows: int) -> int:
    """How many requests a read of so many records takes: an order, some looks, the pages, an end."""
    pages = max(1, -(-rows // PAGE_ROWS))
    lists = -(-pages // _PAGES_OF_A_LIST) if pages > 1 else 0
    return 2 + _LOOKS + lists + pages
