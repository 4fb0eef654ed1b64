"""Everything that a plan is made from; a plan reads nothing else and no clock."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

from connectors.tasks import Crm, Kind
from rules.duration import Duration
from rules.findings import Finding, Judgement
from rules.rule import Rule
from sync.config.settings import Limits
from sync.plan.caps import OwnedTask
from sync.plan.changes import Settled
from sync.plan.episodes import Ending, OwnTask
from sync.plan.keys import Key
from sync.plan.mutes import Muted
from sync.plan.people import People
from sync.plan.subjects import Subjects


@dataclass(frozen=True, slots=True, kw_only=True)
class Home:
    """The CRM that clients of one org live in."""

    connection: str
    crm: Crm
    org_id: str
    blocked: str | None = None
    """Why nothing may be created there now, such as an incomplete read of our own tasks."""
    rewritten: frozenset[str] = frozenset()
    """Fields of a task that this org's own automation rewrites, as setup found out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline:
    """What decides when a task falls due."""

    duration: Duration
    kind: Kind
    owner_zone: str | None = None
    """IANA name; None: the company's."""
    client_zone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Baseline:
    """What was true before its rule's first run, and is not raised until somebody says so."""

    rules_known: frozenset[tuple[str, str]] = frozenset()
    """(org id, rule) of every rule that has had its first run there."""
    seen: frozenset[str] = frozenset()
    """Occurrence hashes."""
    accept: bool = False
    """`--accept-baseline`: the caps alone decide."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """A finding that one of our open tasks was written for, as the ledger remembers it."""

    rule: str
    subject_id: str
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A write that the CRM refused for good: the same is not sent again by itself."""

    state: str
    """The state text that was sent: it changes with whatever the task says."""
    reason: str
    """Which run, and the vendor's words."""


@dataclass(frozen=True, kw_only=True)
class Situation:
    """The findings, the tasks, the people and the limits of one moment."""

    judgement: Judgement
    today: date
    """In the company's time zone."""
    working_day: date
    """Today, or the last working day before it."""
    rules: Mapping[str, Rule]
    tasks: Sequence[OwnTask]
    homes: Mapping[str, Home]
    """By org id."""
    people: People
    limits: Limits
    deadline: Callable[[Deadline], tuple[date, datetime]]
    """How long who has for what -> the day, and the instant (naive UTC)."""
    later: Callable[[Duration, datetime], datetime]
    """The instant a duration after another, both naive UTC."""
    day_of: Callable[[datetime], date]
    """The company's own day at an instant (naive UTC)."""
    facts_now: Mapping[tuple[str, str], Mapping[str, Any]] = field(default_factory=dict)
    """(rule, subject hash) -> the facts of subjects of open tasks, whether their rule fires or not."""
    spoken: Mapping[str, Spoken] = field(default_factory=dict)
    """finding_mark() -> the finding, for those of our open tasks that the ledger knows."""
    settling: Mapping[tuple[str, str], Settled] = field(default_factory=dict)
    """(rule, subject hash) -> what the last run saw, for rules that wait until a condition has settled."""
    taken_back: frozenset[str] = frozenset()
    """Keys of tasks of which an undo took something back."""
    dead: Mapping[str, DeadLetter] = field(default_factory=dict)
    """By key."""
    remembered: frozenset[str] = frozenset()
    """Keys of tasks that the ledger knows were written and that the CRM does not show."""
    waiting: frozenset[str] = frozenset()
    """finding_mark() of each finding that such a task speaks for, of those that nobody is known to have ended."""
    dismissed: Sequence[Ending] = ()
    """People's answers that the ledger knows; they count where the CRM has forgotten the task."""
    unseen: Sequence[OwnedTask] = ()
    """New tasks of the last seven days that the ledger knows were sent and that the CRM does not show yet."""
    baseline: Baseline = field(default_factory=Baseline)
    subjects: Subjects = field(default_factory=Subjects)
    muted: Muted = field(default_factory=Muted)
    records: Mapping[str, Mapping[str, str | None]] = field(default_factory=dict)
    """Client of several CRMs -> org -> its record there."""
    works: Mapping[str, int] = field(default_factory=dict)
    """Person's id in one CRM -> how much of what they did of late is on record there."""
    client_names: Mapping[str, str] = field(default_factory=dict)
    """Record of a client that a task or a finding concerns -> its name, empty for one without; none for one that is gone."""
    tasks_in: str = "owner"
    """tasks.crm: the connection where new tasks go if their client is in it, or `owner`."""

    @cached_property
    def findings_by_hash(self) -> Mapping[str, Finding]:
        """Occurrence hash -> the finding."""
        return {finding.occurrence_hash: finding for finding in self.judgement.findings}

    @cached_property
    def ended_before(self) -> frozenset[Key]:
        """Keys of tasks that a person is known to have ended: one that is open has been opened again."""
        return frozenset(each.key for each in self.dismissed if not each.by_us)

    @cached_property
    def clients(self) -> Mapping[str, str]:
        """Record of a client of several CRMs -> the id under which findings know the client."""
        return {record: client for client, held in self.records.items() for record in held.values() if record}

    def client_name(self, account_id: str) -> str | None:
        """What the client of a record is called: empty for one without a name, None for one that is gone."""
        client = self.clients.get(account_id, account_id)
        return self.client_names.get(client, self.client_names.get(account_id))

    @property
    def as_of(self) -> datetime:
        """The judging instant."""
        return self.judgement.as_of
