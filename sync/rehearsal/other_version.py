"""Reads another version of a config and its rules: from a file, or from a git revision of the config's own file."""

import os
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from posixpath import normpath
from shutil import which
from tempfile import TemporaryDirectory

from rules.rule import Rule
from sync.config.config import Config
from sync.config.read import read_config
from sync.errors import ConfigRefused, UserError, nearest_of
from sync.judging.rulebook import read_rulebook

PLACE = "--against"
_PATIENCE_S = 30.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A config with its rules."""

    name: str
    """As the person named it."""
    config: Config
    rules: Mapping[str, Rule]


def read_version(config: Config, wanted: str) -> Version:
    """The version that `wanted` names; raises UserError where there is none, or where it cannot be used."""
    file = Path(wanted)
    if file.is_file():
        other = read_config(file)
        return Version(name=wanted, config=other, rules=read_rulebook(other))
    history = _History(config.file.absolute().parent, wanted)
    with TemporaryDirectory() as folder:
        top = Path(folder).resolve()
        try:
            return _from_history(history, config, top)
        except ConfigRefused as error:
            raise ConfigRefused(
                [replace(each, file=_said(each.file, top, wanted)) for each in error.mistakes]
            ) from error
        except UserError as error:
            place, problem = (_said(words, top, wanted) for words in (error.place, error.problem))
            raise UserError(place, problem, error.remedy) from error


def _said(words: str, top: Path, wanted: str) -> str:
    """The place in the revision, not that of the copy that was read."""
    return words.replace(f"{top}{os.sep}", f"{wanted}:")


def _from_history(history: "_History", config: Config, top: Path) -> Version:
    inside = PurePosixPath(history.prefix) / config.file.name
    text = history.text(str(inside))
    if text is None:
        remedy = "Name a revision that has it, or the path of a file"
        raise UserError(f"{PLACE} {history.wanted}", f"the revision has no file {inside}", remedy)
    copy = top / inside
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(text)
    other = read_config(copy)
    if other.rules_dir is not None:
        where = normpath(str(PurePosixPath(history.prefix) / PurePosixPath(other.rules_dir).as_posix()))
        if where.startswith(("/", "..", "~")) or other.rules_dir.startswith("~"):
            problem = (
                f"'{other.rules_dir}' lies outside the repository, so that the revision does not hold it"
            )
            raise UserError(other.place("rules_dir"), problem, "Compare with a file instead")
        (top / where).mkdir(parents=True, exist_ok=True)
        for name in history.files(where):
            (top / name).write_bytes(history.text(name) or b"")
    return Version(name=history.wanted, config=other, rules=read_rulebook(other))


class _History:
    """What git keeps of the folder that a config lies in, at one revision."""

    def __init__(self, folder: Path, wanted: str) -> None:
        self.wanted, self._folder, self._git = wanted, folder, which("git")
        prefix = self._ask("rev-parse", "--show-prefix")
        if prefix is None:
            remedy = "Name the path of a config file; revisions can be named where the config lies in a git repository"
            raise UserError(f"{PLACE} {wanted}", "there is no such file", remedy)
        self.prefix = prefix.decode().strip()
        found = self._commit_of(wanted)
        if found is None:
            names = (self._ask("for-each-ref", "--format=%(refname:short)") or b"").decode().split()
            there = [name for name in ("HEAD", "HEAD~1") if self._commit_of(name) is not None]
            remedy = nearest_of(wanted, [*there, *names])
            raise UserError(f"{PLACE} {wanted}", "is neither a file nor a revision", remedy)
        self._commit = found.decode().strip()

    def _commit_of(self, revision: str) -> bytes | None:
        return self._ask("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")

    def text(self, path: str) -> bytes | None:
        """A file by its path from the repository's top."""
        return self._ask("show", f"{self._commit}:{path}")

    def files(self, folder: str) -> list[str]:
        """The rule files right in a folder."""
        listed = self._ask("ls-tree", "--full-tree", "--name-only", "-z", self._commit, f"{folder}/") or b""
        return [name for name in listed.decode().split("\0") if name.endswith(".toml")]

    def _ask(self, *words: str) -> bytes | None:
        if self._git is None:
            return None
        try:
            done = subprocess.run(  # noqa: S603 -- words of ours, and a revision that cannot be an option
                [self._git, "-C", str(self._folder), *words], capture_output=True, check=False,
                stdin=subprocess.DEVNULL, timeout=_PATIENCE_S, env={**os.environ, "LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0"},
            )  # fmt: skip
        except (OSError, subprocess.TimeoutExpired):
            return None
        return done.stdout if done.returncode == 0 else None
