"""For each subject the plan's own deed is told: new, changed, closed, left standing, held back."""

from typing import Any

import pytest

from sync.explaining.plan import Deed, Deeds
from sync.plan.plan import make_plan
from sync.plan.situation import Situation
from sync.report.explain_plan_text import deed_words
from tests.sync.plan.situations import finding, situation, tiny, write

ACME = ("quiet", "sf:acme")


def deeds(made_of: Situation) -> Deeds:
    return Deeds(make_plan(made_of), made_of)


def only(made_of: Situation) -> Deed:
    (deed,) = deeds(made_of).of(*ACME)
    return deed


def test_a_new_task_is_told_with_who_gets_it_and_when() -> None:
    deed = only(situation([finding()], tiny()))

    assert (deed.action, deed.subject, deed.owner, deed.connection) == ("create", "Call Acme", "Ann", "sf")
    assert deed_words(deed, outcome="fired").startswith('a new task "Call Acme" for Ann, due ')
    assert deed.key
    assert deed.key in deed_words(deed, outcome="fired")


def test_a_task_that_is_there_stands_until_its_reason_has_gone() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)

    assert only(situation([finding()], crm)).action == "stand"
    closed = only(situation([], crm))
    assert closed.action == "close"
    assert deed_words(closed, outcome="did not fire").startswith('its open task "Call Acme" is closed: ')


@pytest.mark.parametrize(
    ("changes", "limits", "kind"),
    [({"account_is_muted": True}, {}, "muted"), ({}, {"new_per_rule": 0}, "cap")],
)
def test_what_is_held_back_says_what_won(changes: dict[str, Any], limits: dict[str, Any], kind: str) -> None:
    made = situation([finding(**changes)], tiny(), limits=limits)

    held = only(made)

    assert (held.action, held.kind, held.why) == ("hold", kind, (make_plan(made).held[0].reason,))


def test_a_closing_of_which_the_subject_is_gone_is_told_with_the_client() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)

    others = deeds(situation([], crm)).others({"sf:acme"}, named=[])

    assert [(rule, deed.action) for rule, deed in others] == [("quiet", "close")]
    assert not deeds(situation([], crm)).others({"sf:acme"}, named=[ACME])
