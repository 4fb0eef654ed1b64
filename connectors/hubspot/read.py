"""Reads an object of HubSpot, whole, what changed, or some by id, as Arrow tables with their links."""

from collections.abc import Collection, Iterator, Sequence
from functools import partial
from math import ceil

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import Chunk, ObjectSchema, ReadRequest
from connectors.errors import Refused
from connectors.hubspot import inline_links, listing, search
from connectors.hubspot.by_id import find
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.describe import OWNERS
from connectors.hubspot.in_order import in_order
from connectors.hubspot.inline_links import links_in
from connectors.hubspot.links import INPUTS_PER_CALL, links_of
from connectors.hubspot.owners import read_owners
from connectors.hubspot.pages import left_out_of, records_of
from connectors.hubspot.parts import Part, parts_of, properties_of
from connectors.hubspot.rows import MERGED, merges_of, rows_of

_NOTHING = b'{"results":[]}'


def read(calls: HubSpotCalls, request: ReadRequest, *, told_before: bool = False) -> Iterator[Chunk]:
    """The live records that `request` asks for; of those asked for by id the archived ones too, as deleted.

    Raises Refused for a field that the object does not have, Stale for a `resume` that leads nowhere. `told_before`: the
    description is that of an earlier process, and a property may have gone since.
    """
    _insist_on_fields(request.schema, request.fields)
    if request.schema.name == OWNERS.name:
        return read_owners(calls, request)
    return in_order(parts_of(calls, request), partial(_chunk, calls, request, told_before=told_before))


def calls_for(request: ReadRequest, rows: int) -> int:
    """Requests for so many records: pages or batches, and the calls for their links."""
    searched = request.since is not None and request.ids is None
    is_wide = not searched and request.ids is None and not listing.fits_in_url(properties_of(request))
    pages = max(1, ceil(rows / (search.PAGE if searched else listing.PAGE)))
    is_listed = not searched and request.ids is None and not is_wide
    asked = [to for to in request.links if not (is_listed and to in inline_links.TARGETS)]
    return pages * (2 if is_wide else 1) + len(asked) * ceil(rows / INPUTS_PER_CALL)


def _insist_on_fields(schema: ObjectSchema, fields: Sequence[str]) -> None:
    missing = [name for name in fields if name not in schema.fields]
    if missing:
        problem = f"HubSpot has no property {', '.join(missing)} on {schema.name}"
        raise Refused(schema.name, problem, "Correct the mapping", code="PROPERTY_DOESNT_EXIST")


def _insist_on_values(request: ReadRequest, pages: Sequence[bytes]) -> None:
    missing = left_out_of(pages, properties_of(request))
    if missing:
        problem = f"HubSpot does not show {', '.join(missing)} of {request.schema.name} any more"
        remedy = "Grant it again, or correct the mapping"
        raise Refused(request.schema.name, problem, remedy, code="PROPERTY_DOESNT_EXIST")


def _chunk(calls: HubSpotCalls, request: ReadRequest, part: Part, *, told_before: bool) -> Chunk:
    name, properties = request.schema.name, properties_of(request)
    place = f"{calls.place}: {name}"
    if part.pages and told_before:
        _insist_on_values(request, part.pages)
    if part.pages:
        shape = inline_links.struct_of(part.links) if part.links else None
        live, archived = records_of(part.pages, properties, place, associations=shape), None
        told = [live]
    else:
        found = find(calls, name, part.ids, properties)
        told = [records_of(pages or [_NOTHING], properties, place) for pages in (found.live, found.archived)]
        live, archived = _those(told[0], found.live_ids), _those(told[1], found.archived_ids)
    rows, oddities = rows_of(live, request.schema, fields=request.fields, deleted=False)
    ids = rows["_id"].to_pylist() if {*request.links} - {*part.links} else []
    links = {
        to: links_in(calls, name, to, records=live)
        if to in part.links
        else links_of(calls, name, to, ids=ids)
        for to in request.links
    }
    if archived:
        # What is archived has no links any more.
        gone, more = rows_of(archived, request.schema, fields=request.fields, deleted=True)
        rows, oddities = pa.concat_tables([rows, gone]), [*oddities, *more]
    merges = pa.concat_tables(map(merges_of, told)) if MERGED in properties else None
    return Chunk(rows=rows, links=links, merges=merges, oddities=tuple(oddities), resume=part.resume)


def _those(records: pa.StructArray, ids: Collection[str]) -> pa.StructArray:
    """Without the records that came instead of others: winners of merges."""
    return records.filter(pc.is_in(pc.struct_field(records, "id"), value_set=pa.array(ids, pa.string())))
