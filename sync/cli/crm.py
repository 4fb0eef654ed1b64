"""Commands about the CRM itself: setup makes what write-back needs, sandbox serves a CRM on this machine."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from connectors.connector import SetupStep
from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.reading import config_for_crm
from sync.cli.words import with_config
from sync.config.config import Config
from sync.config.whereabouts import ledger_url
from sync.connections import Connection, open_connections
from sync.ledger.database import utc_now
from sync.ledger.ledger import Ledger
from sync.report.answer import as_json
from sync.report.documents import setup_document
from sync.report.text import show_setup


@click.command()
@with_config
@click.option("--dry-run", is_flag=True, help="Only show what is there and what is missing.")
@ends_well
def setup(config_file: Path, as_document: bool, dry_run: bool) -> int:
    """Make the two task fields that write-back needs, and prove them with a task that is removed at once."""
    steps: dict[str, list[SetupStep]] = {}
    config = config_for_crm(config_file)
    with _sole(config, dry_run), open_connections(config) as connections:
        for connection in connections:
            org_id = connection.connector.probe().org_id
            missing = connection.connector.setup(write=False)
            if not as_document:
                stdout().print(f"{connection.name} needs:")
                show_setup(stdout(), connection.name, missing)
            steps[connection.name] = missing if dry_run else connection.connector.setup(write=True)
            # A trial that failed has shown nothing: what an earlier one found stays.
            if not dry_run and all(step.state != "failed" for step in steps[connection.name]):
                _keep_rewritten(config, connection, org_id)
            if not as_document and not dry_run:
                stdout().print(f"{connection.name} now:")
                show_setup(stdout(), connection.name, steps[connection.name])
    if as_document:
        click.echo(as_json(setup_document(steps)))
    states = {step.state for each in steps.values() for step in each}
    return 1 if "failed" in states else 3 if states & {"by hand"} else 0


@contextmanager
def _sole(config: Config, dry_run: bool) -> Iterator[None]:
    """The lease, where something is written: a trial task beside a run would be read by it."""
    if dry_run:
        yield
        return
    with Ledger.open(ledger_url(config)) as ledger, ledger.lease(command="setup"):
        yield


def _keep_rewritten(config: Config, connection: Connection, org_id: str) -> None:
    """What the canary task has shown, for the plans to come."""
    fields = connection.connector.readiness().rewritten_fields
    with Ledger.open(ledger_url(config)) as ledger:
        ledger.rewritten.keep(org_id, fields, at=utc_now())


@click.group()
def sandbox() -> None:
    """A CRM on this machine that speaks Salesforce's and HubSpot's APIs."""


@sandbox.command(
    context_settings={"ignore_unknown_options": True, "help_option_names": []}, add_help_option=False
)
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def serve(options: tuple[str, ...]) -> None:
    """Serve it on loopback until interrupted: --port P, --now T, --data DIR or --accounts N --seed S."""
    os.execv(sys.executable, [sys.executable, "-m", "sandbox", *options])  # noqa: S606 -- our own module, no shell
