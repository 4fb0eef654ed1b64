"""Data of one's own: loaded by object, or refused with file, line, reason and remedy."""

import subprocess
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.sandbox_process import start_sandbox


def refusal(*arguments: str) -> str:
    """What the command says when it ends with exit code 2."""
    done = subprocess.run(
        [sys.executable, "-m", "sandbox", *arguments], capture_output=True, text=True, check=False, timeout=60
    )
    assert (done.returncode, done.stdout) == (2, ""), done.stderr
    return done.stderr


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("Acount.csv", "Id,Name\n1,x\n", "unknown object 'Acount'; did you mean 'Account'?"),
        ("Account.csv", "Id,Name,Nme\n1,x,y\n", "line 2: Account has no field 'Nme'; did you mean Name?"),
        ("Account.csv", "Id,Name\n1,x\n2,y,z\n", "line 3: 3 cells where the header has 2"),
        ("Account.csv", "Id,Name,Name\n1,x,z\n", "line 1: field 'Name' stands twice in the header"),
        (
            "Task.csv",
            "Id,Subject,ActivityDate\n1,x,2024-13-01\n",
            "line 2: ActivityDate: '2024-13-01' is not a date",
        ),
        ("companies.csv", "id,name,hs_nme\n1,x,y\n", "line 2"),
        ("notes.txt", "x", "neither CSV nor Parquet"),
    ],
)
def test_what_no_crm_could_hold_is_refused_with_its_place(
    tmp_path: Path, name: str, text: str, says: str
) -> None:
    (tmp_path / name).write_text(text, encoding="utf-8")

    said = refusal("--data", str(tmp_path))

    assert f"{tmp_path / name}" in said
    assert says in said


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--data", "no-such-folder"), "is not a folder"),
        (("--port", "99999"), "is not a port"),
        (("--seed", "3"), "--seed needs --accounts"),
        (("--now", "yesterday"), "neither a date nor an instant"),
        (("--set", "search_lag=3"), "did you mean 'search_lag_s'?"),
        (("--faults", "no-such-file"), "give a JSON list of faults"),
    ],
)
def test_wrong_arguments_end_with_one_line_and_a_remedy(arguments: tuple[str, ...], says: str) -> None:
    said = refusal(*arguments)

    assert says in said
    assert len(said.splitlines()) == 1


def test_csv_and_parquet_of_both_vendors_stand_side_by_side(tmp_path: Path) -> None:
    (tmp_path / "Account.csv").write_text("Id,Name\nacct-1,Größe & Söhne\n", encoding="utf-8")
    pq.write_table(
        pa.table({"id": ["c1"], "name": ["شركة"], "domain": ["a.example"]}), tmp_path / "companies.parquet"
    )
    pq.write_table(pa.table({"id": ["p1"], "email": ["a@b.example"]}), tmp_path / "contacts.parquet")
    links = "from_type,from_id,to_type,to_id,type_id\ncontacts,p1,companies,c1,279\n"
    (tmp_path / "associations.csv").write_text(links, encoding="utf-8")

    with start_sandbox("--data", str(tmp_path)) as sandbox:
        accounts, companies = sandbox.rows("Account"), sandbox.rows("companies")

    assert [(row["Name"], row["Legacy_Id__c"]) for row in accounts] == [("Größe & Söhne", "acct-1")]
    assert [row["name"] for row in companies] == ["شركة"]
