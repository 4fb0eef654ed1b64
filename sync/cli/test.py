"""The command test: every example and scenario of every rule, offline."""

from pathlib import Path

import click
from click.core import ParameterSource

from sync.cli.console import stdout
from sync.cli.ending import FAILED, ends_well
from sync.cli.reading import config_offline
from sync.cli.words import with_config
from sync.report.answer import as_json
from sync.report.tested import show_group, show_test_end, tests_document
from sync.testing import Group, run_tests


@click.command()
@with_config
@click.option("--rule", default=None, metavar="R", help="Only what speaks of this rule.")
@ends_well
def test(config_file: Path, as_document: bool, rule: str | None) -> int:
    """Run every example and scenario of the rules; asks no CRM.

    Without a config, those of the built-in rules. Exits 1 where a rule does not do what one of them says.
    """
    console = stdout()

    def tell(group: Group) -> None:
        if not as_document:
            show_group(console, group)

    asked = click.get_current_context().get_parameter_source("config_file") is not ParameterSource.DEFAULT
    there = asked or config_file.exists()
    report = run_tests(config_offline(config_file) if there else None, rule=rule, tell=tell)
    if as_document:
        click.echo(as_json(tests_document(report)))
    else:
        show_test_end(console, report, config_file=str(config_file) if there else None)
    return FAILED if report.failed else 0
