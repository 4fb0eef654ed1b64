"""A client is found by id, exact name or web domain; what means several or none is refused with the nearest."""

from collections.abc import Iterator

import pyarrow as pa
import pytest

from sync.engine.duckdb_engine import DuckDbEngine
from sync.errors import UserError
from sync.judging.find_account import find_account, records_of

SF, HS = "00D1", "777"
ACCOUNTS = (
    (f"{SF}:001AAAAAAAAAAAAAAA", "Harbour & Pine", "https://www.harbourandpine.example/home"),
    (f"{SF}:001BBBBBBBBBBBBBBB", "Twin Ltd", "twin.example"),
    (f"{SF}:001CCCCCCCCCCCCCCC", "Twin Ltd", None),
    (f"{HS}:42", "Harbour and Pine", "harbourandpine.example"),
    (f"{HS}:44", "Twin Ltd", "twin.example"),
    (f"{HS}:43", "O'Brien \u202e[bold]", "obrien.example"),
)


@pytest.fixture(scope="module")
def engine() -> Iterator[DuckDbEngine]:
    with DuckDbEngine() as opened:
        rows = [dict(zip(("account_id", "name", "domain"), each, strict=True)) for each in ACCOUNTS]
        opened.keep("raw_account", pa.Table.from_pylist(rows))
        joined = {"account_id": [f"{HS}:42", f"{HS}:44"], "client_id": [ACCOUNTS[0][0], ACCOUNTS[1][0]]}
        opened.keep("same_client", pa.table(joined))
        yield opened


@pytest.mark.parametrize(
    "wanted",
    [
        ACCOUNTS[0][0], "001AAAAAAAAAAAAAAA", "001AAAAAAAAAAAA", "777:42", "42", "Harbour & Pine", " harbour & pine ", "Harbour and Pine",
        "harbourandpine.example", "https://www.HarbourAndPine.example/about", "www.harbourandpine.example:443",
    ],
)  # fmt: skip
def test_a_client_is_found_in_every_crm_that_has_it(engine: DuckDbEngine, wanted: str) -> None:
    assert find_account(engine, wanted) == ACCOUNTS[0][0]


def test_a_name_is_no_sql_and_no_pattern(engine: DuckDbEngine) -> None:
    assert find_account(engine, ACCOUNTS[5][1]) == f"{HS}:43"
    for wanted in ("%", "' or 1 = 1 --", "_" * 12, "4", "\0"):
        with pytest.raises(UserError):
            find_account(engine, wanted)


def test_the_records_of_a_client_begin_with_the_one_that_stands_for_it(engine: DuckDbEngine) -> None:
    assert records_of(engine, ACCOUNTS[0][0]) == (ACCOUNTS[0][0], f"{HS}:42")


@pytest.mark.parametrize(
    ("wanted", "says"),
    [
        ("Twin Ltd", "'Twin Ltd' means 2 clients. Name one by its id: Twin Ltd (twin.example, 00D1:001BBBBBBBBBBBBBBB), Twin Ltd (00D1:001CCCCCCCCCCCCCCC)"),
        ("Twin", "Did you mean Twin Ltd (twin.example, 00D1:001BBBBBBBBBBBBBBB), Twin Ltd (00D1:001CCCCCCCCCCCCCCC)?"),
        ("Harbor & Pine", "Did you mean Harbour & Pine (https://www.harbourandpine.example/home, 00D1:001AAAAAAAAAAAAAAA)"),
        ("twim.example", "Did you mean Twin Ltd (twin.example,"),
        ("", "no client has the id, the name or the web domain ''"),
        ("nothing like it", "run `keptword pull` if the client is new"),
    ],
)  # fmt: skip
def test_what_means_several_or_none_is_refused_with_the_nearest(
    engine: DuckDbEngine, wanted: str, says: str
) -> None:
    with pytest.raises(UserError, match="ACCOUNT: ") as refused:
        find_account(engine, wanted)

    assert says in str(refused.value)
    assert refused.value.exit_code == 2
