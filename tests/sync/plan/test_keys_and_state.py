"""Keys and states tell a lost machine what is ours: they come back as they were written, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.tasks import (
    FIELDS,
    FINDINGS_PER_TASK,
    KEY_LENGTH,
    STATE_LENGTH,
    digest,
    read_state,
    write_state,
)
from rules.rule import NAME_LENGTH
from sync.plan.keys import Key, key_of, read_key
from tests.sync.plan.situations import finding, small_rule

VALUES = {name: f"the {name}" for name in FIELDS}
marks = st.lists(
    st.text("abcdefghijklmnopqrstuvwxyz234567", min_size=9, max_size=9), max_size=FINDINGS_PER_TASK
)


def test_a_key_comes_apart_into_what_it_was_made_of() -> None:
    each = finding(rule=small_rule("vip-gone-quiet-2"))
    found = read_key(key_of(each, 12))
    assert found == Key(
        rule="vip-gone-quiet-2",
        subject_hash=each.subject_hash,
        occurrence_hash=each.occurrence_hash,
        repeat=12,
    )


def test_the_longest_rule_name_still_fits_the_key_field() -> None:
    assert len(key_of(finding(rule=small_rule("r" * NAME_LENGTH)), 99999)) <= KEY_LENGTH


@pytest.mark.parametrize(
    "text",
    ["", "kw1-canary", "kw2-quiet-abcdefghij-abcdefghij-0", "kw1-quiet-abcdefghij-abcdefghij-0 ", "Call Ann"],
)
def test_a_key_of_another_form_is_none_of_ours(text: str) -> None:
    assert read_key(text) is None


@given(marks, st.booleans())
def test_a_state_is_read_as_it_was_written(findings: list[str], by_us: bool) -> None:
    text = write_state(VALUES, findings, closed_by_us=by_us)
    state = read_state(text)
    assert len(text) <= STATE_LENGTH
    assert state.digests == {name: digest(value) for name, value in VALUES.items()}
    assert (list(state.findings), state.closed_by_us, state.readable) == (findings, by_us, True)


@given(st.none() | st.text(max_size=300))
def test_a_state_of_another_hand_is_unreadable_and_no_error(text: str | None) -> None:
    assert not read_state(text).readable


def test_a_task_speaks_for_no_more_findings_than_its_state_holds() -> None:
    with pytest.raises(ValueError, match="at most 24 findings, not 25"):
        write_state(VALUES, ["abcdefghi"] * 25)
