import pytest

from connectors.connector import Field, ObjectSchema
from connectors.salesforce.describe import Described
from connectors.salesforce.mark_line import cut
from connectors.salesforce.org_words import our_priority, priorities_of


def task_with(*priorities: str) -> Described:
    field = Field(name="Priority", type="text", values=priorities)
    return Described(schema=ObjectSchema(name="Task", fields={"Priority": field}), rights={}, parents={})


@pytest.mark.parametrize(
    ("offered", "expected"),
    [
        (("High", "Normal", "Low"), ("High", "Normal", "Low")),
        (("Urgent", "high", "Medium", "Low"), ("high", "Medium", "Low")),
        (("P1", "P2", "P3"), ("P1", "P2", "P3")),
        ((), ("High", "Normal", "Low")),
    ],
)
def test_a_priority_becomes_the_orgs_word_and_comes_back(
    offered: tuple[str, ...], expected: tuple[str, ...]
) -> None:
    words = priorities_of(task_with(*offered))
    assert tuple(words.values()) == expected
    assert [our_priority(words, value) for value in expected] == ["high", "normal", "low"]


def test_a_priority_that_a_person_chose_stays_itself() -> None:
    assert our_priority(priorities_of(task_with("High", "Normal", "Low")), "Someday") == "someday"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("short", "short"),
        ("one two three", "one two…"),
        ("exact fit", "exact fit"),
        ("abcdefghijklm", "abcdefgh…"),
    ],
)
def test_a_text_is_cut_at_a_word(text: str, expected: str) -> None:
    assert cut(text, 9) == expected
