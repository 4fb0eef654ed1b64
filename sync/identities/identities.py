"""Gathers who is who between the CRMs of a config: what is joined and how, what may be, and what contradicts itself."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rules.identity.clients import join_clients
from rules.identity.conflicts import Conflict, conflicts
from rules.identity.matches import Match, matches
from rules.identity.proposals import Proposal, propose
from rules.identity.shown import Shown
from rules.record_tables import make_accounts
from rules.records import org_of
from sync.config.config import Config
from sync.config.identities import Said, read_identities
from sync.connections import Connection, compiled_views
from sync.errors import Failed
from sync.judging.settled import settled
from sync.mirror.mirror import Mirror


@dataclass(frozen=True, slots=True, kw_only=True)
class Identities:
    """What the mirror and the admin's file say."""

    matches: tuple[Match, ...]
    proposals: tuple[Proposal, ...]
    conflicts: tuple[Conflict, ...]
    names: dict[str, str]
    """Org -> its connection in the config."""
    said: Said

    def only(self, connections: Iterable[str]) -> "Identities":
        """What speaks of an account of one of these connections."""
        wanted = set(connections)

        def concerns(accounts: Sequence[Shown]) -> bool:
            return any(self.names.get(org_of(each.account_id)) in wanted for each in accounts)

        return Identities(
            matches=tuple(each for each in self.matches if concerns(each.accounts)),
            proposals=tuple(each for each in self.proposals if concerns(each.accounts)),
            conflicts=tuple(each for each in self.conflicts if concerns(each.accounts)),
            names=self.names,
            said=self.said,
        )


def identities(config: Config, connections: Sequence[Connection], mirror: Mirror) -> Identities:
    """Asks no CRM and writes nothing; raises Failed where nothing was pulled yet."""
    names = join_accounts(config, connections, mirror)
    return Identities(
        matches=tuple(matches(mirror.engine)),
        proposals=tuple(propose(mirror.engine)),
        conflicts=tuple(conflicts(mirror.engine)),
        names=names,
        said=read_identities(config),
    )


def join_accounts(config: Config, connections: Sequence[Connection], mirror: Mirror) -> dict[str, str]:
    """Makes the accounts and `same_client` in the mirror's session, and nothing else of what judging needs.

    Returns the connection of each org; raises Failed where nothing was pulled yet.
    """
    views, names = [], {}
    for connection in connections:
        org_id = mirror.org_id(connection.name)
        if org_id is None:
            raise Failed(
                f"connections.{connection.name}", "nothing was pulled from it yet", "Run `keptword pull`."
            )
        names[org_id] = connection.name
        compiled, _ = compiled_views(connection, mirror, org_id, mirror.schemas(connection.name))
        read = {mark.object for mark in mirror.marks(connection.name) if mark.read_at is not None}
        views += [view for view in compiled if view.record == "account" and view.object in read]
    orgs = make_accounts(mirror.engine, views)
    join_clients(mirror.engine, orgs, settled(config, mirror))
    return names
