"""Prints a text wrapped to the terminal and indented, without blanks at the ends of its lines."""

import textwrap

from rich.console import Console
from rich.text import Text


def print_indented(console: Console, text: str, *, indent: int) -> None:
    """The text as it is, in lines that fit beside the indent; rich's own padding would fill each line up."""
    before = " " * indent
    wrapped = textwrap.fill(
        text,
        width=max(console.width, indent + 20),
        initial_indent=before,
        subsequent_indent=before,
        break_on_hyphens=False,
    )
    console.print(Text(wrapped), soft_wrap=True)
