"""The command `keptword`: what it can do, and how each command is found."""

import gc
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import click

from sync.cli.backtest import backtest
from sync.cli.crm import sandbox, setup
from sync.cli.ending import tell_wrong_arguments
from sync.cli.explain import explain
from sync.cli.files import check, init
from sync.cli.history import history
from sync.cli.identities import identities
from sync.cli.loop import apply, findings, plan, pull, run
from sync.cli.mutes import mute, unmute
from sync.cli.schema import schema
from sync.cli.scoreboard import scoreboard
from sync.cli.show import demo
from sync.cli.test import test
from sync.cli.undo import undo


class Commands(click.Group):
    """Commands whose `--json` answers wrong arguments by a document too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does."""
        with _answering(args):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does."""
        # What was loaded stays to the end: to look through it for garbage takes a tenth of a second each time.
        gc.freeze()
        try:
            with _answering(ctx.args):
                return super().invoke(ctx)
        finally:
            # Some libraries write of leaks where they find their own things frozen at the end.
            gc.unfreeze()


@contextmanager
def _answering(arguments: Sequence[str]) -> Iterator[None]:
    wants_document = "--json" in arguments  # click takes the arguments apart in place
    try:
        yield
    except click.UsageError as error:
        if wants_document:
            tell_wrong_arguments(error)
        raise


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keptword")
def main() -> None:
    """Watches the client relationships in a CRM and turns what is slipping into tasks."""


for command in (
    demo,
    init,
    check,
    test,
    setup,
    pull,
    findings,
    identities,
    explain,
    backtest,
    plan,
    apply,
    run,
    undo,
    history,
    mute,
    unmute,
    scoreboard,
    schema,
    sandbox,
):
    main.add_command(command)


if __name__ == "__main__":
    main()
