"""One run: pull, judge, plan and apply in a row, or some of them, under the lease."""

import time
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from connectors.errors import CrmError
from rules.errors import RulesError
from rules.rule import Rule
from rules.wording import shorten
from sync.apply import Written, apply_plan
from sync.approving.approved import Approval, Moved
from sync.config.config import Config
from sync.config.whereabouts import ledger_url, mirror_path
from sync.connections import Connection, open_connections
from sync.decisions.files import keep_decisions, prove_folder
from sync.decisions.lines import Decided
from sync.errors import Failed, SyncError
from sync.judging.judging import Judged, judge_mirror
from sync.judging.rulebook import read_rulebook, rulebook_digest
from sync.just_written import show, tasks_of
from sync.ledger.lease import Lease
from sync.ledger.ledger import Ledger
from sync.ledger.runs import NewRun
from sync.mirror.mirror import Mirror
from sync.people.sight import plan_in_sight
from sync.plan.changes import Plan
from sync.plan.limits import over_limits
from sync.plan.situation import Situation
from sync.pull.pull import Asked, pull
from sync.pull.statement import Progress, PullReport
from sync.remember import known_task_ids, orgs_in_doubt, remember_tasks
from sync.retry import keys_to_retry, only
from sync.situate import keep_baseline, keep_settling, situation_of
from sync.watch import Watcher
from sync.wishes import Wishes

_REASON_LENGTH = 400
"""More than this of why a run failed is for its log, not for the ledger."""


