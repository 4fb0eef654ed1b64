"""Loads data files into the portal, object by object, in any order."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.hubspot.load_links import load_links
from sandbox.hubspot.load_owners import load_owners
from sandbox.hubspot.load_records import RecordLoad
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.settling import settle
from sandbox.world import DataRefused


def load(portal: Portal, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    """Puts rows in and says how many; raises DataRefused, and then nothing of the file is in."""
    objects = portal.catalogue.objects
    known = [*objects, "owners", "associations"]
    if object_name not in known:
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


def _records(portal: Portal, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
    return RecordLoad(portal, portal.catalogue.objects[object_name]).run(rows)
