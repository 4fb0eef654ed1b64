"""One run at a time: a second one is told who is at work, and a killed one does not stand in the way."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from sync.errors import LeaseHeld, LeaseLost
from sync.ledger.database import Database, open_engine
from sync.ledger.lease import Holder, RowLease
from sync.ledger.ledger import Ledger
from sync.ledger.schema import lease

HOLD = """
import sys
from sync.ledger.ledger import Ledger
from sync.ledger.schema import lease
with Ledger.open(sys.argv[1]) as ledger, ledger.lease(run="r1", command="keptword run"):
    print("held", flush=True)
    sys.stdin.read()
"""


@contextmanager
def other_process_holds(url: str) -> Iterator["subprocess.Popen[str]"]:
    with subprocess.Popen(
        [sys.executable, "-c", HOLD, url], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            assert process.stdout is not None
            assert process.stdout.readline() == "held\n"
            yield process
        finally:
            process.kill()


def let_it_expire(url: str) -> None:
    engine = open_engine(url)
    Database(engine).write(sa.text("UPDATE lease SET expires_at = timestamp '2026-01-01'"))
    engine.dispose()


def test_a_second_run_is_told_who_is_at_work(ledger_url: str) -> None:
    with (
        other_process_holds(ledger_url) as holder,
        Ledger.open(ledger_url) as ledger,
        pytest.raises(LeaseHeld) as held,
        ledger.lease(run="r2", command="keptword apply"),
    ):
        pytest.fail("two runs hold the lease")
    assert f"lease: keptword run (process {holder.pid} on " in str(held.value)
    assert "is at work on run r1. Wait until it is done" in str(held.value)
    assert held.value.exit_code == 4


def test_the_lease_is_free_when_its_run_is_done(ledger: Ledger) -> None:
    with ledger.lease(run="r1", command="keptword run") as first:
        first.check()
    with ledger.lease(run="r2", command="keptword run") as second:
        second.check()


def test_a_run_that_fails_gives_the_lease_back(ledger: Ledger) -> None:
    with pytest.raises(ZeroDivisionError), ledger.lease(run="r1", command="keptword run"):
        raise ZeroDivisionError
    with ledger.lease(run="r2", command="keptword run") as second:
        second.check()


def test_a_killed_run_frees_the_file_at_once(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/ledger.db"
    with other_process_holds(url) as holder, Ledger.open(url) as ledger:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with ledger.lease(run="r2", command="keptword run") as held:
            held.check()


def test_a_link_to_the_ledger_leads_to_the_same_lease(tmp_path: Path) -> None:
    (tmp_path / "link.db").symlink_to(tmp_path / "ledger.db")
    with (
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger,
        Ledger.open(f"sqlite:///{tmp_path}/link.db") as linked,
        ledger.lease(run="r1", command="run"),
        pytest.raises(LeaseHeld),
        linked.lease(run="r2", command="run"),
    ):
        pytest.fail("two runs hold the lease")


def test_a_lock_file_that_is_deleted_is_noticed(tmp_path: Path) -> None:
    with (
        Ledger.open(f"sqlite:///{tmp_path}/ledger.db") as ledger,
        ledger.lease(run="r1", command="run") as held,
    ):
        (tmp_path / "ledger.db.lock").unlink()
        with pytest.raises(LeaseLost, match="was deleted during the run"):
            held.check()


def test_a_killed_run_holds_the_row_until_it_expires(postgresql_url: str) -> None:
    with other_process_holds(postgresql_url) as holder, Ledger.open(postgresql_url) as ledger:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with pytest.raises(LeaseHeld, match="120 seconds"), ledger.lease(run="r2", command="run"):
            pass
        let_it_expire(postgresql_url)
        with ledger.lease(run="r3", command="run") as held:
            held.check()


def test_the_row_is_renewed_while_its_run_lives(postgresql_url: str) -> None:
    engine = open_engine(postgresql_url)
    holder = Holder.here(run="r1", command="run")
    with Ledger.open(postgresql_url), RowLease(Database(engine), holder, lifetime_s=0.03):
        first, *later = (
            Database(engine).read(sa.select(lease.c.expires_at))[0]["expires_at"] for _ in range(300)
        )
    engine.dispose()
    assert max(later) > first


def test_a_run_that_was_overtaken_is_told_so(postgresql_url: str) -> None:
    with Ledger.open(postgresql_url) as ledger, ledger.lease(run="r1", command="run") as sleeper:
        let_it_expire(postgresql_url)
        with ledger.lease(run="r2", command="run") as second:
            assert isinstance(sleeper, RowLease)
            with pytest.raises(LeaseLost, match="another run has taken it over"):
                sleeper.renew()
            with pytest.raises(LeaseLost):
                sleeper.check()
            second.check()
