"""What we write: a task, what the CRM holds of it, and the state that travels with it.

The state is one text of at most 255 characters, written in the same call as the task:
`1` (format), `o` or `c` (open, or closed by Keptword), six digests of 6 characters (what we last sent, in
the order of FIELDS), then up to 24 findings of 9 characters each: 5 of the subject's hash, 4 of the occurrence's.
A lost machine can so tell what is ours, what it answers and what a person changed.
"""

import base64
import hashlib
import html
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

FIELDS = ("subject", "body", "owner", "due", "priority", "status")
FINDINGS_PER_TASK = 24
STATE_LENGTH = 255
KEY_LENGTH = 80
_DIGEST_LENGTH = 6
_FINDING_LENGTH = 9
_SUBJECT_LENGTH = 5

Crm = Literal["salesforce", "hubspot"]
Priority = Literal["high", "normal", "low"]
Kind = Literal["call", "email", "todo"]
Status = Literal["open", "done"]
TaskOutcome = Literal["", "done", "already_handled", "not_relevant", "snooze", "theirs"]
"""What a person says a task came to, where `setup` has made the field for it; empty: nothing. `theirs` is no choice of that
field: a person took our key out of the task."""

OUTCOMES: Mapping[TaskOutcome, str] = {
    "done": "Done",
    "already_handled": "Already handled",
    "not_relevant": "Not relevant",
    "snooze": "Snooze 14 days",
}
"""Each outcome, and the words in which a person chooses it."""


def _folded(text: str) -> str:
    return "_".join(text.lower().replace("_", " ").split())


