"""This org as it stands: its objects, numbering, sessions, cursors and today's calls."""

from array import array
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sandbox.salesforce.bulk.job import Job
from sandbox.salesforce.bulk.snapshot import Snapshot
from sandbox.salesforce.catalogue import Catalogue
from sandbox.salesforce.identifiers import ORG_ID, Numbering
from sandbox.salesforce.rolling import Rolling
from sandbox.salesforce.soql.compile import Compiled
from sandbox.salesforce.values import stamp
from sandbox.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """An open query: the rows it found, by their number in the table, and how to read them."""

    query: Compiled
    rows: "array[int]"
    opened_at: datetime
    size: int
    area: str = ""
    """`/tooling` for a query of the Tooling API: where the URLs of its answer lie."""


@dataclass(slots=True, kw_only=True)
class Org:
    """What every part of this side works on."""

    world: World
    catalogue: Catalogue
    dispatch: Callable[[Any, str, Any], Any]
    """Answers a request: (records, path, call) -> answer; for requests that hold further ones."""
    numbering: Numbering = field(default_factory=Numbering)
    sessions: set[str] = field(default_factory=set)
    cursors: "OrderedDict[str, Cursor]" = field(default_factory=OrderedDict)
    calls: Rolling = field(default_factory=Rolling)
    """API calls of the last 24 hours."""
    jobs: "OrderedDict[str, Job]" = field(default_factory=OrderedDict)
    """Bulk query jobs, oldest first."""
    jobs_made: Rolling = field(default_factory=Rolling)
    result_bytes: Rolling = field(default_factory=Rolling)
    last_result: tuple[Any, Snapshot] | None = None
    """The newest result of a Bulk job, with all that it hangs on."""
    failures: deque[str] = field(default_factory=deque)
    """What the next Bulk jobs fail with."""
    private: set[str] = field(default_factory=set)
    """Objects whose records only their owner sees, and who stands above; every user sees and edits the others."""
    purged_at: datetime | None = None
    """When the recycle bin was emptied last."""
    swept_on: date | None = None
    """The day on which the recycle bin was last looked through for what is too old."""
    user_id: str = ""
    """Who every login is: the admin whose rights and name all requests have."""
    profile_id: str = ""
    jwt_public_key: str | None = None
    """PEM of the connected app's certificate; None: a JWT's signature is not checked."""

    @property
    def org_id(self) -> str:
        """The 18-character id of the organisation."""
        return ORG_ID

    def today(self) -> date:
        """The day in the org's own time zone, which is UTC."""
        return self.world.clock.now().date()

    def now(self) -> str:
        """The stamp of a write."""
        return stamp(self.world.clock.now())
