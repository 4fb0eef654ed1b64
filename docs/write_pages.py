"""Writes the pages of docs/ that are made from the code: what stands there by hand is left as it is."""

from pathlib import Path

from rules.pages import RECORDS_HEADING, facts_page, record_tables
from rules.rule_pages import RULES_HEADING, rule_sections
from sync.cli.pages import commands_page

DOCS = Path(__file__).parent


def write_pages() -> None:
    """Replaces what is written by machine and leaves the rest as it is."""
    (DOCS / "commands.md").write_text(commands_page(), encoding="utf-8")
    (DOCS / "facts.md").write_text(facts_page(), encoding="utf-8")
    _replace_under(RECORDS_HEADING, DOCS / "mapping.md", record_tables())
    _replace_under(RULES_HEADING, DOCS / "rules.md", rule_sections())


def _replace_under(heading: str, page: Path, written: str) -> None:
    by_hand, _, _ = page.read_text(encoding="utf-8").partition(heading)
    page.write_text(by_hand + written, encoding="utf-8")


if __name__ == "__main__":
    write_pages()
