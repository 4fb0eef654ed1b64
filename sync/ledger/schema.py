"""The ledger's tables. The migrations build them; a test compares the two.

Instants are naive UTC. Records of a CRM are named by the org's or portal's own id (`org_id`), so that a renamed
connection keeps its memory. No secret is ever stored: configs and rules appear as digests.
"""

from sqlalchemy import (
    JSON,
    Boolean,
    Column,
    DateTime,
    Dialect,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    TypeDecorator,
    UniqueConstraint,
)


class ForeignText(TypeDecorator[str]):
    """Text that others wrote: what PostgreSQL cannot store (NUL, half of a character) must not lose an answer."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        """The text without NUL, halves of characters as `?`."""
        return None if value is None else value.replace("\0", "").encode("utf-8", "replace").decode()


metadata = MetaData()

VERSION_TABLE = "ledger_version"
"""Not Alembic's usual name: on PostgreSQL another program's tables may stand in the same schema."""

installation = Table(
    "installation",
    metadata,
    Column("only_row", Integer, primary_key=True, autoincrement=False),
    Column("installation_id", String(32), nullable=False),
    Column("made_at", DateTime, nullable=False),
)
"""One row, whose number is 1: what tells this ledger from another one that writes to the same CRM."""

runs = Table(
    "runs",
    metadata,
    Column("run_id", String(32), primary_key=True),
    Column("command", String(40), nullable=False),
    Column("mode", String(10), nullable=False),
    Column("config_digest", String(64), nullable=False),
    Column("rules_digest", String(64), nullable=False),
    Column("started_at", DateTime, nullable=False),
    Column("finished_at", DateTime),
    Column("outcome", String(40)),
    Column("reason", ForeignText),
    Column("figures", JSON),
    Column("approved_by", String(200)),
    Column("undoes", String(32)),
)

steps = Table(
    "steps",
    metadata,
    # Counts up over all runs, so that "later" needs no comparison of clocks.
    Column("step_id", Integer, primary_key=True, autoincrement=True),
    Column("run_id", String(32), ForeignKey("runs.run_id"), nullable=False),
    Column("n", Integer, nullable=False),
    Column("action", String(20), nullable=False),
    Column("org_id", String(40), nullable=False),
    Column("key", String(80), nullable=False),
    Column("account_id", String(100)),
    Column("owner_id", String(100)),
    Column("detail", JSON, nullable=False),
    Column("sent_at", DateTime),
    Column("answered_at", DateTime),
    Column("result", String(20)),
    Column("record_id", String(100)),
    Column("reason", ForeignText, nullable=False, server_default=""),
    Column("temporary", Boolean),
    UniqueConstraint("run_id", "key", "action", name="one_step_per_key_and_action"),
    Index("steps_by_key", "org_id", "key"),
    Index("steps_by_sent_at", "sent_at"),
)

written_tasks = Table(
    "written_tasks",
    metadata,
    Column("org_id", String(40), primary_key=True),
    Column("key", String(80), primary_key=True),
    Column("record_id", String(100), nullable=False),
    Column("state", String(255), nullable=False),
    Column("values", JSON, nullable=False),
    Column("is_closed", Boolean, nullable=False),
    Column("is_deleted", Boolean, nullable=False),
    Column("confirmed_at", DateTime, nullable=False),
)

baselines = Table(
    "baselines",
    metadata,
    Column("org_id", String(40), primary_key=True),
    Column("rule", String(40), primary_key=True),
    Column("made_at", DateTime, nullable=False),
)

seen_findings = Table(
    "seen_findings",
    metadata,
    Column("rule", String(40), primary_key=True),
    Column("subject_hash", String(10), primary_key=True),
    Column("occurrence_hash", String(10), primary_key=True),
    Column("first_seen_at", DateTime, nullable=False),
)

answers = Table(
    "answers",
    metadata,
    Column("key", String(80), primary_key=True),
    Column("account_id", String(100)),
    Column("marks", String(255), nullable=False),
    Column("how", String(20), nullable=False),
    Column("outcome", String(20), nullable=False),
    Column("answered_at", DateTime, nullable=False),
)

settling = Table(
    "settling",
    metadata,
    Column("rule", String(40), primary_key=True),
    Column("subject_hash", String(10), primary_key=True),
    Column("holds", Boolean, nullable=False),
    Column("since_at", DateTime, nullable=False),
)

rewritten_fields = Table(
    "rewritten_fields",
    metadata,
    Column("org_id", String(40), primary_key=True),
    Column("field", String(20), primary_key=True),
    Column("found_at", DateTime, nullable=False),
)

mutes = Table(
    "mutes",
    metadata,
    Column("mute_id", Integer, primary_key=True, autoincrement=True),
    Column("account_id", String(100), nullable=False),
    Column("rule", String(40)),
    Column("until", DateTime, nullable=False),
    Column("why", ForeignText, nullable=False),
    Column("made_by", String(200), nullable=False),
    Column("made_at", DateTime, nullable=False),
)

changes = Table(
    "changes",
    metadata,
    Column("change_id", Integer, primary_key=True, autoincrement=True),
    Column("org_id", String(40), nullable=False),
    Column("object_name", String(100), nullable=False),
    Column("record_id", String(100), nullable=False),
    Column("field", String(255), nullable=False),
    Column("old", ForeignText),
    Column("new", ForeignText),
    Column("seen_at", DateTime, nullable=False),
    Index("changes_by_record", "org_id", "object_name", "record_id", "field"),
)

watches = Table(
    "watches",
    metadata,
    Column("org_id", String(40), primary_key=True),
    Column("object_name", String(100), primary_key=True),
    Column("field", String(255), primary_key=True),
    Column("since_at", DateTime, nullable=False),
)

lease = Table(
    "lease",
    metadata,
    Column("name", String(20), primary_key=True),
    Column("token", String(32), nullable=False),
    Column("holder", JSON, nullable=False),
    Column("expires_at", DateTime, nullable=False),
)
"""One row while a run is at work on PostgreSQL; on SQLite a locked file says the same."""
