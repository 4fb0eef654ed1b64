"""Works out, after data was loaded, what HubSpot would have calculated: last contact, primary company."""

from sandbox.hubspot.portal import Portal
from sandbox.hubspot.records import table
from sandbox.hubspot.schema import ObjectType
from sandbox.world import quoted


def settle(portal: Portal) -> None:
    """Fills the calculated properties from what is loaded so far; moves no modified stamp."""
    kinds = portal.catalogue.objects.values()
    for kind in kinds:
        if "notes_last_updated" not in kind.properties:
            continue
        for activity in kinds:
            if activity.kind == "activity" and portal.catalogue.links_between(activity.name, kind.name):
                _fill(portal, kind, activity)
    portal.world.store.execute(
        "UPDATE hubspot__contacts SET associatedcompanyid = (SELECT CAST(l.to_id AS TEXT) FROM hubspot__associations l "
        "WHERE l.from_type = 'contacts' AND l.from_id = hubspot__contacts.id AND l.to_type = 'companies' AND l.type_id = 1) "
        "WHERE associatedcompanyid IS NULL"
    )


def _fill(portal: Portal, kind: ObjectType, activity: ObjectType) -> None:
    rows = portal.world.store.query(
        f"SELECT l.to_id AS id, max(a.hs_timestamp) AS at FROM hubspot__associations l "
        f"JOIN {quoted(table(activity))} a ON a.id = l.from_id "
        "WHERE l.from_type = ? AND l.to_type = ? AND a.archived = 0 AND a.hs_timestamp <= ? GROUP BY l.to_id",
        (activity.name, kind.name, portal.records.now),
    )
    names = (
        ["notes_last_updated", "notes_last_contacted"] if activity.contact_made else ["notes_last_updated"]
    )
    for name in names:
        sql = f"UPDATE {quoted(table(kind))} SET {name} = ? WHERE id = ? AND ({name} IS NULL OR {name} < ?)"
        for row in rows:
            portal.world.store.execute(sql, (row["at"], row["id"], row["at"]))
