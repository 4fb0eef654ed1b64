"""HubSpot next door: one portal with its objects, its paths and its data.

Log in with the bearer token `pat-sandbox-token`, or as another app with `pat-sandbox-token-2`; the portal id is 24601001.
"""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from starlette.routing import BaseRoute
from starlette.types import Scope

from sandbox import wire
from sandbox.hubspot import loading, paths, people
from sandbox.hubspot.history import History
from sandbox.hubspot.limits import Limits
from sandbox.hubspot.links import Links
from sandbox.hubspot.owners_table import Owners
from sandbox.hubspot.portal import Portal
from sandbox.hubspot.records import ARCHIVED, Records, columns_of, table
from sandbox.hubspot.schema import FIELD_TYPES, ObjectType, Property, load_catalogue, option
from sandbox.hubspot.wire import READING_POST, admit, as_sent, is_search
from sandbox.world import World, quoted

_OUTCOMES = {
    "done": "Done", "already_handled": "Already handled", "not_relevant": "Not relevant", "snooze": "Snooze 14 days",
}  # fmt: skip
_SET_UP: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "keptword_key": ("Keptword key", {}),
    "keptword_state": ("Keptword state", {}),
    "keptword_outcome": ("Keptword: outcome", _OUTCOMES),
}
"""What Keptword's setup makes, by the names it gives: label and options."""


class HubSpotDialect:
    """HubSpot's side of the sandbox."""

    name = "hubspot"

    def __init__(self, world: World) -> None:
        catalogue = load_catalogue()
        store = world.store
        self.portal = Portal(
            world=world,
            catalogue=catalogue,
            records=Records(world, catalogue.objects.values()),
            links=Links(store, catalogue),
            history=History(store),
            owners=Owners(store),
            limits=Limits(world.clock, world.switches),
        )
        if world.switches.setup_fields:
            self._set_up_fields()

    def object_names(self) -> list[str]:
        """The object types, and `owners` and `associations`."""
        return [*self.portal.catalogue.objects, "owners", "associations"]

    def load(self, object_name: str, rows: Iterable[Mapping[str, Any]]) -> int:
        """Puts rows in; unknown columns without `hs_` become custom properties, others are refused."""
        return loading.load(self.portal, object_name, rows)

    def routes(self) -> list[BaseRoute]:
        """Both path families, token information and account details."""
        return paths.routes(self.portal)

    def repeats(self, method: str, path: str) -> bool:
        """Lists and reads do; a search does only while its index does not lag."""
        if method != "GET" and not READING_POST.search(path):
            return False
        return path.startswith("/crm") and not (is_search(path) and self.portal.records.lags.any())

    def admit(self, scope: Scope) -> tuple[wire.Answer | None, wire.Headers]:
        """Login and limits, as for every call."""
        authorization = next((value for name, value in scope["headers"] if name == b"authorization"), b"")
        search = is_search(scope["path"])
        refused, shown = admit(self.portal, authorization.decode("latin-1"), search=search)
        headers = [(name.lower().encode(), value.encode()) for name, value in shown.items()]
        return None if refused is None else as_sent(*refused), headers

    def dump(self, only: str | None = None) -> dict[str, list[dict[str, Any]]]:
        """Every object's rows, or those of one, with every property that has a value, archived ones too."""
        portal = self.portal
        dumps: dict[str, Callable[[], list[dict[str, Any]]]] = {
            kind.name: partial(self._dump_records, kind) for kind in portal.catalogue.objects.values()
        }
        dumps |= {"owners": portal.owners.dump, "associations": portal.links.dump}
        return {name: dump() for name, dump in dumps.items() if only in (None, name)}

    def _dump_records(self, kind: ObjectType) -> list[dict[str, Any]]:
        names = ", ".join(map(quoted, ["id", "archived", "archivedAt", *columns_of(kind)]))
        rows = self.portal.world.store.query(f"SELECT {names} FROM {quoted(table(kind))} ORDER BY id")
        return [
            {name: row[name] for name in row.keys() if row[name] is not None}  # noqa: SIM118 (a Row iterates values)
            | {"id": str(row["id"]), "archived": row["archived"] == ARCHIVED}
            for row in rows
        ]

    def tasks_for_people(self) -> list[dict[str, str]]:
        """The task list as the portal's users see it."""
        return people.tasks(self.portal)

    def clients_for_people(self) -> list[dict[str, str]]:
        """The company list as the portal's users see it."""
        return people.clients(self.portal)

    def _set_up_fields(self) -> None:
        tasks = self.portal.catalogue.objects["tasks"]
        unique = self.portal.world.switches.unique_on_tasks == "allowed"
        for name, (label, options) in _SET_UP.items():
            kind = "enumeration" if options else "string"
            made = Property(
                name=name, type=kind, field_type=FIELD_TYPES[kind], group=tasks.group, label=label, custom=True,
                unique=unique and name == "keptword_key",
                options=tuple(option(value, place, label=text) for place, (value, text) in enumerate(options.items())),
            )  # fmt: skip
            self.portal.records.define_property(tasks, made)
            tasks.properties[name] = made
