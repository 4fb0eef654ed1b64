"""What a CRM connector can do: say what there is, deliver objects as Arrow tables, write tasks."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol

import pyarrow as pa

from connectors.tasks import Crm, Outcome, Task, TaskChange, WrittenTask

FieldType = Literal["id", "text", "integer", "decimal", "boolean", "date", "instant"]

ARROW_TYPES: Mapping[FieldType, pa.DataType] = {
    "id": pa.string(),
    "text": pa.string(),
    "integer": pa.int64(),
    "decimal": pa.decimal128(38, 6),
    "boolean": pa.bool_(),
    "date": pa.date32(),
    "instant": pa.timestamp("us"),
}
"""How each kind of field travels: instants are naive UTC microseconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of an object, as the CRM's own describe gives it."""

    name: str
    type: FieldType
    label: str = ""
    values: tuple[str, ...] = ()
    """The allowed values of a picklist; empty for other fields."""
    calculated: bool = False
    """A formula: it changes without moving the record's stamp."""
    refers_to: tuple[str, ...] = ()
    """The objects whose ids it holds, where the CRM's describe says so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ObjectSchema:
    """One object that this login can read; `fields` by the CRM's own spelling of their names."""

    name: str
    fields: Mapping[str, Field]
    closed_values: tuple[str, ...] = ()
    """Stages or statuses that mean closed, where the CRM keeps them apart (HubSpot pipelines)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadRequest:
    """What to read of one object."""

    schema: ObjectSchema
    fields: tuple[str, ...]
    links: tuple[str, ...] = ()
    """Other objects whose links to this one are wanted (HubSpot associations; Salesforce has ids in fields)."""
    since: datetime | None = None
    """Naive UTC: only what changed at or after it; None reads everything."""
    ids: tuple[str, ...] | None = None
    """Only these records, straight from the CRM's store and whatever `since` says; one that it deleted comes as
    deleted where it still can be had, else not at all."""
    held: int | None = None
    """How many live records the reader holds already, where it holds any: what a delta is weighed against."""
    expected: int | None = None
    """How many live records the CRM counted just now, where it was asked: it decides how a whole read is done."""
    resume: str | None = None
    """The `resume` of the last chunk that was kept of an earlier read by this same request: goes on after it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Oddity:
    """A record or value that could not be read as it should: what it was, and what became of it."""

    object_name: str
    record_id: str
    field: str
    problem: str
    kept: bool
    """True: the record is kept without this value; False: the record is left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chunk:
    """A part of one object's records, as they come.

    `rows` has the columns `_id` (string, never null, as the CRM spells it), `_deleted` (bool), `_changed_at`
    (the record's stamp, naive UTC) and the requested fields under their own names, typed by ARROW_TYPES.
    `links` maps another object's name to a table of `from_id`, `to_id`, `type_id` (strings; ids of
    `rows` on the `from` side): all links of exactly these rows. `merges` has `loser_id` and `winner_id`
    (strings): records that the CRM has merged into another of this object, as far as these rows show it.
    """

    rows: pa.Table
    links: Mapping[str, pa.Table] = field(default_factory=dict)
    merges: pa.Table | None = None
    oddities: tuple[Oddity, ...] = ()
    resume: str | None = None
    """Where a read goes on when this chunk and all before it are kept, in the connector's own words; None where it
    cannot go on from here. Good for a later process, and for as long as the CRM keeps what it names: a read that
    cannot go on any more raises Stale.
    """
    keep_now: bool = False
    """The reader keeps this chunk and all before it at once: what they cost the CRM must not be asked for twice, or what it
    would take to bring them again goes away when the read goes on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldLinks:
    """All links of some records to one other object."""

    ids: pa.Array
    """Strings: the records."""
    links: pa.Table
    """`from_id` and `to_id` (strings), once or more for each link."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """A part of a round over all live ids of an object, which finds what no stamp tells."""

    live: pa.Array
    """Strings, as in `_id`: records that are there now."""
    gone: pa.Array
    """Strings: records that the CRM says are deleted or archived now."""
    links: Mapping[str, ToldLinks] = field(default_factory=dict)
    """By the other object: of those live records whose links came along whole."""
    token: str
    """Where the next call goes on, in the connector's own words."""
    ended: bool
    """With this part every live id has come since the round began; the token begins a new round."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Probe:
    """Who and where we are: the answer to the first call after login."""

    org_id: str
    """Salesforce: the 18-character org id; HubSpot: the portal id."""
    user: str
    server_now: datetime
    """The CRM's clock (its Date header), naive UTC, to the second."""
    calls_left: int | None = None
    """What is left of today's allowance, where the CRM says."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetupStep:
    """One thing that write-back needs in the CRM."""

    what: str
    """In a person's words: `field Keptword_Key__c on Activity (text 80, unique external id)`."""
    state: Literal["there", "missing", "made", "by hand", "failed"]
    note: str = ""
    """For missing, by hand and failed: what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WriteReadiness:
    """Whether tasks can be written, and how."""

    ready: bool
    mode: str = ""
    """`unique` (the CRM's own index refuses twins), `search` (HubSpot without a unique property) or `marker`
    (Salesforce without our fields: a line of the task's text says that it is ours)."""
    reason: str = ""
    rewritten_fields: tuple[str, ...] = ()
    """Fields that this org's automation changes on write, as the canary task showed."""


class Connector(Protocol):
    """One connection to one CRM. Methods raise the errors of connectors.errors and no others."""

    crm: Crm
    side_by_side: int
    """How many reads may be under way at once, each on a thread of its own."""
    whole_up_to: int
    """An object of fewer records is read whole in as few requests as its changes; 0 where changes are always cheaper."""
    count_tells: bool
    """Whether count() is exact and cheap enough to find by it, at each pull, that records went away without a trace."""
    stamps_calculated: bool
    """Whether a calculated field that changes moves the record's stamp."""

    def probe(self) -> Probe:
        """Logs in and says where; raises LoginRefused."""

    def describe(self, object_name: str) -> ObjectSchema | None:
        """The object as this login sees it; None when the org does not have it or may not show it."""

    def object_names(self) -> tuple[str, ...]:
        """What the org has, for whoever misspelt one; as far as this login is told."""

    def read(self, request: ReadRequest) -> Iterator[Chunk]:
        """Every record that `request` asks for, deleted and vendor-archived ones too where they can be had.

        A record may come more than once; the last one counts. Ends normally only when everything was read. A whole
        read brings live records only, and what it does not bring is gone. Raises Stale where it cannot go on at
        `resume`. Chunks come in order, on the caller's thread.
        """

    def count(self, schema: ObjectSchema) -> int | None:
        """How many live records the CRM counts now, vendor-archived ones too; None where it does not say."""

    def sweep(
        self, schema: ObjectSchema, *, token: str | None, most_calls: int, links: Collection[str] = ()
    ) -> Iterator[Swept]:
        """Part of a round over all live ids, in at most `most_calls` requests; None begins one.

        What the CRM says is archived comes first, every time. A round need not be exact about what happens while
        it lasts: the reader asks by name for what it missed. Links to the objects of `links` come along where that
        takes no further request.
        """

    def calls_for(self, request: ReadRequest, rows: int) -> int:
        """How many requests a read of so many records would take; an estimate."""

    def calls_left(self) -> int | None:
        """What the CRM said last of today's allowance; None where it did not."""

    def own_tasks(
        self, *, since: datetime | None, known_ids: Collection[str], all_deleted: bool = True
    ) -> Iterator[WrittenTask]:
        """Tasks that carry our key: all that the CRM still has, deleted ones too, when `since` is None;
        else those changed since, and the present state of `known_ids` (one that is gone comes as deleted).
        `all_deleted`: deleted ones that nobody knows of come too where no change tells of them.
        Yields nothing where write-back has never been set up.
        """

    def reread(self, ids: Collection[str]) -> dict[str, WrittenTask]:
        """The present state of tasks by id, straight from the records; one that is gone is left out."""

    def readiness(self) -> WriteReadiness:
        """Whether the fields are there and writable, checked now."""

    def setup(self, *, write: bool) -> list[SetupStep]:
        """What write-back needs; with `write` makes what is missing and proves it with a canary task,
        which is read back and deleted. Idempotent.
        """

    def create(self, tasks: Sequence[Task]) -> list[Outcome]:
        """Inserts; a task whose key is there already is adopted, never overwritten and never doubled."""

    def update(self, changes: Sequence[TaskChange]) -> list[Outcome]:
        """Writes the changed fields, by id."""

    def archive(self, tasks: Sequence[WrittenTask]) -> list[Outcome]:
        """Puts tasks into the CRM's recycle bin: `deleted` for each that is there now, `failed` with the reason
        otherwise; one that is gone already counts as deleted.
        """

    def sees(self, pairs: Collection[tuple[str, str]]) -> dict[tuple[str, str], bool]:
        """Whether each person (first id) can read the account (second id), as the CRM's sharing has it now.

        Pairs of which the CRM does not tell are left out: queues, what this login does not see itself, and
        everything where the CRM has no such question.
        """

    def collapse_twins(self) -> list[str]:
        """Where the CRM itself cannot refuse twins: of live tasks with one key keeps the oldest and
        archives the others, whose ids it returns.
        """

    def calls_made(self) -> dict[str, int]:
        """Requests sent so far, repeats counted, by kind (login, read, search, write)."""

    def close(self) -> None:
        """Lets go of connections."""
