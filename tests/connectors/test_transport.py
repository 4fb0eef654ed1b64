import socket
import threading
from collections.abc import Callable
from dataclasses import replace

import pytest
import requests
import responses
from structlog.testing import capture_logs

from connectors.errors import CrmError, QuotaSpent, Refused, Temporary, Throttled, Unclear
from connectors.transport import Answer, Policy, Redactor, Transport, brief

URL = "https://crm.example/x"
QUICK = Policy(connect_s=1, read_s=1, attempts=3, total_s=5, first_wait_s=0.001, longest_wait_s=0.01)


def transport() -> Transport:
    return Transport(place="connections.sf", policy=QUICK, redact=Redactor(["tok-abcdef"]))


def fetch(url: str = URL) -> Callable[[], Answer]:
    def request() -> Answer:
        answer = requests.get(url, timeout=QUICK.timeout)
        return Answer(status=answer.status_code, headers=answer.headers, body=answer.content)

    return request


def judge(answer: Answer) -> CrmError | None:
    text = brief(answer.body, Redactor())
    if answer.status == 429:
        return Throttled("x", text, "Wait.", retry_after_s=0.02)
    if answer.status >= 500:
        return Temporary("x", text, "Later.")
    return None if answer.status < 300 else Refused("x", text, "Mend.")


@responses.activate
def test_a_read_is_repeated_until_the_server_recovers() -> None:
    responses.get(URL, status=503)
    responses.get(URL, body=requests.exceptions.ChunkedEncodingError("cut short"))
    responses.get(URL, body="fine", headers={"Sforce-Limit-Info": "api-usage=1/2"})
    line = transport()
    answer = line.send(fetch(), repeatable=True, judge=judge)
    assert (answer.body, answer.header("sforce-limit-INFO")) == (b"fine", "api-usage=1/2")
    assert (line.calls, line.calls_by_kind) == (3, {"read": 3})
    assert line.waited_s > 0


@responses.activate
@pytest.mark.parametrize(("first_wait_s", "told"), [(2.0, ["a request is tried again"]), (0.001, [])])
def test_a_long_pause_before_another_attempt_is_told_and_a_short_one_is_not(
    first_wait_s: float, told: list[str]
) -> None:
    responses.get(URL, status=503, body="busy")
    responses.get(URL, body="fine")
    patient = replace(QUICK, first_wait_s=first_wait_s, longest_wait_s=first_wait_s)
    with capture_logs() as lines:
        line = Transport(place="connections.sf", policy=patient, redact=Redactor())
        line.send(fetch(), repeatable=True, judge=judge)
    assert [each["event"] for each in lines] == told
    assert [each["problem"] for each in lines] == ["busy"] * len(told)


@responses.activate
def test_a_server_that_stays_down_is_given_up_after_the_attempts_allowed() -> None:
    responses.get(URL, status=503, body="<html><body>secret stack</body></html>")
    line = transport()
    with pytest.raises(Temporary, match="an HTML page"):
        line.send(fetch(), repeatable=True, judge=judge)
    assert line.calls == 3


@responses.activate
@pytest.mark.parametrize(
    "fault", [503, requests.exceptions.ReadTimeout("slow"), requests.ConnectionError("reset")]
)
def test_a_write_without_a_usable_answer_is_unclear_and_not_sent_again(fault: int | Exception) -> None:
    responses.get(URL, status=fault) if isinstance(fault, int) else responses.get(URL, body=fault)
    line = transport()
    with pytest.raises(Unclear, match="look before it is sent again"):
        line.send(fetch(), repeatable=False, judge=judge, kind="write")
    assert line.calls == 1


@responses.activate
def test_a_throttled_write_did_not_happen_and_is_sent_again_after_the_pause_asked_for() -> None:
    responses.get(URL, status=429)
    responses.get(URL, body="done")
    line = transport()
    assert line.send(fetch(), repeatable=False, judge=judge).body == b"done"
    assert line.waited_s >= 0.02


def test_a_write_that_never_left_is_tried_again_and_ends_as_temporary() -> None:
    with socket.socket() as held:  # bound, not listening: connections are refused
        held.bind(("127.0.0.1", 0))
        line = transport()
        with pytest.raises(Temporary, match=r"cannot be reached \(Connection refused\)"):
            line.send(fetch(f"http://127.0.0.1:{held.getsockname()[1]}/"), repeatable=False, judge=judge)
    assert line.calls == 3


def test_a_reset_after_sending_is_told_from_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        thread = threading.Thread(target=_read_and_hang_up, args=(server,))
        thread.start()
        with pytest.raises(Unclear):
            transport().send(
                fetch(f"http://127.0.0.1:{server.getsockname()[1]}/"), repeatable=False, judge=judge
            )
        thread.join()


def _read_and_hang_up(server: socket.socket) -> None:
    connection, _ = server.accept()
    with connection:
        connection.recv(65536)


@responses.activate
@pytest.mark.parametrize("error", [Refused("p", "no", "mend"), QuotaSpent("p", "spent", "wait")])
def test_a_refusal_is_not_repeated(error: CrmError) -> None:
    responses.get(URL, status=400)
    line = transport()
    with pytest.raises(type(error)):
        line.send(fetch(), repeatable=True, judge=lambda _: error)
    assert line.calls == 1


def test_a_pause_longer_than_the_time_allowed_ends_at_once() -> None:
    line = transport()
    fault = Throttled("p", "busy", "wait", retry_after_s=3600)
    with pytest.raises(Throttled):
        line.send(lambda: Answer(status=429, headers={}, body=b""), repeatable=True, judge=lambda _: fault)
    assert (line.calls, line.waited_s) == (1, 0.0)


@responses.activate
def test_a_known_secret_never_reaches_an_error() -> None:
    responses.get(URL, body=requests.ConnectionError("GET /x?t=tok-abcdef failed"))
    with pytest.raises(Temporary) as caught:
        transport().send(fetch(), repeatable=True, judge=judge)
    assert "tok-abcdef" not in str(caught.value)
    assert "[secret]" in str(caught.value)


def test_a_vendor_body_is_cut_to_300_characters_on_one_line() -> None:
    text = brief("line\n" * 500, Redactor())
    assert len(text) == 300
    assert "\n" not in text
