"""Fills a new CRM with what the command line asks for: files, a made-up client base, or nothing."""

from collections.abc import Sequence
from importlib import import_module

from sandbox.load import load_folder
from sandbox.options import Options
from sandbox.world import Dialect, World

_SPEAKERS = {"sandbox.salesforce.dialect": "SalesforceDialect", "sandbox.hubspot.dialect": "HubSpotDialect"}


def speakers(world: World) -> list[Dialect]:
    """Both vendors' sides of this world."""
    found = []
    for module, name in _SPEAKERS.items():
        try:
            found.append(getattr(import_module(module), name)(world))
        except ImportError:
            continue
    return found


def fill(world: World, dialects: Sequence[Dialect], options: Options) -> None:
    """Loads `--data` or makes `--accounts`, all in one transaction; raises Refused."""
    with world.store.transaction("fill"):
        if options.data is not None:
            load_folder(options.data, dialects)
