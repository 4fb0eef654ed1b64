"""The command that rehearses rules on the past: backtest."""

from datetime import datetime
from pathlib import Path

import click

from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.reading import config_offline
from sync.cli.words import with_config, with_now
from sync.rehearsal.backtest import backtest as rehearse_past
from sync.report.answer import as_json
from sync.report.backtest_document import backtest_document
from sync.report.backtest_text import show_backtest
from sync.run import open_bench, utc_now

MOST_DAYS = 366


@click.command()
@with_config
@with_now
@click.option("--rule", default=None, metavar="R", help="Only this rule, even if it is off.")
@click.option(
    "--days", type=click.IntRange(min=1, max=MOST_DAYS), default=90, show_default=True, metavar="N",
    help=f"How many past days to judge, up to {MOST_DAYS}.",
)  # fmt: skip
@click.option(
    "--against", default=None, metavar="REV-or-FILE",
    help="Another version of the config, by its file or by a git revision of this one: what differs, by name.",
)  # fmt: skip
@ends_well
def backtest(
    config_file: Path,
    as_document: bool,
    now: datetime | None,
    rule: str | None,
    days: int,
    against: str | None,
) -> int:
    """Show what the rules would have raised on past days, per rule, week and owner.

    Judges each past day by what is known of it, from what was pulled; asks no CRM, writes nothing. A rule on facts
    that are known of today only is not rehearsed, and named.
    """
    with open_bench(config_offline(config_file), command="backtest") as bench:
        told = rehearse_past(bench, now=now or utc_now(), days=days, only=rule, against=against)
    if as_document:
        click.echo(as_json(backtest_document(told)))
    else:
        show_backtest(stdout(), told)
    return 0
