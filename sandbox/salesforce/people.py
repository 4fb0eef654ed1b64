"""What the CRM's user sees: the clients and the tasks, in words and not in ids."""

from typing import Any

from sandbox.salesforce.activities import worked_out
from sandbox.salesforce.org import Org

_ABOUT = ("Account", "Opportunity", "Case", "Contract", "Incident", "Invoice", "Contact", "Lead")


def tasks(org: Org) -> list[dict[str, str]]:
    """Tasks that are not in the recycle bin, open ones first, then by due date."""
    names = " ".join(_about_arm(org, name) for name in _ABOUT)
    sql = (
        "SELECT t.*, COALESCE(u.Name, g.Name) AS owner, "
        f"CASE substr(COALESCE(t.WhatId, t.WhoId), 1, 3) {names} END AS about FROM salesforce__Task t "
        "LEFT JOIN salesforce__User u ON u.Id = t.OwnerId LEFT JOIN salesforce__Group g ON g.Id = t.OwnerId "
        "WHERE t.IsDeleted = 0 ORDER BY t.IsClosed, t.ActivityDate, t.Id"
    )
    columns = {
        "subject": "Subject", "owner": "owner", "due": "ActivityDate", "status": "Status", "about": "about",
        "body": "Description",
    }  # fmt: skip
    return [_words(row, columns, "Task") for row in org.world.store.query(sql)]


def clients(org: Org) -> list[dict[str, str]]:
    """Accounts by name; the tier is the first field of that name, else the rating."""
    shape = org.catalogue.known("Account")
    if shape is None:
        return []
    tier = next((field.name for field in shape.fields.values() if "tier" in field.name.lower()), "Rating")
    last = worked_out(shape, shape.fields["lastactivitydate"], "a", org.today())
    sql = (
        f'SELECT a.Id, a.Name AS name, u.Name AS owner, a."{tier}" AS tier, {last} AS last_activity, '
        "(SELECT COUNT(*) FROM salesforce__Task t WHERE t.AccountId = a.Id AND t.IsClosed = 0 AND t.IsDeleted = 0) AS open_tasks "
        "FROM salesforce__Account a LEFT JOIN salesforce__User u ON u.Id = a.OwnerId WHERE a.IsDeleted = 0 ORDER BY a.Name, a.Id"
    )
    columns = {name: name for name in ("name", "owner", "tier", "last_activity", "open_tasks")}
    return [_words(row, columns, "Account") for row in org.world.store.query(sql)]


def _about_arm(org: Org, name: str) -> str:
    shape = org.catalogue.known(name)
    if shape is None:
        return ""
    field = shape.name_field.name
    return f"WHEN '{shape.prefix}' THEN (SELECT {field} FROM \"{shape.table}\" WHERE Id = COALESCE(t.WhatId, t.WhoId))"


def _words(row: Any, columns: dict[str, str], object_name: str) -> dict[str, str]:
    words = {name: "" if row[column] is None else str(row[column]) for name, column in columns.items()}
    return words | {"url": f"/services/data/v66.0/sobjects/{object_name}/{row['Id']}"}
