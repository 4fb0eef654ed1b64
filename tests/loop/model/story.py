"""One story: a CRM, a desk beside it, what people did, and runs that are held against what should stand."""

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sync.ledger.ledger import Ledger
from sync.ledger.mutes import Mute
from tests.loop.house import CREATED_DAYS, TODAY
from tests.loop.model.agency import CLIENTS, STAFF, Habits
from tests.loop.model.checks import Moment, first_few, wrongs_of_a_run, wrongs_that_stand
from tests.loop.model.deeds import Deeds
from tests.loop.model.memory import Answers, Hands
from tests.loop.model.runs import Ended, Mishap, make_run
from tests.loop.model.settling import Settling
from tests.loop.model.sight import Held, Seen, look
from tests.loop.model.truth import Bill, Client, Promise, Truth
from tests.loop.people import People, people_at
from tests.loop.world import Desk, crm_with, faults
from tests.sandbox_process import RunningSandbox

WRITES = {"sf": r"/composite/sobjects$", "hs": r"/tasks(/2026-09)?/batch/(create|update|archive)$"}
PORTAL = "24601001"
BILLS = ("bill-late", "bill-very-late")


@dataclass
class Story:
    """Everything that has happened so far; its methods are what a step of the machine is made of."""

    mode: str
    desk: Desk
    people: People
    deeds: Deeds
    truth: Truth
    now: datetime
    habits: Habits = field(default_factory=Habits.at_first)
    hands: Hands = field(default_factory=Hands)
    settling: Settling = field(default_factory=Settling)
    mutes: list[tuple[str, str, datetime]] = field(default_factory=list)
    forgotten: dict[str, Held] = field(default_factory=dict)
    """Ended tasks that the CRM has thrown away."""
    in_doubt: set[str] = field(default_factory=set)
    """Ended tasks of whose end Keptword may not have heard."""
    last: Seen | None = None
    runs: int = 0

    @property
    def sandbox(self) -> RunningSandbox:
        """The CRM."""
        return self.desk.sandbox

    @property
    def crm(self) -> str:
        """sf or hs."""
        return self.mode[:2]

    def look(self) -> Seen:
        """The CRM now; remembers what it has forgotten since."""
        seen = look(self.sandbox, self.mode)
        if self.last is not None:
            for id_, task in self.last.tasks.items():
                if id_ not in seen.tasks:
                    self.forgotten[id_] = task
                    self.in_doubt.add(id_)
        self.last = seen
        return seen

    def pass_time(self, **length: float) -> None:
        """The clock goes on."""
        self.sandbox.post("/_sandbox/clock", {"advance_s": timedelta(**length).total_seconds()})
        self.now = _now(self.sandbox)

    def tasks(self, *, which: Callable[[Held], bool] = lambda task: task.is_open) -> list[Held]:
        """Ours, in an order that is the same every time."""
        return sorted(filter(which, self.look().tasks.values()), key=lambda task: (task.key, task.id))

    def by_hand(self, task: Held, deed: Callable[[], object], *, note: str = "") -> None:
        """A person's deed on one of our tasks."""
        before = self.look().tasks[task.id]
        deed()
        after = self.look().tasks.get(task.id)
        if after is not None:
            self.hands.edited(before, after, note=note)

    def configure(self, habits: Habits) -> None:
        """Somebody changes the config."""
        if habits.settle_days != self.settling.days:
            self.settling = replace(self.settling, days=habits.settle_days)
        self.habits = habits
        text = habits.written(self.mode, url=self.sandbox.https_url, ca=self.sandbox.ca_file)
        (self.desk.folder / "keptword.toml").write_text(text, encoding="utf-8")

    @contextmanager
    def ledger(self) -> Iterator[Ledger]:
        """The ledger, for what commands write there."""
        with Ledger.open(f"sqlite:///{self.desk.folder / 'keptword-ledger.db'}") as ledger:
            yield ledger

    def mute(self, client: Client, rule: str, days: int) -> None:
        """`keptword mute`, as far as the ledger goes."""
        until = self.now + timedelta(days=days, minutes=7)
        with self.ledger() as ledger:
            ledger.mutes.add(
                Mute(account_id=f"{self.truth.org}:{client.record}", rule=rule or None, until=until, why="they asked", made_by="rita", made_at=self.now)
            )  # fmt: skip
        self.mutes.append((client.name, rule, until))

    def unmute(self) -> None:
        """`keptword unmute`, of everybody."""
        with self.ledger() as ledger:
            ledger.mutes.remove(ledger.mutes.active(datetime.min))
        self.mutes.clear()

    def run(
        self, mishap: Mishap | None = None, *, accept: bool = True, plan: Iterable[Mapping[str, Any]] = ()
    ) -> Ended:
        """A run, held against what may and what must come of it; `plan`: what goes wrong in the CRM."""
        mishap = mishap or Mishap()
        before, asked = self.look(), self.desk.seen()
        planned = list(plan)
        if planned:
            faults(self.sandbox, planned)
        meanwhile: list[Seen] = []
        if mishap.before_reread is not None:
            deed = mishap.before_reread
            mishap = replace(mishap, before_reread=lambda ids: meanwhile.append(self._after(deed, ids)))
        moment = self._moment(before)
        ended = make_run(self.desk.folder / "keptword.toml", mishap, accept=accept)
        if planned:
            self.sandbox.delete("/_sandbox/faults")
        self.runs += 1
        if meanwhile:
            ended = replace(ended, again=None)
        else:
            self._read_the_journal(since=asked)
        self._hold_against(moment, (meanwhile or [before])[0], ended, accept=accept)
        return ended

    def run_blind(self, refusal: Mapping[str, Any]) -> None:
        """A run that may not read invoices: what it does not know it leaves alone."""
        where = {"query": "FROM Bill__c"} if self.crm == "sf" else {"path": r"/objects/2026-09/invoices"}
        before = self.look()
        self.run(plan=[{"match": where, **refusal}])
        now = self.look().tasks
        changed = [
            task.key
            for id_, task in before.tasks.items()
            if task.is_open
            and self._of_bills(task) - (self._of_bills(now[id_]) if now[id_].is_open else frozenset())
        ]
        assert not changed, f"{self.mode} at {self.now}: let {changed} go, of which it knew nothing"

    def _of_bills(self, task: Held) -> frozenset[str]:
        """What a task says of bills whose rules raise tasks."""
        rules = [rule for rule in BILLS if self.habits.modes[rule] == "task"]
        return task.subjects & {self.truth.mark(rule, bill) for rule in rules for bill in self.truth.bills}

    def is_in_bin(self, client: Client) -> bool:
        """Whether the CRM still has a deleted client."""
        name, key = (self.deeds.account, "Id" if self.crm == "sf" else "id")
        return any(str(row[key]) == client.record for row in self.sandbox.rows(name))

    def raw_body(self, task: Held) -> str:
        """The body as the CRM has it, marks and all."""
        word, key = ("Description", "Id") if self.crm == "sf" else ("hs_task_body", "id")
        rows = self.sandbox.rows(self.deeds.task)
        return next(str(row[word] or "") for row in rows if str(row[key]) == task.id)

    def merge(self, loser: Client, winner: Client) -> None:
        """Two clients were one: what was the loser's is the winner's."""
        self.deeds.merge(loser.record, winner.record)
        loser.is_gone, loser.into = True, winner.name
        if winner.name in self.settling.since or loser.name in self.settling.since:
            since = {name: each for name, each in self.settling.since.items() if name != loser.name}
            holds = self.settling.since.get(winner.name, self.settling.since.get(loser.name, (True, None)))[0]
            self.settling = replace(self.settling, since={**since, winner.name: (holds, None)})

    def _read_the_journal(self, *, since: int) -> None:
        """Whatever came of it: no request may have tried to write anything but our tasks."""
        ours = self.look().tasks
        for each in self.sandbox.journal(writes="true", since=since, bodies="true"):
            wrong = f"{self.mode} at {self.now}: asked {each['method']} {each['path']}"
            assert re.search(WRITES[self.crm], each["path"]), wrong
            held = json.loads(each["request_body"])
            for row in held["records" if self.crm == "sf" else "inputs"]:
                assert row.get("id") is None or row["id"] in ours, f"{wrong} for {row}"
                assert self.crm == "hs" or row["attributes"]["type"] == "Task", f"{wrong} for {row}"

    def _after(self, deed: Callable[[Collection[str]], None], ids: Collection[str]) -> Seen:
        deed(ids)
        return self.look()

    def _hold_against(self, moment: Moment, before: Seen, ended: Ended, *, accept: bool) -> None:
        after = self.look()
        wrongs = list(wrongs_of_a_run(before, after, moment))
        must_not_write = self.habits.preview or "limits." in ended.stopped
        if must_not_write and before.tasks != after.tasks:
            wrongs.append("wrote, and was not to")
        made = len(after.tasks.keys() - before.tasks.keys())
        if made > self.habits.new_per_run:
            wrongs.append(f"made {made} tasks")
        if ended.again is not None:
            wrongs += [f"planned again: {each.action} {each.key}: {each.why}" for each in ended.again.changes]
            raises = accept and self.habits.new_per_run > len(moment.findings)
            wrongs += wrongs_that_stand(
                after, replace(moment, settling=self._settled(moment, before)), raises=raises
            )
        held = [f"{each.finding.rule}: {each.reason}" for each in ended.again.held] if ended.again else []
        assert not wrongs, f"{self.mode} at {self.now}: {ended.stopped}\n{first_few(wrongs)}\nheld: {held}"
        self._learn(moment, before, ended)

    def _settled(self, moment: Moment, before: Seen) -> Settling:
        return moment.settling.after(moment.speaking, moment.calm, before.tasks.values(), moment.at)

    def _learn(self, moment: Moment, before: Seen, ended: Ended) -> None:
        if ended.is_whole or "limits." in ended.stopped:
            is_on = self.habits.modes["quiet"] == "task"
            self.settling = self._settled(moment, before) if is_on else Settling(days=moment.settling.days)
        else:
            self.settling = self._settled(moment, before).in_doubt()
        if ended.report is not None and ended.report.pulled.complete:
            self._heard = {id_ for id_, task in before.tasks.items() if not task.is_open}

    def _moment(self, seen: Seen) -> Moment:
        self.now = _now(self.sandbox)
        findings = self.truth.findings(self.now, seen.tasks)
        return Moment(
            at=self.now, truth=self.truth, habits=self.habits, hands=self.hands, settling=self.settling,
            answers=Answers.of(seen.tasks, self.forgotten.values(), self.in_doubt), mutes=tuple(self.mutes),
            findings=tuple(findings), speaking=tuple(self.truth.speaking(self.habits, findings)),
            calm=tuple(self.truth.calm(self.now, seen.tasks)),
        )  # fmt: skip


