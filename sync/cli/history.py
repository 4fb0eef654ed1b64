"""The command that reads what past runs left behind: history."""

from collections.abc import Callable
from datetime import tzinfo
from pathlib import Path
from typing import Any

import click
from rich.console import Console

from rules.calendar.working import find_zone
from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.reading import config_offline
from sync.cli.words import with_config
from sync.config.whereabouts import ledger_url
from sync.errors import UserError
from sync.ledger.ledger import Ledger
from sync.past.history import Asked, PastRun, past_run
from sync.past.past_runs import find_run
from sync.report.answer import as_json
from sync.report.history_document import failed_document, past_run_document, runs_document
from sync.report.history_text import show_failed, show_past_run, show_runs

Answer = tuple[dict[str, Any], Callable[[Console], None]]
"""The document, and what shows the same to a person."""


@click.command()
@with_config
@click.option(
    "--limit", type=click.IntRange(min=1), default=20, show_default=True, help="At most so many runs."
)
@click.option("--rule", default=None, help="Of RUN, only what this rule decided.")
@click.option("--account", default=None, help="Of RUN, only this client: its record's id, or its name.")
@click.option(
    "--kind", default=None, help="Of RUN, only one kind of decision, such as create, held, muted or left."
)
@click.option("--failed", is_flag=True, help="What could not be written, and no later run has cleared up.")
@click.argument("run", required=False, metavar="[RUN]")
@ends_well
def history(
    config_file: Path, as_document: bool, limit: int, rule: str | None, account: str | None, kind: str | None,
    failed: bool, run: str | None,
) -> int:  # fmt: skip
    """List the last runs, or say what one of them decided and why.

    The beginning of a run's id is enough for RUN. Asks no CRM, and may be called while a run is at work.
    """
    config = config_offline(config_file)
    asked = Asked(rule=rule, account=account, kind=kind)
    if asked != Asked() and (run is None or failed):
        raise UserError(
            "history", "--rule, --account and --kind choose from the decisions of one run", "Name the run"
        )
    zone = find_zone(config.company.timezone, place=config.place("company", "timezone"))
    with Ledger.open(ledger_url(config)) as ledger:
        if failed:
            document, show = _failed(ledger, run, zone)
        elif run is None:
            document, show = _last(ledger, limit, zone)
        else:
            document, show = _one(past_run(config, ledger, run, asked), zone)
    if as_document:
        click.echo(as_json(document))
    else:
        show(stdout())
    return 0


def _failed(ledger: Ledger, run: str | None, zone: tzinfo) -> Answer:
    letters = ledger.steps.unsettled(find_run(ledger, run, place="RUN").run_id if run else None)
    return failed_document(letters), lambda console: show_failed(console, letters, zone)


def _last(ledger: Ledger, limit: int, zone: tzinfo) -> Answer:
    runs = ledger.runs.latest(limit)
    return runs_document(runs), lambda console: show_runs(console, runs, zone)


def _one(told: PastRun, zone: tzinfo) -> Answer:
    return past_run_document(told), lambda console: show_past_run(console, told, zone)
