"""What was ever raised: the new tasks of all runs, with the client and the findings that they were written for."""

import sqlalchemy as sa

from sync.ledger import schema
from sync.ledger.database import Database

_steps = schema.steps


class Raised:
    """The new tasks in the ledger."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def clients(self) -> dict[str, str]:
        """Client's record -> its name, of every new task that was planned; of several names the last by alphabet."""
        name = _steps.c.detail["task", "account"].as_string().label("name")
        query = (
            sa.select(_steps.c.account_id, name)
            .where(_steps.c.action == "create", _steps.c.account_id.is_not(None), name.is_not(None))
            .distinct()
        )
        return dict(sorted((row["account_id"], row["name"]) for row in self._database.read(query)))
