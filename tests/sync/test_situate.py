"""What a plan learns from the ledger: tasks that the CRM does not show, answers it forgot, and why creating waits."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path

import pytest
from structlog.testing import capture_logs

from connectors.tasks import Kind
from rules.duration import Duration
from rules.findings import Judgement
from sync.config.read import read_config
from sync.connections import Connection
from sync.judging.judging import Judged
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.ledger.steps import Step, StepOutcome
from sync.ledger.tasks import RememberedTask
from sync.mirror.marks import Mark
from sync.mirror.mirror import OWN_TASKS, Mirror
from sync.people.rota import rota_of
from sync.plan.caps import OwnedTask
from sync.plan.changes import Settled
from sync.plan.episodes import own_tasks
from sync.plan.people import People
from sync.plan.plan import make_plan
from sync.plan.situation import Deadline, Situation
from sync.situate import keep_settling, situation_of
from tests.sync.plan.situations import NOON, QUIET, finding, person, situation, tiny, write

CONFIG = """
[company]
timezone = "Pacific/Auckland"
calendar = { country = "NZ" }
[connections.sf]
crm = "salesforce"
login = { kind = "client_credentials", domain = "acme.my", key = "env:SF_KEY", secret = "env:SF_SECRET" }
"""


@dataclass
class Desk:
    """One CRM with one task of ours, as pulled, and a ledger."""

    folder: Path
    mirror: Mirror
    ledger: Ledger

    def __post_init__(self) -> None:
        self.crm = tiny()
        write(situation([finding()], self.crm), self.crm)
        self.mirror.enter_org("sf", "sf")
        self.mark(complete=True)

    def mark(self, *, complete: bool, reason: str = "") -> None:
        mark = Mark(object=OWN_TASKS, complete=complete, reason=reason)
        self.mirror.keep_own_tasks("sf", self.crm.tasks.values(), mark, full=True)

    def send(self, key: str, at: datetime, *outcomes: StepOutcome) -> None:
        run_id = self.ledger.runs.start(
            NewRun(command="run", mode="write", config_digest="", rules_digest=""), now=NOON
        )
        step = Step(n=1, action="create", org_id="sf", key=key, owner_id="sf:ann")
        self.ledger.steps.plan(run_id, [step])
        self.ledger.steps.sent(run_id, [key], at=at)
        self.ledger.steps.answered(run_id, outcomes)

    def situation(self, more: str = "") -> Situation:
        file = self.folder / "keptword.toml"
        file.write_text(f"{CONFIG}{more}", encoding="utf-8")
        connections = [Connection(name="sf", connector=self.crm, mapping={}, pinned_org=None)]
        tasks = tuple(own_tasks("sf", "sf", self.mirror.own_tasks("sf")))
        judgement = Judgement(as_of=NOON, findings=(), unknown=(), subjects={})
        judged = Judged(judgement=judgement, people=(), tasks=tasks, facts_now={})
        return situation_of(
            read_config(file), connections, self.mirror, self.ledger, judged,
            rules={"quiet": QUIET}, accept_baseline=False,
        )  # fmt: skip


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    mirror = Mirror(tmp_path / "mirror.duckdb")
    with Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger:
        yield Desk(folder=tmp_path, mirror=mirror, ledger=ledger)
    mirror.close()


def failed(key: str) -> StepOutcome:
    return StepOutcome(key=key, action="create", result="failed")


def test_a_new_task_in_doubt_is_unseen_until_the_crm_shows_it(desk: Desk) -> None:
    (task,) = desk.crm.tasks.values()
    for key in (task.key, "kw1-lost"):
        desk.send(key, NOON - timedelta(hours=1))
    desk.send("kw1-refused", NOON, failed("kw1-refused"))
    desk.send("kw1-old", NOON - timedelta(days=8))
    # 11:00 UTC is 23:00 in Auckland.
    assert desk.situation().unseen == [
        OwnedTask(owner_id="sf:ann", created_on=date(2026, 5, 12), is_open=True, is_shown=False)
    ]


def test_a_new_task_that_is_known_to_be_deleted_is_not_waited_for(desk: Desk) -> None:
    desk.send("kw1-gone", NOON)
    gone = RememberedTask(key="kw1-gone", record_id="t", state="", confirmed_at=NOON, is_deleted=True)
    desk.ledger.tasks.remember("sf", [gone])
    made = desk.situation()
    assert list(made.unseen) == []
    assert made.remembered == {"kw1-gone"}


def test_days_are_the_companys(desk: Desk) -> None:
    made = desk.situation()
    assert (made.today, made.day_of(NOON - timedelta(days=1))) == (date(2026, 5, 13), date(2026, 5, 12))


def test_an_incomplete_read_of_our_own_tasks_blocks_creating_there_with_its_reason(desk: Desk) -> None:
    assert desk.situation().homes["sf"].blocked is None
    desk.mark(complete=False, reason="search was refused")
    blocked = desk.situation().homes["sf"].blocked
    assert blocked == "our own tasks in sf could not be read completely (search was refused)"


def test_what_setup_found_to_be_rewritten_reaches_the_plan(desk: Desk) -> None:
    desk.ledger.rewritten.keep("sf", ["subject"], at=NOON)
    assert desk.situation().homes["sf"].rewritten == {"subject"}


@pytest.mark.parametrize(
    ("kind", "owner", "client", "due"),
    [
        ("todo", None, None, "2026-05-14T05:30"),  # half past five in Auckland
        ("todo", "Europe/London", None, "2026-05-13T16:30"),
        ("call", "Europe/London", "Europe/Athens", "2026-05-13T13:30"),  # half past four in Athens
        ("call", None, "no/where", "2026-05-14T04:30"),  # half past four in Auckland
    ],
)
def test_a_task_falls_due_in_its_owners_hours_and_a_call_in_the_clients_too(
    desk: Desk, kind: Kind, owner: str | None, client: str | None, due: str
) -> None:
    one_day = Duration(count=1, unit="business days")
    deadline = Deadline(duration=one_day, kind=kind, owner_zone=owner, client_zone=client)
    assert desk.situation().deadline(deadline)[1].isoformat(timespec="minutes") == due


AWAY = """
[tasks]
away = [{ person = "ann@us.example", first = 2026-05-13, last = 2026-05-13 }]
"""


@pytest.mark.parametrize(
    ("owner", "more", "waits"), [("ann", AWAY, True), ("ann", "", False), ("bob", "", False)]
)
def test_an_absence_counts_on_its_days_by_the_companys_own_calendar(
    desk: Desk, owner: str, more: str, waits: bool
) -> None:
    """At noon UTC on the 12th it is the 13th in Auckland."""
    people = (person("ann"), person("bob", away_until=date(2026, 5, 12)))
    today = desk.situation(more).today
    rota = rota_of(read_config(desk.folder / "keptword.toml"), people, today=today)
    found = finding(account_owner_id=f"sf:{owner}")
    assert (
        People(people, rota).choose(["account_owner"], found, "sf", account=None).waits is not None
    ) == waits


def test_a_plan_warns_of_an_address_that_no_crm_knows(desk: Desk) -> None:
    with capture_logs() as logs:
        desk.situation(AWAY)
    assert [(each["address"], each["log_level"]) for each in logs] == [("ann@us.example", "warning")]


def test_what_settles_is_kept_for_the_next_run(desk: Desk) -> None:
    seen = {("quiet", "abc"): Settled(holds=True, since_at=NOON)}
    keep_settling(desk.ledger, replace(make_plan(desk.situation()), settling=seen))
    assert desk.situation().settling == seen
