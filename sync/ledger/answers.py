"""What people said to tasks of ours by ending them: CRMs forget deleted tasks, this does not."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Literal

import sqlalchemy as sa

from connectors.tasks import TaskOutcome
from sync.ledger import schema
from sync.ledger.database import Database


@dataclass(frozen=True, slots=True, kw_only=True)
class EndedTask:
    """A task that a person completed or deleted."""

    key: str
    """Names the rule, subject and occurrence that it was first written for, and which repeat it was."""
    account_id: str | None = None
    """The client's record, with its org's prefix; None where the task leads to none."""
    marks: str = ""
    """finding_mark() of each finding that it spoke for when it ended, one after the other."""
    how: Literal["completed", "deleted"]
    outcome: TaskOutcome = ""
    answered_at: datetime
    """Naive UTC."""


class Answers:
    """The answers in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def keep(self, ended: Iterable[EndedTask]) -> None:
        """Notes them, each in place of what was known of its task."""
        self._database.upsert(schema.answers, [asdict(each) for each in ended])

    def all(self) -> list[EndedTask]:
        """Every answer, the oldest first."""
        query = sa.select(schema.answers).order_by(schema.answers.c.answered_at, schema.answers.c.key)
        return [EndedTask(**row) for row in self._database.read(query)]
