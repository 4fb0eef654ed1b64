"""Every run leaves its decisions beside the config, and a folder that cannot be written stops it before the CRM is."""

import gzip
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.loop.world import Desk, crm_with


@pytest.fixture(scope="module")
def desk(agency: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    with crm_with(agency, crm="sf") as sandbox:
        yield Desk(crm="sf", folder=tmp_path_factory.mktemp("decisions"), sandbox=sandbox)


def kept(desk: Desk, run_id: str) -> list[Any]:
    text = gzip.decompress((desk.folder / "keptword-decisions" / f"{run_id}.jsonl.gz").read_bytes())
    return [json.loads(line) for line in text.splitlines()]


def test_a_folder_that_cannot_be_written_stops_the_run_before_it_writes(desk: Desk) -> None:
    (desk.folder / "in the way").write_text("")
    desk.configure('[decisions]\nfolder = "in the way"')
    before = desk.seen()
    ended = desk.keptword("run", "--accept-baseline")
    assert (ended.code, ended.document["error"]["place"].split(": ")[1]) == (1, "decisions.folder")
    assert desk.writes(before) == []


def test_a_preview_and_a_write_each_leave_what_they_decided(desk: Desk) -> None:
    preview = desk.configure(mode="preview").run("--accept-baseline")
    written = desk.configure().run("--accept-baseline")
    said = [kept(desk, each["run_id"]) for each in (preview, written)]
    created = [[line for line in lines if line["decision"] == "create"] for lines in said]
    assert {line["result"] for line in created[0]} == {None}
    assert {line["result"] for line in created[1]} == {"created"}
    keys = {each["key"] for each in written["written"]}
    assert {line["key"] for line in created[1]} == keys
    assert {line["record_id"] for line in created[1]} == {each["id"] for each in written["written"]}
    assert all(line["facts"] and line["records"]["account_id"] for line in created[1])
