"""The command `keptword`: what it can do, and how each command is found."""

import click

from sync.cli.crm import sandbox, setup
from sync.cli.files import check, init
from sync.cli.loop import apply, findings, plan, pull, run
from sync.cli.show import demo


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keptword")
def main() -> None:
    """Watches the client relationships in a CRM and turns what is slipping into tasks."""


for command in (demo, init, check, setup, pull, findings, plan, apply, run, sandbox):
    main.add_command(command)


if __name__ == "__main__":
    main()
