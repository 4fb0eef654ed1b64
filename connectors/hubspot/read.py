"""Reads an object of HubSpot, whole or what changed, as Arrow tables with their links."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

import orjson
import pyarrow as pa

from connectors.connector import Chunk, ObjectSchema, ReadRequest
from connectors.errors import Refused, Temporary
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.describe import OWNERS
from connectors.hubspot.links import links_of
from connectors.hubspot.owners import read_owners
from connectors.hubspot.pages import cursor_of, records_of
from connectors.hubspot.rows import rows_of
from connectors.hubspot.search import changed_since, search

LIST_PAGE = 100
"""HubSpot's limit for lists and batches."""

_LONGEST_QUERY = 15_000
"""Characters of a URL that HubSpot still takes; airbyte met 414 at some 900 properties."""

_ROWS_PER_CHUNK = 1000
_BYTES_PER_CHUNK = 16_000_000


def read(calls: HubSpotCalls, request: ReadRequest) -> Iterator[Chunk]:
    """Every live record that `request` asks for, then the archived ones as deleted rows.

    Archived records come whole each time, because archiving moves no stamp. Raises Refused for a field that
    the object does not have.
    """
    schema = request.schema
    _insist_on_fields(schema, request.fields)
    if schema.name == OWNERS.name:
        yield from read_owners(calls, request.fields)
        return
    properties = [name for name in dict.fromkeys(request.fields) if name != "id"]
    if request.since is None:
        live = list_pages(calls, schema.name, properties, archived=False)
    else:
        filters = [changed_since(schema.name, request.since)]
        live = search(calls, schema.name, filters=filters, properties=properties)
    archived = list_pages(calls, schema.name, properties, archived=True)
    for deleted, pages in ((False, live), (True, archived)):
        for group in _groups(pages):
            records = records_of(group, properties, f"{calls.place}: {schema.name}")
            yield _chunk(calls, request, records, deleted=deleted)


def _insist_on_fields(schema: ObjectSchema, fields: Sequence[str]) -> None:
    missing = [name for name in fields if name not in schema.fields]
    if missing:
        problem = f"HubSpot has no property {', '.join(missing)} on {schema.name}"
        raise Refused(schema.name, problem, "Correct the mapping", code="PROPERTY_DOESNT_EXIST")


def list_pages(
    calls: HubSpotCalls, object_name: str, properties: Sequence[str], *, archived: bool
) -> Iterator[bytes]:
    """The pages of the whole list, live or archived; the last is the one that names no successor."""
    named = [("properties", name) for name in properties]
    too_long = len(urlencode(named)) > _LONGEST_QUERY
    fixed = [("limit", str(LIST_PAGE)), ("archived", str(archived).lower()), *([] if too_long else named)]
    after: str | None = None
    while True:
        query = [*fixed, *([("after", after)] if after is not None else [])]
        body = calls.get("objects", query, whole=cursor_of, object=object_name)
        after = cursor_of(body)
        yield _filled(calls, object_name, body, properties, archived) if too_long else body
        if after is None:
            return


def _filled(
    calls: HubSpotCalls, object_name: str, page: bytes, properties: Sequence[str], archived: bool
) -> bytes:
    """The page's records with all properties, which are too many for a URL, under the page's own cursor."""
    body = orjson.loads(page)
    ids = [str(record["id"]) for record in body["results"]]
    found = batch_read(calls, object_name, ids, properties=properties, archived=archived)
    if len(found) < len(ids):
        problem = f"{len(ids) - len(found)} of {len(ids)} records of a page vanished while they were read"
        raise Temporary(f"{calls.place}: {object_name}", problem, "Run again later")
    return orjson.dumps({**body, "results": found})


def batch_read(
    calls: HubSpotCalls,
    object_name: str,
    ids: Sequence[str],
    *,
    properties: Sequence[str],
    archived: bool = False,
) -> list[dict[str, object]]:
    """Records by id, as HubSpot gives them; ids that it does not give are left out, whatever its reason."""
    found: list[dict[str, object]] = []
    for start in range(0, len(ids), LIST_PAGE):
        inputs = [{"id": id_} for id_ in ids[start : start + LIST_PAGE]]
        body = calls.ask(
            "batch",
            {"inputs": inputs, "properties": list(properties)},
            query=[("archived", str(archived).lower())],
            object=object_name,
            verb="read",
        )
        found += body.get("results") or []
    return found


def _groups(pages: Iterator[bytes]) -> Iterator[list[bytes]]:
    group: list[bytes] = []
    for page in pages:
        group.append(page)
        if len(group) * LIST_PAGE >= _ROWS_PER_CHUNK or sum(map(len, group)) >= _BYTES_PER_CHUNK:
            yield group
            group = []
    if group:
        yield group


def _chunk(calls: HubSpotCalls, request: ReadRequest, records: pa.StructArray, *, deleted: bool) -> Chunk:
    rows, oddities = rows_of(records, request.schema, fields=request.fields, deleted=deleted)
    # What is archived has no links any more.
    ids = [] if deleted else rows["_id"].to_pylist()
    links = {to: links_of(calls, request.schema.name, to, ids=ids) for to in request.links}
    return Chunk(rows=rows, links=links, oddities=tuple(oddities))
