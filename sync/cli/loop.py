"""The loop, in parts or whole: pull, findings, plan, apply, run."""

from datetime import datetime
from pathlib import Path

import click
import structlog

from sync.approving.approved import Approval, read_approved, write_plan
from sync.cli.console import progress_bars, stdout
from sync.cli.ending import ends_well
from sync.cli.person import name_of_person
from sync.cli.reading import config_for_crm
from sync.cli.words import wishes, with_config, with_limits, with_now
from sync.errors import UserError, no_such_rule
from sync.plan.limits import over_limits as passed_limits
from sync.plan.people import People, Rota
from sync.report.answer import as_json
from sync.report.documents import findings_document, pull_document, run_document
from sync.report.findings_text import show_findings
from sync.report.plan_page import plan_page, write_page
from sync.report.plan_text import limits_words, show_basis, show_plan
from sync.report.text import show_moved, show_pull, show_set_aside, show_written
from sync.run import RunReport, judge_all, open_bench, plan_all, pull_all
from sync.run import run as run_all

DONE, IN_PART, CHANGES = 0, 3, 5


@click.command()
@with_config
@click.option(
    "--accept-vanished",
    is_flag=True,
    help="Believe that records which this login does not see any more, in whatever number, were removed.",
)
@ends_well
def pull(config_file: Path, as_document: bool, accept_vanished: bool) -> int:
    """Read what changed in the CRMs into the mirror."""
    with open_bench(config_for_crm(config_file), command="pull") as bench, progress_bars() as progress:
        report = pull_all(bench, progress, accept_vanished=accept_vanished)
    if as_document:
        click.echo(as_json(pull_document(report)))
    else:
        show_pull(stdout(), report)
    return DONE if report.complete else IN_PART


@click.command()
@with_config
@with_now
@click.option("--rule", default=None, help="Only this rule.")
@click.option("--limit", type=click.IntRange(min=1), default=None, help="At most so many findings.")
@ends_well
def findings(
    config_file: Path, as_document: bool, now: datetime | None, rule: str | None, limit: int | None
) -> int:
    """Show what the rules find in what was pulled; writes nothing."""
    with open_bench(config_for_crm(config_file), command="findings") as bench:
        if rule is not None and rule not in bench.rules:
            raise no_such_rule(rule, bench.rules)
        judged = judge_all(bench, wishes(now=now), named=rule)
    found = [each for each in judged.judgement.findings if rule in (None, each.rule)][:limit]
    if as_document:
        click.echo(as_json(findings_document(judged.judgement, found)))
    else:
        show_findings(stdout(), judged.judgement, found, rules=bench.rules, only=rule)
    return DONE


@click.command()
@with_config
@with_now
@with_limits
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    metavar="F",
    help="Write the plan to a file, for `apply F`.",
)
@click.option(
    "--html", "page", type=click.Path(path_type=Path), default=None, metavar="F",
    help="Write the plan as one HTML page, for who is to approve it.",
)  # fmt: skip
@click.option("--exit-code", "tell_changes", is_flag=True, help="Exit 5 when there is something to write.")
@ends_well
def plan(
    config_file: Path, as_document: bool, now: datetime | None, accept_baseline: bool, over_limits: bool,
    out: Path | None, page: Path | None, tell_changes: bool,
) -> int:  # fmt: skip
    """Show what would be written, from what was pulled; writes nothing to a CRM."""
    asked = wishes(now=now, accept_baseline=accept_baseline, over_limits=over_limits)
    with open_bench(config_for_crm(config_file), command="plan") as bench:
        judged = judge_all(bench, asked)
        made, situation = plan_all(bench, judged, asked)
        over = limits_words(passed_limits(made, situation), let_through=over_limits)
        if out is not None:
            write_plan(out, made, situation, bench.rules, accept_baseline=accept_baseline)
        if page is not None:
            write_page(page, plan_page(made, situation, over_limits=over))
    if as_document:
        click.echo(as_json(made.document()))
    else:
        show_plan(stdout(), made, situation.people, tasks=situation.tasks)
        show_basis(stdout(), made)
        if over:
            stdout().print(over, style="red", markup=False)
    return CHANGES if tell_changes and made.changes else DONE


