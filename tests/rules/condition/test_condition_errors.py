"""Every refused condition says where, what and how to mend it, with a caret under the spot."""

from decimal import Decimal

import pytest

from rules.columns import Column, ColumnType, Param, ParamValue, Segments
from rules.condition.read import read_condition
from rules.errors import ConditionError, RulesError

PLACE = "keptword.toml: rules.stale-contact.when"
COLUMNS = {
    column.name: column
    for column in (
        Column(name="account_tier", type="text", values=("A", "B", "C")),
        Column(name="days_since_touch", type="integer", unit="days"),
        Column(name="business_days_overdue", type="integer", unit="business days"),
        Column(name="hours_open", type="decimal", unit="hours"),
        Column(name="Account.Name", type="text"),
        Column(name="note", type="text"),
        Column(name="visits", type="integer"),
        Column(name="is_unpaid", type="boolean"),
        Column(name="due_on", type="date"),
        Column(name="created_at", type="instant"),
    )
}
PARAMS = {
    param.name: param
    for param in (Param(name="grace", value="3 business days"), Param(name="max_visits", value=3))
}


def refusal(
    text: str, *, wants: ColumnType | None = "boolean", params: dict[str, Param] = PARAMS
) -> ConditionError:
    with pytest.raises(ConditionError) as caught:
        read_condition(text, COLUMNS, params, place=PLACE, wants=wants)
    return caught.value


NAMES = "use starts_with(x, 'a'), contains(x, 'a') or ends_with(x, 'a')"
NUMBER = "write a number without quotes, or a duration such as '3 business days'"
BUSINESS = (
    "compare it with a column that counts business days, such as 'business_days_overdue', or change the unit"
)


