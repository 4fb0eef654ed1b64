"""One connection to Salesforce: the connector protocol, put together."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from connectors.connector import Chunk, ObjectSchema, Probe, ReadRequest, SetupStep, WriteReadiness
from connectors.salesforce.call import Caller
from connectors.salesforce.canary import Canary
from connectors.salesforce.describe import Describer
from connectors.salesforce.identity import Identity, identify
from connectors.salesforce.insert import TaskInserter
from connectors.salesforce.own_tasks import OwnTasks, gone
from connectors.salesforce.read import read_chunks
from connectors.salesforce.settings import SalesforceSettings, eighteen
from connectors.salesforce.setup import Setup, check_readiness
from connectors.salesforce.task_records import TaskRecords
from connectors.salesforce.write import TaskUpdater
from connectors.tasks import Crm, Outcome, Task, TaskChange, WrittenTask
from connectors.transport import Kind


class SalesforceConnector:
    """Speaks to one org; makes no request before the first method is called.

    Nothing is written before the org's id was compared with the one that the settings pin.
    """

    crm: Crm = "salesforce"

    def __init__(self, settings: SalesforceSettings, name: str = "sf") -> None:
        self._settings = settings
        self._caller = Caller(settings, f"connections.{name}")
        self._describer = Describer(self._caller)
        self._own = OwnTasks(self._caller, self._describer)
        records = TaskRecords(self._caller, self._own)
        self._inserter = TaskInserter(self._caller, self._own, records)
        self._updater = TaskUpdater(self._caller, records)
        self._identity: Identity | None = None
        self._rewritten: tuple[str, ...] = ()

    @property
    def calls(self) -> Mapping[Kind, int]:
        """Requests sent so far, by kind: login, read, write."""
        return self._caller.transport.calls_by_kind

    @property
    def waited_s(self) -> float:
        """Seconds spent waiting before another attempt."""
        return self._caller.transport.waited_s

    def probe(self) -> Probe:
        """As Connector.probe; raises WrongOrg when the settings name another org."""
        identity = self._identify()
        return Probe(
            org_id=identity.org_id,
            user=identity.username,
            server_now=self._now(),
            calls_left=self._caller.calls_left,
        )

    def describe(self, object_name: str) -> ObjectSchema | None:
        """As Connector.describe; one request for each object, then from memory."""
        described = self._describer.describe(object_name)
        return described.schema if described else None

    def read(self, request: ReadRequest) -> Iterator[Chunk]:
        """As Connector.read; `fields` may be paths to a parent's field, such as `Account.Name`."""
        return read_chunks(self._caller, self._describer, request)

    def own_tasks(self, *, since: datetime | None, known_ids: Collection[str]) -> Iterator[WrittenTask]:
        """As Connector.own_tasks; a known task of which nothing is left comes with its id, deleted, no key."""
        if self._own.task() is None:
            return
        if since is None:
            yield from self._own.everything()
            return
        seen: set[str] = set()
        for task in self._own.changed(since):
            seen.add(task.id)
            yield task
        others = [record_id for record_id in map(eighteen, known_ids) if record_id not in seen]
        found = self._own.by_ids(others)
        yield from (found.get(record_id) or gone(record_id) for record_id in others)

    def reread(self, ids: Collection[str]) -> dict[str, WrittenTask]:
        """As Connector.reread; by the ids as they were given."""
        found = self._own.by_ids(ids)
        return {record_id: found[eighteen(record_id)] for record_id in ids if eighteen(record_id) in found}

    def readiness(self) -> WriteReadiness:
        """As Connector.readiness; what the canary found is known after a setup of this connector only."""
        return replace(check_readiness(self._caller, self._describer), rewritten_fields=self._rewritten)

    def setup(self, *, write: bool) -> list[SetupStep]:
        """As Connector.setup."""
        identity = self._identify()
        steps = Setup(self._caller, self._describer, identity.user_id).run(write=write)
        if not write:
            return steps
        ready = check_readiness(self._caller, self._describer)
        if not ready.ready:
            return [*steps, SetupStep(what="Task as this login sees it", state="failed", note=ready.reason)]
        canary = Canary(self._own, self._inserter, self._updater)
        step, self._rewritten = canary.fly(owner_id=identity.user_id, now=self._now())
        return [*steps, step]

    def create(self, tasks: Sequence[Task]) -> list[Outcome]:
        """As Connector.create; ValueError when one key comes twice."""
        self._identify()
        return self._inserter.create(tasks)

    def update(self, changes: Sequence[TaskChange]) -> list[Outcome]:
        """As Connector.update; a task that a person deleted fails with the reason `deleted`."""
        self._identify()
        return self._updater.update(changes)

    def close(self) -> None:
        """As Connector.close."""
        self._caller.close()

    def _identify(self) -> Identity:
        if self._identity is None:
            self._identity = identify(self._caller, self._settings)
        return self._identity

    def _now(self) -> datetime:
        return self._caller.server_now or datetime.now(UTC).replace(tzinfo=None)
