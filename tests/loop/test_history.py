"""What past runs did, decided and could not write is read back by `history`."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.loop.forked import Ended
from tests.loop.house import Client
from tests.loop.people import people_at
from tests.loop.test_retry import refused_run
from tests.loop.world import SECRETS, Desk, crm_with, data_folder


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """A desk with two runs behind it: a preview that held all back, and one that wrote."""

    desk: Desk
    preview: Mapping[str, Any]
    written: Mapping[str, Any]

    def history(self, *arguments: str, as_json: bool = True) -> Ended:
        return self.desk.keptword("history", *arguments, as_json=as_json)

    def decisions(self, *arguments: str) -> list[Any]:
        ended = self.history(self.written["run_id"], *arguments)
        assert ended.code == 0, ended.err
        found: list[Any] = ended.document["decisions"]
        return found


@pytest.fixture(scope="module")
def past(agency: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Past]:
    with crm_with(agency, crm="sf") as sandbox:
        desk = Desk(crm="sf", folder=tmp_path_factory.mktemp("history"), sandbox=sandbox)
        preview = desk.configure(mode="preview").run()
        yield Past(desk=desk, preview=preview, written=desk.configure().run("--accept-baseline"))


def test_the_last_runs_come_newest_first_with_what_they_did(past: Past) -> None:
    second, first = past.history().document["runs"]
    ids = (first["run_id"], second["run_id"])
    assert ids == (past.preview["run_id"], past.written["run_id"])
    assert (first["mode"], second["mode"], second["outcome"]) == ("preview", "write", "done")
    assert second["figures"]["created"] == len(past.written["written"])
    assert len(past.history("--limit", "1").document["runs"]) == 1


def test_a_run_says_in_words_what_it_decided_and_why(past: Past) -> None:
    said = past.history(past.written["run_id"], as_json=False).out
    assert "stale-contact on Alder Works" in said
    assert "created 00T" in said
    assert "days_since_touch" in said


def test_what_was_held_back_is_among_the_decisions(past: Past) -> None:
    ended = past.history(past.preview["run_id"], "--kind", "baseline")
    assert {line["decision"] for line in ended.document["decisions"]} == {"held"}
    said = past.history(past.preview["run_id"], "--kind", "baseline", as_json=False).out
    assert "held back" in said
    assert "(baseline)" in said


def test_decisions_are_chosen_by_rule_client_and_kind(past: Past) -> None:
    every = past.decisions()
    stale = past.decisions("--rule", "stale-contact", "--kind", "create")
    assert stale == [
        line for line in every if line["rule"] == "stale-contact" and line["decision"] == "create"
    ]
    alder = past.decisions("--account", "alder works")
    assert {line["account"] for line in alder} == {"Alder Works"}
    assert past.decisions("--account", alder[0]["account_id"]) == alder
    assert past.decisions("--account", alder[0]["account_id"].split(":")[1]) == alder


@pytest.mark.parametrize(
    ("arguments", "place", "said"),
    [
        (["20991231T000000-ffff"], "RUN", "there is no run"),
        (["2", "--rule", "stale-contcat"], "--rule", "Did you mean 'stale-contact'?"),
        (["2", "--kind", "creat"], "--kind", "under 'creat'. Did you mean 'create'?"),
        (["2", "--kind", "xyzzy"], "--kind", "under 'xyzzy'. There are create"),
        (["2", "--account", "alder wrks"], "--account", "Did you mean 'Alder Works'?"),
        (["2", "--account", "xyzzy"], "--account", "There are Alder Works, "),
        (["--rule", "stale-contact"], "history", "Name the run"),
    ],
)
def test_a_wrong_name_is_answered_with_the_right_one(
    past: Past, arguments: list[str], place: str, said: str
) -> None:
    named = [past.written["run_id"][:-1] if each == "2" else each for each in arguments]
    ended = past.history(*named)
    assert (ended.code, ended.document["error"]["place"], said in ended.err) == (2, place, True)


def test_without_its_file_a_run_shows_the_steps_that_the_ledger_knows(past: Past) -> None:
    run_id = past.written["run_id"]
    file = past.desk.folder / "keptword-decisions" / f"{run_id}.jsonl.gz"
    away = file.rename(file.with_suffix(".away"))
    document, said = past.history(run_id).document, past.history(run_id, as_json=False).out
    away.rename(file)
    assert document["decisions"] is None
    assert {step["id"] for step in document["steps"]} == {each["id"] for each in past.written["written"]}
    assert "What it decided is not on this machine" in said
    assert "created 00T" in said


def test_what_could_not_be_written_is_listed_until_a_later_run_has_cleared_it_up(tmp_path: Path) -> None:
    data = data_folder(tmp_path / "data", [Client(name="Silent", touches=(("call", 30),))])
    with crm_with(data, crm="sf") as sandbox:
        desk = Desk(crm="sf", folder=tmp_path / "sf", sandbox=sandbox).configure()
        run_id = refused_run(desk)["run_id"]
        (letter,) = desk.keptword("history", "--failed").document["failed"]
        said = desk.keptword("history", "--failed", as_json=False).out
        desk.keptword("apply", "--retry", run_id)
        assert desk.keptword("history", "--failed").document["failed"] == []
    assert (letter["run_id"], letter["again"]) == (run_id, f"keptword apply --retry {run_id}")
    assert "Exempt the integration user" in letter["reason"]
    assert f"1 write waits for you: keptword apply --retry {run_id}" in said


def test_a_run_that_was_refused_says_why_it_ended(agency: Path, tmp_path: Path) -> None:
    with crm_with(agency, crm="sf") as sandbox:
        desk = Desk(crm="sf", folder=tmp_path, sandbox=sandbox)
        desk.configure(new_per_owner="{ day = 50, week = 50, open = 50 }\nnew_share = 0\nnew_at_least = 1")
        assert desk.keptword("run", "--accept-baseline").code == 1
        run, *_ = desk.keptword("history").document["runs"]
        said = " ".join(desk.keptword("history", run["run_id"], as_json=False).out.split())
    assert (run["outcome"], run["reason"][:6]) == ("failed", "plan: ")
    assert f"It ended before it was done: {run['reason']}." in said
    assert "limits.new_share = 0 allows 1" in run["reason"]


def test_why_a_run_failed_is_kept_without_secrets(agency: Path, tmp_path: Path) -> None:
    with crm_with(agency, crm="sf") as sandbox:
        secrets = {**SECRETS, "SF_SECRET": "t0p-s3cret"}
        desk = Desk(crm="sf", folder=tmp_path, sandbox=sandbox, environment=secrets).configure()
        assert desk.keptword("run").code == 1
        [run] = desk.keptword("history").document["runs"]
    assert "sf" in run["reason"]
    assert not {secret for secret in secrets.values() if secret in str(run)}


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_closing_and_its_undo_name_the_client_on_the_page_and_in_the_history(
    tmp_path: Path, crm: str
) -> None:
    data = data_folder(tmp_path / "data", [Client(name="Silent", touches=(("call", 30),))])
    with crm_with(data, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path / crm, sandbox=sandbox).configure()
        desk.run("--accept-baseline")
        people_at(desk).log_call("Silent")
        desk.keptword("pull")
        desk.keptword("plan", "--html", str(tmp_path / "plan.html"))
        run_id = desk.run()["run_id"]
        [line] = desk.keptword("history", run_id, "--kind", "close").document["decisions"]
        undone = desk.keptword("undo", run_id).document["run_id"]
        [back] = desk.keptword("history", undone).document["decisions"]
        assert (line["account"], back["account"]) == ("Silent", "Silent")
        assert "<h3>Silent</h3>" in (tmp_path / "plan.html").read_text("utf-8")
