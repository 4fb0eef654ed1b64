"""Prints a line that stays indented where a terminal wraps it, without blanks at its ends."""

from rich.console import Console
from rich.text import Text

from rules.wording import tame

_NARROWEST = 20


def print_line(console: Console, indent: int, text: Text | str, *, label: Text | None = None) -> None:
    """One line behind its label, as many of the terminal's lines as it takes; a text without markup.

    Names and reasons come from a CRM: what would steer the terminal is a blank.
    """
    before = Text.assemble(" " * indent, label or "")
    said = Text(text) if isinstance(text, str) else text.copy()
    said.plain = _harmless(said.plain)
    for line in said.wrap(console, max(_NARROWEST, console.width - len(before))):
        line.rstrip()
        console.print(Text.assemble(before, line), soft_wrap=True)
        before = Text(" " * len(before))


def _harmless(text: str) -> str:
    """As long as before, so that each style stays with its words."""
    return "".join(sign if sign == "\n" or tame(sign) == sign else " " for sign in text)
