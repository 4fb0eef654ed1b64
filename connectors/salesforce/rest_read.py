"""Reads records by REST queries: page after page in the order of change, or by their ids."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Any

import pyarrow as pa

from connectors.connector import Chunk
from connectors.errors import CrmError, Temporary
from connectors.salesforce.call import Caller
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.json_pages import parsed_pages
from connectors.salesforce.pages import Page, Record, Tally, chain, chain_after, fetch_all, records_of
from connectors.salesforce.plan import Plan
from connectors.salesforce.resume import as_text
from connectors.salesforce.rows import Parsed, chunk_of, of_records
from connectors.salesforce.soql import ADDRESS_BYTES, IDS_PER_QUERY, Point, any_of, encoded

PAGE_ROWS = 2_000
"""Records of a page, as we ask for them and as the CRM gives them at most."""
_PAGES_PER_CHUNK, _BYTES_PER_CHUNK = 10, 16_000_000
_IDS_PER_COMPLETION = 200
_BYTES_OF_AN_ID = len("'001000000000000AAA',")


def read_in_order(caller: Caller, plan: Plan, pages: Iterable[Page]) -> Iterator[Chunk]:
    """The records of pages that pages_after() fetches; each chunk can be gone on after."""
    tally = Tally(caller)
    for group in _grouped(pages, 1 if plan.further else _PAGES_PER_CHUNK):
        for parsed in _parsed(caller, plan, group, tally):
            chunk = chunk_of(plan, parsed)
            yield replace(chunk, resume=_resume(plan, chunk.rows))


def pages_after(caller: Caller, plan: Plan, point: Point | None) -> Iterator[Page]:
    """The pages of a plan's records, with as many fields as fit into an address."""
    return chain_after(caller, plan.select, point, everything=plan.deletable)


def read_by_ids(caller: Caller, plan: Plan, ids: Sequence[str]) -> Iterator[Chunk]:
    """These records, deleted ones too where the CRM still shows them."""
    tally = Tally(caller)
    wanted = list(dict.fromkeys(map(eighteen, ids)))
    size = _ids_that_fit(plan)
    queries = (any_of("Id", wanted[start : start + size]) for start in range(0, len(wanted), size))
    pages = (
        page
        for query in queries
        for page in chain(caller, replace(plan.select, where=(query,)).after(None), everything=plan.deletable)
    )
    for group in _grouped(pages, 1 if plan.further else _PAGES_PER_CHUNK):
        for parsed in _parsed(caller, plan, group, tally):
            yield chunk_of(plan, parsed)


def requests_by_ids(plan: Plan, count: int) -> int:
    """How many requests read_by_ids() makes for so many ids."""
    return -(-count // _ids_that_fit(plan)) + requests_for_further(plan, count)


def requests_for_further(plan: Plan, count: int) -> int:
    """How many requests the fields take that do not fit into the first query, for so many records."""
    return len(plan.further) * -(-count // _IDS_PER_COMPLETION)


def _ids_that_fit(plan: Plan) -> int:
    room = ADDRESS_BYTES - len(encoded(plan.select.after(None)))
    return max(1, min(IDS_PER_QUERY, room // _BYTES_OF_AN_ID))


def _grouped(pages: Iterable[Page], most: int) -> Iterator[list[Page]]:
    """Few at a time; what came before an error comes before the error."""
    group: list[Page] = []
    size = 0
    try:
        for page in pages:
            group.append(page)
            size += len(page.body)
            if len(group) == most or size >= _BYTES_PER_CHUNK:
                yield group
                group, size = [], 0
    except CrmError:
        if group:
            yield group
        raise
    if group:
        yield group


def _parsed(caller: Caller, plan: Plan, group: Sequence[Page], tally: Tally) -> Iterable[Parsed]:
    if not plan.further:
        return parsed_pages(caller, group, plan.asked, tally)
    return (_completed_page(caller, plan, page, tally) for page in group)


def _completed_page(caller: Caller, plan: Plan, page: Page, tally: Tally) -> Parsed:
    records = records_of(caller, page)
    tally.add(page, len(records))
    return of_records(_completed(caller, plan, records), plan.asked)


def _resume(plan: Plan, rows: pa.Table) -> str | None:
    """The place after the last record; None where the records do not come in an order that lasts."""
    if not len(rows):
        return None
    record_id, stamp = rows["_id"][-1].as_py(), rows["_changed_at"][-1].as_py()
    if plan.select.stamp_field is None:
        return as_text(Point(stamp="", record_id=record_id))
    return (
        as_text(Point(stamp=stamp.isoformat(timespec="milliseconds"), record_id=record_id)) if stamp else None
    )


def _completed(caller: Caller, plan: Plan, records: list[Record]) -> list[Record]:
    """The records with the fields of the further lists."""
    ids = [record["Id"] for record in records if record.get("Id")]
    for start in range(0, len(ids), _IDS_PER_COMPLETION):
        some = ids[start : start + _IDS_PER_COMPLETION]
        for fields in plan.further:
            part = replace(plan.select, fields=("Id", *fields), where=(any_of("Id", some),))
            found = {row["Id"]: row for row in fetch_all(caller, part.after(None), everything=plan.deletable)}
            if any(record_id not in found for record_id in some):
                problem = f"records of {plan.object_name} went away while their fields were read"
                raise Temporary(caller.place, problem, "Run again.")
            for record in records:
                _merge(record, found.get(record.get("Id"), {}))
    return records


def _merge(record: Record, part: dict[str, Any]) -> None:
    for name, value in part.items():
        held = record.get(name)
        if isinstance(held, dict) and isinstance(value, dict):
            _merge(held, value)
        else:
            record[name] = value
