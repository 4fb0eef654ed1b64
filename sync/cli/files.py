"""Commands about the person's own files: init and check."""

from importlib.resources import files
from pathlib import Path

import click

from sync.cli.ending import ends_well
from sync.cli.reading import config_for_crm, config_offline
from sync.cli.words import with_config
from sync.config.identities import read_identities
from sync.connections import read_mappings
from sync.errors import UserError
from sync.judging.rulebook import read_rulebook
from sync.report.answer import as_json


@click.command()
@with_config
@ends_well
def init(config_file: Path, as_document: bool) -> int:
    """Write a commented config to start from."""
    try:
        with config_file.open("x", encoding="utf-8") as file:
            file.write(example_config())
    except FileExistsError as error:
        raise UserError(
            str(config_file), "is there already", "Move it away, or name another file with --config"
        ) from error
    except OSError as error:
        raise UserError(
            str(config_file), f"cannot be written: {error.strerror}", "Name a file in a folder of yours"
        ) from error
    click.echo(
        as_json({"format": 1, "written": str(config_file)})
        if as_document
        else f"Wrote {config_file}. Next: name your CRMs in it, then `keptword check`."
    )
    return 0


@click.command()
@with_config
@click.option(
    "--without-secrets",
    is_flag=True,
    help="Do not look whether the secrets are there, as on a build machine.",
)
@ends_well
def check(config_file: Path, as_document: bool, without_secrets: bool) -> int:
    """Validate config, mappings, rules and the identities file; asks no CRM."""
    config = config_offline(config_file) if without_secrets else config_for_crm(config_file)
    rules = read_rulebook(config)
    mappings = read_mappings(config)
    read_identities(config)
    if as_document:
        listed = [
            {"name": name, "mode": rule.file.mode, "about": rule.file.about, "from": rule.place}
            for name, rule in rules.items()
        ]
        document = {
            "format": 1,
            "file": str(config_file),
            "mode": config.mode,
            "rules": listed,
            "connections": {name: sorted(mapping) for name, mapping in mappings.items()},
        }
        click.echo(as_json(document))
    else:
        on = sum(rule.file.mode != "off" for rule in rules.values())
        count = f"{len(mappings)} connection{'' if len(mappings) == 1 else 's'}"
        click.echo(f"{config_file} is right: mode {config.mode}, {count}, {on} of {len(rules)} rules on.")
    return 0


def example_config() -> str:
    """The commented example that ships with Keptword."""
    shipped = files("sync").joinpath("config.example.toml")
    if shipped.is_file():
        return shipped.read_text(encoding="utf-8")
    # In a checkout the file stands at the top, where people look for it.
    return (Path(__file__).parents[2] / "config.example.toml").read_text(encoding="utf-8")
