"""A plan on a terminal says of each task who, what, when and why, without keys, field names or broken lines."""

import io

from rich.console import Console

from sync.plan.plan import make_plan
from sync.plan.situation import Situation
from sync.report.plan_text import limits_words, show_basis, show_plan
from tests.sync.plan.situations import finding, only_task, situation, small_rule, tiny, write


def shown(made: Situation) -> list[str]:
    text = io.StringIO()
    console = Console(file=text, width=100, highlight=False)
    show_plan(console, make_plan(made), made.people, tasks=made.tasks)
    return text.getvalue().splitlines()


def test_a_new_task_is_told_as_a_person_would() -> None:
    assert shown(situation([finding()], tiny())) == [
        "To write: 1 new. 0 open tasks stay as they are.",
        "  new        Call Acme",
        "             for Ann, due Wed 13 May 2026, in sf",
        "             No word to Acme since Wed 1 April 2026.",
        "             Quiet (last touch on: Wed 1 April 2026)",
    ]


def test_an_update_says_whose_task_it_is() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    ring = small_rule("quiet", task={"subject": "Ring {account_name}", "body": "No word."})

    lines = shown(situation([finding()], crm, rules=(ring,)))

    assert lines[0] == "To write: 1 update. 0 open tasks stay as they are."
    assert lines[1:3] == ["  update     Ring Acme", "             for Ann, due Wed 13 May 2026, in sf"]
    assert "kw1-" not in "".join(lines)


def test_a_closing_says_which_task_and_why() -> None:
    crm = tiny(crm="hubspot", org="hs")
    write(situation([finding("hs:acme")], crm), crm)

    assert shown(situation([], crm))[1:] == [
        "  close      Call Acme",
        "             for Ann, due Wed 13 May 2026, in hs",
        "             The client is gone from the CRM.",
    ]


def test_what_a_person_changed_is_named_by_the_task_it_stands_in() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)
    crm.person(only_task(crm), subject="Write to Acme")
    ring = small_rule("quiet", task={"subject": "Ring {account_name}", "body": "No word."})

    lines = shown(situation([finding()], crm, rules=(ring,)))

    assert "  left alone: subject of Write to Acme: a person changed the subject" in lines


def test_findings_that_wait_are_counted_by_reason() -> None:
    names = ["sf:acme", "sf:bolt", "sf:core"]
    made = situation([finding(name) for name in names], tiny(), limits={"new_per_owner": {"day": 1}})

    assert shown(made)[-1].startswith("  held back 2: Ann has 1 new task")


def test_names_with_square_brackets_stand_as_they_are() -> None:
    lines = shown(situation([finding(account_name="Acme [bold] Ltd")], tiny()))

    assert lines[1] == "  new        Call Acme [bold] Ltd"


def test_nothing_to_do_is_said_in_one_line() -> None:
    crm = tiny()
    write(situation([finding()], crm), crm)

    assert shown(situation([finding()], crm)) == ["Nothing to write. 1 open task stays as it is."]


def test_a_plan_says_for_which_instant_it_was_judged_and_where_what_waits_is_named() -> None:
    text = io.StringIO()
    made = situation([finding(account_is_muted=True)], tiny())
    show_basis(Console(file=text, width=100), make_plan(made))
    assert text.getvalue().splitlines() == [
        "Judged as of Tue 12 May 2026, 12:00 UTC.",
        "--json and --html name each finding that is held back.",
    ]


def test_a_plan_over_its_limits_names_each_and_the_flag() -> None:
    said = limits_words(["a", "b"], let_through=False)
    assert said.startswith("Over the limit: a; b. `keptword run` and `apply` write nothing of it")
    assert "say --over-limits once" in said
    assert limits_words(["a"], let_through=True) == "Over the limit: a (let through by --over-limits)."
    assert limits_words([], let_through=False) == ""
