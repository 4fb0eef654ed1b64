"""The command that shows everything: demo."""

import click

from sync.cli.ending import ends_well
from sync.demo.show import show_demo


@click.command()
@click.option("--json", "as_document", is_flag=True, help="One JSON document on stdout, nothing else there.")
@click.option("--keep", is_flag=True, help="Leave the CRM running at the end, so that its page can be read.")
@ends_well
def demo(as_document: bool, keep: bool) -> int:
    """Show the whole loop against a CRM that it starts itself."""
    return show_demo(as_document=as_document, keep=keep)
