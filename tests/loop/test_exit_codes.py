"""How commands end is a contract: the code, the place, the remedy, and what was left untouched."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.loop.house import wanted_tasks
from tests.loop.people import people_at
from tests.loop.world import CRMS, SECRETS, Desk, crm_with, faults, wait_until_struck

AFTER_READING = {
    "sf": {"path": "/sobjects/Task/describe", "nth": 2},
    "hs": {"path": "/properties/2026-09/tasks/keptword_key"},
}
"""The question whether tasks can be written, which a run asks when it has pulled, judged and planned."""


@pytest.fixture
def desk(agency: Path, tmp_path: Path) -> Iterator[Desk]:
    with crm_with(agency) as sandbox:
        yield Desk(crm="sf", folder=tmp_path, sandbox=sandbox).configure()


@pytest.fixture
def portal(agency: Path, tmp_path: Path) -> Iterator[Desk]:
    with crm_with(agency, crm="hs") as sandbox:
        yield Desk(crm="hs", folder=tmp_path, sandbox=sandbox).configure()


def test_a_second_run_waits_outside_and_is_told_who_is_at_work(desk: Desk) -> None:
    faults(desk.sandbox, [{"match": {"path": "/composite/sobjects$", "nth": 1}, "delay_s": 3}])
    first = desk.start("run", "--accept-baseline")
    wait_until_struck(first, desk.sandbox)
    second = desk.keptword("run")
    assert (second.code, second.document["exit_code"]) == (4, 4)
    assert f"run (process {first.pid} on " in second.err
    assert first.wait().code == 0
    assert desk.tasks() == wanted_tasks()


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [
        ("mode", '"writing"', 2, "keptword.toml:2: mode"),
        ("login_url", '"https://127.0.0.1:9"', 1, "connections.sf"),
        ("org_id", '"00D000000000009"', 1, "org"),
        ("ca_file", '"/nowhere/ca.pem"', 2, "ca_file"),
    ],
)
def test_a_config_that_cannot_work_ends_with_one_message_and_nothing_written(
    desk: Desk, old: str, new: str, code: int, said: str
) -> None:
    config = desk.folder / "keptword.toml"
    text = re.sub(rf"^{old} = .*$", "", config.read_text("utf-8"), flags=re.MULTILINE)
    line = f"{old} = {new}\n"
    config.write_text(f"{line}{text}" if old == "mode" else f"{text}{line}", "utf-8")
    if old == "mode":
        said = "keptword.toml:1: mode"
    ended = desk.keptword("run", "--accept-baseline")
    assert (ended.code, desk.writes()) == (code, [])
    assert said in ended.err
    assert "Traceback" not in ended.err
    assert ended.document["error"]["remedy"]


@pytest.mark.parametrize(("secret", "code"), [("wrong", 1), ("", 2)])
@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_wrong_secret_is_the_crms_no_and_a_missing_one_is_the_files(
    agency: Path, tmp_path: Path, crm: str, secret: str, code: int
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        secrets = {**SECRETS, "SF_SECRET": secret, "HUBSPOT_TOKEN": secret}
        ended = (
            Desk(crm=crm, folder=tmp_path, sandbox=sandbox, environment=secrets).configure().keptword("run")
        )
        assert ended.code == code
        assert ended.document["error"]["remedy"]
        assert "sandbox-key" not in ended.err + ended.out


def test_a_portal_that_is_not_the_pinned_one_is_refused(portal: Desk) -> None:
    config = portal.folder / "keptword.toml"
    config.write_text(config.read_text("utf-8") + 'portal_id = "1"\n', "utf-8")
    ended = portal.keptword("run", "--accept-baseline")
    assert (ended.code, portal.writes()) == (1, [])
    assert "portal" in ended.document["error"]["problem"]


@pytest.mark.parametrize(
    ("crm", "match", "record"),
    [
        ("sf", {"path": "/query", "query": "FROM Invoice"}, "Invoice"),
        ("hs", {"path": "/objects/2026-09/invoices", "query": "limit=100"}, "invoices"),
    ],
)
def test_an_object_that_cannot_be_read_leaves_its_rules_unknown_and_the_rest_goes_on(
    agency: Path, tmp_path: Path, crm: str, match: dict[str, str], record: str
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        faults(
            sandbox,
            [
                {
                    "match": match,
                    "status": 403,
                    "body": [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}],
                }
            ],
        )
        ended = desk.keptword("run", "--accept-baseline")
        unknown = {each["rule"]: each["reason"] for each in ended.document["plan"]["unknown"]}
        assert ended.code == 3
        assert record in unknown["invoice-after-incident"]
        assert desk.tasks() == [task for task in wanted_tasks() if task.kind == "promise"]


@pytest.mark.parametrize(
    ("crm", "path", "query"), [("sf", "/query", "FROM Invoice"), ("hs", "/invoices", "")]
)
def test_tasks_of_a_rule_that_cannot_be_judged_are_left_alone(
    agency: Path, tmp_path: Path, crm: str, path: str, query: str
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        desk.run("--accept-baseline")
        faults(
            sandbox,
            [
                {
                    "match": {"path": path, "query": query},
                    "status": 403,
                    "body": [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no"}],
                }
            ],
        )
        ended = desk.keptword("run")
        assert (ended.code, ended.document["plan"]["changes"]) == (3, [])
        assert desk.tasks() == wanted_tasks()


@pytest.mark.parametrize("crm", CRMS)
def test_a_task_that_the_crm_refuses_is_named_and_the_others_are_written(
    agency: Path, tmp_path: Path, crm: str
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        faults(sandbox, [{"match": AFTER_READING[crm[:2]], "delay_s": 1}])
        run = desk.start("run", "--accept-baseline")
        wait_until_struck(run, sandbox)
        people_at(desk).remove_client("Alder Works")
        ended = run.wait()
        failed = [each for each in ended.document["written"] if each["result"] == "failed"]
        assert (ended.code, len(failed)) == (3, 1)
        assert failed[0]["reason"]
        assert desk.tasks() == [task for task in wanted_tasks() if task.client != "Alder Works"]


def test_a_plan_says_by_its_code_whether_there_is_something_to_write(desk: Desk) -> None:
    desk.keptword("pull")
    assert desk.keptword("plan", "--accept-baseline").code == 0
    assert desk.keptword("plan", "--accept-baseline", "--exit-code").code == 5
    desk.run("--accept-baseline")
    assert desk.keptword("plan", "--exit-code").code == 0


@pytest.mark.parametrize("fields", [True, False])
@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_preview_writes_nothing_at_all(agency: Path, tmp_path: Path, crm: str, fields: bool) -> None:
    with crm_with(agency, crm=crm, fields=fields) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure(mode="preview")
        document = desk.run("--accept-baseline")
        assert (document["mode"], document["written"], desk.writes()) == ("preview", [], [])
        assert len(document["plan"]["changes"]) == len(wanted_tasks())


def test_a_preview_names_the_limits_that_would_stop_a_write(desk: Desk) -> None:
    desk.configure(
        mode="preview", new_per_owner="{ day = 50, week = 50, open = 50 }\nnew_share = 0\nnew_at_least = 1"
    )
    assert ["allows 1" in each for each in desk.run("--accept-baseline")["over_limits"]] == [True]
    ended = desk.keptword("run", "--accept-baseline", as_json=False)
    assert (ended.code, "Over the limit: " in ended.out) == (0, True)


@pytest.mark.parametrize("crm", ["sf", "hs"])
def test_a_run_before_setup_says_what_to_do_first(agency: Path, tmp_path: Path, crm: str) -> None:
    with crm_with(agency, crm=crm, fields=False) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure()
        ended = desk.keptword("run", "--accept-baseline")
        assert (ended.code, desk.writes()) == (1, [])
        assert "keptword setup" in ended.document["error"]["remedy"]


@pytest.mark.parametrize(
    ("crm", "lines", "said"),
    [
        (
            "sf",
            ("[connections.sf.records.account.columns]", 'tier = "Teir__c"'),
            "connections.sf.records.account.columns.tier",
        ),
        (
            "hs",
            ("[connections.hs.records.account.columns]", 'tier = "client_teir"'),
            "connections.hs.records.account.columns.tier",
        ),
    ],
)
def test_a_field_that_the_org_lacks_in_the_admins_own_mapping_is_the_files_mistake(
    agency: Path, tmp_path: Path, crm: str, lines: tuple[str, str], said: str
) -> None:
    with crm_with(agency, crm=crm) as sandbox:
        desk = Desk(crm=crm, folder=tmp_path, sandbox=sandbox).configure("", *lines)
        ended = desk.keptword("run", "--accept-baseline")
        assert (ended.code, desk.writes()) == (2, [])
        assert "keptword.toml" in ended.err
        assert said in ended.err
        assert ended.document["error"]["remedy"]
