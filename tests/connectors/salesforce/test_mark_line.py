from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.salesforce.mark_line import BODY_LENGTH, read_mark, with_mark
from connectors.tasks import FIELDS, FINDINGS_PER_TASK, STATE_LENGTH, state_text

KEY = "kw1-stale-contact-aaaaaaaaaa-bbbbbbbbbb-0"
STATE = state_text(dict.fromkeys(FIELDS, "abcdef"), ["aaaaabbbb"])
MARK = f"[keptword {KEY} {STATE}]"
OTHER = MARK.replace("bbbbbbbbbb", "cccccccccc")


@pytest.mark.parametrize(
    ("text", "body"),
    [
        (f"Ours\n\n{MARK}", "Ours"),
        (MARK, ""),
        (f"Ours\r\n\r\n{MARK}\r\n", "Ours"),
        (f"Ours\n\n{MARK} spoke to Ann", "Ours\n\nspoke to Ann"),
        (f"Ours\n\n{MARK}\ntheirs", "Ours\n\ntheirs"),
        (f"theirs {MARK}\nOurs", "theirs\nOurs"),
        (f"Ours\n{MARK}\nand again\n{MARK}", "Ours\nand again"),
    ],
)
def test_the_text_is_what_people_wrote_wherever_the_mark_stands(text: str, body: str) -> None:
    found = read_mark(text)
    assert found is not None
    assert (found.key, found.state, found.body) == (KEY, STATE, body)


@pytest.mark.parametrize(
    "text",
    [
        "", "Ours", MARK.removesuffix("]"), MARK.replace("keptword", "Keptword"), MARK.replace(" ", "  "),
        MARK.replace(KEY, "kw2-a"), MARK.replace(KEY, "kw1-"), MARK.replace(KEY, "kw1-" + "a" * 77),
        MARK.replace(STATE, ""), MARK.replace(STATE, "a" * 256), MARK.replace(STATE, "1o a"), f"[keptword {KEY}]",
        f"{MARK}\n{OTHER}",
    ],
)  # fmt: skip
def test_what_is_not_exactly_a_mark_or_is_two_of_them_is_a_persons_text(text: str) -> None:
    assert read_mark(text) is None


def test_the_last_of_several_states_counts() -> None:
    found = read_mark(f"{MARK}\n{MARK.replace(STATE, '1c' + STATE[2:])}")
    assert found is not None
    assert found.state.startswith("1c")


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_a_marked_text_is_read_as_it_was_written(body: str) -> None:
    found = read_mark(with_mark(body, KEY, STATE))
    assert found is not None
    assert (found.key, found.state, found.body) == (KEY, STATE, body.strip())
    again = with_mark(found.body, KEY, STATE)
    assert again == with_mark(body, KEY, STATE)


def test_a_long_text_leaves_room_for_the_longest_mark() -> None:
    state = state_text(dict.fromkeys(FIELDS, "abcdef"), ["aaaaabbbb"] * FINDINGS_PER_TASK)
    assert len(state) <= STATE_LENGTH
    text = with_mark("word " * 10_000, "kw1-" + "a" * 76, state)
    found = read_mark(text)
    assert found is not None
    assert len(text) <= BODY_LENGTH
    assert found.body.endswith("word…")


@pytest.mark.parametrize(
    "given_mark", [("kw1-A", STATE), ("kw1 a", STATE), (KEY, ""), (KEY, "1o a"), (KEY, "a" * 256)]
)
def test_a_mark_that_could_not_be_read_is_not_written(given_mark: Any) -> None:
    with pytest.raises(ValueError, match="cannot carry"):
        with_mark("Ours", *given_mark)
