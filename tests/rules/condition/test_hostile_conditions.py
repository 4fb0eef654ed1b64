"""No text can reach an engine as anything but a condition on the named columns."""

import pytest

from rules.columns import Column
from rules.condition.read import read_condition
from rules.errors import ConditionError

COLUMNS = {
    "a": Column(name="a", type="integer"),
    "t": Column(name="t", type="text"),
    'odd" or 1=1 --': Column(name='odd" or 1=1 --', type="integer"),
}

HOSTILE = [
    "a = 1; drop table accounts",
    "a = 1 -- comment",
    "a = 1 /* comment */",
    "a = 1 # comment",
    "1 = 1",
    "'a' = 'a'",
    "a = 1 or 1 = 1",
    "a = 1 or true",
    "a = 1 or not false",
    "(select 1) = a",
    "a in (select id from accounts)",
    "exists (select 1)",
    "a = (select max(a) from t)",
    "a = any (1)",
    "a = 1 union select 1",
    "a::text = '1'",
    "cast(a as text) = '1'",
    "try_cast(a as text) = '1'",
    "read_csv('/etc/passwd') is null",
    "read_text('/etc/passwd') = 'x'",
    "getenv('HOME') = 'x'",
    "pg_sleep(10) is null",
    "pg_read_file('/etc/passwd') = ''",
    "current_setting('x') = ''",
    "version() = 'x'",
    "random() < 1",
    "now() > 1",
    "current_date = '2026-01-01'",
    "a.b.c.d = 1",
    "information_schema.tables = 1",
    "t like '%'",
    "t ~ '.*'",
    "t similar to 'a'",
    "t || t = 'aa'",
    "t collate nocase = 'a'",
    "t = 'a' 'b'",
    "t = E'\\x41'",
    "t = $$a$$",
    "t = U&'x'",
    "t = x'41'",
    "t = 'a\x00b'",
    "t = 'a\ud800'",
    "a = :param",
    "a = $1",
    "a = ?",
    "a = {a}",
    "a = {{ a }}",
    "a = `a`",
    "a = [1]",
    "a = 0x41",
    "a = 1e400",
    "a = 'nan'",
    "a = infinity",
    "a % 2 = 0",
    "a ^ 2 = 4",
    "a & 1 = 1",
    "a << 1 = 2",
    "a is distinct from 1",
    "a is true",
    "a between symmetric 1 and 2",
    "row(a) = row(1)",
    "(a, a) = (1, 1)",
    "a = 1 limit 1",
    "a = 1 order by a",
    "a over () = 1",
    "count(*) > 1",
    "sum(a) > 1",
    "* = 1",
    "a = *",
    "interval '1 day' > a",
    "array[a] = a",
    "unnest(a) = 1",
    "lambda x: x",
    "a = __import__('os')",
    "copy t to 'x'",
    "attach 'x' as y",
    "pragma version",
    "\\copy",
    "a = 1\\g",
    "\ufeffa = 1",
    "a\u200b = 1",
    "\uff41 = 1",
    "a \uff1d 1",
    "a = \u0661",
    "(" * 500 + "a" + ")" * 500 + " = 1",
    "not " * 500 + "a = 1",
    "a = " + "-" * 1500 + "1",
    "a = 1" + " or a = 1" * 200,
    "a in (" + "1," * 500 + "1)",
    "case when a = 1 then " * 100 + "1" + " end" * 100 + " = 1",
    "coalesce(" * 300 + "a",
    "'" * 1999,
    '"' * 1999,
    "x" * 5000,
]


def test_the_list_is_long_enough_to_mean_something() -> None:
    assert len(HOSTILE) == len(set(HOSTILE)) >= 90


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_hostile_text_is_refused(text: str) -> None:
    with pytest.raises(ConditionError):
        read_condition(text, COLUMNS, place="test")


def test_a_columns_own_name_cannot_break_out_of_its_quotes() -> None:
    condition = read_condition('"odd"" or 1=1 --" = 1', COLUMNS, place="test")
    assert condition.sql() == '"odd"" or 1=1 --" = 1'
    assert condition.sql("spark") == '`odd" or 1=1 --` = 1'


@pytest.mark.parametrize("text", ["it's", "\\'; --", "%_", "a\nb", "\U0001f600", "`", '"', "$$", "\\"])
def test_text_cannot_break_out_of_its_quotes(text: str) -> None:
    escaped = text.replace("'", "''")
    condition = read_condition(f"t = '{escaped}'", COLUMNS, place="test")
    assert condition.sql() == f"\"t\" = '{escaped}'"
    assert condition.sql("postgres") == f"\"t\" = '{escaped}'"
