"""One connection to Salesforce: the connector protocol, put together."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime

from connectors.connector import Chunk, ObjectSchema, Probe, ReadRequest, SetupStep, Swept, WriteReadiness
from connectors.salesforce.archive import TaskArchiver
from connectors.salesforce.body_marks import BodyMarks
from connectors.salesforce.call import Caller
from connectors.salesforce.canary import Canary
from connectors.salesforce.describe import Describer
from connectors.salesforce.field_marks import FieldMarks
from connectors.salesforce.full_ids import eighteen
from connectors.salesforce.identity import Identity, identify
from connectors.salesforce.insert import TaskInserter
from connectors.salesforce.marked_read import add_marks, with_marks, without_marks
from connectors.salesforce.marks import Marks
from connectors.salesforce.own_tasks import OwnTasks, gone
from connectors.salesforce.read import Reader
from connectors.salesforce.record_access import read_access
from connectors.salesforce.settings import SalesforceSettings
from connectors.salesforce.setup import IN_THE_TEXT, Setup, check_readiness
from connectors.salesforce.sweep import Sweeper
from connectors.salesforce.task_records import TaskRecords
from connectors.salesforce.twins import collapse_twins
from connectors.salesforce.write import TaskUpdater
from connectors.tasks import Crm, Outcome, Task, TaskChange, WrittenTask
from connectors.transport import Policy


class SalesforceConnector:
    """Speaks to one org; makes no request before the first method is called.

    Nothing is written before the org's id was compared with the one that the settings pin.
    """

    crm: Crm = "salesforce"
    side_by_side = 4
    whole_up_to = 0
    count_tells = True
    stamps_calculated = False

    def __init__(
        self, settings: SalesforceSettings, name: str = "sf", *, policy: Policy | None = None
    ) -> None:
        self._settings = settings
        self.calls = Caller(settings, f"connections.{name}", policy or settings.policy)
        """Every request goes through it; `calls.transport` counts them."""
        self._describer = Describer(self.calls)
        self._reader = Reader(self.calls, self._describer)
        self._sweeper = Sweeper(self.calls, self._describer)
        self._marks: Marks = FieldMarks()
        if settings.task_marks == "body":
            self._marks = BodyMarks(self.calls.place, lambda: self._identify().user_id)
        self._own = OwnTasks(self.calls, self._describer, self._marks)
        records = TaskRecords(self.calls, self._own)
        self._inserter = TaskInserter(self.calls, self._own, records)
        self._updater = TaskUpdater(self.calls, records)
        self._archiver = TaskArchiver(self.calls)
        self._identity: Identity | None = None
        self._rewritten: tuple[str, ...] = ()

    def probe(self) -> Probe:
        """As Connector.probe; raises WrongOrg when the settings name another org."""
        identity = self._identity = identify(self.calls, self._settings)
        return Probe(
            org_id=identity.org_id,
            user=identity.username,
            server_now=self._now(),
            calls_left=self.calls.calls_left,
        )

    def describe(self, object_name: str) -> ObjectSchema | None:
        """As Connector.describe; one request for each object, then from memory."""
        described = self._describer.describe(object_name)
        if described is None:
            return None
        return with_marks(described.schema) if self._marks.is_in_text else described.schema

    def object_names(self) -> tuple[str, ...]:
        """As Connector.object_names: what may be queried."""
        return self._describer.names()

    def read(self, request: ReadRequest) -> Iterator[Chunk]:
        """As Connector.read; `fields` may be paths to a parent's field, such as `Account.Name`."""
        if self._marks.is_in_text:
            return add_marks(self._own, request, self._reader.read(without_marks(request)))
        return self._reader.read(request)

    def count(self, schema: ObjectSchema) -> int | None:
        """As Connector.count."""
        return self._sweeper.count(schema)

    def sweep(
        self, schema: ObjectSchema, *, token: str | None, most_calls: int, links: Collection[str] = ()
    ) -> Iterator[Swept]:
        """As Connector.sweep; links are fields here."""
        return self._sweeper.sweep(schema, token=token, most_calls=most_calls)

    def calls_for(self, request: ReadRequest, rows: int) -> int:
        """As Connector.calls_for."""
        return self._reader.calls_for(without_marks(request) if self._marks.is_in_text else request, rows)

    def own_tasks(
        self, *, since: datetime | None, known_ids: Collection[str], all_deleted: bool = True
    ) -> Iterator[WrittenTask]:
        """As Connector.own_tasks; a deletion is a change here like others. A known task of which nothing of ours is left comes with its id, deleted, no key."""
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
        theirs = self._own.theirs([record_id for record_id in others if record_id not in found])
        yield from (
            found.get(record_id) or gone(record_id, "theirs" if record_id in theirs else "")
            for record_id in others
        )

    def reread(self, ids: Collection[str]) -> dict[str, WrittenTask]:
        """As Connector.reread; by the ids as they were given."""
        found = self._own.by_ids(ids)
        return {record_id: found[eighteen(record_id)] for record_id in ids if eighteen(record_id) in found}

    def readiness(self) -> WriteReadiness:
        """As Connector.readiness; what the canary found is known after a setup of this connector only."""
        return replace(check_readiness(self._describer, self._marks), rewritten_fields=self._rewritten)

    def setup(self, *, write: bool) -> list[SetupStep]:
        """As Connector.setup."""
        identity = self._identify()
        steps = [IN_THE_TEXT]
        if self._marks.fields:
            steps = Setup(self.calls, self._describer, identity.user_id).run(write=write)
        if not write:
            return steps
        ready = check_readiness(self._describer, self._marks)
        if not ready.ready:
            return [*steps, SetupStep(what="Task as this login sees it", state="failed", note=ready.reason)]
        canary = Canary(self._own, self._inserter, self._archiver)
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

    def archive(self, tasks: Sequence[WrittenTask]) -> list[Outcome]:
        """As Connector.archive; Salesforce keeps deleted tasks for 15 days."""
        self._identify()
        return self._archiver.archive(tasks)

    def sees(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], bool]:
        """As Connector.sees; restriction rules, which Salesforce leaves out of account here, are not in it."""
        return read_access(self.calls, pairs)

    def collapse_twins(self) -> list[str]:
        """As Connector.collapse_twins; nothing where the unique field refuses twins."""
        return [] if self._marks.is_unique else collapse_twins(self._own, self._archiver)

    def calls_left(self) -> int | None:
        """As the last answer said."""
        return self.calls.calls_left

    def calls_made(self) -> dict[str, int]:
        """Requests sent so far, by kind: login, read, write."""
        return {str(kind): count for kind, count in self.calls.transport.calls_by_kind.items()}

    def close(self) -> None:
        """As Connector.close."""
        self.calls.close()

    def _identify(self) -> Identity:
        if self._identity is None:
            self._identity = identify(self.calls, self._settings)
        return self._identity

    def _now(self) -> datetime:
        return self.calls.server_now or datetime.now(UTC).replace(tzinfo=None)
