"""The files of decisions: one a run, written whole or not at all, removed when they are old."""

import gzip
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from sync.config.config import Config
from sync.decisions.lines import Decided, Line, decision_lines
from sync.errors import Failed
from sync.report.answer import plain

_OURS = re.compile(r"\.?(?P<started>\d{8}T\d{6})-[0-9a-f]{4}\.jsonl\.gz(\.part)?")
"""Files that a run made, finished or not; nothing else in the folder is touched."""
_LIGHT = 3
"""gzip's level: lines repeat each other so much that more effort saves little."""


def prove_folder(config: Config) -> None:
    """Makes the folder and a file in it, before anything is written to a CRM; raises Failed where that cannot be."""
    folder = _folder(config)
    with _blamed_on_the_folder(config):
        folder.mkdir(parents=True, exist_ok=True)
        trial = folder / f".trial-{os.getpid()}"
        trial.write_bytes(b"")
        trial.unlink()


def keep_decisions(config: Config, decided: Decided) -> Path:
    """Keeps what a run decided; see keep_lines()."""
    return keep_lines(config, decided.run_id, decision_lines(decided), at=decided.at)


def keep_lines(config: Config, run_id: str, lines: Iterable[Line], *, at: datetime) -> Path:
    """Writes the run's file and removes those older than `decisions.keep_days`; raises Failed.

    The file appears under its name only when it is whole, and lasts through a crash from then on.
    """
    folder = _folder(config)
    file = folder / f"{run_id}.jsonl.gz"
    part = folder / f".{file.name}.part"
    with _blamed_on_the_folder(config):
        folder.mkdir(parents=True, exist_ok=True)
        with part.open("wb") as raw:
            with gzip.GzipFile(filename="", fileobj=raw, mode="wb", compresslevel=_LIGHT) as packed:
                for line in lines:
                    packed.write(orjson.dumps(line, default=_written, option=orjson.OPT_APPEND_NEWLINE | orjson.OPT_PASSTHROUGH_DATETIME))  # fmt: skip
            raw.flush()
            os.fsync(raw.fileno())
        part.replace(file)
    _remove_old(folder, at - timedelta(days=config.decisions.keep_days))
    return file


def read_decisions(config: Config, run_id: str) -> list[Line] | None:
    """The lines of a run; None where its file is not here. Raises Failed for one that cannot be read."""
    file = _folder(config) / f"{run_id}.jsonl.gz"
    try:
        with gzip.open(file, "rb") as lines:
            return [orjson.loads(line) for line in lines]
    except FileNotFoundError:
        return None
    except (OSError, EOFError, zlib.error, orjson.JSONDecodeError) as error:
        remedy = "Restore it from a backup, or move it away: the ledger knows the run's steps without it"
        raise Failed(str(file), f"cannot be read ({error})", remedy) from error


def _folder(config: Config) -> Path:
    return config.beside(config.decisions.folder)


@contextmanager
def _blamed_on_the_folder(config: Config) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise Failed(
            config.place("decisions", "folder"),
            f"{_folder(config)} cannot be written: {error.strerror}",
            "Let this user write there, or name another folder",
        ) from error


def _remove_old(folder: Path, before: datetime) -> None:
    for file in folder.iterdir():
        found = _OURS.fullmatch(file.name)
        if found and found["started"] < f"{before:%Y%m%dT%H%M%S}":
            # Somebody else's to remove, then; the next run tries again.
            with suppress(OSError):
                file.unlink()


def _written(value: object) -> Any:
    """A run must not fail for a value that no document may have: its text tells enough."""
    try:
        return plain(value)
    except TypeError:
        return str(value)
