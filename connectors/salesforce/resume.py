"""How far a read has come, as a text that a later process can go on from."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

import orjson

from connectors.errors import Stale
from connectors.salesforce.soql import Point

Window = tuple[str | None, str | None]
"""From this instant on, before that one, as SOQL writes them; None: without such an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A place in the result of a query job: what is before it is kept.

    Either a locator, or the place in a list of pages that can be fetched at once.
    """

    locator: str = ""
    listing: str = ""
    page: int = 0
    rows: int = 0
    """Records before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BulkPlace:
    """How far a read by query jobs has come."""

    job: str
    """The job whose result is being read, for the first of the windows; empty: not ordered yet."""
    windows: tuple[Window, ...]
    """What is still to be read, the job's own window first."""
    spot: Spot = Spot()
    cuts: int = 0
    """How often a query that was too big has been cut in two."""


def as_text(place: Point | BulkPlace) -> str:
    """For Chunk.resume."""
    return orjson.dumps({_NAMES[type(place)]: asdict(place)}).decode()


def place_of(text: str, where: str) -> Point | BulkPlace:
    """What as_text() wrote; raises Stale for anything else."""
    try:
        ((name, place),) = orjson.loads(text).items()
        found: Point | BulkPlace = _READERS[name](place)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise Stale(
            where, "what this read should go on with is not known any more", "Begin it anew."
        ) from error
    return found


def _bulk(place: dict[str, Any]) -> BulkPlace:
    windows: Sequence[Sequence[str | None]] = place["windows"]
    return BulkPlace(
        job=place["job"],
        windows=tuple((first, last) for first, last in windows),
        spot=Spot(**place["spot"]),
        cuts=place["cuts"],
    )


_NAMES: dict[type, str] = {Point: "rest", BulkPlace: "bulk"}
_READERS: dict[str, Any] = {"rest": lambda place: Point(**place), "bulk": _bulk}
