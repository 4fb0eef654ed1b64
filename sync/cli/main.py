"""The command `keptword`: what it can do, and how each command is found."""

import gc
import io
import sys
from collections import UserDict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module
from typing import Any

import click

_MODULES: Mapping[str, str] = {
    "demo": "show",
    "init": "files",
    "check": "files",
    "test": "test",
    "setup": "crm",
    "pull": "loop",
    "findings": "loop",
    "identities": "identities",
    "explain": "explain",
    "backtest": "backtest",
    "plan": "loop",
    "apply": "loop",
    "run": "loop",
    "undo": "undo",
    "history": "history",
    "mute": "mutes",
    "unmute": "mutes",
    "scoreboard": "scoreboard",
    "schema": "schema",
    "sandbox": "crm",
}
"""Each command, and the file beside this one that has it."""


class Lazily(UserDict[str, click.Command]):
    """The commands by name, each imported when it is first asked for."""

    def __getitem__(self, name: str) -> click.Command:
        command: click.Command = getattr(import_module(f"sync.cli.{_MODULES[name]}"), name)
        return command

    def __contains__(self, name: object) -> bool:
        return name in _MODULES

    def __iter__(self) -> Iterator[str]:
        return iter(_MODULES)

    def __len__(self) -> int:
        return len(_MODULES)


class Commands(click.Group):
    """Commands whose `--json` answers wrong arguments by a document too."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """As click does."""
        _let_every_name_through(as_document="--json" in args)
        with _answering(args):
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """As click does."""
        try:
            with _answering(ctx.args):
                return super().invoke(ctx)
        finally:
            # Some libraries write of leaks where they find their own things frozen at the end.
            gc.unfreeze()

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; that loads the command."""
        found = super().resolve_command(ctx, args)
        # What was loaded stays to the end: to look through it for garbage takes a tenth of a second each time.
        gc.freeze()
        return found


def _let_every_name_through(*, as_document: bool) -> None:
    """A document is UTF-8 everywhere; a client's name that the terminal cannot write must not end what has been done."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        if as_document:
            sys.stdout.reconfigure(encoding="utf-8")
        else:
            sys.stdout.reconfigure(errors="replace")


@contextmanager
def _answering(arguments: Sequence[str]) -> Iterator[None]:
    wants_document = "--json" in arguments  # click takes the arguments apart in place
    try:
        yield
    except click.UsageError as error:
        if wants_document:
            # Imported here: what went well needs nothing of it.
            from sync.cli.ending import tell_wrong_arguments

            tell_wrong_arguments(error)
        raise


@click.group(cls=Commands, commands=Lazily(), context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="keptword")
def main() -> None:
    """Watches the client relationships in a CRM and turns what is slipping into tasks."""


if __name__ == "__main__":
    main()
