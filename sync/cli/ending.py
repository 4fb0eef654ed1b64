"""How a command ends: every failure has its message and its exit code, and nobody sees a traceback."""

import functools
import os
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, ParamSpec

import click
import structlog

from connectors.errors import CrmError
from rules.errors import RulesError, SeveralErrors
from sync.config.places import mistake_of, place_in_file
from sync.errors import ConfigRefused, Mistake, SyncError
from sync.report.answer import as_json, error_document

Parameters = ParamSpec("Parameters")

FAILED, OWN_FILES = 1, 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """What is said of one failure."""

    place: str
    problem: str
    remedy: str
    exit_code: int
    text: str = ""
    """The error's own words, where they are more than the three in a row."""
    mistakes: Iterable[Mistake] = ()
    errors: Sequence[RulesError] = ()
    """What is wrong in the config, one error or several, as yet without file and line."""

    def at(self, config_file: Path | None) -> "Complaint":
        """The same, with file and line where the place is a key of the config."""
        if config_file and self.errors:
            return self._placed(config_file)
        place = place_in_file(config_file, self.place) if config_file else self.place
        text = self.text or f"{self.place}: {self.problem}. {self.remedy}"
        return Complaint(
            place=place,
            problem=self.problem,
            remedy=self.remedy,
            exit_code=self.exit_code,
            text=f"{place}{text.removeprefix(self.place)}" if text.startswith(self.place) else text,
            mistakes=self.mistakes,
        )

    def _placed(self, config_file: Path) -> "Complaint":
        placed = [(each, place_in_file(config_file, each.place)) for each in self.errors]
        return replace(
            self,
            place=placed[0][1],
            text="\n".join(str(each).replace(each.place, place, 1) for each, place in placed),
            mistakes=[mistake_of(each, place) for each, place in placed],
        )


def ends_well(command: Callable[Parameters, int]) -> Callable[Parameters, None]:
    """Runs a command that returns its exit code, and turns what it raises into a message and a code.

    0 done, 1 failed, 2 the person's own file or arguments, 3 done in part, 4 another run holds the lease.
    """

    @functools.wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except (click.ClickException, click.exceptions.Exit):
            raise
        except BrokenPipeError:
            _leave_the_pipe()
            code = FAILED
        except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 -- the last stop: no traceback for an admin, the log has it
            complaint = _complaint(error).at(_config_file(kwargs))
            code = complain(complaint, as_document=bool(kwargs.get("as_document")))
        sys.exit(code)

    return wrapped


def complain(complaint: Complaint, *, as_document: bool) -> int:
    """Says it on stderr, and as a document on stdout where one is wanted; returns the exit code."""
    click.echo(complaint.text, err=True)
    if as_document:
        document = error_document(
            complaint.place, complaint.problem, remedy=complaint.remedy, exit_code=complaint.exit_code,
            mistakes=complaint.mistakes,
        )  # fmt: skip
        click.echo(as_json(document))
    return complaint.exit_code


def tell_wrong_arguments(error: click.UsageError) -> None:
    """The document for arguments that click refuses; the words on stderr are click's own."""
    command = error.ctx.command_path if error.ctx else "keptword"
    remedy = f"`{command} --help` shows what is right"
    document = error_document(command, error.format_message(), remedy=remedy, exit_code=OWN_FILES)
    click.echo(as_json(document))


def _complaint(error: BaseException) -> Complaint:
    if isinstance(error, SyncError | RulesError | CrmError):
        return Complaint(
            place=error.place,
            problem=error.problem,
            remedy=error.remedy,
            exit_code=_exit_code(error),
            text=str(error),
            mistakes=error.mistakes if isinstance(error, ConfigRefused) else (),
            errors=_errors_of(error),
        )
    if isinstance(error, KeyboardInterrupt):
        remedy = "Run it again; it goes on where it stopped"
        return Complaint(place="keptword", problem="interrupted", remedy=remedy, exit_code=FAILED)
    structlog.get_logger().debug("unexpected", exc_info=error)
    return Complaint(
        place="keptword",
        problem=f"an error that nobody foresaw ({type(error).__name__}: {error})",
        remedy='Run again with [log] level = "debug" and report what it says',
        exit_code=FAILED,
    )


def _errors_of(error: BaseException) -> Sequence[RulesError]:
    if isinstance(error, SeveralErrors):
        return error.errors
    return (error,) if isinstance(error, RulesError) else ()


def _exit_code(error: SyncError | RulesError | CrmError) -> int:
    if isinstance(error, SyncError):
        return error.exit_code
    return OWN_FILES if isinstance(error, RulesError) else FAILED


def _config_file(kwargs: dict[str, Any]) -> Path | None:
    file = kwargs.get("config_file")
    return file if isinstance(file, Path) else None


def _leave_the_pipe() -> None:
    """Nobody reads stdout any more; what Python would still write there at its end goes nowhere."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
