"""Reads the people who own records in HubSpot, deactivated ones too: they are rows like the others."""

from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlencode

import orjson
import pyarrow as pa

from connectors.connector import ARROW_TYPES, Chunk, Oddity, ReadRequest
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.describe import OWNERS
from connectors.hubspot.pages import cursor_of
from connectors.hubspot.values import typed_column

_PAGE = 500
"""HubSpot's limit for owners."""


def read_owners(calls: HubSpotCalls, request: ReadRequest) -> Iterator[Chunk]:
    """All owners each time, or those of the ids asked for.

    A deactivated owner is no deleted row: it still has a name, and `archived` says that it is gone.
    """
    wanted = None if request.ids is None else {*request.ids}
    for owners in owner_pages(calls):
        yield _chunk([o for o in owners if wanted is None or str(o.get("id")) in wanted], request.fields)


def owner_pages(calls: HubSpotCalls) -> Iterator[list[dict[str, Any]]]:
    """First the active owners and then the deactivated ones, as HubSpot gives them."""
    for archived in ("false", "true"):
        after: str | None = ""
        while after is not None:
            query = {"limit": _PAGE, "archived": archived} | ({"after": after} if after else {})
            body = calls.get("owners", urlencode(query), whole=cursor_of)
            yield orjson.loads(body)["results"]
            after = cursor_of(body)


def _chunk(owners: list[dict[str, Any]], fields: Sequence[str]) -> Chunk:
    known = [owner for owner in owners if owner.get("id")]
    nameless = Oddity(
        object_name="owners", record_id="", field="id", problem="an owner without id", kept=False
    )
    changed_at, _ = typed_column(pa.array([o.get("updatedAt") for o in known], pa.string()), "instant")
    columns = {
        "_id": pa.array([str(owner["id"]) for owner in known], pa.string()),
        "_deleted": pa.repeat(False, len(known)),
        "_changed_at": changed_at,
    }
    for name in fields:
        kind = OWNERS.fields[name].type
        texts = pa.array([_text(owner.get(name)) for owner in known], pa.string())
        columns[name] = typed_column(texts, kind)[0].cast(ARROW_TYPES[kind])
    return Chunk(rows=pa.table(columns), oddities=(nameless,) * (len(owners) - len(known)))


def _text(value: Any) -> str | None:
    if isinstance(value, list):
        return ", ".join(str(team.get("name") or team.get("id")) for team in value if isinstance(team, dict))
    if isinstance(value, bool):
        return str(value).lower()
    return None if value is None else str(value).replace("\0", "")
