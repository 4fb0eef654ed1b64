"""The command schema: what an editor needs to complete a config or a rule file."""

from pathlib import Path

import click

from sync.cli.ending import ends_well
from sync.errors import UserError
from sync.report.answer import as_json
from sync.schema.document import config_schema, rule_file_schema


@click.command()
@click.option("--rule-file", is_flag=True, help="That of a file in rules_dir, instead of the config's.")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    default=None,
    metavar="F",
    help="Write it to a file instead of stdout.",
)
@click.option("--json", "as_document", is_flag=True, help="One JSON document on stdout, nothing else there.")
@ends_well
def schema(rule_file: bool, out: Path | None, as_document: bool) -> int:
    """Print the JSON Schema of the config, for editors; needs no config.

    It completes sections and keys, the built-in rules with their params, facts, records and their columns. An
    editor finds it by a first line such as `#:schema ./keptword.schema.json`.
    """
    text = as_json(rule_file_schema() if rule_file else config_schema())
    if out is None:
        click.echo(text)
        return 0
    try:
        out.write_text(f"{text}\n", encoding="utf-8")
    except OSError as error:
        remedy = "Name a file in a folder of yours"
        raise UserError(str(out), f"cannot be written: {error.strerror}", remedy) from error
    click.echo(
        as_json({"format": 1, "written": str(out)})
        if as_document
        else f"Wrote {out}. Put this line at the top of the file that it is for: #:schema ./{out.name}"
    )
    return 0
