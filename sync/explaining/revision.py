"""When a file was last changed, where it lies in a git work tree; nothing is said where it does not."""

import os
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import which

_PATIENCE_S = 3.0
"""For all files together: an explanation does not wait for a slow disk."""

_QUIET = ("-c", "core.fsmonitor=false", "-c", "log.showSignature=false", "-c", "core.pager=cat")
"""What a work tree's own settings could run is not run."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """The commit that last changed a file."""

    commit: str
    """Short, as git shows it."""
    changed_on: str
    """ISO day."""
    is_edited: bool
    """The file was changed since, and that is not committed."""


def revisions(files: Iterable[Path]) -> Mapping[Path, Revision]:
    """The revision of each file that git knows."""
    git = which("git")
    until = time.monotonic() + _PATIENCE_S
    found: dict[Path, Revision] = {}
    for file in dict.fromkeys(files):
        revision = _revision(git, file, until=until) if git else None
        if revision is not None:
            found[file] = revision
    return found


def _revision(git: str, file: Path, *, until: float) -> Revision | None:
    last = _asked(git, file, "log", "-1", "--format=%h %cs", until=until)
    if not last:
        return None
    commit, _, changed_on = last.strip().partition(" ")
    edited = _asked(git, file, "status", "--porcelain", until=until)
    return Revision(commit=commit, changed_on=changed_on, is_edited=bool(edited))


def _asked(git: str, file: Path, *words: str, until: float) -> str | None:
    """What git says of the file; None where it says nothing in time."""
    patience = until - time.monotonic()
    if patience <= 0:
        return None
    try:
        done = subprocess.run(  # noqa: S603 -- fixed words and a path, no shell
            [git, *_QUIET, "-C", str(file.parent), *words, "--", file.name],
            capture_output=True, text=True, check=False, timeout=patience, stdin=subprocess.DEVNULL,
            env={**os.environ, "GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"},
        )  # fmt: skip
    except (OSError, UnicodeDecodeError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