@pytest.mark.parametrize(
    ("text", "spot", "message"),
    [
        # names
        ("days_since_tuch > 3", "days", "unknown fact 'days_since_tuch'; did you mean 'days_since_touch'?"),
        ("Account.name = 'x'", "Acc", "unknown fact 'Account.name'; did you mean 'Account.Name'?"),
        ("is_unpaid and max_visit < visits", "max", "unknown fact 'max_visit'; did you mean 'max_visits'?"),
        ('note = "open"', '"open', "unknown fact 'open'; double quotes hold names; text goes in single quotes: 'open'"),
        ("today > due_on", "today", "unknown fact 'today'; use a column that counts from today, such as days since or days until"),
        ("starts_wiht(note, 'a')", "st", "there is no function 'starts_wiht'; did you mean 'starts_with'?"),
        ("nvl(visits, 0) > 1", "nvl", "there is no function 'nvl'; write coalesce(x, 0)"),
        ("lower(note, note) = 'a'", "lower", "lower cannot take 2 values; write lower(x)"),
        ("round(visits, visits) > 1", "visits) > 1", "round takes a fixed number of digits; write one from 0 to 6"),
        # habits of other languages
        ("visits == 3", "==", "'==' is not a sign of this language; write = to compare"),
        ("is_unpaid && visits > 3", "&&", "'&&' is not a sign of this language; write and"),
        ("is_unpaid || visits > 3", "||", "'||' is not a sign of this language; write or"),
        ("!is_unpaid", "!", "'!' is not a sign of this language; write not"),
        ("visits => 3", "=>", "'=>' is not a sign of this language; write >="),
        ("note = \u2018open\u2019", "\u2018", "'\u2018' is not a sign of this language; use straight single quotes around text: 'like this'"),
        ("visits > 3; drop table x", ";", "';' is not a sign of this language; a rule has one condition, without semicolon"),
        ("visits > 3 -- old", "--", "'--' is not a sign of this language; conditions have no comments; explain the rule in its 'why'"),
        ("visits > \U0001f600", "\U0001f600", "'\U0001f600' is not a sign of this language; remove it, or put text in single quotes"),
        ("note like '%a%'", "like", f"'like' is not part of this language; {NAMES}"),
        ("exists (select 1)", "select", "'select' is not part of this language; there are no subqueries; what a rule cannot say needs a new fact"),
        ("due_on < date '2026-01-31'", "date", "'date' is not part of this language; write the day alone, as text: '2026-01-31'"),
        ("visits > 1,000", ",", "',' does not fit here; write thousands without a separator: 1000"),
        ("visits > 1e5", "1e5", "'1e' does not read as a number; write digits with at most one decimal point, and a space before a unit: 1000, 0.5, 14 days"),
        ("visits > 1234567890123456", "1234567890123456", "this number is too long; at most 15 digits before the point and 6 behind it are kept"),
        # grammar
        ("   ", "   ", "the condition is empty; write one, such as days_since_touch > 30"),
        ("visits > 3 anz is_unpaid", "anz", "'anz' does not fit here; did you mean 'and'?"),
        ("visits > 3 is_unpaid", "is_unpaid", "'is_unpaid' does not fit here; the condition could end here"),
        ("visits > ", "", "the condition breaks off; a name or a value should stand here"),
        ("(visits > 3", "", "the condition breaks off, ')' is missing; a parenthesis that was opened is closed with )"),
        ("note = 'open", "'open", "this quote is never closed; end the text with ', and write '' for a ' inside"),
        ("visits in 3", "3", "'3' does not fit here, '(' is missing; a list stands in parentheses: x in ('a', 'b')"),
        ("case when is_unpaid then 1", "", "the condition breaks off, 'end' is missing; write case when ... then ... else ... end"),
        ("is_unpaid is true", "true", "'true' does not fit here, 'null' is missing; after 'is' stands null or not null; compare other values with ="),
        ("note = 'a\x07'", "\x07", "the text holds the control character U+0007; remove it; no CRM shows such a character"),
        # types
        ("visits > 'abc'", "'abc'", f"'abc' cannot be compared with a number, 'visits'; {NUMBER}"),
        ("note = 3", "3", "'note' is text and '3' is a number; write text in single quotes: 'like this'"),
        ("visits", "visits", "true or false should stand here; 'visits' is a number; compare it with something, such as x > 0 or x = 'open'"),
        ("note < 'b'", "note", "'note' is text, which has no order that all engines share; compare it with =, <> or in"),
        ("lower(visits) = 'a'", "visits", "text should stand here; 'visits' is a number; use a column that holds text"),
        ("is_unpaid + 1 > 2", "is_unpaid", "a number should stand here; 'is_unpaid' is true or false; use a column that holds a number"),
        ("due_on > 'soon'", "'soon'", "'soon' cannot be compared with a date, 'due_on'; write a day as '2026-01-31'"),
        ("due_on > '2026-02-30'", "'2026", "'2026-02-30' cannot be compared with a date, 'due_on'; write a day as '2026-01-31'"),
        ("created_at > due_on", "created", "'created_at' is a point in time and 'due_on' is a date; a point in time has no day without a time zone; use a fact that counts days"),
        # null, fixed values and chains
        ("note = null", "null", "nothing is ever equal to null; write is null or is not null"),
        ("visits in (1, null)", "null", "null in a list never matches; write x is null or x in (...)"),
        ("account_tier = 'A' or 'B'", "'B'", "'B' alone is not a condition; write account_tier in ('A', 'B')"),
        ("is_unpaid = true or false", "false", "'false' alone is not a condition; write is_unpaid in (true, false)"),
        ("1 = 1", "1 = 1", "this compares fixed values; compare a column with a value"),
        ("0 < visits > 2", "0", "a chain of comparisons must go one way; write 0 <= x <= 90, or join two comparisons by and"),
        ("visits between 9 and 1", "9", "nothing lies between these two: the first is the greater; write the lower end first"),
        # picklists and units
        ("account_tier = 'D'", "'D'", "'D' is not a value of 'account_tier'; there are A, B, C"),
        ("account_tier in ('A', 'b')", "'b'", "'b' is not a value of 'account_tier'; did you mean 'B'?"),
        ("days_since_touch > '3 business days'", "'3", f"'3 business days' counts business days, but 'days_since_touch' counts days; {BUSINESS}"),
        ("days_since_touch > grace", "grace", f"'grace' counts business days, but 'days_since_touch' counts days; {BUSINESS}"),
        ("visits > 3 days", "3 days", "'3 days' counts days, but 'visits' is a plain number; compare it with a column that counts days, such as 'days_since_touch', or change the unit"),
        ("days_since_touch > '3 months'", "'3", "'3 months' cannot be compared with a number, 'days_since_touch'; 'days_since_touch' counts days; write '3 days' or a plain number"),
        ("days_since_touch > business_days_overdue", "days_since", "'days_since_touch' counts days, but 'business_days_overdue' counts business days; compare like with like, such as '3 business days'"),
        ("days_since_touch * hours_open > 3", "days", "this multiplies days by hours; multiply by a plain number"),
    ],
)  # fmt: skip
def test_a_refusal_has_place_problem_remedy_and_caret(text: str, spot: str, message: str) -> None:
    error = refusal(text)
    at = text.rindex(spot) if spot else len(text.rstrip())
    shown = "".join(char if char.isprintable() else " " for char in text).rstrip()
    assert str(error) == f"{PLACE}: {message}\n    {shown}\n    {' ' * at}^"
    assert (error.line, error.column) == (1, at + 1)


