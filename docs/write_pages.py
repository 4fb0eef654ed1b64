"""Writes the pages of docs/ that are made from the code: what stands there by hand is left as it is."""

from pathlib import Path

from rules.pages import RECORDS_HEADING, facts_page, record_tables
from sync.cli.pages import commands_page

DOCS = Path(__file__).parent


def write_pages() -> None:
    """Replaces what is written by machine and leaves the rest as it is."""
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")
    (DOCS / "facts.md").write_text(facts_page(), encoding="utf-8")
    mapping = DOCS / "mapping.md"
    by_hand, _, _ = mapping.read_text(encoding="utf-8").partition(RECORDS_HEADING)
    mapping.write_text(by_hand + record_tables(), encoding="utf-8")


if __name__ == "__main__":
    write_pages()
