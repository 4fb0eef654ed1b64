"""An hour and more of a CRM's life, in minutes: whatever people and the vendor do, the mirror ends up equal to the CRM."""

import random
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tests.loop.people import People, people_at
from tests.loop.world import Desk, crm_with

SEED, ROUNDS, DEEDS = 20261127, 10, 8

OBJECTS: Mapping[str, tuple[str, ...]] = {
    "sf": ("Account", "Contact", "Case"),
    "hs": ("companies", "contacts", "tickets"),
}
FIRST_FIELD = {
    "Account": "Name", "Contact": "LastName", "Case": "Subject", "companies": "name", "contacts": "lastname", "tickets": "subject"
}  # fmt: skip


class Life:
    """What happens in the CRM, by the dice."""

    def __init__(self, people: People, dice: random.Random) -> None:
        self.people, self.dice, self.sandbox = people, dice, people.desk.sandbox
        self.is_salesforce = people.desk.is_salesforce

    def goes_on(self) -> None:
        """Some deeds, one after another."""
        deeds: list[Callable[[str], None]] = [
            self.new, self.new, self.change, self.change, self.change, self.delete, self.delete_for_good, self.bring_back,
            self.merge, self.commit_late, self.flood,
        ]  # fmt: skip
        for _ in range(DEEDS):
            self.sandbox.post("/_sandbox/clock", {"advance_s": 30})
            self.dice.choice(deeds)(self.dice.choice(OBJECTS[self.people.desk.crm]))

    def new(self, name: str) -> None:
        values = {FIRST_FIELD[name]: f"new {self.dice.randrange(10**6)}"}
        if self.is_salesforce:
            self.people.ask("POST", f"/services/data/v66.0/sobjects/{name}", values)
            return
        if name == "tickets":
            values |= {"hs_pipeline": "0", "hs_pipeline_stage": "1"}
        self.people.ask("POST", f"/crm/v3/objects/{name}", {"properties": values})

    def change(self, name: str) -> None:
        for id_ in self._some(name):
            self.people.change(name, id_, **{FIRST_FIELD[name]: f"changed {self.dice.randrange(10**6)}"})

    def delete(self, name: str) -> None:
        for id_ in self._some(name):
            where = (
                f"/services/data/v66.0/sobjects/{name}" if self.is_salesforce else f"/crm/v3/objects/{name}"
            )
            self.people.ask("DELETE", f"{where}/{id_}")

    def delete_for_good(self, name: str) -> None:
        for id_ in self._some(name):
            if self.is_salesforce:
                self.people.ask("DELETE", f"/services/data/v66.0/sobjects/{name}/{id_}")
                self._pull("empty-bin", ids=[id_])
            else:
                self._pull("purge", object=name, ids=[int(id_)])

    def bring_back(self, name: str) -> None:
        gone = sorted(set(self.rows(name)) - set(self.rows(name, live=True)))
        if not gone:
            return
        id_ = self.dice.choice(gone)
        if self.is_salesforce:
            self._pull("undelete", ids=[id_])
        elif not self.rows(name)[id_].get("mergedInto"):
            self._pull("restore", object=name, ids=[int(id_)])

    def merge(self, name: str) -> None:
        two = self._some(name, 2)
        if len(two) < 2:
            return
        if self.is_salesforce:
            self._pull("merge", winner=two[0], losers=two[1:])
        else:
            body = {"primaryObjectId": two[0], "objectIdToMerge": two[1]}
            self.people.ask("POST", f"/crm/v3/objects/{name}/merge", body)

    def commit_late(self, name: str) -> None:
        now = datetime.fromisoformat(self.sandbox.get("/_sandbox/clock")["now"])
        at = (now - timedelta(minutes=5)).isoformat()
        for id_ in self._some(name):
            value = {FIRST_FIELD[name]: "late"}
            if self.is_salesforce:
                self._pull("commit", object=name, at=at, records=[{"Id": id_, **value}])
            else:
                self._pull("late", object=name, id=int(id_), properties=value, stamped_at=at)

    def flood(self, name: str) -> None:
        self._pull("touch" if self.is_salesforce else "flood", object=name, count=5)

    def rows(self, name: str, *, live: bool = False) -> dict[str, dict[str, Any]]:
        """The CRM's own rows by id."""
        rows = {str(row.get("Id") or row["id"]): row for row in self.sandbox.rows(name)}
        if not live:
            return rows
        return {
            id_: row for id_, row in rows.items() if not (row.get("IsDeleted") or row.get("archived") or row.get("mergedInto"))
        }  # fmt: skip

    def _some(self, name: str, count: int = 1) -> list[str]:
        live = sorted(self.rows(name, live=True))
        return self.dice.sample(live, count) if len(live) > 4 else []

    def _pull(self, lever: str, **body: Any) -> None:
        vendor = "salesforce" if self.is_salesforce else "hubspot"
        self.sandbox.post(f"/_sandbox/{vendor}/{lever}", body)


def mirrored(desk: Desk, name: str) -> dict[str, datetime]:
    """The mirror's live rows: id, and the stamp of the version that it holds."""
    with duckdb.connect(str(desk.folder / "keptword.duckdb"), read_only=True) as mirror:
        rows = mirror.sql(f'select _id, _changed_at from crm_{desk.crm}."{name}" where not _deleted')
        return dict(rows.fetchall())


def stamp(row: Mapping[str, Any]) -> datetime:
    """When the CRM says that the record changed last, naive UTC."""
    names = ("SystemModstamp", "hs_lastmodifieddate", "lastmodifieddate")
    written = next(row[name] for name in names if row.get(name))
    return datetime.fromisoformat(str(written)).astimezone(UTC).replace(tzinfo=None)


def pull_once(desk: Desk, dice: random.Random, round_: int) -> None:
    """A pull; one in three is killed on its way, and one loses its line."""
    if round_ % 3 == 1:
        command = desk.start("pull")
        if command.is_alive(dice.uniform(0.2, 1.2)):
            command.kill()
        command.wait()
    elif round_ % 3 == 2:
        desk.sandbox.fault(
            {"match": {"method": "POST" if desk.crm == "hs" else "GET", "nth": 3}, "reset": True}
        )
        desk.keptword("pull")
    else:
        ended = desk.keptword("pull")
        assert ended.code in (0, 3), ended.err


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_after_a_long_life_the_mirror_is_equal_to_the_crm(crm: str, agency: Path, tmp_path: Path) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox)
        desk.configure("[pull]", "vanished_at_least = 1000")
        dice = random.Random(SEED)  # noqa: S311 -- the same life every time, no secret
        life = Life(people_at(desk), dice)
        for round_ in range(ROUNDS):
            pull_once(desk, dice, round_)
            life.goes_on()
            sandbox.post("/_sandbox/clock", {"advance_s": 400})
        for _ in range(3):
            sandbox.post("/_sandbox/clock", {"advance_s": 86_400})
            ended = desk.keptword("pull")
        assert ended.code == 0, ended.err
        for name in OBJECTS[crm]:
            seen = {id_: stamp(row) for id_, row in life.rows(name, live=True).items()}
            assert mirrored(desk, name) == seen, name