@click.command()
@with_config
@with_now
@with_limits
@click.option(
    "--retry",
    default=None,
    metavar="RUN",
    help="Only what this past run could not write and no later one has: see `history --failed`.",
)
@click.option(
    "--approved-by",
    default=None,
    metavar="NAME",
    help="Who approved the plan F; by default who is logged in here.",
)
@click.option(
    "--partial",
    is_flag=True,
    help="Apply what still holds of the plan F, and exit 3 where something does not.",
)
@click.argument("approved", required=False, type=click.Path(path_type=Path), metavar="[F]")
@ends_well
def apply(
    config_file: Path,
    as_document: bool,
    now: datetime | None,
    accept_baseline: bool,
    over_limits: bool,
    retry: str | None,
    approved_by: str | None,
    partial: bool,
    approved: Path | None,
) -> int:
    """Write a plan to the CRMs: the approved one in F, exactly, or the one of this moment."""
    config = config_for_crm(config_file)
    if approved is not None and retry is not None:
        raise UserError("--retry", "a plan file says what to write already", "Leave one of the two out")
    if approved is None:
        if approved_by is not None or partial:
            option = "--partial" if partial else "--approved-by"
            raise UserError(
                option, "no plan file is named", "Name the one that was approved: `keptword apply F`"
            )
        if config.mode != "write":
            raise UserError(
                config.place("mode"),
                "the config says preview",
                'Say mode = "write", or approve a plan: `keptword plan --out F`, `keptword apply F`',
            )
        return _run(
            config_file,
            as_document,
            now=now,
            accept_baseline=accept_baseline,
            over_limits=over_limits,
            command="apply",
            retry=retry,
        )
    file = read_approved(approved)
    approval = Approval(file=file, by=name_of_person("--approved-by", approved_by), partial=partial)
    return _run(
        config_file, as_document, now=now, accept_baseline=file.accept_baseline, over_limits=over_limits,
        command="apply", approval=approval,
    )  # fmt: skip


@click.command()
@with_config
@with_now
@with_limits
@ends_well
def run(
    config_file: Path, as_document: bool, now: datetime | None, accept_baseline: bool, over_limits: bool
) -> int:
    """Pull, judge, plan and, with mode = "write", apply."""
    return _run(
        config_file,
        as_document,
        now=now,
        accept_baseline=accept_baseline,
        over_limits=over_limits,
        command="run",
    )


def _run(
    config_file: Path, as_document: bool, *, now: datetime | None, accept_baseline: bool, over_limits: bool,
    command: str, approval: Approval | None = None, retry: str | None = None,
) -> int:  # fmt: skip
    config = config_for_crm(config_file)
    asked = wishes(now=now, accept_baseline=accept_baseline, over_limits=over_limits, retry=retry)
    with open_bench(config, command=command) as bench, progress_bars() as progress:
        write = config.mode == "write" or approval is not None
        report = run_all(bench, asked, progress, write=write, approval=approval)
        _log(report)
        people = _people(report)
    if as_document:
        click.echo(as_json(run_document(report)))
    else:
        _show(report, people, let_through=over_limits)
    return IN_PART if report.in_part else DONE


def _people(report: RunReport) -> People:
    return People(report.judged.people, Rota())


def _show(report: RunReport, people: People, *, let_through: bool) -> None:
    console = stdout()
    show_pull(console, report.pulled)
    console.print()
    show_plan(console, report.plan, people, tasks=report.judged.tasks)
    if over := limits_words(report.over_limits, let_through=let_through):
        console.print(over, style="red", markup=False)
    show_set_aside(console, report.judged.judgement)
    show_moved(console, report.moved)
    if report.mode == "preview":
        console.print(
            'This was a preview: nothing was written. Say mode = "write" in the config when the plan is right.'
        )
    else:
        show_written(console, report.written)
    if report.approved_by:
        console.print(f"Approved by {report.approved_by}.", markup=False)


def _log(report: RunReport) -> None:
    structlog.get_logger().info("run", run_id=report.run_id, mode=report.mode, **report.figures())
