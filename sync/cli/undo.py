"""The command that takes back what a run wrote: undo."""

from pathlib import Path

import click

from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.reading import config_for_crm
from sync.cli.words import with_config
from sync.past.past_runs import find_run
from sync.report.answer import as_json
from sync.report.undo_document import undo_document
from sync.report.undo_text import show_undo
from sync.run import open_bench
from sync.undo.undo import undo as take_back

DONE, IN_PART = 0, 3


@click.command()
@with_config
@click.option("--dry-run", is_flag=True, help="Show what would be taken back; write nothing.")
@click.option(
    "--over-limits",
    is_flag=True,
    help="Let through an undo of an undo that makes or closes more tasks than [limits] allow.",
)
@click.argument("run")
@ends_well
def undo(config_file: Path, as_document: bool, dry_run: bool, over_limits: bool, run: str) -> int:
    """Take back what a run wrote, where no person has touched it since.

    New tasks go to the CRM's recycle bin, closed ones are opened again, changed fields are as they were; what somebody has
    touched since is listed and left. The undo is a run of its own, which can be undone. The beginning of a run's id is
    enough for RUN. Writes whatever `mode` says, unless --dry-run is given.
    """
    with open_bench(config_for_crm(config_file), command="undo") as bench:
        past = find_run(bench.ledger, run, place="RUN")
        report = take_back(bench, past, dry_run=dry_run, over_limits=over_limits)
    if as_document:
        click.echo(as_json(undo_document(report, dry_run=dry_run)))
    else:
        show_undo(stdout(), report, dry_run=dry_run)
    return IN_PART if report.in_part and not dry_run else DONE
