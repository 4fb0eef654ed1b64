"""The demo's story: each chapter does something real and says what came of it."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from connectors.tasks import Task
from rules.findings import Unknown
from rules.wording import spelled
from sync.config.config import Config
from sync.connections import open_connections
from sync.demo.crm import DemoCrm
from sync.demo.person import Colleague
from sync.errors import Failed
from sync.plan.changes import Change
from sync.pull.statement import silence
from sync.run import RunReport, open_bench, run
from sync.wishes import Wishes

HERO = "Harbour & Pine"
_DONE_BY_A_CALL = tuple(
    f"kw1-{rule}-"
    for rule in (
        "incident-client-not-told", "severe-incident-no-call", "incident-closed-no-follow-up", "message-unanswered",
        "acknowledged-not-answered", "renewal-unattended", "status-update-due", "stale-contact",
    )
)  # fmt: skip
"""How the keys of tasks begin that a call to the client settles."""
_PATIENCE_S = 30
_LONG_ANSWER_S = 60
"""Longer than it takes to kill the run that waits for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Chapter:
    """What happened, in lines for a person and figures for a program."""

    title: str
    lines: tuple[str, ...]
    figures: dict[str, Any] = field(default_factory=dict)
    quoted: str = ""
    """A text from the CRM, shown as it is."""


