"""Writes docs/commands.md from the commands themselves."""

from collections.abc import Iterator

import click

from sync.cli.main import main

_WIDTH = 100
_HEAD = """# Commands

Made from the commands themselves by `make docs`.

Every command but `demo` and `sandbox serve` takes `--config FILE`, every command but the latter `--json`; logs and progress go to stderr, progress bars only on a terminal.

| exit code | meaning |
|---|---|
| 0 | done |
| 1 | failed: something outside your files stands in the way; the message says what and how to mend it |
| 2 | your own file or arguments are wrong |
| 3 | done in part: named records could not be read or written |
| 4 | another run holds the lease |
| 5 | only `plan --exit-code`: there is something to write |
"""


def commands_page() -> str:
    """The whole page."""
    parts = [_HEAD, *(_section(command, path) for command, path in _commands(main, "keptword"))]
    return "\n".join(parts)


def _commands(group: click.Group, path: str) -> Iterator[tuple[click.Command, str]]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{path} {name}")
        else:
            yield command, f"{path} {name}"


def _section(command: click.Command, path: str) -> str:
    context = click.Context(command, info_name=path, terminal_width=_WIDTH, max_content_width=_WIDTH)
    return f"## {path}\n\n```text\n{command.get_help(context)}\n```\n"
