"""The page for people: tasks and clients of both CRMs, as their users would see them."""

from typing import TYPE_CHECKING

import pytest

from sandbox.page.show import readable
from tests.sandbox_process import RunningSandbox, start_sandbox

if TYPE_CHECKING:
    from tests.sandbox.conftest import NotebookSandbox


def task(subject: str, **facts: str) -> dict[str, str]:
    usual = {
        "owner": "Sofia",
        "due": "2026-05-04",
        "status": "Not Started",
        "about": "Harbour & Pine",
        "body": "Why.",
        "url": "/t",
    }
    return {"subject": subject, **usual, **facts}


def page(crm: RunningSandbox, query: str = "") -> str:
    response = crm.request("GET", f"/?{query}")
    assert (response.status, response.headers["content-type"]) == (200, "text/html; charset=utf-8")
    return response.data.decode()


def test_a_task_shows_all_that_its_owner_needs(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    notebook.dialect.tasks = [task("Call them")]
    shown = page(crm)
    for text in (
        "Call them",
        "Sofia",
        "due 2026-05-04",
        "Not Started",
        "about Harbour &amp; Pine",
        "Why.",
        'href="/t"',
    ):
        assert text in shown


def test_the_newest_task_comes_first(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    notebook.dialect.tasks = [
        task("old", due="2026-01-01"),
        task("new", due="2026-05-05T17:00:00Z"),
        task("undated", due=""),
    ]
    shown = page(crm)
    assert shown.index(">new<") < shown.index(">old<") < shown.index(">undated<")


def test_what_people_wrote_never_becomes_markup(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    notebook.dialect.tasks = [task("<script>alert(1)</script>", body="&lt;script&gt;<b>x</b>")]
    notebook.dialect.clients = [
        {"name": "<i>", "owner": "", "tier": "A", "last_activity": "", "open_tasks": "0", "url": ""}
    ]
    shown = page(crm)
    assert "<script" not in shown
    assert "<i>" not in shown
    assert "never" in shown


@pytest.mark.parametrize(
    ("query", "kept"), [("status=Done", ["b"]), ("owner=Sofia", ["a", "b"]), ("owner=Tom&status=Done", [])]
)
def test_a_filter_narrows_the_tasks(
    notebook: "NotebookSandbox", crm: RunningSandbox, query: str, kept: list[str]
) -> None:
    notebook.dialect.tasks = [task("a"), task("b", status="Done"), task("c", owner="Tom")]
    shown = page(crm, query)
    assert [name for name in "abc" if f">{name}</a></h3>" in shown] == kept


def test_a_filter_link_keeps_the_other_filters(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    notebook.dialect.tasks = [task("a"), task("b", owner="Tom & Co")]
    shown = page(crm, "status=Not+Started")
    assert 'href="?status=Not+Started&amp;owner=Tom+%26+Co"' in shown
    assert '<strong aria-current="true">Not Started</strong>' in shown


def test_the_page_needs_nothing_from_elsewhere(crm: RunningSandbox) -> None:
    shown = page(crm)
    assert not any(mark in shown for mark in ("<link", "<script", "<img", "@import", "url("))
    assert "No task." in shown
    assert "No client." in shown


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<p>First.</p><p>Second &amp; last.<br>End.</p>", "First.\nSecond & last.\nEnd."),
        ("plain\nlines with 3 < 5 and R&D &amp; more", "plain\nlines with 3 < 5 and R&D &amp; more"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("", ""),
    ],
)
def test_a_body_reads_as_in_the_crm(body: str, text: str) -> None:
    assert readable(body) == text


def test_both_crms_stand_on_one_page() -> None:
    with start_sandbox("--accounts", "5", "--now", "2026-05-04T09:00:00Z") as crm:
        shown = page(crm)
        assert shown.count("Harbour &amp; Pine</a></td>") == 2
        assert "Promise: send the outage report" in shown
        assert "Promise: send the outage report" not in page(crm, "crm=HubSpot")
