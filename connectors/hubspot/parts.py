"""Finds the records that a read asks for, in parts that are kept one after the other, each with the place behind it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import ceil

import orjson

from connectors.connector import ReadRequest
from connectors.errors import Stale
from connectors.hubspot import inline_links, listing, search
from connectors.hubspot.budget import SEARCHES_PER_S
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.rows import MERGED

_ROWS = 2000
_BYTES = 16_000_000
_PLACES = {"after", "beyond", "from", "end"}
"""What a `resume` names: the cursor of a list, the last id of a search, the number of ids done, or nothing more."""
_WORTH_WEIGHING = 10
"""Searches that are over sooner than it takes to weigh them."""

_Pages = Iterator[tuple[bytes, str | int | None]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """What becomes one chunk: pages that came, or ids of records that are still to be fetched."""

    pages: Sequence[bytes] = ()
    ids: Sequence[str] = ()
    links: tuple[str, ...] = ()
    """The objects of which the pages hold the first links."""
    resume: str


def properties_of(request: ReadRequest) -> list[str]:
    """The properties to ask for: the fields, and what tells of merges where the object has it."""
    merged = [MERGED] if MERGED in request.schema.fields else []
    return [name for name in dict.fromkeys([*request.fields, *merged]) if name != "id"]


def parts_of(calls: HubSpotCalls, request: ReadRequest) -> Iterator[Part]:
    """All parts, or those behind `request.resume`; raises Stale for one that leads nowhere."""
    kind, at = _resumed_at(request)
    if kind == "end":
        return iter(())
    if request.ids is not None:
        return _by_id(request.ids, int(at or 0))
    if request.since is None or kind == "after":
        return _listed(calls, request, at)
    return _changed(calls, request, int(at or 0))


def _resumed_at(request: ReadRequest) -> tuple[str, str | None]:
    if request.resume is None:
        return "", None
    kind, _, at = request.resume.partition(" ")
    if kind not in _PLACES or (kind in ("beyond", "from") and not at.isdecimal()):
        problem = f"{request.resume[:60]!r} is no place in a read of HubSpot"
        raise Stale(request.schema.name, problem, "Begin the read anew")
    return kind, at


def _by_id(ids: Sequence[str], begin: int) -> Iterator[Part]:
    for start in range(begin, len(ids), _ROWS):
        yield Part(ids=ids[start : start + _ROWS], resume=f"from {start + _ROWS}")


def _listed(calls: HubSpotCalls, request: ReadRequest, after: str | None) -> Iterator[Part]:
    properties = properties_of(request)
    is_wide = not listing.fits_in_url(properties)
    links = () if is_wide else tuple(to for to in request.links if to in inline_links.TARGETS)
    pages = listing.list_pages(
        calls,
        request.schema.name,
        [] if is_wide else properties,
        archived=False,
        after=after,
        associations=links,
    )
    for group, cursor in _groups(pages, rows_a_page=listing.PAGE):
        resume = "end" if cursor is None else f"after {cursor}"
        # Too many properties for a URL: the list gives the ids, and batch reads, whose bodies have room, the rest.
        if is_wide:
            yield Part(
                ids=[str(r["id"]) for page in group for r in orjson.loads(page)["results"]], resume=resume
            )
        else:
            yield Part(pages=group, links=links, resume=resume)


def _changed(calls: HubSpotCalls, request: ReadRequest, beyond: int) -> Iterator[Part]:
    name = request.schema.name
    filters = [search.changed_since(name, request.since)] if request.since else []
    found = search.search(calls, name, filters=filters, properties=properties_of(request), beyond=beyond)
    first = next(found)
    if first[1] is not None and _lists_sooner(calls, request, found=orjson.loads(first[0]).get("total") or 0):
        yield from _listed(calls, request, None)
        return
    for group, last_id in _groups(_put_back(first, found), rows_a_page=search.PAGE):
        yield Part(pages=group, resume="end" if last_id is None else f"beyond {last_id}")


def _lists_sooner(calls: HubSpotCalls, request: ReadRequest, *, found: int) -> bool:
    """Whether a list of everything ends before a search for the changes, at the paces that HubSpot allows each."""
    if request.held is None:
        return False
    searches, lists = ceil(found / search.PAGE) - 1, ceil(max(found, request.held) / listing.PAGE)
    search_s, list_s = searches / SEARCHES_PER_S, lists / calls.budget.calls_per_s()
    return searches > _WORTH_WEIGHING and search_s > list_s


def _put_back(first: tuple[bytes, int | None], rest: Iterator[tuple[bytes, int | None]]) -> _Pages:
    yield first
    yield from rest


def _groups(pages: _Pages, *, rows_a_page: int) -> Iterator[tuple[list[bytes], str | int | None]]:
    """Pages enough for a chunk, with the place behind the last of them."""
    group: list[bytes] = []
    for page, place in pages:
        group.append(page)
        if place is None or len(group) * rows_a_page >= _ROWS or sum(map(len, group)) >= _BYTES:
            yield group, place
            group = []
