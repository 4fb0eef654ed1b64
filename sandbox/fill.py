"""Fills a new CRM with what the command line asks for: files, a made-up client base, or nothing."""

from collections.abc import Sequence
from datetime import UTC

from sandbox.generate.fill import fill_with_agency
from sandbox.hubspot.dialect import HubSpotDialect
from sandbox.load import load_folder
from sandbox.options import Options
from sandbox.salesforce.dialect import SalesforceDialect
from sandbox.world import Dialect, World


def speakers(world: World) -> list[Dialect]:
    """Both vendors' sides of this world."""
    return [SalesforceDialect(world), HubSpotDialect(world)]


def fill(world: World, dialects: Sequence[Dialect], options: Options) -> None:
    """Loads `--data` or makes `--accounts`, all in one transaction; raises Refused."""
    with world.store.transaction("fill"):
        if options.data is not None:
            load_folder(options.data, dialects)
        elif options.accounts is not None:
            now = options.now.astimezone(UTC).replace(tzinfo=None)
            fill_with_agency(dialects, accounts=options.accounts, seed=options.seed, now=now)
