"""The options that commands share, and how they are read."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import click

from sync.wishes import Wishes

Command = TypeVar("Command", bound=Callable[..., Any])


class Instant(click.ParamType[datetime]):
    """A date, or an ISO instant; naive means UTC."""

    name = "instant"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> datetime:
        """Naive UTC."""
        if isinstance(value, datetime):
            return value
        try:
            at = datetime.fromisoformat(str(value))
        except ValueError:
            self.fail(f"'{value}' is not an instant; write 2026-05-04 or 2026-05-04T09:00:00Z", param, ctx)
        return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at


def with_config(command: Command) -> Command:
    """`--config FILE` and `--json`, which every command has."""
    command = click.option(
        "--json", "as_document", is_flag=True, help="One JSON document on stdout, nothing else there."
    )(command)
    return click.option(
        "--config", "config_file", type=click.Path(path_type=Path), default=Path("keptword.toml"), show_default=True,
        metavar="FILE", help="The config.",
    )(command)  # fmt: skip


def with_now(command: Command) -> Command:
    """`--now`, where judging happens."""
    return click.option(
        "--now", type=Instant(), default=None, metavar="INSTANT",
        help="Judge as of this day or ISO instant (UTC unless it says otherwise) instead of the real time; never later than the records were read.",
    )(command)  # fmt: skip


def with_limits(command: Command) -> Command:
    """The flags that let a plan through which the limits would stop."""
    command = click.option(
        "--over-limits",
        is_flag=True,
        help="Let through a plan that would make, close or hand over more than the shares under [limits] allow.",
    )(command)
    return click.option(
        "--accept-baseline", is_flag=True,
        help="Raise what was there before a rule's first run; the caps per person still hold.",
    )(command)  # fmt: skip


def wishes(
    *,
    now: datetime | None,
    accept_baseline: bool = False,
    over_limits: bool = False,
    retry: str | None = None,
) -> Wishes:
    """The options as a run takes them."""
    return Wishes(now=now, accept_baseline=accept_baseline, over_limits=over_limits, retry=retry)
