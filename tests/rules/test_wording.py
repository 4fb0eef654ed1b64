"""What a task says: lines that have something to say, in words that do not tick and cannot be broken."""

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rules.rule import read_rules
from rules.wording import names_in, shorten, stray_brace, write_body, write_name, write_subject

FACTS: dict[str, Any] = {
    "name": "Acme", "none": None, "empty": "", "yes": True, "no": False, "zero": 0, "day": date(2026, 5, 8),
    "at": datetime.fromisoformat("2026-05-08 14:05"), "money": Decimal("1234567.5"),
}  # fmt: skip


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("Call {name}.", "Call Acme."),
        ("Call {name}.\nThey owe {none}.\nDone.", "Call Acme.\nDone."),
        ("Owed: {money} {none?}.", "Owed: 1,234,567.50."),
        ("{?yes}Open.\n{?no}Shut.\n{?none}Nothing.", "Open."),
        ("{!yes}Open.\n{!no}Shut.\n{!none}Nothing.{!empty}", "Shut.\nNothing."),
        ("Since {day}.", "Since Fri 8 May 2026."),
        ("At {at}.", "At Fri 8 May 2026, 14:05 UTC."),
        ("{zero} left", "0 left"),
        ("{name} , {name} ; {name}", "Acme, Acme; Acme"),
        ("", ""),
    ],
)
def test_a_body_has_the_lines_that_have_something_to_say(text: str, body: str) -> None:
    assert write_body(text, FACTS) == body


@pytest.mark.parametrize(
    ("choices", "subject"),
    [
        (["Call {name}: since {day}"], "Call Acme: since Fri 8 May"),
        (["Call {name}: since {none}", "Call {name}"], "Call Acme"),
        (["Call {none}"], "Call"),
        (["Call {long}"], "Call Consolidated Amalgamated Widgets and Gadgets…"),
        (["{word}"], "x" * 59 + "…"),
        (["Call {name} about {long}", "Call {name}"], "Call Acme"),
        (["Tell {name} about {long}", "Tell {long}"], "Tell Consolidated Amalgamated Widgets and Gadgets…"),
    ],
)
def test_a_subject_is_one_line_cut_at_a_word(choices: list[str], subject: str) -> None:
    long = "Consolidated Amalgamated Widgets and Gadgets, (International) Limited"
    assert write_subject(choices, {**FACTS, "long": long, "word": "x" * 80}) == subject


def test_a_subject_of_which_a_shorter_form_fits_is_not_cut() -> None:
    choices = ["Agree a new date with {name}: the audit", "Agree a new date with {name}"]
    written = [write_subject(choices, FACTS, length=length) for length in (37, 36, 26, 25)]
    assert written == [
        "Agree a new date with Acme: the audit",
        "Agree a new date with Acme",
        "Agree a new date with Acme",
        "Agree a new date with…",
    ]


def test_a_name_that_is_too_long_is_cut_and_not_told_by_its_id() -> None:
    assert write_name(["{word}", "client {name}"], {**FACTS, "word": "x" * 80}) == "x" * 59 + "…"


def test_a_name_says_which_year_a_day_was_in() -> None:
    assert write_name(["{name} for {day}"], FACTS) == "Acme for Fri 8 May 2026"
    assert write_name(["email of {at}"], FACTS) == "email of Fri 8 May, 14:05"


@pytest.mark.parametrize(
    ("value", "written"),
    [
        ("Acme\nCall {other}", "Acme Call {other}"),
        ("{other}", "{other}"),
        ("<b>Acme</b> & Sons", "<b>Acme</b> & Sons"),
        ("Acme\r\n\t\v\x00\x1b[31m", "Acme [31m"),
        ("\u202eemcA", "emcA"),
        ("אקמה בע״מ", "אקמה בע״מ"),
        ("👩‍👩‍👧 Family", "👩‍👩‍👧 Family"),
        ("\\1 \\g<0>", "\\1 \\g<0>"),
    ],
)
def test_a_value_cannot_break_the_text_or_name_another_fact(value: str, written: str) -> None:
    facts = {"name": value, "other": "SECRET"}
    assert write_body("To {name}.", facts) == f"To {written}."
    assert write_subject(["To {name}"], facts) == f"To {written}"


@settings(deadline=None)
@given(st.text(max_size=200))
def test_whatever_a_name_is_the_text_keeps_its_shape(name: str) -> None:
    facts = {"name": name, "other": "SECRET"}
    body, subject = write_body("One {name?} line.\nTwo.", facts), write_subject(["Call {name?} now"], facts)
    assert len(body.split("\n")) == 2
    assert body.endswith("\nTwo.")
    assert len(subject) <= 60
    assert len((subject + body).splitlines()) == 2
    assert "SECRET" not in body + subject


@pytest.mark.parametrize(
    ("text", "stray"),
    [
        ("{name} {name?} {?name} {!name}", None),
        ("{}", "{}"),
        ("Call {account name} now", "{account name} now"),
        ("{{name}}", "{"),
        ("a } b", "} b"),
    ],
)
def test_braces_that_name_no_fact_are_found(text: str, stray: str | None) -> None:
    found = stray_brace(text)
    assert found == stray if stray is None else found is not None and found.startswith(stray)


def test_every_name_of_a_text_is_found() -> None:
    assert names_in("{a} {b?} {?c} {!d} {e f}") == {"a", "b", "c", "d"}


@pytest.mark.parametrize(
    "rule", read_rules({}, [], place="keptword.toml").values(), ids=lambda rule: rule.name
)
def test_a_built_in_text_speaks_even_when_nothing_is_known(rule: Any) -> None:
    nothing = dict.fromkeys(rule.view.columns)
    assert write_subject(rule.file.task.subject, nothing)
    assert "{" not in write_body(rule.file.task.body, nothing) + write_subject(
        rule.file.task.subject, nothing
    )


@pytest.mark.parametrize(
    ("line", "short"),
    [
        ("Reply to Amelia (Northwind Holding International) now", "Reply to Amelia (Northwind…)"),
        ("Reply to Amelia (Northwind) about the renewal of work", "Reply to Amelia (Northwind)…"),
        ("Reply to Amelia Bea (Northwind Holding) now", "Reply to Amelia Bea…"),
    ],
)
def test_a_bracket_that_is_cut_is_closed(line: str, short: str) -> None:
    assert shorten(line, 29) == short


@pytest.mark.parametrize(
    ("score", "said"),
    [("0.000000", "0"), ("7.000000", "7"), ("10", "10"), ("6.500000", "6.5"), ("100.0", "100")],
)
def test_a_score_is_told_as_it_was_given(score: str, said: str) -> None:
    assert (
        write_body("They gave {feedback_score}.", {"feedback_score": Decimal(score)}) == f"They gave {said}."
    )
