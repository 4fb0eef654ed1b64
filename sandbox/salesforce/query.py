"""query and queryAll: SOQL in, pages of records out, the rest behind a locator."""

import re
from array import array
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import orjson

from sandbox.salesforce import record_access
from sandbox.salesforce.call import Answer, Call
from sandbox.salesforce.catalogue import Catalogue
from sandbox.salesforce.org import Cursor, Org
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.soql.compile import Compiled, Compiler
from sandbox.salesforce.soql.parse import read_query

SMALLEST_PAGE, LARGEST_PAGE = 200, 2000
MOST_CURSORS = 10
CURSOR_LIFE = timedelta(days=2)
LONGEST_URI = 16_384


def run_query(org: Org, call: Call) -> Answer:
    """Live rows only: neither the recycle bin nor archived activities."""
    return answer_query(org, call, org.catalogue, with_hidden=False)


def run_query_all(org: Org, call: Call) -> Answer:
    """Every row, deleted and archived ones too."""
    return answer_query(org, call, org.catalogue, with_hidden=True)


def next_page(org: Org, call: Call) -> Answer:
    """The page that a nextRecordsUrl names; the same locator may be asked again."""
    name, _, start = call.path["locator"].rpartition("-")
    cursor = org.cursors.get(name)
    if (
        cursor is None
        or org.world.clock.now() - cursor.opened_at > CURSOR_LIFE
        or int(start) >= len(cursor.rows)
    ):
        raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
    size = _page_size(call.headers) or cursor.size
    return Answer(body=_page(org, call, cursor, name=name, start=int(start), size=size))


def answer_query(org: Org, call: Call, catalogue: Catalogue, *, with_hidden: bool, area: str = "") -> Answer:
    """The first page of the query in `q`, its URLs under `area` of the version; raises Refused."""
    text = call.query.get("q")
    if text is None:
        raise Refused("MALFORMED_QUERY", "SOQL statements cannot be empty or null")
    query = read_query(text)
    if query.object_name.lower() == record_access.NAME.lower() and not area:
        return record_access.answer_access(org, call, query)
    compiled = Compiler(catalogue, org.today(), with_hidden=with_hidden).compile(query)
    store = org.world.store
    if compiled.aggregated:
        return Answer(body=_groups(compiled, store.query(compiled.find, compiled.parameters)))
    if not query.items:
        (count,) = store.query(f"SELECT COUNT(*) FROM ({compiled.find})", compiled.parameters)
        return Answer(body={"totalSize": count[0], "done": True, "records": []})
    rows = array("q")
    for part in store.stream(compiled.find, compiled.parameters):
        rows.extend(row for (row,) in part)
    size = _page_size(call.headers) or LARGEST_PAGE
    cursor = Cursor(
        query=compiled,
        rows=rows,
        opened_at=org.world.clock.now(),
        size=size,
        area=area,
    )
    name = _open(org, cursor) if len(cursor.rows) > size else ""
    return Answer(body=_page(org, call, cursor, name=name, start=0, size=size))


def _open(org: Org, cursor: Cursor) -> str:
    name = org.numbering.next_id("01g")
    org.cursors[name] = cursor
    while len(org.cursors) > MOST_CURSORS:
        org.cursors.popitem(last=False)
    return name


def _page(org: Org, call: Call, cursor: Cursor, *, name: str, start: int, size: int) -> bytes:
    end = start + size
    done = end >= len(cursor.rows)
    head: dict[str, Any] = {"totalSize": len(cursor.rows), "done": done}
    if not done:
        head["nextRecordsUrl"] = f"{call.base}{cursor.area}/query/{name}-{end}"
    page = cursor.query.page
    records = (
        page.records(org.world.store, cursor.rows[start:end], f"{call.base}{cursor.area}/sobjects/")
        if page
        else b"[]"
    )
    return orjson.dumps(head)[:-1] + b',"records":' + records + b"}"


def _groups(compiled: Compiled, found: list[Any]) -> dict[str, Any]:
    if len(found) > LARGEST_PAGE:
        message = "Aggregate query does not support queryMore(), use LIMIT to restrict the results to a single batch"
        raise Refused("EXCEEDED_ID_LIMIT", message)
    kind = {"attributes": {"type": "AggregateResult"}}
    records = [kind | dict(zip(compiled.aggregated, row, strict=True)) for row in found]
    return {"totalSize": len(records), "done": True, "records": records}


def _page_size(headers: Mapping[str, str]) -> int | None:
    """What the client asks for, brought into the vendor's bounds; None when it does not ask."""
    asked = re.search(r"batchSize\s*=\s*(\d+)", headers.get("sforce-query-options", ""), re.IGNORECASE)
    return min(max(int(asked[1]), SMALLEST_PAGE), LARGEST_PAGE) if asked else None


def refuse_locator(_org: Org, _call: Call) -> Answer:
    """A locator that none of ours can be."""
    raise Refused("INVALID_QUERY_LOCATOR", "invalid query locator")
