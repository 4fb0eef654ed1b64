"""The plan's page says by person and client what would be written, what waits and why, and no name becomes markup."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

from rules.findings import Unknown
from sync.errors import UserError
from sync.plan.plan import make_plan
from sync.plan.situation import Situation
from sync.report.plan_page import plan_page, write_page
from sync.report.plan_text import limits_words
from tests.sync.plan.situations import LATE, finding, only_task, person, situation, small_rule, tiny, write

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)> {{ 7*7 }}"
RING = small_rule("quiet", task={"subject": "Ring {account_name}", "body": "No word."})


class Read(HTMLParser):
    """The page as a browser takes it apart."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, list[tuple[str, str | None]]]] = []
        self.text = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, attrs))

    def handle_data(self, data: str) -> None:
        self.text += f" {data.strip()} "


def shown(made: Situation) -> str:
    return " ".join(Read(plan_page(make_plan(made), made)).text.split())


def test_it_says_per_person_and_client_what_would_be_written_and_why() -> None:
    said = shown(situation([finding(), finding("sf:bolt", account_owner_id="sf:bob")], tiny()))
    assert "To write: 2 new." in said
    ann, bob = (
        said.index("Ann Acme new task due Wed 13 May 2026 normal priority in sf"),
        said.index("Bob Bolt new task"),
    )
    assert ann < bob
    assert "Call Acme No word to Acme since Wed 1 April 2026. 1 < 2 & so on Quiet (last touch on: " in said


def test_what_is_held_back_stands_with_its_client_and_its_reason() -> None:
    said = shown(situation([finding(account_is_muted=True)], tiny()))
    assert "Nothing to write." in said
    assert "Ann Acme Held back: Quiet (the client is muted in the CRM)" in said


def test_what_is_left_to_people_and_what_is_unknown_is_told() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    crm.person(only_task(crm), subject="Write to Acme")
    unknown = [Unknown(rule="late", subject_id=None, reason="no mapping feeds invoice")]
    said = shown(situation([finding()], crm, rules=(RING, LATE), unknown=unknown))
    assert "Left to people: subject of Write to Acme (a person changed the subject)" in said
    assert "Late (no mapping feeds invoice)" in said


def test_names_texts_and_reasons_never_become_markup() -> None:
    crm = tiny()
    people = [replace(person("ann"), name=HOSTILE)]
    unknown = [Unknown(rule="late", subject_id=HOSTILE, reason=HOSTILE)]
    made = situation([finding(account_name=HOSTILE), finding("sf:b", account_name=HOSTILE, account_is_muted=True)],
                     crm, people=people, unknown=unknown)  # fmt: skip
    read = Read(plan_page(make_plan(made), made, over_limits=HOSTILE))
    assert {tag for tag, _ in read.tags}.isdisjoint({"script", "img", "iframe", "link", "object", "form"})
    assert not [name for _, attributes in read.tags for name, _ in attributes if name.startswith("on")]
    assert read.text.count("<script>alert(1)</script>") >= 5
    assert "{{ 7*7 }}" in read.text


def test_it_needs_nothing_but_itself() -> None:
    made = situation([finding()], tiny())
    page = plan_page(make_plan(made), made)
    assert re.findall(r"(?:https?:)?//|@import|url\(|\bsrc=", page) == []
    assert '<meta name="viewport" content="width=device-width, initial-scale=1">' in page


def test_a_page_in_no_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"--html: .* cannot be written: No such file"):
        write_page(tmp_path / "nowhere" / "plan.html", "")


def test_a_plan_over_its_limits_says_at_the_top_what_lets_it_through() -> None:
    made = situation([finding()], tiny())
    words = limits_words(["50 new tasks for 103 clients"], let_through=False)
    page = plan_page(make_plan(made), made, over_limits=words)
    assert f'role="alert"><strong>{words}</strong>' in page
    assert "--over-limits" in words
    assert page.index(words) < page.index("<nav")


@pytest.mark.parametrize(
    ("names", "heading"),
    [
        ({"sf:acme": "Acme & Sons"}, "Acme & Sons"),
        ({"sf:acme": ""}, "A client without a name (sf:acme)"),
        ({}, "A client that is gone from the CRM (sf:acme)"),
    ],
)
def test_a_closing_stands_under_the_name_of_its_client(names: dict[str, str], heading: str) -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    assert f"Ann {heading} close" in shown(situation([], crm, client_names=names))


def test_what_one_crm_does_not_show_is_unknown_of_its_clients_only() -> None:
    unknown = [Unknown(rule="late", subject_id=None, reason="sf shows no invoice", org_id="00D1")]
    said = shown(situation([], tiny(), rules=(LATE,), unknown=unknown))
    assert "the clients of one CRM" in said


def test_a_client_of_which_something_is_unknown_is_named() -> None:
    unknown = [Unknown(rule="late", subject_id="sf:bolt", reason="not known")]
    said = shown(situation([], tiny(), unknown=unknown, client_names={"sf:bolt": "Bolt Ltd"}))
    assert "Late: Bolt Ltd (not known)" in said
