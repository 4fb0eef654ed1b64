"""Two ports, one CRM."""

import signal
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import urllib3

from sandbox.options import read_options
from sandbox.refused import Refused
from tests.sandbox_process import RunningSandbox, start_program

if TYPE_CHECKING:
    from tests.sandbox.conftest import NotebookSandbox


def test_both_ports_show_the_same_data(crm: RunningSandbox) -> None:
    crm.pool.request("POST", crm.https_url + "/notebook", body="over TLS")
    assert crm.get("/notebook") == ["over TLS"]


def test_the_certificate_is_trusted_by_who_trusts_its_authority_only(crm: RunningSandbox) -> None:
    trusting = ssl.create_default_context(cafile=crm.ca_file)
    with urllib3.PoolManager(ssl_context=trusting, retries=False) as pool:
        assert (
            pool.request("GET", crm.https_url.replace("127.0.0.1", "localhost") + "/notebook").status == 200
        )
    with urllib3.PoolManager(retries=False) as pool, pytest.raises(urllib3.exceptions.SSLError):
        pool.request("GET", crm.https_url + "/notebook")


def test_a_chunked_body_arrives_whole(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    def parts() -> Iterator[bytes]:
        yield from [b"one ", b"two ", b"three"]

    crm.pool.request("POST", crm.http_url + "/notebook", body=parts(), chunked=True)
    assert notebook.notes == ["one two three"]


def test_an_answer_is_packed_for_clients_that_accept_it(crm: RunningSandbox) -> None:
    packed = crm.pool.request("GET", crm.http_url + "/notebook/long", headers={"Accept-Encoding": "gzip"})
    plain = crm.pool.request("GET", crm.http_url + "/notebook/long")
    assert (packed.headers["content-encoding"], plain.headers.get("content-encoding")) == ("gzip", None)
    assert packed.data == plain.data == b"x" * 10_000


@pytest.mark.parametrize("accepted", ["gzip;q=0", "identity", "br, gzip;q=0.0", "gzip;q=x"])
def test_an_answer_is_not_packed_for_clients_that_do_not(crm: RunningSandbox, accepted: str) -> None:
    plain = crm.request("GET", "/notebook/long", headers={"Accept-Encoding": accepted})
    assert plain.headers.get("content-encoding") is None
    assert plain.data == b"x" * 10_000


def test_a_small_answer_is_sent_as_it_is(crm: RunningSandbox) -> None:
    small = crm.request("GET", "/notebook", headers={"Accept-Encoding": "gzip"})
    assert small.headers.get("content-encoding") is None


def test_a_head_has_the_length_of_the_answer_and_no_body(crm: RunningSandbox) -> None:
    packed = {"Accept-Encoding": "gzip"}
    head = crm.pool.request("HEAD", crm.http_url + "/notebook/long", headers=packed, decode_content=False)
    whole = crm.pool.request("GET", crm.http_url + "/notebook/long", headers=packed, decode_content=False)
    assert (head.status, head.data) == (200, b"")
    assert int(head.headers["content-length"]) == len(whole.data) < 10_000


def test_answers_that_travel_long_travel_side_by_side(crm: RunningSandbox) -> None:
    crm.switch(latency_ms=200)
    begun = time.monotonic()
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: crm.get("/notebook"), range(8)))
    taken = time.monotonic() - begun
    crm.switch(latency_ms=0)
    assert 0.2 <= taken < 1.0


def test_a_request_that_breaks_changes_nothing(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    assert crm.request("POST", "/notebook/broken", json="x").status == 500
    assert notebook.notes == []


def test_requests_at_the_same_time_are_all_applied(notebook: "NotebookSandbox", crm: RunningSandbox) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda n: crm.request("POST", "/notebook", json=n), range(50)))
    assert sorted(map(int, notebook.notes)) == list(range(50))


def test_the_process_says_where_it_listens_and_cleans_up_behind_it() -> None:
    with start_program("--now", "2026-05-01T09:00:00Z", "--set", "search_lag_s=1.5") as crm:
        assert crm.get("/_sandbox/clock")["now"].startswith("2026-05-01T09:00")
        assert crm.get("/_sandbox/switches")["search_lag_s"] == 1.5
        assert Path(crm.ca_file).exists()
    assert not Path(crm.ca_file).exists()


def start(*arguments: str) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "sandbox", *arguments]
    return subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_in_order(number: signal.Signals) -> None:
    with start() as process:
        assert process.stdout
        assert process.stdout.readline().startswith('{"https_url"')
        process.send_signal(number)
        rest, errors = process.communicate(timeout=10)
    assert (process.returncode, rest, errors) == (0, "", "")


def test_it_ends_with_its_parent() -> None:
    with start("--exit-with-parent") as process:
        assert process.stdout
        process.stdout.readline()
        rest, errors = process.communicate(timeout=10)  # closes the pipe, as a parent's death would
    assert (process.returncode, rest, errors) == (0, "", "")


def refusal(*arguments: str) -> str:
    command = [sys.executable, "-m", "sandbox", *arguments]
    finished = subprocess.run(command, capture_output=True, text=True, timeout=20, check=False)
    assert (finished.returncode, finished.stdout, finished.stderr.count("\n")) == (2, "", 1)
    return finished.stderr


def test_a_port_that_is_taken_is_refused_with_the_way_out(crm: RunningSandbox) -> None:
    taken = crm.http_url.rsplit(":", 1)[1]
    assert f"--http-port: cannot listen on port {taken}" in refusal("--http-port", taken)


def test_a_fault_file_that_is_wrong_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "faults.json"
    file.write_text('[{"stauts": 503}]')
    assert f"--faults: {file}: fault 1: unknown key 'stauts'; did you mean 'status'?" in refusal(
        "--faults", str(file)
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["--prot", "1"], "unrecognized arguments: --prot 1; see python -m sandbox --help"),
        (["--port", "70000"], "argument --port: '70000' is not a port; give a number from 0 to 65535"),
        (["--now", "noon"], "'noon' is neither a date nor an instant"),
        (["--accounts", "none"], "'none' is not a number of clients"),
        (["--seed", "3"], "--seed needs --accounts"),
        (["--set", "rate_limits"], "write NAME=VALUE"),
        (["--data", "x", "--accounts", "3"], "not allowed with argument --data"),
    ],
)
def test_arguments_that_cannot_be_meant_are_refused(arguments: list[str], reason: str) -> None:
    with pytest.raises(Refused) as caught:
        read_options(arguments)
    assert reason in str(caught.value)
