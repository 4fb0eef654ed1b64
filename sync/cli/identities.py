"""The command that lists who is who between CRMs: identities."""

from pathlib import Path

import click

from sync.cli.console import stdout
from sync.cli.ending import ends_well
from sync.cli.reading import config_offline
from sync.cli.words import with_config
from sync.config.words import nearest
from sync.errors import UserError
from sync.identities.identities import identities as gather
from sync.identities.proposals_file import write_proposals
from sync.report.answer import as_json
from sync.report.identities_document import identities_document
from sync.report.identities_text import show_identities
from sync.run import open_bench


@click.command()
@with_config
@click.option(
    "--connection", "connections", multiple=True, metavar="NAME",
    help="Only what speaks of an account of this connection; may be given several times.",
)  # fmt: skip
@click.option(
    "--limit", type=click.IntRange(min=0), default=20, show_default=True,
    help="At most so many of each kind; --json gives all.",
)  # fmt: skip
@click.option(
    "--propose-out", type=click.Path(path_type=Path), default=None, metavar="FILE",
    help="Write the proposals as entries to decide on, after what the file has already.",
)  # fmt: skip
@ends_well
def identities(
    config_file: Path, as_document: bool, connections: tuple[str, ...], limit: int, propose_out: Path | None
) -> int:
    """List which accounts of several CRMs are one client, which may be, and what contradicts itself.

    Reads what was pulled and the identities file; asks no CRM, joins nothing by itself.
    """
    config = config_offline(config_file)
    for name in connections:
        if name not in config.connections:
            remedy = nearest(name, tuple(config.connections)).capitalize()
            raise UserError("--connection", f"the config has no connection '{name[:80]}'", remedy)
    with open_bench(config, command="identities") as bench:
        told = gather(bench.config, bench.connections, bench.mirror)
    told = told.only(connections) if connections else told
    written = None
    if propose_out is not None:
        names = tuple(config.connections)
        written = write_proposals(propose_out, told.proposals, told.names, connections=names)
    if as_document:
        file = str(propose_out) if propose_out else None
        click.echo(as_json(identities_document(told, written=written, file=file)))
    else:
        show_identities(stdout(), told, limit=limit)
        if propose_out is not None:
            click.echo(
                f"\nWrote {written} new proposals to {propose_out}: make each [[same]] or [[different]]."
            )
    return 0
