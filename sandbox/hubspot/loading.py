"""Loads data files into the portal, object by object, in any order."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.hubspot.errors import ApiError
from sandbox.hubspot.load_links import load_links
from sandbox.hubspot.load_owners import load_owners
from sandbox.hubspot.load_records import RecordLoad
from sandbox.hubspot.own_types import define
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.settling import settle
from sandbox.world import DataRefused

_OWN, _LINKED = "p_", ("companies", "contacts", "deals", "tickets")
"""How the name of an object type of the portal's own begins, and what a file of it may be linked to."""


def load(portal: Portal, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Puts rows in and says how many; raises DataRefused, and then nothing of the file is in."""
    known = [*portal.catalogue.objects, "owners", "associations"]
    if object_name not in known and not is_own(object_name):
        nearest = difflib.get_close_matches(object_name, known, 1, 0.5)
        hint = f"; did you mean {nearest[0]!r}?" if nearest else f"; it has {', '.join(known)}"
        raise DataRefused(row=1, reason=f"HubSpot has no object {object_name!r}{hint}")
    with portal.world.store.transaction("load"):
        if object_name == "owners":
            return load_owners(portal, rows)
        count = (
            load_links(portal, rows) if object_name == "associations" else _records(portal, object_name, rows)
        )
        settle(portal)
        portal.records.version += 1
        return count


def is_own(object_name: str) -> bool:
    """Whether it can only be an object type of the portal's own, by the short name that HubSpot gives these."""
    return object_name.startswith(_OWN)


def _records(portal: Portal, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    try:
        kind = portal.catalogue.object_type(object_name)
    except ApiError:
        return _first_records(portal, object_name, rows)
    return RecordLoad(portal, kind).run(rows)


def _first_records(portal: Portal, short_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Those of an object type that the portal does not have yet: the file's columns are its properties."""
    links = [portal.catalogue.objects[name] for name in _LINKED]
    try:
        kind = define(portal, short_name.removeprefix(_OWN), labels={}, links=links)
    except ApiError as error:
        raise DataRefused(row=1, reason=error.message) from error
    try:
        return RecordLoad(portal, kind).run(rows)
    except DataRefused:
        portal.catalogue.drop(kind)
        raise
