"""The command that says why: explain."""

from datetime import datetime
from pathlib import Path

import click

from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.reading import config_offline
from sync.cli.words import wishes, with_config, with_now
from sync.errors import no_such_rule
from sync.explaining.explain import explain as explain_client
from sync.report.answer import as_json
from sync.report.explain_document import explain_document
from sync.report.explain_text import show_explanation
from sync.run import judge_all, open_bench, plan_all


@click.command()
@with_config
@with_now
@click.argument("account")
@click.option("--rule", default=None, metavar="RULE", help="Only this rule, in full.")
@ends_well
def explain(
    config_file: Path, as_document: bool, now: datetime | None, account: str, rule: str | None
) -> int:
    """Say why each rule does or does not fire for a client, and what the plan does about it.

    ACCOUNT is the id of the client's record, its exact name or its web domain. Reads what was pulled; asks no CRM,
    writes nothing.
    """
    asked = wishes(now=now)
    with open_bench(config_offline(config_file), command="explain") as bench:
        if rule is not None and rule not in bench.rules:
            raise no_such_rule(rule, bench.rules)
        judged = judge_all(bench, asked)
        plan, situation = plan_all(bench, judged, asked)
        told = explain_client(bench, judged, plan, situation, account=account, only=rule)
    if as_document:
        click.echo(as_json(explain_document(told)))
    else:
        show_explanation(stdout(), told, whole=rule is not None)
    return 0
