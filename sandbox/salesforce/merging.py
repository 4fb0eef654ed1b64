"""Merges records as a person does in the CRM: one stays, the others go to the bin and leave it what was theirs."""

from collections.abc import Sequence

from sandbox.salesforce.activities import link_to_accounts
from sandbox.salesforce.catalogue import ACTIVITIES
from sandbox.salesforce.org import Org
from sandbox.salesforce.records import Records
from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import MERGEABLE, FieldShape, ObjectShape
from sandbox.world import quoted

MOST_LOSERS = 2
_MASTER = "MasterRecordId"


def merge(records: Records, winner: str, losers: Sequence[str]) -> int:
    """Merges `losers` into `winner`; says how many other records point to the winner now that did not before.

    A loser is deleted and keeps the winner's id as its MasterRecordId. Raises Refused.
    """
    org = records.org
    shape = org.catalogue.by_prefix(winner[:3])
    if shape is None or shape.name not in MERGEABLE:
        raise Refused("INVALID_TYPE", f"only {', '.join(MERGEABLE)} can be merged")
    if not 0 < len(losers) <= MOST_LOSERS or len({winner, *losers}) != len(losers) + 1:
        raise Refused(
            "INVALID_NUMBER_FIELDS", f"one or {MOST_LOSERS} other records of the same object are merged"
        )
    for each in (winner, *losers):
        records.live(shape, each)
    now, moved = org.now(), 0
    for loser in losers:
        moved += sum(
            _repoint(org, child, field, {"from": loser, "to": winner, "now": now})
            for child in org.catalogue.everything()
            for field in child.fields.values()
            if field.type == "reference" and field.name != _MASTER and shape in org.catalogue.targets(field)
        )
        records.delete(loser)
        _set(org, shape, loser, f"{_MASTER} = :to", {"to": winner})
    _set(org, shape, winner, "LastModifiedDate = :now, SystemModstamp = :now", {"now": now})
    return moved


def _repoint(org: Org, child: ObjectShape, field: FieldShape, ends: dict[str, str]) -> int:
    store, table, column = org.world.store, quoted(child.table), quoted(field.name)
    ids = [
        row["Id"]
        for row in store.query(f"SELECT Id FROM {table} WHERE {column} = :from", {"from": ends["from"]})
    ]
    if ids:
        # A record cannot be its own parent.
        target = "CASE WHEN Id = :to THEN NULL ELSE :to END"
        store.execute(
            f"UPDATE {table} SET {column} = {target}, LastModifiedDate = :now, SystemModstamp = :now WHERE {column} = :from",
            ends,
        )
    if child.name in ACTIVITIES and field.name in ("WhoId", "WhatId"):
        for each in ids:
            link_to_accounts(store, child.table, each)
    return len(ids)


def _set(org: Org, shape: ObjectShape, record_id: str, clause: str, values: dict[str, str]) -> None:
    sql = f"UPDATE {quoted(shape.table)} SET {clause} WHERE Id = :id"
    org.world.store.execute(sql, values | {"id": record_id})
