"""Gives no task to who may not see its client: asks the CRM about the people whom a plan names, and plans again without them."""

from collections.abc import Callable, Iterable, Iterator

import structlog

from connectors.errors import CrmError
from rules.records import crm_id
from sync.connections import Connection
from sync.plan.changes import Change, Plan
from sync.plan.placing import records_of
from sync.plan.plan import make_plan
from sync.plan.situation import Situation

ROUNDS = 4
"""How often a plan is made anew because somebody in it cannot see a client: a rule names about as many people."""

Pair = tuple[str, str]
"""Person and client's record, with their org's prefix."""


def plan_in_sight(
    connections: Iterable[Connection], situate: Callable[[frozenset[Pair]], Situation]
) -> tuple[Plan, Situation]:
    """The plan in which nobody gets a task about a client that the CRM hides from them, as far as the CRM tells.

    `situate` makes the situation for those pairs that are known to be apart. A CRM that cannot be asked now tells
    nothing: the plan is as if everybody saw everything there.
    """
    by_name = {connection.name: connection for connection in connections}
    asked: set[Pair] = set()
    blind: set[Pair] = set()
    for _ in range(ROUNDS):
        situation = situate(frozenset(blind))
        plan = make_plan(situation)
        new = {
            (name, pair)
            for change in plan.changes
            for name, pair in _pairs(situation, change)
            if pair not in asked
        }
        found = {
            pair
            for name in {name for name, _ in new}
            for pair in _hidden(by_name[name], {pair for its, pair in new if its == name})
        }
        asked |= {pair for _, pair in new}
        if not found:
            return plan, situation
        blind |= found
    return plan, situation


def _pairs(situation: Situation, change: Change) -> Iterator[tuple[str, Pair]]:
    """Who gets the task, and the client's record; the client's own owner sees their client."""
    if change.action not in ("create", "reassign"):
        return
    org_id = next(home.org_id for home in situation.homes.values() if home.connection == change.connection)
    for ref in change.findings:
        finding = situation.findings_by_hash[ref.hash]
        account = records_of(situation, finding).get(org_id)
        person = f"{org_id}:{change.write.owner_id}"
        if account is not None and person != finding.facts.get("account_owner_id"):
            yield change.connection, (person, account)


def _hidden(connection: Connection, pairs: set[Pair]) -> Iterator[Pair]:
    try:
        told = connection.connector.sees({(crm_id(person), crm_id(account)) for person, account in pairs})
    except CrmError as error:
        structlog.get_logger().warning(
            "nobody could be asked who sees which client", connection=connection.name, reason=str(error)
        )
        return
    for person, account in pairs:
        if told.get((crm_id(person), crm_id(account))) is False:
            yield person, account
