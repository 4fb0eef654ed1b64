"""A desk with one tiny CRM, a mirror and a ledger, at which pulls are made."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from connectors.tasks import Crm
from rules.mapping import read_mapping
from sync.config.settings import Pull
from sync.connections import Connection
from sync.ledger.ledger import Ledger
from sync.mirror.mirror import Mirror
from sync.pull.pull import Asked, pull
from sync.pull.statement import ObjectRead, Progress, silence
from sync.watch import Watcher
from tests.sync.pull.reading_crm import ReadingCrm

NOON = datetime(2026, 5, 12, 12)


class Desk:
    """`keptword pull` in the small."""

    def __init__(self, crm: Crm, ledger: Ledger, columns: Mapping[str, str]) -> None:
        self.crm = ReadingCrm(crm=crm, org_id="o1", now=NOON)
        if crm == "salesforce":
            self.crm.count_tells, self.crm.stamps_calculated = True, False
        self.object = "Account" if crm == "salesforce" else "companies"
        self.columns = dict(columns)
        self.habits = Pull(vanished_at_least=2)
        self.progress: Progress = silence
        self.mirror, self._ledger = Mirror(), ledger

    def pull(self, *, accept_vanished: bool = False) -> ObjectRead:
        """One pull: what it says of the clients."""
        table = {"account": [{"object": self.object, "columns": self.columns}]}
        connection = Connection(
            name="crm", connector=self.crm, mapping=read_mapping(table, place="test"), pinned_org=None
        )
        asked = Asked(habits=self.habits, known_tasks={}, accept_vanished=accept_vanished)
        report = pull([connection], self.mirror, asked, progress=self.progress, watcher=Watcher(self._ledger))
        return next(read for read in report.objects if read.object == self.object)

    def held(self) -> dict[str, str]:
        """The live clients of the mirror: id and name."""
        table = self.mirror.table("crm", self.object)
        rows = self.mirror.engine.query(f"select _id, name from {table} where not _deleted").to_pylist()
        return {row["_id"]: row["name"] for row in rows}


@contextmanager
def desk_at(folder: Path, crm: Crm, **columns: str) -> Iterator[Desk]:
    """A desk with an empty CRM; `columns` are those of the account that its mapping feeds."""
    with Ledger.open(f"sqlite:///{folder / 'ledger.db'}") as ledger:
        desk = Desk(crm, ledger, columns or {"account_id": "name", "name": "name"})
        try:
            yield desk
        finally:
            desk.mirror.close()
