"""Puts records into the recycle bin, takes them out again, and empties it for good."""

import sqlite3
from collections.abc import Collection

from sandbox.hubspot.errors import ApiError, conflict, not_found
from sandbox.hubspot.hiding import settle_hidden
from sandbox.hubspot.portal import Answer, Call, Portal, object_of, record_id
from sandbox.hubspot.records import CONCEALED, LIVE, in_parts
from sandbox.hubspot.schema import ObjectType


def put_in_bin(portal: Portal, kind: ObjectType, ids: Collection[int]) -> None:
    """Archives live records; their links are not shown any more, and no other record's stamp moves."""
    portal.records.archive(kind, ids)
    settle_hidden(portal.world.store, kind, ids)


def restore(portal: Portal, kind: ObjectType, ids: Collection[int], *, stamp: bool = False) -> set[int]:
    """Brings those of `ids` back that the bin still holds, with their links, as a person does in the CRM's pages.

    `stamp`: whether that moves their modified stamp. Raises ApiError where a live record has a unique value now.
    """
    found = {one for part in in_parts(ids) for one in portal.records.in_bin(kind, part)}
    moved = {kind.modified: portal.records.now} if stamp else {}
    _set_state(portal, kind, found, {"archived": LIVE, "archivedAt": None, **moved})
    return found


def conceal(portal: Portal, kind: ObjectType, ids: Collection[int]) -> set[int]:
    """Hides live records from the portal's apps without a trace, as a lost permission does."""
    found = {one for part in in_parts(ids) for one in portal.records.living(kind, part)}
    _set_state(portal, kind, found, {"archived": CONCEALED})
    return found


def reveal(portal: Portal, kind: ObjectType) -> list[int]:
    """Shows every concealed record of a type again, with the stamps it had."""
    found = portal.records.concealed(kind)
    _set_state(portal, kind, found, {"archived": LIVE})
    return found


def _set_state(portal: Portal, kind: ObjectType, ids: Collection[int], changes: dict[str, object]) -> None:
    try:
        portal.records.change_all(kind, ids, changes)
    except sqlite3.IntegrityError as error:
        raise conflict(f"{str(error).rpartition('.')[2]} is held by a live record of {kind.name}") from error
    settle_hidden(portal.world.store, kind, ids)


def purge(portal: Portal, kind: ObjectType, ids: Collection[int]) -> set[int]:
    """Takes records away for good, live or archived; nothing tells of them afterwards."""
    gone = {one for one in ids if portal.records.remove(kind, one)}
    for one in gone:
        portal.links.forget(kind, one)
        portal.history.forget(kind, one)
    return gone


def gdpr_delete(portal: Portal, call: Call) -> Answer:
    """The vendor's own way to do that: `POST .../gdpr-delete`, by id or by `idProperty`."""
    kind = object_of(portal, call)
    given, by = call.member("objectId", str), call.member("idProperty", str)
    found = portal.records.id_of(kind, by, given) if by and by != "hs_object_id" else record_id(given)
    if found is None or not purge(portal, kind, [portal.records.winners(kind, [found]).get(found, found)]):
        raise _missing(given)
    return Answer(status=204)


def _missing(given: str) -> ApiError:
    return not_found("resource not found", context={"id": [given]})
