"""Loads associations; their ends may be loaded before or after, or not be there at all."""

import difflib
from collections.abc import Iterable, Iterator, Mapping
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
    load = _LinkLoad(portal)
    portal.links.put_all(load.links(rows))
    for primary in load.primaries:
        portal.links.imply_primary(primary)
    return load.count


class _LinkLoad:
    """One file, row by row."""

    def __init__(self, portal: Portal) -> None:
        self._portal = portal
        self.count = 0
        self.primaries: dict[LinkType, None] = {}
        """Seen from the record's side: a company may be the primary one of many records, never the other way."""

    def links(self, rows: Iterable[Mapping[str, Any]]) -> Iterator[Ends]:
        """The given links, each after the unlabelled one that a label brings along."""
        for self.count, row in enumerate(rows, 1):
            kind, from_id, to_id = _ends(self._portal, row, self.count)
            plain, primary = self._pair(kind.from_object, kind.to_object)
            if primary is not None:
                self.primaries[primary] = None
            if kind is not plain:
                yield plain, from_id, to_id
            yield kind, from_id, to_id

    def _pair(self, one: str, other: str) -> tuple[LinkType, LinkType | None]:
        between = self._portal.catalogue.links_between
        of_record = between(other, one) if one == "companies" else between(one, other)
        return between(one, other)[0], next((kind for kind in of_record if kind.label == "Primary"), None)


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
