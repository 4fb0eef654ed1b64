"""Loads associations; their ends may be loaded before or after, or not be there at all."""

import difflib
from collections.abc import Iterable, Mapping
from typing import Any

from sandbox.hubspot.errors import ApiError
from sandbox.hubspot.foreign import number_of
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.schema import LinkType
from sandbox.world import DataRefused

_COLUMNS = ("from_type", "from_id", "to_type", "to_id", "type_id")

Ends = tuple[LinkType, int, int]


def load_links(portal: Portal, rows: Iterable[Mapping[str, Any]]) -> int:
    """Puts associations in, both directions of each; without `type_id` it is the pair's unlabelled type.

    Where a file names no primary company for a record, the first one is it, as it would be in the portal.
    """
    ends = [_ends(portal, row, place) for place, row in enumerate(rows, 1)]
    portal.links.put_all(_with_primary(portal, ends))
    return len(ends)


def _with_primary(portal: Portal, ends: list[Ends]) -> Iterable[Ends]:
    """The given links, the unlabelled ones that labels bring along, and the primary ones that are implied."""
    settled = {_record_side(*one) for one in ends if one[0].label == "Primary"}
    for kind, from_id, to_id in ends:
        yield kind, from_id, to_id
        defined = portal.catalogue.links_between(kind.from_object, kind.to_object)
        if kind is not defined[0]:
            yield defined[0], from_id, to_id
        primary = next((one for one in defined if one.label == "Primary"), None)
        side = _record_side(kind, from_id, to_id)
        if primary and side not in settled:
            settled.add(side)
            yield primary, from_id, to_id


def _record_side(kind: LinkType, from_id: int, to_id: int) -> tuple[str, int]:
    """The end that can have one primary company only."""
    return (kind.from_object, from_id) if kind.to_object == "companies" else (kind.to_object, to_id)


def _ends(portal: Portal, row: Mapping[str, Any], place: int) -> Ends:
    for name in row:
        if name not in _COLUMNS:
            nearest = difflib.get_close_matches(name, _COLUMNS, 1, 0.4) or _COLUMNS
            raise DataRefused(
                row=place, reason=f"associations have no column {name!r}; did you mean {nearest[0]!r}?"
            )
    try:
        one, other = (portal.catalogue.object_type(str(row[name])).name for name in ("from_type", "to_type"))
        ids = number_of(one, row["from_id"]), number_of(other, row["to_id"])
    except KeyError as error:
        raise DataRefused(row=place, reason=f"column {error} is missing") from error
    except (ApiError, ValueError) as error:
        raise DataRefused(row=place, reason=str(error)) from error
    return _type(portal, one, other, row.get("type_id"), place), *ids


def _type(portal: Portal, one: str, other: str, given: Any, place: int) -> LinkType:
    known = portal.catalogue.links_between(one, other)
    if not known:
        raise DataRefused(row=place, reason=f"{one} cannot be associated with {other}")
    if given in (None, "") or given != given:
        return known[0]
    for kind in known:
        if str(kind.id) == str(given).removesuffix(".0"):
            return kind
    choices = ", ".join(str(kind.id) for kind in known)
    raise DataRefused(row=place, reason=f"type_id {given} does not fit {one} to {other}; valid are {choices}")