@dataclass(kw_only=True)
class Bench:
    """What a run works with, open: config, rules, CRMs, mirror and ledger, held under the lease."""

    config: Config
    connections: Sequence[Connection]
    mirror: Mirror
    ledger: Ledger
    lease: Lease
    command: str = "run"
    """What the person at the keyboard or the scheduler called, for the ledger."""
    seconds: dict[str, float] = field(default_factory=dict)

    @cached_property
    def rules(self) -> dict[str, Rule]:
        """The rulebook, read when it is first asked for: a pull needs none. Raises UserError."""
        return read_rulebook(self.config)

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Adds the seconds that the block takes to the stage."""
        start = time.monotonic()
        try:
            yield
        finally:
            self.seconds[stage] = self.seconds.get(stage, 0.0) + time.monotonic() - start


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """What one run did, stage by stage; None for a stage that was not asked for."""

    run_id: str
    mode: str
    pulled: PullReport
    judged: Judged
    plan: Plan
    written: tuple[Written, ...]
    requests: dict[str, dict[str, int]]
    seconds: dict[str, float]
    approved_by: str | None = None
    """Who agreed to the plan file that was applied."""
    moved: tuple[Moved, ...] = ()
    """What they agreed to and what did not hold any more."""
    over_limits: tuple[str, ...] = ()
    """The limits that the plan passes, in words."""

    @property
    def in_part(self) -> bool:
        """Whether something named could not be read or written."""
        failed = any(each.outcome.result in ("failed", "unclear") for each in self.written)
        return failed or bool(self.moved) or not self.pulled.complete

    def figures(self) -> dict[str, Any]:
        """Counts for the ledger and the JSON answer."""
        results = [each.outcome.result for each in self.written]
        done = Counter(
            each.change.action for each in self.written if each.outcome.result in ("created", "updated")
        )
        return {
            "findings": len(self.judged.judgement.findings),
            "create": self.plan.count("create"),
            "update": self.plan.count("update") + self.plan.count("reassign"),
            "close": self.plan.count("close"),
            "held": len(self.plan.held),
            "unknown": len(self.plan.unknown),
            "standing": self.plan.standing,
            "written": done.total(),
            "created": done["create"],
            "updated": done["update"] + done["reassign"],
            "closed": done["close"],
            "failed": sum(result in ("failed", "unclear") for result in results),
            "requests": self.requests,
            "seconds": {stage: round(value, 3) for stage, value in self.seconds.items()},
        }


@contextmanager
def open_bench(config: Config, *, command: str) -> Iterator[Bench]:
    """Everything open and the lease taken; raises LeaseHeld, Failed, UserError."""
    with (
        Ledger.open(ledger_url(config)) as ledger,
        ledger.lease(command=command) as lease,
    ):
        mirror = Mirror(mirror_path(config))
        try:
            with open_connections(config) as connections:
                yield Bench(
                    config=config,
                    connections=connections,
                    mirror=mirror,
                    ledger=ledger,
                    lease=lease,
                    command=command,
                )
        finally:
            mirror.close()


def pull_all(bench: Bench, progress: Progress, *, accept_vanished: bool = False) -> PullReport:
    """The pull, with what the ledger learns from it."""
    with bench.timed("pull"):
        known = known_task_ids(bench.ledger, bench.mirror, bench.connections)
        in_doubt = orgs_in_doubt(bench.ledger, bench.mirror, bench.connections)
        report = pull(
            bench.connections,
            bench.mirror,
            Asked(
                habits=bench.config.pull,
                known_tasks=known,
                in_doubt=in_doubt,
                accept_vanished=accept_vanished,
            ),
            progress=progress,
            watcher=Watcher(bench.ledger),
        )
        remember_tasks(bench.ledger, bench.mirror, bench.connections, at=utc_now())
    return report


def judge_all(bench: Bench, wishes: Wishes, *, named: str | None = None) -> Judged:
    """The judging of what the mirror holds now; a rule that is `named` is judged even where it is off."""
    with bench.timed("judge"):
        return judge_mirror(
            bench.config,
            bench.connections,
            bench.mirror,
            bench.ledger,
            {
                name: rule.reporting() if name == named and rule.file.mode == "off" else rule
                for name, rule in bench.rules.items()
            },
            now=wishes.now or utc_now(),
        )


def plan_all(
    bench: Bench, judged: Judged, wishes: Wishes, *, retried: Collection[str] = ()
) -> tuple[Plan, Situation]:
    """The plan for what was judged; `retried`: keys of refused writes that may be sent again."""

    def situate(blind: frozenset[tuple[str, str]]) -> Situation:
        return situation_of(
            bench.config, bench.connections, bench.mirror, bench.ledger, judged, rules=bench.rules,
            accept_baseline=wishes.accept_baseline, blind=blind, retried=retried,
        )  # fmt: skip

    with bench.timed("plan"):
        return plan_in_sight(bench.connections, situate)


def run(
    bench: Bench, wishes: Wishes, progress: Progress, *, write: bool, approval: Approval | None = None
) -> RunReport:
    """The whole loop; with an approval, what a person has agreed to and nothing else.

    Raises Failed where the plan passes a limit and `wishes.over_limits` is not said; nothing is written then.
    """
    started = utc_now()
    prove_folder(bench.config)
    retried = keys_to_retry(bench.ledger, wishes.retry) if wishes.retry is not None else None
    run_id = bench.ledger.runs.start(
        NewRun(
            command=bench.command,
            mode="write" if write else "preview",
            config_digest=bench.config.digest,
            rules_digest=rulebook_digest(bench.rules),
            approved_by=approval.by if approval else None,
        ),
        now=started,
    )
    try:
        pulled = pull_all(bench, progress)
        judged = judge_all(bench, wishes)
        plan, situation = plan_all(bench, judged, wishes, retried=retried or ())
        keep_settling(bench.ledger, plan)
        written: list[Written] = []
        moved: tuple[Moved, ...] = ()
        if approval is not None:
            kept = approval.restrict(plan, situation, bench.ledger.steps)
            plan, moved = kept.plan, kept.moved
        if retried is not None:
            plan = only(plan, retried)
        if write:
            refuse_over_limits(plan, situation, wishes)
            written = _write(bench, plan, situation, run_id)
    except BaseException as error:
        note_failure(bench.ledger, run_id, error)
        raise
    report = RunReport(
        run_id=run_id,
        mode="write" if write else "preview",
        pulled=pulled,
        judged=judged,
        plan=plan,
        written=tuple(written),
        requests={
            connection.name: dict(connection.connector.calls_made()) for connection in bench.connections
        },
        seconds=bench.seconds,
        approved_by=approval.by if approval else None,
        moved=moved,
        over_limits=tuple(over_limits(plan, situation)),
    )
    bench.ledger.runs.finish(
        run_id, "in part" if report.in_part else "done", figures=report.figures(), now=utc_now()
    )
    keep_decisions(
        bench.config,
        Decided(run_id=run_id, at=utc_now(), plan=plan, situation=situation, written=written),
    )
    return report


def note_failure(ledger: Ledger, run_id: str, error: BaseException) -> None:
    """Notes in the ledger how and why a run ended before it was done.

    Of an error that nobody foresaw only the kind: what such a text holds is not known.
    """
    if isinstance(error, SyncError | RulesError | CrmError):
        outcome, reason = "failed", shorten(f"{error.place}: {error.problem}", _REASON_LENGTH)
    elif isinstance(error, KeyboardInterrupt):
        outcome, reason = "interrupted", None
    else:
        outcome, reason = "failed", f"an error that nobody foresaw ({type(error).__name__})"
    ledger.runs.fail(run_id, outcome, reason=reason, now=utc_now())


def refuse_over_limits(plan: Plan, situation: Situation, wishes: Wishes) -> None:
    """Raises Failed where the plan would change more than the limits allow."""
    passed = over_limits(plan, situation)
    if passed and not wishes.over_limits:
        remedy = "Look at `keptword plan`; if it is right, run once with --over-limits, or raise the limit"
        raise Failed("plan", "; ".join(passed), f"{remedy}. Nothing was written.")


def _write(bench: Bench, plan: Plan, situation: Situation, run_id: str) -> list[Written]:
    with bench.timed("apply"):
        for connection in bench.connections:
            if any(change.connection == connection.name for change in plan.changes):
                prove_ready(connection)
        # First, so that a run that is killed on its way leaves no second first run behind.
        keep_baseline(bench.ledger, situation, plan, at=utc_now())
        orgs = {home.connection: home.org_id for home in situation.homes.values()}
        written = apply_plan(
            plan, bench.connections, bench.ledger, bench.lease, run_id=run_id, orgs=orgs, now=utc_now()
        )
        for connection in bench.connections:
            mine = [each for each in written if each.change.connection == connection.name]
            show(bench.mirror, connection, tasks_of(connection.connector.crm, mine, at=utc_now()))
        return written


def prove_ready(connection: Connection) -> None:
    """Raises Failed where tasks cannot be written there now; of twins, where the CRM cannot refuse them, one is left."""
    try:
        readiness = connection.connector.readiness()
        if readiness.ready:
            connection.connector.collapse_twins()
            return
    except CrmError as error:
        raise Failed(error.place, error.problem, error.remedy) from error
    raise Failed(
        f"connections.{connection.name}",
        f"tasks cannot be written ({readiness.reason})",
        "Run `keptword setup`.",
    )


def utc_now() -> datetime:
    """The machine's clock, naive UTC."""
    return datetime.now(UTC).replace(tzinfo=None)