_OUTCOMES_MEANT: Mapping[str, TaskOutcome] = {
    _folded(word): outcome for outcome, words in OUTCOMES.items() for word in (outcome, words)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """A task as we want it in one CRM; ids are the CRM's own, without prefix."""

    key: str
    state: str
    subject: str
    body: str
    """Plain text, lines ended by \\n; a connector turns it into what its CRM shows."""
    owner_id: str | None
    due_on: date
    """In the owner's own calendar, for CRMs that keep a date."""
    due_at: datetime
    """Naive UTC, for CRMs that keep an instant."""
    priority: Priority
    kind: Kind
    account_id: str | None
    contact_id: str | None = None
    status: Status = "open"


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenTask:
    """One of our tasks as the CRM holds it now; texts as the CRM gives them."""

    id: str
    key: str
    state: str
    subject: str
    body: str
    owner_id: str | None
    due: str
    """As canonical() gives it: `2026-05-04` on Salesforce, `2026-05-04T09:00:00.000Z` on HubSpot."""
    priority: str
    status: Status
    account_ids: tuple[str, ...]
    deleted: bool = False
    """In the recycle bin, archived by a person, or gone altogether. Not: old and archived by the vendor."""
    created_at: datetime | None = None
    modified_at: datetime | None = None
    closed_at: datetime | None = None
    """When it was completed or deleted, as near as the CRM says; naive UTC."""
    outcome: TaskOutcome = ""
    begun: bool = False
    """Open, and no longer in the status of a new task: a person is at work on it, waits, or has put it off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskChange:
    """Fields of one existing task to write; None leaves a field as it is."""

    id: str
    key: str
    state: str
    subject: str | None = None
    body: str | None = None
    """Plain text; the connector turns it into what its CRM shows."""
    raw_body: str | None = None
    """The body in the CRM's own mark-up, written as it is; see with_line(). Instead of `body`."""
    owner_id: str | None = None
    due_on: date | None = None
    """For CRMs that keep a date; given together with `due_at`."""
    due_at: datetime | None = None
    """Naive UTC, for CRMs that keep an instant."""
    priority: Priority | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What became of one task of a write, in the order in which they were given."""

    key: str
    result: Literal["created", "adopted", "updated", "deleted", "failed", "unclear"]
    """adopted: a task of this key was there already and nothing was written; deleted: it is in the recycle bin."""
    id: str | None = None
    reason: str = ""
    """For failed and unclear: the vendor's code and words, and what to do; no secret in it."""
    temporary: bool = False
    """For failed: the same row may succeed in a later run."""


def short_hash(*parts: str) -> str:
    """10 base32 characters (50 bits) of SHA-256 over the parts, which are kept apart by a NUL."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return base64.b32encode(digest[:10]).decode()[:10].lower()


def _plain(text: str) -> str:
    """Text without mark-up and with single blanks: what is left after any vendor's clean-up."""
    text = re.sub(r"<\s*(br|/p|/div|/li)\b[^>]*>", "\n", text, flags=re.IGNORECASE)
    text = re.sub(r"</?[a-zA-Z][^>]*>", "", text)
    return " ".join(html.unescape(text).split())


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _salesforce_id(text: str) -> str:
    return text[:15]


CANONICAL: Mapping[Crm, Mapping[str, Callable[[str], str]]] = {
    "salesforce": {
        "subject": _squeezed, "body": _squeezed, "owner": _salesforce_id, "due": str, "priority": str.lower, "status": str,
    },
    "hubspot": {
        "subject": _squeezed, "body": _plain, "owner": str, "due": str, "priority": str.lower, "status": str,
    },
}  # fmt: skip
"""What each vendor's own treatment of a value leaves unchanged, field by field."""


def wanted_values(crm: Crm, task: Task) -> dict[str, str]:
    """The canonical value of each of FIELDS, as the task would stand in that CRM."""
    due = task.due_on.isoformat() if crm == "salesforce" else iso_instant(task.due_at)
    values = {
        "subject": task.subject, "body": task.body, "owner": task.owner_id or "", "due": due,
        "priority": task.priority, "status": task.status,
    }  # fmt: skip
    # A plain body is escaped first, as the connector does, so that a "<" in it survives the comparison.
    if crm == "hubspot":
        values["body"] = html.escape(task.body, quote=False)
    return {name: CANONICAL[crm][name](value) for name, value in values.items()}


def held_values(crm: Crm, task: WrittenTask) -> dict[str, str]:
    """The canonical value of each of FIELDS, as the CRM holds them."""
    values = {
        "subject": task.subject, "body": task.body, "owner": task.owner_id or "", "due": task.due,
        "priority": task.priority, "status": "begun" if task.begun else task.status,
    }  # fmt: skip
    return {name: CANONICAL[crm][name](value) for name, value in values.items()}


def iso_instant(at: datetime) -> str:
    """`2026-05-04T09:00:00.000Z`, from naive UTC."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03d}Z"


def digest(value: str) -> str:
    """6 characters (30 bits) that stand for a canonical value in the state."""
    return short_hash(value)[:_DIGEST_LENGTH]


def finding_mark(subject_hash: str, occurrence_hash: str) -> str:
    """9 characters that stand for a finding in the state."""
    return subject_hash[:_SUBJECT_LENGTH] + occurrence_hash[: _FINDING_LENGTH - _SUBJECT_LENGTH]


def subject_mark(text: str) -> str:
    """The part of a finding_mark() that stands for rule and subject, whatever the occurrence; of a hash the same part."""
    return text[:_SUBJECT_LENGTH]


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a task's state field says."""

    digests: Mapping[str, str]
    """Field -> digest of what we last sent; empty when the state is unreadable: then every difference is a person's."""
    findings: tuple[str, ...]
    """finding_mark() of each finding that the task speaks for, the key's own first."""
    closed_by_us: bool = False
    readable: bool = field(default=True)


def write_state(values: Mapping[str, str], findings: Sequence[str], *, closed_by_us: bool = False) -> str:
    """The state text for canonical values of all FIELDS; raises ValueError for more than 24 findings."""
    return state_text({name: digest(values[name]) for name in FIELDS}, findings, closed_by_us=closed_by_us)


def state_text(digests: Mapping[str, str], findings: Sequence[str], *, closed_by_us: bool = False) -> str:
    """The same from digests, for a task of which only some fields are sent anew."""
    if len(findings) > FINDINGS_PER_TASK:
        raise ValueError(f"a task speaks for at most {FINDINGS_PER_TASK} findings, not {len(findings)}")
    return f"1{'c' if closed_by_us else 'o'}{''.join(digests[name] for name in FIELDS)}{''.join(findings)}"


def with_line(crm: Crm, held_body: str, line: str) -> str:
    """A body as the CRM holds it, with one more line below, in that CRM's own mark-up."""
    if crm == "hubspot":
        escaped = html.escape(line, quote=False)
        return f"{held_body}<br><br>{escaped}" if held_body else escaped
    return f"{held_body.rstrip()}\n\n{line}" if held_body else line


def read_state(text: str | None) -> State:
    """The inverse of write_state over digests; what is not of our making is `readable=False`, never an error."""
    head = 2 + _DIGEST_LENGTH * len(FIELDS)
    if not text or not re.fullmatch(rf"1[oc][a-z2-7]{{{head - 2}}}([a-z2-7]{{{_FINDING_LENGTH}}})*", text):
        return State(digests={}, findings=(), readable=False)
    cuts = range(2, head, _DIGEST_LENGTH)
    digests = {name: text[cut : cut + _DIGEST_LENGTH] for name, cut in zip(FIELDS, cuts, strict=True)}
    return State(digests=digests, findings=marks_of(text[head:]), closed_by_us=text[1] == "c")


def outcome_of(text: str | None) -> TaskOutcome:
    """The outcome that a CRM's value or words mean, however an admin spelt them; empty for none of ours."""
    return _OUTCOMES_MEANT.get(_folded(text or ""), "")


def marks_of(text: str) -> tuple[str, ...]:
    """The finding_mark()s that stand in a text one after the other."""
    return tuple(text[cut : cut + _FINDING_LENGTH] for cut in range(0, len(text), _FINDING_LENGTH))
