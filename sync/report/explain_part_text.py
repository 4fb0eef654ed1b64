"""What a person reads of a condition: each part as it is written, behind its truth, with the values it looked at."""

from collections.abc import Mapping

from rich.console import Console
from rich.text import Text

from rules.explain import Part, Truth, Value
from rules.explain_words import shown_value
from rules.wording import tame
from sync.report.lines import print_line

_TRUTH_STYLES: Mapping[Truth, str] = {"true": "green", "false": "red", "unknown": "yellow", "no value": "yellow", "not shown": "dim"}  # fmt: skip
_TRUTH_WIDTH = 11
_JOINED: Mapping[str, str] = {"and": "all of:", "or": "one of:", "not": "not:"}


def show_part(
    console: Console,
    part: Part,
    indent: int,
    *,
    zone: str | None,
    told_before: set[str],
    within: str = "and",
) -> None:
    """A part behind its truth, its values below it; what joins others, one level deeper.

    `told_before` has the facts whose meaning a person has just read, and takes on those that are told here.
    """
    truth = Text(f"{part.truth:<{_TRUTH_WIDTH}}", style=_TRUTH_STYLES[part.truth])
    simple_not = part.kind == "not" and part.parts[0].kind == "leaf"
    if part.kind == "leaf" or simple_not:
        leaf = part.parts[0] if simple_not else part
        alone = _alone(part)
        meaning = _meaning(alone, told_before) if alone else Text()
        print_line(console, indent, Text.assemble(part.text, meaning), label=truth)
        for value in leaf.values if alone is None else ():
            said = Text.assemble(tame(shown_value(value, zone)), _meaning(value, told_before))
            print_line(console, indent + _TRUTH_WIDTH + 2, said)
        return
    if part.kind != within:
        print_line(console, indent, Text(_JOINED[part.kind]), label=truth)
        indent += 2
    for each in part.parts:
        show_part(console, each, indent, zone=zone, told_before=told_before, within="")


def _alone(part: Part) -> Value | None:
    """The fact that a leaf consists of, where the leaf's truth says all of it."""
    if len(part.values) != 1 or part.values[0].doubt or part.truth not in ("true", "false"):
        return None
    return part.values[0] if part.text == part.values[0].name else None


def _meaning(value: Value, told_before: set[str]) -> Text:
    """What a fact is, or why it is in doubt, where that was not said just before."""
    if value.column is None or not value.is_shown or value.name in told_before:
        return Text()
    told_before.add(value.name)
    if value.doubt:
        return Text(f": {value.doubt}", style="yellow")
    words = "; true means: " if value.value is False else ": "
    return Text(f"{words}{value.column.doc.replace('null:', 'no value:')}", style="dim")
