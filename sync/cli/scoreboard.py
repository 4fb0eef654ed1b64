"""The command that says what became of tasks: scoreboard."""

from datetime import datetime
from pathlib import Path

import click

from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.reading import config_offline
from sync.cli.words import with_config, with_now
from sync.report.answer import as_json
from sync.report.scoreboard_document import scoreboard_document
from sync.report.scoreboard_text import show_scoreboard
from sync.run import open_bench, utc_now
from sync.scoreboard.scoreboard import scoreboard as gather

_MOST_DAYS = 3_660


@click.command()
@with_config
@with_now
@click.option(
    "--days", type=click.IntRange(min=1, max=_MOST_DAYS), default=90, show_default=True, metavar="N",
    help="Tasks that were raised in the last N days.",
)  # fmt: skip
@ends_well
def scoreboard(config_file: Path, as_document: bool, now: datetime | None, days: int) -> int:
    """Show what became of each rule's and each person's tasks, and which rules are mostly noise.

    Reads what was pulled and the ledger; asks no CRM, writes nothing.
    """
    with open_bench(config_offline(config_file), command="scoreboard") as bench:
        board = gather(bench, now=now or utc_now(), days=days)
    if as_document:
        click.echo(as_json(scoreboard_document(board)))
    else:
        show_scoreboard(stdout(), board)
    return 0
