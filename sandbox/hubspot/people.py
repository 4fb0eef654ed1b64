"""Shows tasks and companies as the portal's users see them."""

from typing import Any

from sandbox.hubspot.errors import PORTAL_ID
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.stamps import shown
from sandbox.world import quoted


def tasks(portal: Portal) -> list[dict[str, str]]:
    """Live tasks, the next due first."""
    owners = _owner_names(portal)
    about = _names_of_linked(portal)
    rows = portal.world.store.query(
        "SELECT * FROM hubspot__tasks WHERE archived = 0 ORDER BY hs_timestamp, id"
    )
    return [
        {
            "subject": row["hs_task_subject"] or "",
            "owner": owners.get(row["hubspot_owner_id"] or "", ""),
            "due": shown(row["hs_timestamp"] or ""),
            "status": row["hs_task_status"] or "",
            "about": ", ".join(about.get(row["id"], [])),
            "body": row["hs_task_body"] or "",
            "url": _url(portal, "tasks", row["id"]),
        }
        for row in rows
    ]


def clients(portal: Portal) -> list[dict[str, str]]:
    """Live companies by name."""
    owners = _owner_names(portal)
    rows = portal.world.store.query(
        "SELECT c.*, (SELECT count(DISTINCT t.id) FROM hubspot__associations l JOIN hubspot__tasks t ON t.id = l.to_id "
        "WHERE l.from_type = 'companies' AND l.from_id = c.id AND l.to_type = 'tasks' AND t.archived = 0 "
        "AND t.hs_task_status <> 'COMPLETED') AS open_tasks "
        "FROM hubspot__companies c WHERE c.archived = 0 ORDER BY c.name, c.id"
    )
    return [
        {
            "name": row["name"] or row["domain"] or "",
            "owner": owners.get(row["hubspot_owner_id"] or "", ""),
            "tier": (row["hs_ideal_customer_profile"] or "").replace("_", " "),
            "last_activity": shown(row["notes_last_updated"] or ""),
            "open_tasks": str(row["open_tasks"]),
            "url": _url(portal, "companies", row["id"]),
        }
        for row in rows
    ]


def _owner_names(portal: Portal) -> dict[str, str]:
    return {
        str(row["id"]): " ".join(filter(None, (row["firstName"], row["lastName"]))) or row["email"] or ""
        for row in portal.owners.dump()
    }


def _names_of_linked(portal: Portal) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for name in ("companies", "contacts", "deals", "tickets"):
        kind = portal.catalogue.objects[name]
        rows: list[Any] = portal.world.store.query(
            f"SELECT DISTINCT l.from_id, r.{quoted(kind.title)} AS name FROM hubspot__associations l "
            f"JOIN hubspot__{name} r ON r.id = l.to_id WHERE l.from_type = 'tasks' AND l.to_type = ? AND r.archived = 0",
            (name,),
        )
        for row in rows:
            found.setdefault(row["from_id"], []).append(row["name"] or "")
    return found


def _url(portal: Portal, name: str, record: int) -> str:
    type_id = portal.catalogue.objects[name].type_id
    return f"https://app.hubspot.com/contacts/{PORTAL_ID}/record/{type_id}/{record}"
