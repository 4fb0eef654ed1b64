"""What an admin has said of two accounts: that they are one client, or that they are two."""

from dataclasses import dataclass

Pair = tuple[str, str]
"""Two account ids, each with its org's prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """What has been said; it counts more than any field of a CRM."""

    same: tuple[Pair, ...] = ()
    """Joined whatever the CRMs say, two accounts of one org too."""
    different: tuple[Pair, ...] = ()
    """Never joined and never proposed."""
