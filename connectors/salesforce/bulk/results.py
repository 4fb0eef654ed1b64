"""Fetches the result of a query job: page after page, or several at once where the CRM offers that; in order."""

import tempfile
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import IO
from urllib.parse import quote

from connectors.errors import NotUnderstood, Refused, Stale
from connectors.salesforce.call import Caller
from connectors.salesforce.faults import RECORD_COUNT
from connectors.salesforce.resume import Spot

PAGE_ROWS = 25_000
"""Records of a page that is asked for alone."""
_AT_ONCE_FROM_VERSION = 58.0
_AT_ONCE = 3
"""Pages that are fetched side by side, the next ones on their way while one is read."""
_IN_MEMORY_BYTES = 4_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultPage:
    """One page, fetched whole; its body, packed or not, is in a file that ends with it."""

    path: str
    record_count: int
    is_packed: bool
    following: Spot | None
    """Where the next page is; None after the last one."""
    file: IO[bytes] = field(repr=False)


def result_pages(caller: Caller, job_id: str, record_count: int, spot: Spot) -> Iterator[ResultPage]:
    """The pages of a job that found so many records, from `spot` on; raises Stale where one is not there."""
    try:
        if spot.locator or record_count <= PAGE_ROWS or caller.api_version < _AT_ONCE_FROM_VERSION:
            yield from _one_after_another(caller, job_id, spot)
        else:
            yield from _several_at_once(caller, job_id, spot)
    except Refused as refusal:
        problem = f"the CRM does not know the next page of query job {job_id} ({refusal.problem})"
        raise Stale(caller.place, problem, "Begin it anew.") from refusal


def fetch(caller: Caller, path: str) -> ResultPage:
    """One page; `following` is the next one by its locator."""
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY_BYTES)  # noqa: SIM115 - whoever reads the page closes it
    try:
        answer = caller.download(path, file)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    locator = answer.header("Sforce-Locator")
    return ResultPage(
        path=path,
        record_count=int(answer.header(RECORD_COUNT)),
        is_packed=answer.header("Content-Encoding") == "gzip",
        following=None if locator in ("", "null") else Spot(locator=locator),
        file=file,
    )


def _one_after_another(caller: Caller, job_id: str, spot: Spot) -> Iterator[ResultPage]:
    following: Spot | None = spot
    while following is not None:
        locator = f"&locator={quote(following.locator, safe='')}" if following.locator else ""
        page = fetch(caller, f"jobs/query/{job_id}/results?maxRecords={PAGE_ROWS}{locator}")
        following = page.following
        yield page


def _several_at_once(caller: Caller, job_id: str, spot: Spot) -> Iterator[ResultPage]:
    waiting: deque[tuple[Future[ResultPage], Spot | None]] = deque()
    pool = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="bulk-results")
    try:
        for path, following in _listed(caller, job_id, spot):
            waiting.append((pool.submit(fetch, caller, path), following))
            if len(waiting) > _AT_ONCE:
                yield _next(waiting)
        while waiting:
            yield _next(waiting)
    finally:
        pool.shutdown(cancel_futures=True)
        for future, _ in waiting:
            if not future.cancelled() and future.exception() is None:
                future.result().file.close()


def _next(waiting: deque[tuple[Future[ResultPage], Spot | None]]) -> ResultPage:
    future, following = waiting.popleft()
    return replace(future.result(), following=following)


def _listed(caller: Caller, job_id: str, spot: Spot) -> Iterator[tuple[str, Spot | None]]:
    """The address of each page, with where the one after it is."""
    listing, first = spot.listing or f"jobs/query/{job_id}/resultPages", spot.page
    while True:
        found = caller.json(caller.get(listing))
        paths, further = _checked(caller, found)
        for number, path in enumerate(paths):
            if number >= first:
                is_last_here = number == len(paths) - 1
                here = Spot(listing=listing, page=number + 1)
                there = Spot(listing=further) if further else None
                yield path, there if is_last_here else here
        if further is None:
            return
        listing, first = further, 0


def _checked(caller: Caller, found: object) -> tuple[list[str], str | None]:
    pages = found.get("resultPages") if isinstance(found, dict) else None
    if not isinstance(found, dict) or not isinstance(pages, list):
        raise NotUnderstood(caller.place, "the list of a query job's pages has none", "Run again.")
    further = None if found.get("done", True) else str(found.get("nextRecordsUrl"))
    paths = [str(page.get("resultUrl")) for page in pages if isinstance(page, dict)]
    if not all(path.startswith("/services/") for path in (*paths, further or "/services/")):
        raise NotUnderstood(caller.place, "a list of pages does not say where they are", "Run again.")
    return paths, further