def test_in_a_text_of_several_lines_the_line_is_said_and_shown() -> None:
    error = refusal("visits > 3\n  and\tvisit > 4")
    assert str(error) == (
        f"{PLACE}, line 2: unknown fact 'visit'; did you mean 'visits'?\n      and visit > 4\n          ^"
    )
    assert (error.line, error.column, error.place) == (2, 7, PLACE)


def test_a_long_line_is_cut_around_the_caret() -> None:
    error = refusal(" or ".join(["visits > 30"] * 20) + " or visitz > 30")
    _, line, caret = str(error).split("\n")
    assert len(line) < 120
    assert line[caret.index("^") :].startswith("visitz")


@pytest.mark.parametrize(
    ("wants", "text", "message"),
    [
        ("integer", "hours_open", "a whole number should stand here; 'hours_open' is a number; use a column that holds a whole number"),
        ("text", "visits", "text should stand here; 'visits' is a number; use a column that holds text"),
        ("date", "'soon'", "a date should stand here; 'soon' is text; write a day as '2026-01-31'"),
    ],
)  # fmt: skip
def test_another_type_than_the_wanted_one_is_refused(wants: ColumnType, text: str, message: str) -> None:
    assert str(refusal(text, wants=wants)).startswith(f"{PLACE}: {message}\n")


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (Segments(by="acount_tier", cases={"A": 1}, default=2), "param 'limit' goes by 'acount_tier', which is no fact; did you mean 'account_tier'?"),
        (Segments(by="account_tier", cases={"a": 1}, default=2), "param 'limit': 'a' is not a value of 'account_tier'; did you mean 'A'?"),
        (Segments(by="account_tier", cases={"A": 1}, default=True), "param 'limit' mixes a number and true or false; give every case a value of the same kind"),
        (Segments(by="account_tier", cases={"A": "1 day"}, default="2 business days"), "'limit' counts business days, but 'visits' is a plain number"),
        (Segments(by="due_on", cases={"A": 1}, default=2), "param 'limit': 'A' cannot be a value of 'due_on'; that column holds a date; go by a column of text"),
        (10**15, "param 'limit' is too long a number; at most 15 digits before the point and 6 behind it are kept"),
        (float("nan"), "param 'limit' is too long a number"),
        (Decimal("0.0000001"), "param 'limit' is too long a number"),
        ("a\x00", "param 'limit' holds a control character; remove it; no CRM shows such a character"),
        (True, "'visits' is a number and 'limit' is true or false; write a number without quotes"),
    ],
)  # fmt: skip
def test_a_wrong_param_is_refused_where_it_is_used(value: ParamValue | Segments, message: str) -> None:
    error = refusal("visits > limit", params={"limit": Param(name="limit", value=value)})
    assert f": {message}" in str(error)
    assert error.column == 10


def test_a_param_may_not_bear_a_columns_name() -> None:
    with pytest.raises(RulesError) as caught:
        read_condition("visits > 1", COLUMNS, {"visits": Param(name="visits", value=1)}, place=PLACE)
    assert (
        str(caught.value)
        == f"{PLACE}: param 'visits' has the name of a fact; call it something else, such as max_visits"
    )


def test_the_noun_names_what_the_columns_are() -> None:
    with pytest.raises(ConditionError, match="unknown field 'Namee'; did you mean 'Name'"):
        read_condition(
            "Namee = 'x'", {"Name": Column(name="Name", type="text")}, place="mapping", noun="field"
        )


@pytest.mark.parametrize(
    "text", ["days_since_touch > limit", "days_since_touch > limit + 1", "limit * 2 < days_since_touch"]
)
def test_no_case_of_a_param_counts_another_unit_than_the_others(text: str) -> None:
    limit = Segments(by="account_tier", cases={"A": "2 business days"}, default="30 days")
    error = refusal(text, params={"limit": Param(name="limit", value=limit)})
    assert "business days" in str(error)


def test_the_column_that_is_proposed_for_a_unit_is_the_one_most_like_the_wrong_one() -> None:
    worked = Column(name="business_days_since_touch", type="integer", unit="business days")
    columns = {
        "days_since_created": Column(name="days_since_created", type="integer", unit="days"),
        "days_since_touch": Column(name="days_since_touch", type="integer", unit="days"),
        "business_days_since_touch": worked,
    }
    with pytest.raises(ConditionError, match="counts days, such as 'days_since_touch'"):
        read_condition("business_days_since_touch > '3 days'", columns, {}, place=PLACE)
