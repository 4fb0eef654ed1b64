"""Fetches all pages of a query: by locator, taken up again where one is lost, counted against what was promised."""

import json
from collections.abc import Iterator
from typing import Any

import orjson

from connectors.errors import NotUnderstood, Refused, Temporary
from connectors.salesforce.call import Caller
from connectors.salesforce.soql import Point, Select
from connectors.transport import Answer

Record = dict[str, Any]
_LOST_LOCATOR = "INVALID_QUERY_LOCATOR"
_RESUMPTIONS = 20


def fetch_pages(caller: Caller, select: Select, *, everything: bool) -> Iterator[list[Record]]:
    """The records of each page; ends only when as many came as the CRM counted, else raises Temporary.

    A locator that the CRM has dropped costs one more query from the last record on.
    """
    point: Point | None = None
    for _ in range(_RESUMPTIONS):
        try:
            for records in _chain(caller, select.after(point), everything=everything):
                point = _last(records, select) or point
                yield records
        except Refused as refusal:
            if refusal.code != _LOST_LOCATOR:
                raise
        else:
            return
    problem = f"the CRM dropped the cursor over {select.object_name} {_RESUMPTIONS} times"
    raise Temporary(caller.place, problem, "Run again at a quieter time.")


def fetch_all(caller: Caller, soql: str, *, everything: bool = False) -> list[Record]:
    """Every record of a small query, in memory."""
    return [record for page in _chain(caller, soql, everything=everything) for record in page]


def _chain(caller: Caller, soql: str, *, everything: bool) -> Iterator[list[Record]]:
    page = _page(caller, caller.query(soql, everything=everything))
    seen = 0
    while True:
        records = [record for record in page["records"] if isinstance(record, dict)]
        seen += len(records)
        yield records
        if page["done"]:
            break
        where = page.get("nextRecordsUrl")
        if not isinstance(where, str) or not where.startswith("/services/"):
            raise NotUnderstood(caller.place, "a page says there is more but not where", "Run again.")
        page = _page(caller, caller.get(where))
    promised = page.get("totalSize")
    if isinstance(promised, int) and seen < promised:
        problem = f"{seen} of {promised} records came"
        raise Temporary(caller.place, problem, "Run again: nothing of this read is taken as whole.")


def _page(caller: Caller, answer: Answer) -> dict[str, Any]:
    try:
        page = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        page = _leniently(caller, answer.body)
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
