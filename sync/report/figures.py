"""Prints a table of names with their figures; where a terminal is too narrow for both, each name stands above its own."""

import textwrap
from collections.abc import Callable, Sequence

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from rules.wording import tame

Row = tuple[str, Sequence[str]]
"""A name, and its figures as they are written."""

_BETWEEN, _CLOSE = 2, 1


def print_figures(console: Console, first: str, titles: Sequence[str], rows: Sequence[Row]) -> None:
    """One line a row under its headings, names to the left and figures to the right; no name is cut."""
    rows = [(tame(name), figures) for name, figures in rows]
    names = max(map(cell_len, (first, *(name for name, _ in rows))))
    for room in (len, _longest_word):
        widths = _widths(titles, rows, room)
        if names + sum(widths) + _BETWEEN * len(widths) <= console.width:
            heads = _heads(titles, widths)
            for number, head in enumerate(heads, start=1):
                _line(
                    console, Text(first if number == len(heads) else "", "bold"), names, head, widths, "bold"
                )
            for name, figures in rows:
                _line(console, Text(name), names, figures, widths, "")
            return
    widths = _widths(titles, rows, _longest_word)
    for head in _heads(titles, widths):
        _line(console, Text(), 0, head, widths, "bold", between=_CLOSE)
    for name, figures in rows:
        console.print(Text(name), soft_wrap=True)
        _line(console, Text(), 0, figures, widths, "", between=_CLOSE)


def _widths(titles: Sequence[str], rows: Sequence[Row], room: Callable[[str], int]) -> list[int]:
    columns = zip(*(figures for _, figures in rows), strict=True)
    return [max(room(title), *map(len, column)) for title, column in zip(titles, columns, strict=True)]


def _longest_word(title: str) -> int:
    return max(map(len, title.split()))


def _heads(titles: Sequence[str], widths: Sequence[int]) -> list[list[str]]:
    """The headings in as many lines as the longest takes; short ones stand in the last."""
    folded = [textwrap.wrap(title, width) for title, width in zip(titles, widths, strict=True)]
    height = max(map(len, folded))
    filled = [[""] * (height - len(lines)) + lines for lines in folded]
    return [list(line) for line in zip(*filled, strict=True)]


def _line(
    console: Console, name: Text, names: int, figures: Sequence[str], widths: Sequence[int], style: str, *,
    between: int = _BETWEEN,
) -> None:  # fmt: skip
    padded = (" " * between + figure.rjust(width) for figure, width in zip(figures, widths, strict=True))
    line = Text.assemble(name, " " * (names - name.cell_len), ("".join(padded), style))
    line.rstrip()
    console.print(line, soft_wrap=True)
