"""The recycle bin: for how long deleted records lie in it, and how they leave it for good."""

from collections.abc import Sequence
from datetime import timedelta

from sandbox.salesforce.org import Org
from sandbox.world import quoted

BIN_DAYS = 15
_CHUNK = 500


def sweep_bin(org: Org) -> None:
    """Throws away, once a day, what was deleted more than 15 days ago; the vendor does it in the background too."""
    today = org.today()
    if org.swept_on != today and org.swept_on is not None:
        oldest = (today - timedelta(days=BIN_DAYS)).isoformat()
        _throw_away(org, "SystemModstamp < ?", [oldest])
    org.swept_on = today


def empty_bin(org: Org, ids: Sequence[str] | None) -> int:
    """Deletes for good what is in the bin, or these records if they are; says how many were there."""
    org.purged_at = org.world.clock.now()
    if ids is None:
        return _throw_away(org, "1", [])
    parts = [ids[start : start + _CHUNK] for start in range(0, len(ids), _CHUNK)]
    return sum(_throw_away(org, f"Id IN ({', '.join('?' * len(part))})", part) for part in parts)


def _throw_away(org: Org, which: str, parameters: Sequence[str]) -> int:
    gone = sum(
        org.world.store.execute(
            f"DELETE FROM {quoted(shape.table)} WHERE IsDeleted = 1 AND {which}", parameters
        )
        for shape in org.catalogue.everything()
    )
    if gone:
        # Open queries hold row numbers, which new records may get; the vendor calls such a cursor invalid.
        org.cursors.clear()
    return gone
