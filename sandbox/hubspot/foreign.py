"""Turns what other programs call their records into HubSpot's numeric ids, the same in every file."""

import hashlib

FIRST, COUNT = 10**12, 9 * 10**12
"""Thirteen digits: beyond the ids that a new record gets, within what JavaScript counts exactly."""


def number_of(object_name: str, given: object) -> int:
    """The id for what a data file calls a record of an object; a number is kept.

    Raises ValueError for an empty one.
    """
    text = str(given).strip()
    if isinstance(given, float) and given.is_integer():
        text = str(int(given))
    if not text:
        raise ValueError("an id is empty")
    if text.isdigit() and len(text) <= 15 and int(text) > 0:
        return int(text)
    digest = hashlib.sha256(f"{object_name}:{text}".encode()).digest()
    return FIRST + int.from_bytes(digest[:8], "big") % COUNT


def is_foreign(given: object) -> bool:
    """Whether number_of() had to make a number."""
    text = str(int(given)) if isinstance(given, float) and given.is_integer() else str(given).strip()
    return not (text.isdigit() and len(text) <= 15 and int(text) > 0)
