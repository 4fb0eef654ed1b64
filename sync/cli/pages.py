"""Writes docs/commands.md from the commands themselves."""

from collections.abc import Iterator

import click

from sync.cli.main import main

_WIDTH = 100
_HEAD = """# Commands

Made from the commands themselves by `make docs`.

Every command but `demo`, `schema` and `sandbox serve` takes `--config FILE`, every command but the last `--json`; logs and progress go to stderr, progress bars only on a terminal.

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
    top = click.Context(main, info_name="keptword", **main.context_settings)
    return "\n".join([_HEAD, *(_section(context) for context in _commands(top))])


def _commands(group: click.Context) -> Iterator[click.Context]:
    """A context for each command, with its parents: help depends on their settings."""
    if not isinstance(group.command, click.Group):
        yield group
        return
    for name, command in group.command.commands.items():
        yield from _commands(
            click.Context(
                command, info_name=name, parent=group, terminal_width=_WIDTH, max_content_width=_WIDTH
            )
        )


def _section(context: click.Context) -> str:
    return f"## {context.command_path}\n\n```text\n{context.command.get_help(context)}\n```\n"