class Story:
    """The chapters in order, over one CRM and one config."""

    def __init__(self, crm: DemoCrm, config: Config, folder: Path) -> None:
        self._crm, self._config, self._folder = crm, config, folder
        self._colleague = Colleague(crm)
        self._first: RunReport | None = None

    def chapters(self) -> Iterator[Chapter]:
        """Each chapter as it happens."""
        yield self._set_up()
        yield self._preview()
        yield self._first_run()
        yield self._hero()
        yield self._people_work()
        yield self._killed()
        yield self._nothing_left()

    def _set_up(self) -> Chapter:
        with open_connections(self._config) as connections:
            steps = [step for connection in connections for step in connection.connector.setup(write=True)]
        made = sum(step.state == "made" for step in steps)
        return Chapter(
            title="Setup: what write-back needs in each CRM",
            lines=(
                f"{made} steps made: the two task fields in Salesforce and in HubSpot, each proven with a trial task that was removed.",
            ),
            figures={"steps_made": made},
        )

    def _preview(self) -> Chapter:
        report = self._run(Wishes(), write=False)
        judged = report.judged.judgement
        counts = Counter(finding.rule for finding in judged.findings)
        read = sum(each.rows for each in report.pulled.objects)
        unjudged = [f"not judged: {name}" for name in _unjudged(judged.unknown)]
        absent = [f"{name} has no {each.object}: {each.reason}" for name, each in report.pulled.absent]
        lines = [
            f"{read:,} records read from two CRMs: {judged.subjects['account']} clients, "
            f"{judged.subjects['commitment']} promises, {judged.subjects['invoice']} invoices.",
            f"{len(judged.findings)} findings: "
            + ", ".join(f"{count} {rule}" for rule, count in counts.most_common())
            + ".",
            f"Nothing is written: {sum(held.kind == 'baseline' for held in report.plan.held)} findings wait, since a first run "
            "would flood people. That is `limits.first_run`; --accept-baseline lets the caps per person decide.",
            *(unjudged or ["Every rule could be judged."]),
            *absent,
        ]
        figures = {"findings": len(judged.findings), "by_rule": dict(counts), "records": read}
        return Chapter(title="A first look: what is slipping", lines=tuple(lines), figures=figures)

    def _first_run(self) -> Chapter:
        report = self._first = self._run(Wishes(accept_baseline=True), write=True)
        owners = Counter(
            str(change.task["owner"]) for change in report.plan.changes if change.action == "create"
        )
        caps = self._config.limits.new_per_owner
        held = sum(each.kind == "cap" for each in report.plan.held)
        lines = [
            f"{report.figures()['written']} tasks written, the most pressing first: "
            + ", ".join(f"{name} {count}" for name, count in sorted(owners.items()))
            + ".",
            f"Nobody gets more than {caps.day} new tasks a day; {held} findings are held in sight and move up as tasks are done.",
            *(f"held back {count}: {reason}" for reason, count in _other_reasons(report)),
        ]
        if max(owners.values(), default=0) > caps.day:
            raise Failed("demo", f"somebody got more than {caps.day} tasks", "This is a defect: report it")
        return Chapter(
            title="The first run that writes",
            lines=tuple(lines),
            figures={"per_owner": dict(owners), **report.figures()},
        )

    def _hero(self) -> Chapter:
        change = self._created(
            lambda change: (
                change.task["account"] == HERO and change.findings[0].rule == "invoice-after-incident"
            )
        )
        written = change.write
        if not isinstance(written, Task):
            raise Failed("demo", f"no call about {HERO} was planned", "This is a defect: report it")
        lines = (
            f"{HERO} is one client in two CRMs. An outage, a late invoice and a missed promise, each in its own corner, "
            "become a call worth making:",
        )
        task = f"{written.subject}\nfor {change.task['owner']}, due {_day(change.task['due_on'])}, {written.priority} priority\n\n{written.body}"
        return Chapter(
            title="One client, seen whole", lines=lines, quoted=task, figures={"subject": written.subject}
        )

    def _people_work(self) -> Chapter:
        called, moved = self._two_tasks_in_salesforce()
        day, later = "2026-05-12", "2026-05-20"
        self._colleague.log_call(account_id=called["WhatId"], owner_id=called["OwnerId"], day=day)
        self._colleague.move_due_date(task_id=moved["Id"], day=later)
        self._run(Wishes(), write=True)
        after = {task["Id"]: task for task in self._tasks()}
        closed, kept = after[called["Id"]], after[moved["Id"]]
        if not closed["IsClosed"] or kept["ActivityDate"] != later:
            raise Failed("demo", "a person's work was not honoured", "This is a defect: report it")
        lines = (
            f'Somebody gives "{moved["Subject"]}" a later day. After the next run it is still {_day(kept["ActivityDate"])}: '
            "people's edits win.",
            f'A colleague calls a client and logs it. The same run closes "{called["Subject"]}", and says why:',
        )
        return Chapter(
            title="People work; Keptword follows", lines=lines, quoted=closed["Description"].splitlines()[-1]
        )

    def _killed(self) -> Chapter:
        self._crm.next_day()
        fault = {"match": {"method": "POST", "path": "composite/sobjects"}, "delay_s": _LONG_ANSWER_S}
        self._crm.call("POST", "/_sandbox/faults", json_body=[fault])
        self._crm.forget()
        before = len(self._ours())
        command = [sys.executable, "-m", "sync.cli.main", "run", "--config", str(self._config.file)]
        with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 -- our own module
            self._wait_for_write(process)
            os.kill(process.pid, signal.SIGKILL)
        self._crm.call("DELETE", "/_sandbox/faults")
        between = len(self._ours())
        self._run(Wishes(), write=True)
        keys = Counter(self._ours())
        twins = [key for key, count in keys.items() if count > 1]
        if twins:
            raise Failed("demo", f"{len(twins)} tasks are there twice", "This is a defect: report it")
        lines = (
            f"The next morning a run is killed (SIGKILL) while its first batch is on the wire: {between - before} tasks had "
            "reached the CRM, and nobody wrote down that they did.",
            f"The same run again finds them there and writes {_rest(len(keys) - between)}. {len(keys)} tasks, {len(keys)} keys: "
            "no duplicate.",
        )
        return Chapter(
            title="A machine dies at the worst moment", lines=lines, figures={"tasks": len(keys), "twins": 0}
        )

    def _nothing_left(self) -> Chapter:
        self._crm.forget()
        report = self._run(Wishes(), write=True)
        sent = sum(each.outcome.result in ("created", "updated") for each in report.written)
        if sent or report.plan.changes:
            raise Failed(
                "demo", "a run right after a run had something to write", "This is a defect: report it"
            )
        requests = sum(sum(kinds.values()) for kinds in report.requests.values())
        lines = (
            f"{requests} requests to two CRMs, nothing to write, {report.plan.standing} tasks stay as they are.",
        )
        return Chapter(
            title="Once more: nothing left to do", lines=lines, figures={"requests": requests, "written": 0}
        )

    def _run(self, wishes: Wishes, *, write: bool) -> RunReport:
        with open_bench(self._config, command="demo") as bench:
            return run(bench, wishes, silence, write=write)

    def _created(self, wanted: Callable[[Change], bool]) -> Change:
        changes = self._first.plan.changes if self._first else ()
        found = next((change for change in changes if change.action == "create" and wanted(change)), None)
        if found is None:
            raise Failed(
                "demo", "the task that the story is about was not planned", "This is a defect: report it"
            )
        return found

    def _two_tasks_in_salesforce(self) -> tuple[dict[str, Any], dict[str, Any]]:
        mine = [task for task in self._tasks() if not task["IsClosed"]]
        called = [task for task in mine if task["Keptword_Key__c"].startswith(_DONE_BY_A_CALL)]
        others = [task for task in mine if task["WhatId"] != called[0]["WhatId"]] if called else []
        if not others:
            raise Failed("demo", "the story needs two tasks in Salesforce", "This is a defect: report it")
        return called[0], others[0]

    def _tasks(self) -> list[dict[str, Any]]:
        fields = "Id, Subject, Description, ActivityDate, IsClosed, OwnerId, WhatId, Keptword_Key__c"
        return self._colleague.query(
            f"SELECT {fields} FROM Task WHERE Keptword_Key__c LIKE 'kw1-%' ORDER BY Id"
        )

    def _ours(self) -> list[str]:
        """The keys of all our tasks that stand in either CRM."""
        salesforce = [
            row.get("Keptword_Key__c") for row in self._crm.rows("Task") if not row.get("IsDeleted")
        ]
        hubspot = [
            row.get("keptword_key")
            for row in self._crm.rows("tasks")
            if str(row.get("archived")).lower() not in ("true", "1")
        ]
        return [key for key in (*salesforce, *hubspot) if key and not key.startswith("kw1-canary")]

    def _wait_for_write(self, process: "subprocess.Popen[bytes]") -> None:
        deadline = time.monotonic() + _PATIENCE_S
        path = "/_sandbox/journal?method=POST&path=composite/sobjects"
        while not any(request["status"] for request in self._crm.call("GET", path)["requests"]):
            if process.poll() is not None or time.monotonic() > deadline:
                raise Failed(
                    "demo", "the run that was to be killed wrote nothing", "This is a defect: report it"
                )
            time.sleep(0.05)


def _unjudged(unknown: Sequence[Unknown]) -> list[str]:
    """Each rule that cannot tell, with its reason; for some of its clients or subjects only, of how many."""
    counts = Counter((each.rule, each.reason, each.subject_id is None, each.org_id) for each in unknown)
    return [
        f"{rule} {'in one CRM ' if org else ''}({reason})" if whole else f"{rule} in {count} cases ({reason})"
        for (rule, reason, whole, org), count in counts.items()
    ]


def _day(iso: object) -> str:
    return spelled(date.fromisoformat(str(iso)))


def _rest(count: int) -> str:
    return f"the other {count}" if count else "none of them twice"


def _other_reasons(report: RunReport) -> list[tuple[str, int]]:
    kinds = Counter(held.reason for held in report.plan.held if held.kind not in ("cap", "answered"))
    return kinds.most_common(3)
