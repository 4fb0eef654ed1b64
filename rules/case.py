"""What is judged: the records' sources, what is missing of them, the moments, and what only we remember."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

import pyarrow as pa

from rules.calendar.working import WorkingTime
from rules.identity.copies import RAISED
from rules.identity.settled import Settled
from rules.views import SourceView

CHANGES = pa.schema(
    [
        ("record", pa.string()),
        ("record_id", pa.string()),
        ("column_name", pa.string()),
        ("old_id", pa.string()),
        ("new_id", pa.string()),
        ("old_on", pa.date32()),
        ("new_on", pa.date32()),
        ("seen_at", pa.timestamp("us")),
    ]
)
"""A row for each change that we saw between two reads: of an id (prefixed) or of a date."""

WATCHED = pa.schema(
    [
        ("record", pa.string()),
        ("column_name", pa.string()),
        ("org_id", pa.string()),
        ("since_at", pa.timestamp("us")),
    ]
)
"""Since when no change of a record's column can have escaped us, by org."""

OWN_TASKS = pa.schema([("owner_id", pa.string()), ("is_open", pa.bool_())])
"""The tasks that Keptword wrote, as the CRMs hold them; owners with their org's prefix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What no CRM keeps."""

    changes: pa.Table = field(default_factory=CHANGES.empty_table)
    watched: pa.Table = field(default_factory=WATCHED.empty_table)
    own_tasks: pa.Table = field(default_factory=OWN_TASKS.empty_table)
    raised: pa.Table = field(default_factory=RAISED.empty_table)
    """The same tasks with client and subject: a sync copies them into other CRMs, where nothing else marks them as ours."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is judged: the records' sources in the order of the connections, and what is missing of them."""

    sources: Sequence[SourceView]
    unavailable: Mapping[str, str]
    """Record -> why it cannot be relied on: absent, or not read completely."""
    absent: frozenset[str] = frozenset()
    """Those of them that no CRM keeps, or shows to its login."""
    as_of: datetime
    """The judging instant, naive UTC: not later than the oldest read that it stands on."""
    earlier: Sequence[datetime] = ()
    """For a rehearsal: the instants before it that are judged too, in their order."""
    timezone: str
    working: WorkingTime
    clock: Literal["client", "owner", "company"] = "client"
    """Whose time zone counts; the company's where that one has none."""
    email_is_logged: bool = True
    """Whether an owner of whom no e-mail is on record is one whose e-mail we cannot see."""
    memory: Memory = field(default_factory=Memory)
    connections: Mapping[str, str] = field(default_factory=dict)
    """Org id -> what the config calls the connection to it, for messages."""
    settled: Settled = field(default_factory=Settled)
    """What an admin has said of accounts that are, or are not, the same client."""

    @property
    def instants(self) -> tuple[datetime, ...]:
        """Every judged instant, the last one `as_of`."""
        return (*self.earlier, self.as_of)

    def missing(self, needs: frozenset[str], uses: frozenset[str]) -> list[str]:
        """Why facts that stand on these records, or columns of records, cannot be known at all; empty: they can."""
        wanting = needs | (uses - self.absent)
        reasons = [self.unavailable[each] for each in sorted(wanting) if each in self.unavailable]
        fed = {f"{source.record}.{column}" for source in self.sources for column in source.feeds}
        unfed = [
            each
            for each in sorted(needs)
            if "." in each and each not in fed and each.split(".")[0] not in self.unavailable
        ]
        reasons += [f"no mapping feeds {', '.join(unfed)}"] if unfed else []
        return list(dict.fromkeys(reasons))

    def lacking(self, needs: frozenset[str]) -> dict[str, list[str]]:
        """Record or column -> the orgs with clients that do not feed it, of what is needed and fed by some.

        Of a record that an org lacks, no column is named besides.
        """
        fed = {(source.record, source.org_id) for source in self.sources}
        fed |= {
            (f"{source.record}.{column}", source.org_id) for source in self.sources for column in source.feeds
        }
        orgs = sorted({org for record, org in fed if record == "account"})
        fed |= {
            (each, org)
            for each in needs
            for org in orgs
            if "." in each and (record := each.split(".")[0]) in needs and (record, org) not in fed
        }
        lacking = {
            each: [org for org in orgs if (each, org) not in fed] for each in sorted(needs - {"person"})
        }
        return {each: orgs for each, orgs in lacking.items() if orgs}
