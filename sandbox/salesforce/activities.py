"""Activities: when the CRM archives them, which account they belong to, and what it works out from them."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from sandbox.salesforce.refusals import Refused
from sandbox.salesforce.shapes import ADDRESS_PARTS, FieldShape, ObjectShape
from sandbox.world import Store

ARCHIVED_AFTER_DAYS = 365
_LINKED = ("Opportunity", "Case", "Contract")


def archived(shape: ObjectShape, alias: str, today: date) -> str | None:
    """The SQL condition under which a row is archived; None where nothing is ever archived.

    Events ended, and closed tasks due (or, without a due date, created), more than 365 days ago. The
    result is 0 or 1, never null.
    """
    cut = (today - timedelta(days=ARCHIVED_AFTER_DAYS)).isoformat()
    if shape.name == "Task":
        day = f"COALESCE({alias}.ActivityDate, substr({alias}.CreatedDate, 1, 10))"
        return f"({alias}.IsClosed = 1 AND {day} < '{cut}')"
    if shape.name == "Event":
        day = f"COALESCE(substr({alias}.EndDateTime, 1, 10), {alias}.ActivityDate, substr({alias}.CreatedDate, 1, 10))"
        return f"({day} < '{cut}')"
    return None


def check_span(event: Mapping[str, Any]) -> None:
    """A new event says when it begins and, unless it lasts all day, how long or until when; raises Refused."""
    starts = ["StartDateTime", "ActivityDateTime"] + ["ActivityDate"] * bool(event.get("IsAllDayEvent"))
    missing = []
    if (
        not event.get("IsAllDayEvent")
        and not event.get("EndDateTime")
        and event.get("DurationInMinutes") is None
    ):
        missing.append("DurationInMinutes")
    if not any(event.get(name) for name in starts):
        missing.append("ActivityDateTime")
    if missing:
        message = f"Required fields are missing: [{', '.join(missing)}]"
        raise Refused("REQUIRED_FIELD_MISSING", message, fields=missing)


def worked_out(shape: ObjectShape, field: FieldShape, alias: str, today: date) -> str:
    """The SQL of a field that is worked out when it is read."""
    if field.type == "address":
        return _address(shape, field, alias)
    if field.name == "IsArchived":
        return archived(shape, alias, today) or "0"
    reference = {"Account": "AccountId", "Contact": "WhoId"}.get(shape.name, "WhatId")
    mine = f"{reference} = {alias}.Id AND IsDeleted = 0"
    task = f"(SELECT MAX(ActivityDate) FROM salesforce__Task WHERE {mine} AND IsClosed = 1)"
    event = f"(SELECT MAX(ActivityDate) FROM salesforce__Event WHERE {mine} AND ActivityDate <= '{today.isoformat()}')"
    given = f"{alias}.{field.name}"
    return f"NULLIF(MAX(COALESCE({given}, ''), COALESCE({task}, ''), COALESCE({event}, '')), '')"


def _address(shape: ObjectShape, field: FieldShape, alias: str) -> str:
    prefix = field.name.removesuffix("Address")
    parts = {part[0].lower() + part[1:]: f"{alias}.{prefix}{part}" for part in ADDRESS_PARTS}
    there = {name: sql for name, sql in parts.items() if sql.partition(".")[2].lower() in shape.fields}
    members = there | dict.fromkeys(("geocodeAccuracy", "latitude", "longitude"), "NULL")
    whole = ", ".join(f"'{name}', {sql}" for name, sql in sorted(members.items()))
    return f"CASE WHEN COALESCE({', '.join(there.values())}) IS NOT NULL THEN json_object({whole}) END"


def link_to_accounts(store: Store, table: str, only_id: str | None = None) -> None:
    """Gives activities their AccountId: what they are about first, else the account of their contact.

    Without `only_id` those that have none yet; with it that row anew.
    """
    through = " ".join(f"(SELECT AccountId FROM salesforce__{name} WHERE Id = a.WhatId)," for name in _LINKED)
    found = (
        f"COALESCE((SELECT Id FROM salesforce__Account WHERE Id = a.WhatId), {through} "
        "(SELECT AccountId FROM salesforce__Contact WHERE Id = a.WhoId))"
    )
    which = "a.Id = ?" if only_id else "a.AccountId IS NULL AND (a.WhatId IS NOT NULL OR a.WhoId IS NOT NULL)"
    parameters = (only_id,) if only_id else ()
    store.execute(f'UPDATE "{table}" AS a SET AccountId = {found} WHERE {which}', parameters)
