"""A body that two hands write: ours follows what holds, and what a person added below it stays to the letter."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.task_body import above, marked_up, persons_part
from connectors.tasks import CANONICAL, Crm, TaskChange, digest
from sync.plan.plan import make_plan
from tests.sync.plan.situations import finding, only_task, situation, tiny, write

NOTES = {
    "salesforce": "\n\nCalled twice. <b>They</b> like & want Tuesdays.\nAsk Bo.",
    "hubspot": "<p>Called twice. <b>They</b> like &amp; want Tuesdays.</p><ul><li>Ask Bo</li></ul>",
}
LATER = date(2026, 5, 1)


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_a_persons_lines_below_ours_stay_when_ours_change(crm: Crm) -> None:
    held = tiny(crm=crm)
    write(situation([finding()], held), held)
    before = held.tasks[only_task(held)].body
    held.person(only_task(held), body=before + NOTES[crm])
    assert make_plan(situation([finding()], held)).changes == ()
    write(situation([finding(touched_on=LATER)], held), held)
    body = held.tasks[only_task(held)].body
    assert body.endswith(NOTES[crm].lstrip("\n"))
    assert "1 May 2026" in body
    assert "1 April 2026" not in body
    assert make_plan(situation([finding(touched_on=LATER)], held)).changes == ()


@pytest.mark.parametrize("crm", ["salesforce", "hubspot"])
def test_a_note_below_is_still_there_once_the_task_has_closed(crm: Crm) -> None:
    held = tiny(crm=crm)
    write(situation([finding()], held), held)
    held.person(only_task(held), body=held.tasks[only_task(held)].body + NOTES[crm])
    (change,) = make_plan(situation([], held)).changes
    assert isinstance(change.write, TaskChange)
    assert NOTES[crm].strip() in (change.write.raw_body or "")


def test_an_edit_within_our_lines_makes_the_whole_body_theirs() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    crm.person(only_task(crm), body=crm.tasks[only_task(crm)].body.replace("No word", "No news") + "\nmore")
    plan = make_plan(situation([finding(touched_on=LATER)], crm))
    assert [left.field for left in plan.left] == ["body"]


def test_half_of_a_block_cannot_be_moved() -> None:
    ours = digest(CANONICAL["hubspot"]["body"]("<div><p>ours</p>"))
    assert persons_part("hubspot", "<div><p>ours</p><p>theirs</p></div>", ours) is None


words = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=30)


@given(
    st.lists(words, min_size=1, max_size=5),
    st.lists(words, max_size=4),
    st.sampled_from(["salesforce", "hubspot"]),
)
def test_what_was_written_below_is_found_again_whatever_the_texts(
    ours: list[str], theirs: list[str], crm: Crm
) -> None:
    top = "\n".join(ours)
    note = marked_up(crm, "\n".join(theirs))
    sent = digest(CANONICAL[crm]["body"](marked_up(crm, top)))
    rest = persons_part(crm, above(crm, top, note), sent)
    assert rest is not None
    assert CANONICAL[crm]["body"](rest) == CANONICAL[crm]["body"](note)
