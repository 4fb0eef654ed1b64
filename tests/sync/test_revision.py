"""A file in a git work tree has its last commit; a file elsewhere has none."""

import subprocess
from pathlib import Path

from sync.explaining.revision import revisions

AUTHOR = ("-c", "user.name=Ann", "-c", "user.email=ann@us.example", "-c", "commit.gpgsign=false")


def git(folder: Path, *words: str) -> str:
    done = subprocess.run(["git", *AUTHOR, *words], cwd=folder, capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_a_file_has_the_commit_that_last_changed_it_and_says_when_it_was_edited_since(tmp_path: Path) -> None:
    kept, other = tmp_path / "keptword.toml", tmp_path / "other.toml"
    kept.write_text("a = 1\n", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-q", "-m", "One", "--date", "2026-05-04T09:00:00Z")
    commit = git(tmp_path, "log", "-1", "--format=%h")
    other.write_text("b = 1\n", encoding="utf-8")

    found = revisions([kept, other])
    assert (found[kept].commit, found[kept].is_edited, other in found) == (commit, False, False)
    kept.write_text("a = 2\n", encoding="utf-8")
    assert revisions([kept])[kept].is_edited


def test_a_file_outside_of_a_work_tree_has_none(tmp_path: Path) -> None:
    assert revisions([tmp_path / "keptword.toml", tmp_path / "nowhere" / "x.toml"]) == {}
