"""Lists the users that records can belong to."""

from typing import Any

import orjson

from sandbox.hubspot import stamps
from sandbox.hubspot.apps import require_scope
from sandbox.hubspot.errors import invalid, not_found
from sandbox.hubspot.portal import Answer, Call, Portal, next_page, record_id


def list_owners(portal: Portal, call: Call) -> Answer:
    """A page of owners; the deactivated ones only come with `archived=true`, and then alone."""
    require_scope(portal.world.switches.hubspot_scopes_taken, "owners")
    limit = call.limit(usual=100, most=500)
    after = record_id(call.text("after") or "0")
    if after is None:
        raise invalid("The paging cursor `after` is not valid")
    archived = call.flag("archived")
    rows = portal.owners.page(archived=archived, email=call.text("email"), after=after, limit=limit + 1)
    body: dict[str, Any] = {"results": [_on_the_wire(row) for row in rows[:limit]]}
    if len(rows) > limit:
        body["paging"] = next_page(call, str(rows[limit - 1]["id"]))
    return Answer(body=body)


def read_owner(portal: Portal, call: Call) -> Answer:
    """One owner by owner id, or by user id with `idProperty=userId`."""
    require_scope(portal.world.switches.hubspot_scopes_taken, "owners")
    by = call.text("idProperty") or "id"
    if by not in ("id", "userId"):
        raise invalid(f"idProperty must be one of [id, userId], not {by}")
    value = record_id(call.path["id"])
    row = None if value is None else portal.owners.find(by=by, value=value, archived=call.flag("archived"))
    if row is None:
        raise not_found("resource not found")
    return Answer(body=_on_the_wire(row))


def _on_the_wire(row: dict[str, Any]) -> dict[str, Any]:
    active = not row["archived"]
    owner = {
        "id": str(row["id"]), "email": row["email"] or "", "type": "PERSON", "firstName": row["firstName"] or "",
        "lastName": row["lastName"] or "", "userIdIncludingInactive": row["userId"],
        "createdAt": stamps.shown(row["createdAt"]), "updatedAt": stamps.shown(row["updatedAt"]), "archived": not active,
    }  # fmt: skip
    if active:
        owner["userId"] = row["userId"]
    if row["teams"]:
        owner["teams"] = orjson.loads(row["teams"])
    return owner
