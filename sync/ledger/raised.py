"""What was ever raised: the new tasks of all runs, with the client and the findings that they were written for."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

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

    def since(self, at: datetime) -> dict[tuple[str, str], list[Mapping[str, Any]]]:
        """(org id, key) of each task that was sent as new since then -> every step that was sent for it, in their order."""
        new = _steps.alias("new")
        was_new = (
            sa.select(new.c.step_id)
            .where(
                new.c.org_id == _steps.c.org_id,
                new.c.key == _steps.c.key,
                new.c.action == "create",
                new.c.sent_at >= at,
            )
            .exists()
        )
        names = ("org_id", "key", "action", "account_id", "owner_id", "result", "sent_at", "detail")
        query = (
            sa.select(*(_steps.c[name] for name in names))
            .where(_steps.c.sent_at.is_not(None), was_new)
            .order_by(_steps.c.step_id)
        )
        found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
        for row in self._database.read(query):
            found.setdefault((row["org_id"], row["key"]), []).append(dict(row))
        return found
