"""Takes back what a run wrote, task by task, where nobody has touched it since; the undoing is itself a run."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sync.decisions.files import keep_lines, prove_folder, read_decisions
from sync.errors import Failed, UserError
from sync.judging.rulebook import rulebook_digest
from sync.just_written import show
from sync.ledger.runs import NewRun, Run
from sync.run import Bench, note_failure, prove_ready, utc_now
from sync.undo.inverse import Stays, TakeBack
from sync.undo.looking import Looked, look
from sync.undo.noted import (
    TakenBack,
    as_it_stands,
    figures_of,
    findings_of,
    lines_of,
    outcomes_of,
    remembered,
    step_of,
)
from sync.undo.writing import BATCH, Batch, write_batch


@dataclass(frozen=True, slots=True, kw_only=True)
class UndoReport:
    """What an undo did, or would do."""

    undoes: Run
    run_id: str | None
    """None: it only looked, or there was nothing to write."""
    taken: tuple[TakenBack, ...]
    left: tuple[Stays, ...]
    figures: Mapping[str, Any]

    @property
    def in_part(self) -> bool:
        """Whether something that the run wrote is still there."""
        return bool(self.left) or not all(each.is_written for each in self.taken)


def undo(bench: Bench, run: Run, *, dry_run: bool, over_limits: bool) -> UndoReport:
    """Raises UserError for a run that wrote nothing, Failed where a CRM does not answer or a limit is passed."""
    if run.mode != "write":
        raise UserError("RUN", f"run {run.run_id} was a preview: it wrote nothing", "Name one that `keptword history` shows as write")  # fmt: skip
    prove_folder(bench.config)
    looked = look(bench, run)
    if dry_run or not looked.backs:
        return _report(bench, run, None, Batch(taken=tuple(TakenBack(back=back) for back in looked.backs), left=looked.left))  # fmt: skip
    refuse_over_limits(bench, looked.backs, let_through=over_limits)
    for connection, _ in looked.homes.values():
        if any(back.connection == connection.name for back in looked.backs):
            prove_ready(connection)
    return _carried_out(bench, run, looked)


def refuse_over_limits(bench: Bench, backs: Sequence[TakeBack], *, let_through: bool) -> None:
    """Taking back is bounded by the run that is taken back; making and closing anew by the limits of any run."""
    limits = bench.config.limits
    tasks = [
        task
        for org_id in {back.step.org_id for back in backs}
        for task in bench.ledger.tasks.written(org_id).values()
    ]
    open_count = sum(not (task.is_closed or task.is_deleted) for task in tasks)
    passed = [
        f"{count} tasks would be {done}, {key} allows {most}"
        for action, done, key, most in (
            ("create", "created anew", "limits.new_per_run", limits.new_per_run),
            ("close", "closed again", f"limits.close_share = {limits.close_share:g}",
             max(limits.close_at_least, int(limits.close_share * open_count))),
        )
        if (count := sum(back.action == action for back in backs)) > most
    ]  # fmt: skip
    if passed and not let_through:
        remedy = "Look at `keptword undo RUN --dry-run`; if it is right, run once with --over-limits"
        raise Failed("undo", "; ".join(passed), f"{remedy}. Nothing was written.")


def _carried_out(bench: Bench, run: Run, looked: Looked) -> UndoReport:
    ledger = bench.ledger
    run_id = ledger.runs.start(
        NewRun(
            command=bench.command, mode="write", config_digest=bench.config.digest,
            rules_digest=rulebook_digest(bench.rules), undoes=run.run_id,
        ),
        now=utc_now(),
    )  # fmt: skip
    try:
        _keep_from_coming_back(bench, looked.backs)
        ledger.steps.plan(run_id, (step_of(n, back) for n, back in enumerate(looked.backs, start=1)))
        done = [_write(bench, looked, batch, run_id) for batch in _batches(looked)]
    except BaseException as error:
        note_failure(ledger, run_id, error)
        raise
    whole = Batch(
        taken=tuple(each for batch in done for each in batch.taken),
        left=(*looked.left, *(each for batch in done for each in batch.left)),
    )
    report = _report(bench, run, run_id, whole)
    names = _client_names(bench, run)
    ledger.runs.finish(run_id, "in part" if report.in_part else "done", figures=report.figures, now=utc_now())
    keep_lines(
        bench.config,
        run_id,
        lines_of(run_id, report.taken, report.left, names=names, at=utc_now()),
        at=utc_now(),
    )
    return report


def _client_names(bench: Bench, run: Run) -> dict[str, str]:
    """Client -> its name, as the run that is taken back knew it; none where what it decided cannot be read."""
    try:
        lines = read_decisions(bench.config, run.run_id) or ()
    except Failed:
        return {}
    return {line["account_id"]: line["account"] for line in lines if line["account_id"] and line["account"]}


def _keep_from_coming_back(bench: Bench, backs: Sequence[TakeBack]) -> None:
    """Before anything is written, so that an undo that is killed on its way lets nothing come back that it took away."""
    findings = bench.ledger.findings
    findings.mark_seen(
        (each for back in backs if back.action == "delete" for each in findings_of(back.step)), at=utc_now()
    )
    findings.forget(each for back in backs if back.action == "create" for each in findings_of(back.step))


def _batches(looked: Looked) -> Iterator[Sequence[TakeBack]]:
    for org_id in looked.homes:
        mine = [back for back in looked.backs if back.step.org_id == org_id]
        yield from (mine[start : start + BATCH] for start in range(0, len(mine), BATCH))


def _write(bench: Bench, looked: Looked, batch: Sequence[TakeBack], run_id: str) -> Batch:
    ledger, org_id = bench.ledger, batch[0].step.org_id
    connection, place = looked.homes[org_id]
    bench.lease.check()
    ledger.steps.sent(run_id, [back.key for back in batch])
    done = write_batch(connection, batch, looked.again)
    ledger.steps.answered(run_id, outcomes_of(batch, done.taken, done.left))
    ledger.tasks.remember(
        org_id, [remembered(each, place.crm, at=utc_now()) for each in done.taken if each.is_written]
    )
    stands = (as_it_stands(each, place.crm, at=utc_now()) for each in done.taken if each.is_written)
    show(bench.mirror, connection, (task for task in stands if task is not None))
    return done


def _report(bench: Bench, run: Run, run_id: str | None, done: Batch) -> UndoReport:
    requests = {each.name: dict(each.connector.calls_made()) for each in bench.connections}
    figures = figures_of(done.taken, done.left, requests)
    return UndoReport(undoes=run, run_id=run_id, taken=done.taken, left=done.left, figures=figures)
