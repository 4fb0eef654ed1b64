"""Hands what an admin has said of accounts to the rules, with the orgs that the connections reach."""

from collections.abc import Iterable

from rules.identity.settled import Pair, Settled
from rules.records import ID_SEPARATOR
from sync.config.config import Config
from sync.config.identities import Named, read_identities
from sync.mirror.mirror import Mirror


def settled(config: Config, mirror: Mirror) -> Settled:
    """The identities file over the mirror's orgs; raises UserError and ConfigRefused as read_identities() does."""
    said = read_identities(config)
    return Settled(same=tuple(_pairs(said.same, mirror)), different=tuple(_pairs(said.different, mirror)))


def _pairs(said: Iterable[tuple[Named, Named]], mirror: Mirror) -> Iterable[Pair]:
    for one, other in said:
        yield _id(one, mirror), _id(other, mirror)


def _id(account: Named, mirror: Mirror) -> str:
    name, id_ = account
    return f"{mirror.org_id(name) or name}{ID_SEPARATOR}{id_}"
