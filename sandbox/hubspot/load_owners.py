"""Loads the portal's users."""

import difflib
import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from sandbox.hubspot import stamps
from sandbox.hubspot.foreign import is_foreign, number_of
from sandbox.hubspot.portal import Portal
from sandbox.world import DataRefused

_COLUMNS = ("id", "email", "firstName", "lastName", "userId", "archived", "createdAt", "updatedAt", "teams")
FIRST_USER_ID = 50_200_000


def load_owners(portal: Portal, rows: Iterable[Mapping[str, Any]]) -> int:
    """Puts owners in; `teams` is a team's name or the vendor's list of teams as JSON."""
    count = 0
    for count, row in enumerate(rows, 1):
        for name in row:
            if name not in _COLUMNS:
                nearest = difflib.get_close_matches(name, _COLUMNS, 1, 0.4)
                hint = f"; did you mean {nearest[0]!r}?" if nearest else f"; they have {', '.join(_COLUMNS)}"
                raise DataRefused(row=count, reason=f"owners have no column {name!r}{hint}")
        try:
            portal.owners.put([_owner(portal, row, count)])
        except sqlite3.IntegrityError as error:
            raise DataRefused(row=count, reason=f"owner {row.get('id')} is there already") from error
        except ValueError as error:
            raise DataRefused(row=count, reason=str(error)) from error
    return count


def _owner(portal: Portal, row: Mapping[str, Any], place: int) -> dict[str, Any]:
    given = row.get("id")
    if given in (None, ""):
        raise ValueError("an owner needs an id")
    now = portal.records.now
    return {
        "id": number_of("owners", given),
        "email": row.get("email") or None,
        "firstName": row.get("firstName") or None,
        "lastName": row.get("lastName") or None,
        "userId": number_of("users", row["userId"]) if row.get("userId") else FIRST_USER_ID + place,
        "archived": int(str(row.get("archived", "")).lower() in ("true", "1")),
        "createdAt": _instant(row.get("createdAt")) or now,
        "updatedAt": _instant(row.get("updatedAt")) or now,
        "teams": _teams(row.get("teams")),
        "legacy_id": str(given) if is_foreign(given) else None,
    }


def _instant(given: Any) -> str | None:
    if given in (None, ""):
        return None
    return stamps.stored(given) if hasattr(given, "tzinfo") else stamps.read_instant(str(given))


def _teams(given: Any) -> str | None:
    if given in (None, ""):
        return None
    text = str(given)
    if text.startswith("["):
        return text
    return orjson.dumps([{"id": str(number_of("teams", text)), "name": text, "primary": True}]).decode()
