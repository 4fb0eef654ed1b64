"""What a task that speaks for several findings says is whole: no subject cut for its `(+1)`, no full stop too many."""

import pytest

from sync.plan.texts import body_of, subject_of
from tests.sync.plan.situations import finding, small_rule

LONG = "Glasshouse Outfitters & Sons"
RULE = small_rule("long", task={
    "subject": ["Agree a new date with {account_name}: audit", "Agree a new date with {account_name}"],
    "body": "No word since {last_touch_on}.",
})  # fmt: skip


def test_where_others_are_counted_a_shorter_form_of_the_subject_is_taken_before_any_is_cut() -> None:
    found = finding(rule=RULE, account_name=LONG)
    assert subject_of({"long": RULE}, [found]) == f"Agree a new date with {LONG}: audit"
    assert subject_of({"long": RULE}, [found] * 2) == f"Agree a new date with {LONG} (+1)"


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Acme", "- Agree a new date with Acme: audit. No word since Wed 1 April 2026."),
        (f"{LONG} and Daughters Ltd", f"- Agree a new date with {LONG} and… No word since Wed 1 April 2026."),
    ],
)
def test_a_line_of_evidence_has_no_full_stop_after_an_ellipsis(name: str, line: str) -> None:
    found = [finding(rule=RULE), finding(rule=RULE, account_name=name)]
    assert body_of({"long": RULE}, found).splitlines()[-1] == line
