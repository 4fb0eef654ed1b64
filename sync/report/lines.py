"""Prints a line that stays indented where a terminal wraps it, without blanks at its ends."""

from rich.console import Console
from rich.text import Text

_NARROWEST = 20


def print_line(console: Console, indent: int, text: Text | str, *, label: Text | None = None) -> None:
    """One line behind its label, as many of the terminal's lines as it takes; a text without markup."""
    before = Text.assemble(" " * indent, label or "")
    said = Text(text) if isinstance(text, str) else text
    for line in said.wrap(console, max(_NARROWEST, console.width - len(before))):
        line.rstrip()
        console.print(Text.assemble(before, line), soft_wrap=True)
        before = Text(" " * len(before))
