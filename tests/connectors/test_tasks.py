from datetime import date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tasks import (
    FIELDS,
    FINDINGS_PER_TASK,
    STATE_LENGTH,
    Task,
    WrittenTask,
    digest,
    finding_mark,
    held_values,
    outcome_of,
    read_state,
    short_hash,
    wanted_values,
    write_state,
)

MARKS = st.lists(
    st.builds(finding_mark, st.builds(short_hash, st.text()), st.builds(short_hash, st.text())), max_size=24
)


@given(st.fixed_dictionaries({name: st.text() for name in FIELDS}), MARKS, st.booleans())
def test_a_state_reads_back_as_written(values: dict[str, str], marks: list[str], closed: bool) -> None:
    text = write_state(values, tuple(marks), closed_by_us=closed)
    state = read_state(text)
    assert len(text) <= STATE_LENGTH
    assert state.digests == {name: digest(value) for name, value in values.items()}
    assert (state.findings, state.closed_by_us, state.readable) == (tuple(marks), closed, True)


@given(st.one_of(st.none(), st.text(), st.from_regex(r"1[oc][a-z2-7]*")))
def test_no_text_in_the_state_field_is_an_error(text: str | None) -> None:
    state = read_state(text)
    assert state.readable or state.digests == {}


def test_more_findings_than_fit_are_refused() -> None:
    with pytest.raises(ValueError, match="at most 24"):
        write_state(dict.fromkeys(FIELDS, ""), ("aaaaabbbb",) * (FINDINGS_PER_TASK + 1))


def test_what_salesforce_does_to_a_text_is_no_edit() -> None:
    due = datetime.fromisoformat("2024-05-03T16:00:00")
    task = Task(
        key="k", state="", subject="Call  Client ", body="one\ntwo\n", owner_id="0055g0000001001AAA", due_on=date(2024, 5, 3),
        due_at=due, priority="high", kind="call", account_id=None,
    )  # fmt: skip
    held = WrittenTask(
        id="00T", key="k", state="", subject="Call Client", body="one\r\ntwo", owner_id="0055g0000001001",
        due="2024-05-03", priority="High", status="open", account_ids=(),
    )  # fmt: skip
    assert held_values("salesforce", held) == wanted_values("salesforce", task)


def test_what_hubspot_makes_of_a_plain_body_is_no_edit() -> None:
    due = datetime.fromisoformat("2024-05-03T16:00:00")
    task = Task(
        key="k", state="", subject="Call", body="1 < 2 & more\nnext", owner_id="70", due_on=date(2024, 5, 3), due_at=due,
        priority="low", kind="call", account_id=None,
    )  # fmt: skip
    held = WrittenTask(
        id="1", key="k", state="", subject="Call", body="<div>1 &lt; 2 &amp; more<br>next</div>", owner_id="70",
        due="2024-05-03T16:00:00.000Z", priority="LOW", status="open", account_ids=(),
    )  # fmt: skip
    assert held_values("hubspot", held) == wanted_values("hubspot", task)


@pytest.mark.parametrize("said", ["already_handled", "Already handled", " ALREADY HANDLED "])
def test_an_outcome_is_understood_however_an_admin_spelt_it(said: str) -> None:
    assert outcome_of(said) == "already_handled"


@pytest.mark.parametrize("said", [None, "", "Erledigt", "snooze 7 days"])
def test_a_value_that_is_none_of_ours_is_no_outcome(said: str | None) -> None:
    assert outcome_of(said) == ""
