"""The memory of past runs, in one place: opened by URL, brought up to date, closed at the end."""

import secrets
from typing import Self

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.answers import Answers
from sync.ledger.changes import Changes
from sync.ledger.database import Database, open_engine, sqlite_path, utc_now
from sync.ledger.findings import Findings
from sync.ledger.lease import FileLease, Holder, Lease, RowLease
from sync.ledger.migrate import migrate
from sync.ledger.mutes import Mutes
from sync.ledger.raised import Raised
from sync.ledger.rewritten import Rewritten
from sync.ledger.runs import Runs
from sync.ledger.settling import Settlings
from sync.ledger.steps import Steps
from sync.ledger.tasks import Tasks
from sync.ledger.watches import Watches


class Ledger:
    """What Keptword remembers; use it in a `with`. Open it with Ledger.open()."""

    def __init__(self, engine: sa.Engine) -> None:
        self._engine = engine
        self._database = Database(engine)
        self.runs = Runs(self._database)
        self.steps = Steps(self._database)
        self.tasks = Tasks(self._database)
        self.findings = Findings(self._database)
        self.answers = Answers(self._database)
        self.settling = Settlings(self._database)
        self.changes = Changes(self._database)
        self.watches = Watches(self._database)
        self.mutes = Mutes(self._database)
        self.raised = Raised(self._database)
        self.rewritten = Rewritten(self._database)

    @classmethod
    def open(cls, url: str) -> Self:
        """`sqlite:///PATH` or `postgresql://...`; makes or updates the tables.

        Raises UserError for what is no ledger or one of a newer Keptword, Failed when it cannot be reached.
        """
        engine = open_engine(url)
        try:
            migrate(engine)
        except BaseException:
            engine.dispose()
            raise
        return cls(engine)

    @property
    def installation_id(self) -> str:
        """12 hex characters, made once for this ledger; written beside tasks where two ledgers must not meet."""
        query = sa.select(schema.installation.c.installation_id)
        rows = self._database.read(query)
        if not rows:
            made = {"only_row": 1, "installation_id": secrets.token_hex(6), "made_at": utc_now()}
            self._database.upsert(schema.installation, [made], keep=True)
            rows = self._database.read(query)
        return str(rows[0]["installation_id"])

    def lease(self, *, command: str, run: str = "") -> Lease:
        """The right to write, for a `with`: entering raises LeaseHeld while another run has it.

        `run` is the run's id for the message that others get, where there is one already.
        """
        holder = Holder.here(run=run, command=command)
        path = sqlite_path(self._engine)
        return (
            FileLease(path.with_name(f"{path.name}.lock"), holder)
            if path
            else RowLease(self._database, holder)
        )

    def close(self) -> None:
        """Lets go of the database."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self.close()
