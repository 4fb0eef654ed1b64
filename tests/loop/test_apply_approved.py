"""`apply F` carries out what was approved, under the approver's name, or refuses by place, problem and remedy."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from sync.ledger.ledger import Ledger
from tests.loop.forked import Ended
from tests.loop.house import Client
from tests.loop.people import people_at
from tests.loop.world import Desk, crm_with, data_folder

CLIENTS = [Client(name=name, touches=(("call", 30),)) for name in ("Alder", "Birch", "Cedar")]


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return data_folder(tmp_path_factory.mktemp("approve") / "data", CLIENTS)


@contextmanager
def _agreed(crm: str, data: Path, folder: Path) -> Iterator[Desk]:
    with crm_with(data, crm=crm) as sandbox:
        made = Desk(crm=crm, folder=folder, sandbox=sandbox).configure(mode="preview")
        assert made.keptword("pull").code == 0
        _agree(made, "--accept-baseline")
        yield made


@pytest.fixture(params=["sf", "hs"])
def desk(request: pytest.FixtureRequest, data: Path, tmp_path: Path) -> Iterator[Desk]:
    """A plan for three clients, in plan.json, that nobody has applied yet."""
    with _agreed(request.param, data, tmp_path) as made:
        yield made


@pytest.fixture(scope="module")
def shared(data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Desk]:
    """The same for those that write to no CRM."""
    with _agreed("sf", data, tmp_path_factory.mktemp("shared")) as made:
        yield made


@pytest.fixture
def unapplied(shared: Desk) -> Iterator[Desk]:
    """With config and file as they were."""
    path = shared.folder / "plan.json"
    before = path.read_bytes()
    yield shared.configure(mode="preview")
    path.write_bytes(before)


def _agree(desk: Desk, *arguments: str) -> None:
    assert desk.keptword("plan", *arguments, "--out", str(desk.folder / "plan.json")).code == 0


def _apply(desk: Desk, *arguments: str) -> Ended:
    return desk.keptword("apply", str(desk.folder / "plan.json"), *arguments)


def _refused(desk: Desk, code: int, problem: str, remedy: str, *options: str) -> None:
    """With place, problem and remedy, and with nothing written."""
    seen = desk.seen()
    ended = _apply(desk, *options)
    error = ended.document["error"]
    assert (ended.code, desk.writes(seen)) == (code, [])
    assert error["place"].endswith("plan.json")
    assert problem in error["problem"]
    assert remedy in error["remedy"]
    assert "Traceback" not in ended.err


def test_an_approved_plan_is_written_and_the_run_knows_by_whose_word(desk: Desk) -> None:
    document = _apply(desk, "--approved-by", "Ann Other").document
    assert [each["result"] for each in document["written"]] == ["created"] * 3
    assert (document["approved_by"], document["moved"]) == ("Ann Other", [])
    with Ledger.open(f"sqlite:///{desk.folder / 'keptword-ledger.db'}") as ledger:
        [run] = ledger.runs.latest(1)
    assert (run.run_id, run.approved_by) == (document["run_id"], "Ann Other")


def test_a_plan_can_be_read_as_a_page_before(unapplied: Desk) -> None:
    path = unapplied.folder / "plan.html"
    assert unapplied.keptword("plan", "--accept-baseline", "--html", str(path)).code == 0
    page = path.read_text("utf-8")
    assert [name for name in ("Rita Ray", "Alder", "Birch", "Cedar") if name not in page] == []


@pytest.mark.parametrize("option", [[], ["--partial"]])
def test_a_plan_is_applied_once_in_part_too(desk: Desk, option: list[str]) -> None:
    run_id = _apply(desk).document["run_id"]
    problem = f"run {run_id} has applied it already"
    _refused(desk, 1, problem, f"Nothing is left of it to write: `keptword history {run_id}`", *option)


def test_a_plan_that_was_applied_and_undone_is_said_to_be_undone(desk: Desk) -> None:
    run_id = _apply(desk).document["run_id"]
    undo = desk.keptword("undo", run_id).document["run_id"]
    _refused(desk, 1, f"run {run_id} has applied it, and run {undo} has undone that", "make a plan anew")
    _agree(desk, "--accept-baseline")
    assert len(_apply(desk).document["written"]) == 3


def test_a_plan_that_was_applied_in_part_is_not_said_to_be_applied(desk: Desk) -> None:
    people_at(desk).log_call("Birch")
    assert _apply(desk, "--partial").code == 3
    _refused(desk, 1, "3 of its 3 changes no longer hold", "make the plan anew and read it again")


def test_a_record_behind_it_that_changed_makes_it_stale(desk: Desk) -> None:
    people_at(desk).log_call("Birch")
    _refused(desk, 1, "1 of its 3 changes no longer hold", "Nothing was written: make the plan anew")


def test_a_task_behind_it_that_a_person_changed_makes_it_stale(desk: Desk) -> None:
    assert _apply(desk).code == 0
    people = people_at(desk)
    people.log_call("Birch")
    desk.run()
    _agree(desk)
    people.edit("Birch", "stale-contact", subject="Ring them on Monday")
    _refused(desk, 1, "(somebody changed subject in the CRM)", "apply what still holds with --partial")


def test_in_part_what_still_holds_is_written_and_the_rest_is_named(desk: Desk) -> None:
    people_at(desk).log_call("Birch")
    ended = _apply(desk, "--partial")
    document = ended.document
    assert (ended.code, len(document["written"]), len(desk.tasks())) == (3, 2, 2)
    [moved] = document["moved"]
    assert (moved["action"], "Birch" in moved["subject"]) == ("create", True)
    assert moved["reason"] == "nothing of it is to be done any more"


def test_nothing_that_came_up_since_is_written_with_it(desk: Desk) -> None:
    (desk.folder / "keep.json").write_bytes((desk.folder / "plan.json").read_bytes())
    desk.keptword("mute", "Cedar", "--until", "2030-01-01", "--why", "x")
    _agree(desk, "--accept-baseline")
    desk.keptword("unmute", "Cedar")
    assert len(_apply(desk).document["written"]) == 2


def test_a_plan_for_another_crm_is_refused(desk: Desk) -> None:
    other = Desk(crm="hs" if desk.is_salesforce else "sf", folder=desk.folder, sandbox=desk.sandbox)
    other.configure(mode="preview")
    _refused(other, 1, "the plan was made for another CRM: ", "Make it anew with `keptword plan --out F`")


def test_a_plan_by_other_rules_is_refused(unapplied: Desk) -> None:
    unapplied.configure("[rules.stale-contact.params]", "max_silence_days = 5", mode="preview")
    _refused(unapplied, 1, "the rules have changed since the plan was made", "Make it anew and read it again")


EDITS: dict[str, Callable[[dict[str, Any]], object]] = {
    "was changed after `keptword plan` wrote it": lambda raw: raw["changes"].pop(),
    "is a plan of format 99": lambda raw: raw.update(format=99),
    "is not a plan file": lambda raw: raw.clear(),
}
REMEDIES = (
    "Leave out what you do not want by the config",
    "Make it anew with this version",
    "Write one with",
)


@pytest.mark.parametrize(("problem", "remedy"), list(zip(EDITS, REMEDIES, strict=True)))
def test_an_edited_file_and_one_of_another_format_are_the_persons_own(
    unapplied: Desk, problem: str, remedy: str
) -> None:
    path = unapplied.folder / "plan.json"
    raw = json.loads(path.read_bytes())
    EDITS[problem](raw)
    path.write_text(json.dumps(raw), "utf-8")
    _refused(unapplied, 2, problem, remedy)


@pytest.mark.parametrize("option", [["--partial"], ["--approved-by", "Ann"]])
def test_an_approval_without_a_plan_is_refused(unapplied: Desk, option: list[str]) -> None:
    ended = unapplied.configure().keptword("apply", *option)
    assert (ended.code, ended.document["error"]["place"]) == (2, option[0])