@contextmanager
def told(mode: str, data: Path, folder: Path) -> Iterator[Story]:
    """A story at its beginning, before the first run."""
    with crm_with(
        data, crm="hs-search" if mode == "hs-search" else mode[:2], fields=mode != "sf-body"
    ) as sandbox:
        desk = Desk(crm=mode, folder=folder, sandbox=sandbox)
        folder.mkdir(parents=True, exist_ok=True)
        people = people_at(desk)
        story = Story(
            mode=mode,
            desk=desk,
            people=people,
            deeds=Deeds(people=people),
            truth=_truth(people),
            now=_now(sandbox),
        )
        story.configure(story.habits)
        yield story


def _truth(people: People) -> Truth:
    is_sf = people.desk.is_salesforce
    account, task, bill = ("Account", "Task", "Bill__c") if is_sf else ("companies", "tasks", "invoices")
    staff = {name: people.record("User" if is_sf else "owners", name) for name in STAFF}
    clients, promises, bills = {}, [], []
    for each in CLIENTS:
        key = each.name.lower()
        calls = {
            people.record("Task" if is_sf else "calls", f"t-{key}-{n}"): _morning(ago)
            for n, (_, ago) in enumerate(each.touches)
        }
        clients[each.name] = Client(
            name=each.name, record=people.record(account, key), owner=staff[each.owner], calls=calls,
            created_on=TODAY - timedelta(days=CREATED_DAYS),
        )  # fmt: skip
        if each.promise_due is not None:
            due_on = TODAY - timedelta(days=each.promise_due)
            promises.append(
                Promise(
                    record=people.record(task, f"p-{key}"),
                    client=each.name,
                    owner=staff[each.owner],
                    due_on=due_on,
                )
            )
        if each.invoice_due is not None:
            due_on = TODAY - timedelta(days=each.invoice_due)
            bills.append(
                Bill(
                    record=people.record(bill, f"i-{key}"),
                    client=each.name,
                    due_on=due_on,
                    is_paid=each.invoice_paid,
                )
            )
    org = people.desk.sandbox.rows("Organization")[0]["Id"] if is_sf else PORTAL
    return Truth(
        org=org,
        clients=clients,
        promises=promises,
        bills=bills,
        staff=staff,
        at_work=dict.fromkeys(STAFF, True),
    )


def _morning(days_ago: int) -> datetime:
    day: date = TODAY - timedelta(days=days_ago)
    return datetime(day.year, day.month, day.day, 9, 30)


def _now(sandbox: RunningSandbox) -> datetime:
    return datetime.fromisoformat(sandbox.get("/_sandbox/clock")["now"]).astimezone(UTC).replace(tzinfo=None)
