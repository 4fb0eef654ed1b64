"""Counts what a portal holds, and goes round all its ids: what was archived, hard-deleted or came back has no stamp."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from connectors.connector import ObjectSchema, Swept
from connectors.errors import Refused, Stale
from connectors.hubspot import inline_links
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.describe import OWNERS
from connectors.hubspot.listing import list_pages
from connectors.hubspot.owners import owner_pages
from connectors.hubspot.pages import records_of
from connectors.hubspot.search import count_all

_Which = Literal["archived", "live"]
_NO_PROPERTY = ("hs_object_id",)
"""Asked for alone: without any name HubSpot sends its defaults, which are several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Round:
    """Where a round stands: the cursors of both lists (empty: at the beginning), and which of them has a lone call."""

    archived: str = ""
    live: str = ""
    turn: _Which = "archived"

    @property
    def token(self) -> str:
        return f"{self.turn} {self.archived}/{self.live}"


def count(calls: HubSpotCalls, schema: ObjectSchema) -> int | None:
    """The search's own total, which lags some seconds; owners are counted by listing them."""
    if schema.name == OWNERS.name:
        return sum(len(page) for page in owner_pages(calls))
    try:
        return count_all(calls, schema.name)
    except Refused:
        return None


def sweep(
    calls: HubSpotCalls,
    schema: ObjectSchema,
    *,
    token: str | None,
    most_calls: int,
    links: Collection[str] = (),
) -> Iterator[Swept]:
    """Archived ids on from where they stopped, anew once they have come to their end, then live ones with their links.

    The archived ones have at most half of the calls, so that a round always gets on.
    """
    at = _read(token)
    if schema.name == OWNERS.name:
        ids = [str(owner.get("id")) for page in owner_pages(calls) for owner in page]
        yield Swept(live=_ids(ids), gone=_ids([]), token=_Round().token, ended=True)
        return
    alone = int(most_calls % 2 == 1 and at.turn == "archived")
    left = most_calls
    for page, cursor in _pages(calls, schema.name, "archived", at.archived, most_calls // 2 + alone):
        left -= 1
        at = replace(at, archived=cursor or "", turn="live")
        yield Swept(live=_ids([]), gone=_ids_of(page), token=at.token, ended=False)
    listed = tuple(to for to in links if to in inline_links.TARGETS)
    for page, cursor in _pages(calls, schema.name, "live", at.live, left, links=listed):
        at = replace(at, live=cursor or "", turn="archived")
        told = {to: inline_links.told_in(to, page) for to in listed}
        yield Swept(live=_ids_of(page), gone=_ids([]), links=told, token=at.token, ended=cursor is None)


def _read(token: str | None) -> _Round:
    turn, _, cursors = (token or "").partition(" ")
    archived, slash, live = cursors.partition("/")
    if turn == "archived" and slash:
        return _Round(archived=archived, live=live)
    return _Round(archived=archived, live=live, turn="live") if turn == "live" and slash else _Round()


def _pages(
    calls: HubSpotCalls,
    name: str,
    which: _Which,
    after: str,
    most_calls: int,
    *,
    links: tuple[str, ...] = (),
) -> Iterator[tuple[pa.StructArray, str | None]]:
    """The records of at most so many pages; from the beginning where HubSpot does not take the cursor any more."""
    if most_calls < 1:
        return
    pages = list_pages(
        calls, name, _NO_PROPERTY, archived=which == "archived", after=after or None, associations=links
    )
    shape = inline_links.struct_of(links) if links else None
    try:
        for number, (body, cursor) in enumerate(pages, 1):
            yield records_of([body], _NO_PROPERTY, f"{calls.place}: {name}", associations=shape), cursor
            if number == most_calls:
                return
    except Stale:
        yield from _pages(calls, name, which, "", most_calls - 1, links=links)


def _ids_of(records: pa.StructArray) -> pa.Array:
    return pc.drop_null(pc.struct_field(records, "id"))


def _ids(ids: list[str]) -> pa.Array:
    return pa.array(ids, pa.string())
