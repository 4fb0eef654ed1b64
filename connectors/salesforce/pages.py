"""Fetches all pages of a query: by locator, taken up again where one is lost, counted against what was promised."""

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson

from connectors.errors import NotUnderstood, Refused, Temporary
from connectors.salesforce.call import Caller
from connectors.salesforce.soql import Point, Select

Record = dict[str, Any]
_LOST_LOCATOR = "INVALID_QUERY_LOCATOR"
_RESUMPTIONS = 20
_HEAD = re.compile(
    rb'\s*\{\s*"totalSize"\s*:\s*(\d+)\s*,\s*"done"\s*:\s*(?:(true)|false\s*,\s*"nextRecordsUrl"\s*:\s*"(/services/[^"\\]+)")'
    rb'\s*,\s*"records"\s*:\s*\['
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page as it came; a page need not be parsed to ask for the next one."""

    body: bytes
    promised: int | None
    """How many records all pages of the query hold, where the CRM says so."""
    following: str | None
    """Where the next page is; None for the last one."""
    begins: bool
    """The first page of its query: a query that was taken up again begins anew."""


class Tally:
    """Counts what came of each query against what was promised."""

    def __init__(self, caller: Caller) -> None:
        self._caller = caller
        self._seen = 0

    def add(self, page: Page, count: int) -> None:
        """Raises Temporary when a query has ended with fewer records than promised."""
        self._seen = (0 if page.begins else self._seen) + count
        if page.following is None and page.promised is not None and self._seen < page.promised:
            problem = f"{self._seen} of {page.promised} records came"
            raise Temporary(self._caller.place, problem, "Run again: nothing of this read is taken as whole.")


def chain(caller: Caller, soql: str, *, everything: bool) -> Iterator[Page]:
    """The pages of one query."""
    page = _page(caller, caller.query(soql, everything=everything).body, begins=True)
    yield page
    while page.following is not None:
        page = _page(caller, caller.get(page.following).body, begins=False)
        yield page


def chain_after(caller: Caller, select: Select, point: Point | None, *, everything: bool) -> Iterator[Page]:
    """The pages after `point`; a locator that the CRM has dropped costs one more query from the last record on."""
    last: Page | None = None
    for _ in range(_RESUMPTIONS):
        try:
            for page in chain(caller, select.after(point), everything=everything):
                yield page
                last = page
        except Refused as refusal:
            if refusal.code != _LOST_LOCATOR:
                raise
            if last is not None:
                point = _last(records_of(caller, last), select) or point
        else:
            return
    problem = f"the CRM dropped the cursor over {select.object_name} {_RESUMPTIONS} times"
    raise Temporary(caller.place, problem, "Run again at a quieter time.")


def fetch_pages(caller: Caller, select: Select, *, everything: bool) -> Iterator[list[Record]]:
    """The records of each page; ends only when as many came as the CRM counted, else raises Temporary."""
    tally = Tally(caller)
    for page in chain_after(caller, select, None, everything=everything):
        records = records_of(caller, page)
        yield records
        tally.add(page, len(records))


def fetch_all(caller: Caller, soql: str, *, everything: bool = False) -> list[Record]:
    """Every record of a small query, in memory."""
    found: list[Record] = []
    tally = Tally(caller)
    for page in chain(caller, soql, everything=everything):
        records = records_of(caller, page)
        found += records
        tally.add(page, len(records))
    return found


def records_of(caller: Caller, page: Page) -> list[Record]:
    """The page's records, value by value."""
    return [record for record in _parsed(caller, page.body)["records"] if isinstance(record, dict)]


def _page(caller: Caller, body: bytes, *, begins: bool) -> Page:
    head = _HEAD.match(body)
    if head:
        following = head[3].decode() if head[3] else None
        return Page(body=body, promised=int(head[1]), following=following, begins=begins)
    parsed = _parsed(caller, body)
    promised, following = parsed.get("totalSize"), None if parsed["done"] else parsed.get("nextRecordsUrl")
    if not parsed["done"] and not str(following).startswith("/services/"):
        raise NotUnderstood(caller.place, "a page says there is more but not where", "Run again.")
    return Page(
        body=body,
        promised=promised if isinstance(promised, int) else None,
        following=following,
        begins=begins,
    )


def _parsed(caller: Caller, body: bytes) -> dict[str, Any]:
    try:
        page = orjson.loads(body)
    except orjson.JSONDecodeError:
        page = _leniently(caller, body)
    if not isinstance(page, dict) or not isinstance(page.get("records"), list) or "done" not in page:
        raise NotUnderstood(
            caller.place, "the answer to a query has no records", "Check the instance's address."
        )
    return page


def _leniently(caller: Caller, body: bytes) -> Any:
    # Half characters and broken UTF-8 in one description must not cost the page; the columns name them.
    try:
        return json.loads(body.decode("utf-8", "replace"))
    except json.JSONDecodeError as error:
        raise Temporary(caller.place, f"a page is not whole JSON ({error.msg})", "Run again.") from error


def _last(records: list[Record], select: Select) -> Point | None:
    for record in reversed(records):
        stamp = record.get(select.stamp_field) if select.stamp_field else ""
        if record.get("Id") and stamp is not None:
            return Point(stamp=stamp, record_id=record["Id"])
    return None
