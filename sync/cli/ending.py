"""How a command ends: every failure has its message and its exit code, and nobody sees a traceback."""

import functools
import sys
from collections.abc import Callable
from typing import ParamSpec

import click
import structlog

from connectors.errors import CrmError
from rules.errors import RulesError
from sync.errors import SyncError
from sync.report.documents import as_json, error_document

Parameters = ParamSpec("Parameters")


def ends_well(command: Callable[Parameters, int]) -> Callable[Parameters, None]:
    """Runs a command that returns its exit code, and turns what it raises into a message and a code.

    0 done, 1 failed, 2 the person's own file or arguments, 3 done in part, 4 another run holds the lease.
    """

    @functools.wraps(command)
    def wrapped(*args: Parameters.args, **kwargs: Parameters.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
        except SyncError as error:
            code = _say(
                error, error.place, error.problem, error.remedy, exit_code=error.exit_code, **_form(kwargs)
            )
        except RulesError as error:
            code = _say(error, error.place, error.problem, error.remedy, exit_code=2, **_form(kwargs))
        except CrmError as error:
            code = _say(error, error.place, error.problem, error.remedy, exit_code=1, **_form(kwargs))
        except (click.ClickException, click.exceptions.Exit):
            raise
        except KeyboardInterrupt as error:
            code = _say(
                error,
                "keptword",
                "interrupted",
                "Run it again; it goes on where it stopped",
                exit_code=1,
                **_form(kwargs),
            )
        except Exception as error:  # noqa: BLE001 -- the last stop: no traceback for an admin, the log has it
            structlog.get_logger().debug("unexpected", exc_info=error)
            problem = f"an error that nobody foresaw ({type(error).__name__}: {error})"
            remedy = 'Run again with [log] level = "debug" and report what it says'
            code = _say(None, "keptword", problem, remedy, exit_code=1, **_form(kwargs))
        sys.exit(code)

    return wrapped


def _form(kwargs: object) -> dict[str, bool]:
    return (
        {"as_document": bool(kwargs.get("as_document"))}
        if isinstance(kwargs, dict)
        else {"as_document": False}
    )


def _say(
    error: BaseException | None, place: str, problem: str, remedy: str, *, exit_code: int, as_document: bool
) -> int:
    text = str(error) if error is not None and str(error) else f"{place}: {problem}. {remedy}"
    click.echo(text, err=True)
    if as_document:
        click.echo(as_json(error_document(place, problem, remedy, exit_code=exit_code)))
    return exit_code
