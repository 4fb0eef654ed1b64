"""Decisions are kept whole, found again by their run, and gone when they are old."""

import gzip
from datetime import timedelta
from pathlib import Path

import orjson
import pytest

from sync.config.config import Config
from sync.config.read import read_config
from sync.decisions.files import keep_decisions, prove_folder, read_decisions
from sync.decisions.lines import Decided
from sync.errors import Failed
from sync.plan.plan import make_plan
from tests.sync.plan.situations import NOON, finding, situation, tiny

RUN = "20260512T120000-a1b2"


@pytest.fixture
def config(tmp_path: Path) -> Config:
    file = tmp_path / "keptword.toml"
    file.write_text(
        """
        company = { timezone = "Europe/London", calendar = { country = "GB" } }
        connections.hs = { crm = "hubspot", login = { kind = "token", token = "env:T" } }
        decisions = { folder = "kept/decisions", keep_days = 30 }
        """
    )
    return read_config(file)


def decided(run_id: str = RUN, *, days_later: int = 0) -> Decided:
    made = situation([finding()], tiny())
    at = NOON + timedelta(days=days_later)
    return Decided(run_id=run_id, at=at, plan=make_plan(made), situation=made)


def test_a_run_leaves_one_file_of_one_json_line_a_decision(config: Config, tmp_path: Path) -> None:
    file = keep_decisions(config, decided())
    assert file == tmp_path / "kept" / "decisions" / f"{RUN}.jsonl.gz"
    (line,) = gzip.decompress(file.read_bytes()).splitlines()
    assert orjson.loads(line)["facts"] == {"last_touch_on": "2026-04-01"}
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    assert read_decisions(config, RUN) == [orjson.loads(line)]


def test_files_older_than_the_days_to_keep_are_removed_and_nothing_else_is(config: Config) -> None:
    folder = keep_decisions(config, decided()).parent
    (folder / "notes.txt").write_text("mine")
    (folder / f".{RUN}.jsonl.gz.part").write_text("of a run that was killed")
    keep_decisions(config, decided("20260610T120000-0001", days_later=29))
    assert read_decisions(config, RUN) is not None
    keep_decisions(config, decided("20260612T120000-0002", days_later=31))
    assert sorted(path.name for path in folder.iterdir()) == [
        "20260610T120000-0001.jsonl.gz",
        "20260612T120000-0002.jsonl.gz",
        "notes.txt",
    ]


def test_a_folder_that_cannot_be_written_is_named_before_anything_is_written(
    config: Config, tmp_path: Path
) -> None:
    prove_folder(config)
    assert list((tmp_path / "kept" / "decisions").iterdir()) == []
    (tmp_path / "kept" / "decisions").rmdir()
    (tmp_path / "kept" / "decisions").write_text("a file where the folder should be")
    with pytest.raises(Failed, match=r"decisions\.folder: .*kept/decisions cannot be written"):
        prove_folder(config)


def test_the_lines_of_a_run_without_a_file_are_unknown(config: Config) -> None:
    assert read_decisions(config, RUN) is None


def test_a_file_that_is_cut_short_is_named(config: Config) -> None:
    file = keep_decisions(config, decided())
    file.write_bytes(file.read_bytes()[:-9])
    with pytest.raises(Failed, match=r"jsonl\.gz: cannot be read"):
        read_decisions(config, RUN)
