"""Lists all records of an object, live or archived, page after page in the order of their ids."""

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode

from connectors.errors import Refused, Stale
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.pages import cursor_of

PAGE = 100
"""HubSpot's limit for lists and batches."""

_LONGEST_QUERY = 15_000
"""Characters of a URL that HubSpot still takes; airbyte met 414 at some 900 properties."""


def fits_in_url(properties: Sequence[str]) -> bool:
    """Whether a list can be asked for these properties; else only batch reads can, whose bodies have no such limit."""
    return len(_query(properties, archived=False)) <= _LONGEST_QUERY


def list_pages(
    calls: HubSpotCalls,
    object_name: str,
    properties: Sequence[str],
    *,
    archived: bool,
    after: str | None = None,
    associations: Sequence[str] = (),
) -> Iterator[tuple[bytes, str | None]]:
    """Each page with the cursor behind it, None behind the last one; with the first links to `associations`.

    Goes on at `after` where that is given; raises Stale when HubSpot does not take it any more.
    """
    fixed, resumed = _query(properties, archived=archived), after is not None
    fixed += "".join(f"&{urlencode({'associations': target})}" for target in associations)
    while True:
        query = f"{fixed}&{urlencode({'after': after})}" if after is not None else fixed
        try:
            body = calls.get("objects", query, whole=cursor_of, object=object_name)
        except Refused as error:
            if resumed and error.status == 400:
                raise Stale(error.place, error.problem, "Begin the list anew") from error
            raise
        after, resumed = cursor_of(body), False
        yield body, after
        if after is None:
            return


def _query(properties: Sequence[str], *, archived: bool) -> str:
    named = [("properties", name) for name in properties]
    return urlencode([("limit", str(PAGE)), ("archived", str(archived).lower()), *named])
