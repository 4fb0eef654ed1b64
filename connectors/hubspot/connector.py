"""The HubSpot side of the Connector protocol: one portal, read and written through one connection."""

from collections.abc import Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

import orjson

from connectors.connector import Chunk, ObjectSchema, Probe, ReadRequest, SetupStep, Swept, WriteReadiness
from connectors.errors import NotAllowed, NotUnderstood, Refused, WrongOrg
from connectors.hubspot import archive, own_tasks, read, setup, sweep, twins, write
from connectors.hubspot.call import HubSpotCalls
from connectors.hubspot.describe import describe, object_names
from connectors.hubspot.settings import HubSpotSettings
from connectors.hubspot.task_form import KEY
from connectors.tasks import Crm, Outcome, Task, TaskChange, WrittenTask
from connectors.transport import Policy


class HubSpotConnector:
    """One portal. Making it does no I/O; `name` is the connection's name in the config, for errors."""

    crm: Crm = "hubspot"
    side_by_side = 8
    whole_up_to = 101
    count_tells = False
    stamps_calculated = True

    def __init__(self, settings: HubSpotSettings, name: str = "hs", *, policy: Policy | None = None) -> None:
        self.settings, self.name = settings, name
        self.calls = HubSpotCalls(settings, name, policy=policy)
        self._scopes: frozenset[str] = frozenset()
        self._schemas: dict[str, ObjectSchema | None] = {}
        self._rewritten_fields: tuple[str, ...] = ()
        self._readiness: WriteReadiness | None = None

    def probe(self) -> Probe:
        """Asks HubSpot what the token is; raises WrongOrg when it belongs to another portal than the config's."""
        portal_id, user = self._whoami()
        if self.settings.portal_id not in (None, portal_id):
            problem = f"the token reaches portal {portal_id}, the config names {self.settings.portal_id}"
            raise WrongOrg(f"connections.{self.name}.portal_id", problem, "Correct portal_id or the token")
        return Probe(
            org_id=portal_id,
            user=user,
            server_now=self.calls.server_now(),
            calls_left=self.calls.calls_left,
        )

    def _whoami(self) -> tuple[str, str]:
        try:
            said = orjson.loads(self.calls.post("token", {"tokenKey": self.calls.token()}, kind="login"))
            portal_id, user = said.get("hubId"), said.get("userId") or said.get("appId")
            self._scopes = frozenset(map(str, said.get("scopes") or ()))
        except (NotAllowed, Refused):
            # Service keys are not private apps: what every token may ask says as much.
            said = orjson.loads(self.calls.get("account"))
            portal_id, user = said.get("portalId"), None
        if not portal_id:
            place = f"connections.{self.name}"
            raise NotUnderstood(place, "HubSpot does not say which portal this is", "Check api_url")
        return str(portal_id), f"user {user}" if user else "a service key"

    def describe(self, object_name: str) -> ObjectSchema | None:
        """The object's properties and the field `id`, asked once; `archived` is what Chunk calls `_deleted`."""
        if object_name not in self._schemas:
            self._schemas[object_name] = describe(self.calls, object_name, scopes=self._scopes)
        return self._schemas[object_name]

    def object_names(self) -> tuple[str, ...]:
        """HubSpot's own objects, and the portal's custom ones where the token is shown them."""
        return object_names(self.calls)

    def read(self, request: ReadRequest) -> Iterator[Chunk]:
        """Live records only, unless archived ones are asked for by id; owners always whole."""
        return read.read(self.calls, request, told_before=request.schema.name not in self._schemas)

    def count(self, schema: ObjectSchema) -> int | None:
        """What HubSpot's search counts, which lags some seconds."""
        return sweep.count(self.calls, schema)

    def sweep(
        self, schema: ObjectSchema, *, token: str | None, most_calls: int, links: Collection[str] = ()
    ) -> Iterator[Swept]:
        """Archived ids first, each time; the live ones by what is left of the calls, at least half of them."""
        return sweep.sweep(self.calls, schema, token=token, most_calls=most_calls, links=links)

    def calls_for(self, request: ReadRequest, rows: int) -> int:
        """By the pages that HubSpot gives: 100 of a list or batch, 200 of a search, links of 1,000 records."""
        return read.calls_for(request, rows)

    def own_tasks(
        self, *, since: datetime | None, known_ids: Collection[str], all_deleted: bool = True
    ) -> Iterator[WrittenTask]:
        """Our tasks; the last word on a task that comes twice is the later one."""
        if self._task_properties_are_there():
            yield from own_tasks.own_tasks(
                self.calls, since=since, known_ids=known_ids, all_deleted=all_deleted
            )

    def _task_properties_are_there(self) -> bool:
        schema = self.describe("tasks")
        if schema is not None and KEY not in schema.fields:
            # Setup may have run since; once there, a property stays.
            self._schemas.pop("tasks")
            schema = self.describe("tasks")
        return schema is not None and KEY in schema.fields

    def reread(self, ids: Collection[str]) -> dict[str, WrittenTask]:
        """Archived tasks come as deleted; those that HubSpot no longer knows are left out."""
        return own_tasks.reread(self.calls, ids)

    def readiness(self) -> WriteReadiness:
        """Reads both needed properties back; the mode follows from what HubSpot says of the key."""
        self._readiness = setup.readiness(self.calls, self._rewritten_fields)
        return self._readiness

    def setup(self, *, write: bool) -> list[SetupStep]:
        """Makes the properties and proves them with a canary task, which ends in the recycle bin."""
        steps, self._rewritten_fields = setup.set_up(self.calls, write=write)
        self._readiness = None
        self._schemas.pop("tasks", None)
        return steps

    def create(self, tasks: Sequence[Task]) -> list[Outcome]:
        """As write.create; raises NotAllowed where setup has not been run."""
        return write.create(self.calls, tasks, self._mode())

    def update(self, changes: Sequence[TaskChange]) -> list[Outcome]:
        """As write.update; a task that is gone comes as failed, with `deleted` in its reason."""
        return write.update(self.calls, changes)

    def archive(self, tasks: Sequence[WrittenTask]) -> list[Outcome]:
        """As Connector.archive; HubSpot keeps archived tasks for 90 days."""
        return archive.archive(self.calls, tasks)

    def sees(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], bool]:
        """Nothing: HubSpot tells nobody what another user may see."""
        return {}

    def collapse_twins(self) -> list[str]:
        """In mode `search` archives all but the oldest of tasks with one key; the ids that were archived."""
        return twins.collapse_twins(self.calls) if self._mode() == "search" else []

    def calls_left(self) -> int | None:
        """As the last answer said."""
        return self.calls.calls_left

    def calls_made(self) -> dict[str, int]:
        """Requests sent so far, by kind."""
        return {str(kind): count for kind, count in self.calls.transport.calls_by_kind.items()}

    def close(self) -> None:
        """Closes idle connections; the connector can still be used and opens new ones."""
        self.calls.close()

    def _mode(self) -> write.Mode:
        ready = self._readiness or self.readiness()
        if not ready.ready:
            self._readiness = None
            raise NotAllowed(f"connections.{self.name}", ready.reason, "Run `keptword setup`")
        return "unique" if ready.mode == "unique" else "search"

    def __enter__(self) -> "HubSpotConnector":
        return self

    def __exit__(self, *exc_info: Any) -> None:
        self.close()
