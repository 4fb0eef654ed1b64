"""One policy for every request to a CRM: time-outs, repeats by kind of error, counts, no secret in any text."""

import http.client
import re
import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from socket import gaierror
from typing import Literal, NoReturn

import requests.exceptions
import structlog
import urllib3.exceptions
from tenacity import (
    RetryCallState,
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    stop_before_delay,
    wait_exponential,
    wait_random,
)

from connectors.errors import CrmError, Refused, Temporary, Throttled, Unclear
from connectors.pace import Gate
from connectors.secret import Redactor

__all__ = ["Answer", "Kind", "Policy", "Redactor", "Transport", "brief"]

Kind = Literal["login", "read", "search", "write"]

_LONGEST_BODY = 300
_TOLD_FROM_S = 2.0
"""A shorter pause before another attempt is nothing that anybody wonders about."""
_BROKEN = (
    requests.exceptions.RequestException,
    urllib3.exceptions.HTTPError,
    http.client.HTTPException,
    OSError,
)
_NEVER_SENT = (
    urllib3.exceptions.NewConnectionError,
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.ProxyError,
    requests.exceptions.ConnectTimeout,
    requests.exceptions.ProxyError,
    ConnectionRefusedError,
    gaierror,
)
"""Failures before the first byte of a request left this machine for the CRM."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How long to wait and how often to try; seconds."""

    connect_s: float = 5.0
    read_s: float = 60.0
    attempts: int = 6
    total_s: float = 150.0
    """No attempt begins later than this after the first one failed."""
    first_wait_s: float = 0.5
    longest_wait_s: float = 20.0

    @property
    def timeout(self) -> tuple[float, float]:
        """(connect, read), as requests and hubspot-api-client take it."""
        return self.connect_s, self.read_s


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back, whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def header(self, name: str) -> str:
        """The header's value whatever the spelling of its name; empty when it is not there."""
        wanted = name.lower()
        return next((value for key, value in self.headers.items() if key.lower() == wanted), "")


class Transport:
    """Sends requests of one connection; safe to share between threads.

    `place` names the connection in errors (`connections.sf`). Each attempt of a kind passes its `gates`, in order.
    """

    def __init__(
        self,
        *,
        place: str,
        policy: Policy,
        redact: Redactor,
        gates: Mapping[Kind, Sequence[Gate]] | None = None,
    ) -> None:
        self.place, self.policy, self.redact = place, policy, redact
        self.waited_s = 0.0
        """Seconds spent waiting for a gate or before another attempt."""
        self._gates = gates or {}
        self._retrying = Retrying(
            retry=retry_if_exception_type(Temporary),
            wait=self._pause,
            stop=stop_after_attempt(policy.attempts) | stop_before_delay(policy.total_s),
            before_sleep=self._note_pause,
            reraise=True,
        )
        self._counts: Counter[Kind] = Counter()
        self._lock = threading.Lock()

    @property
    def calls(self) -> int:
        """Requests sent so far, repeats counted."""
        return self._counts.total()

    @property
    def calls_by_kind(self) -> Mapping[Kind, int]:
        """The same by kind."""
        return dict(self._counts)

    def send(
        self,
        request: Callable[[], Answer],
        *,
        repeatable: bool,
        judge: Callable[[Answer], CrmError | None],
        kind: Kind = "read",
    ) -> Answer:
        """The first answer that `judge` finds no fault with.

        `request` sends once, reads the whole body, and lets network errors of requests, urllib3 and the
        standard library through. `judge` is the vendor's table: answer -> error or None. Temporary errors
        are tried again. A request that is not `repeatable` is tried again only where it provably did not
        happen (never sent, or Throttled); with any other temporary fault it raises Unclear.
        """
        # Nearly every request succeeds at once, and a tenth of its time would be the bookkeeping of repeats.
        try:
            return self._attempt(request, repeatable, judge, kind)
        except Temporary as error:
            failed = [error]

        def attempt() -> Answer:
            if failed:
                raise failed.pop()
            return self._attempt(request, repeatable, judge, kind)

        return self._retrying(attempt)

    def _attempt(
        self,
        request: Callable[[], Answer],
        repeatable: bool,
        judge: Callable[[Answer], CrmError | None],
        kind: Kind,
    ) -> Answer:
        try:
            with ExitStack() as entered:
                for gate in self._gates.get(kind, ()):
                    self._add_wait(gate.enter())
                    entered.callback(gate.leave)
                with self._lock:
                    self._counts[kind] += 1
                answer = request()
        except _BROKEN as error:
            self._explain(error, repeatable=repeatable)
        fault = judge(answer)
        if fault is None:
            return answer
        if isinstance(fault, Temporary) and not isinstance(fault, Throttled) and not repeatable:
            raise self._unclear(fault.problem)
        raise fault

    def _explain(self, error: Exception, *, repeatable: bool) -> NoReturn:
        causes = tuple(_causes(error))
        said = f"{type(error).__name__}: {self.redact(str(error))[:_LONGEST_BODY]}"
        if any(isinstance(cause, ssl.SSLCertVerificationError) for cause in causes):
            remedy = "Name the authority's certificate in ca_file, or check the address."
            raise Refused(self.place, f"the server's certificate is not trusted ({said})", remedy) from error
        if isinstance(error, requests.exceptions.RequestException) and isinstance(error, ValueError):
            raise Refused(self.place, f"the address cannot be used ({said})", "Check the address.") from error
        if any(isinstance(cause, _NEVER_SENT) for cause in causes):
            remedy = "Check the address, the proxy and the network, then run again."
            problem = f"the server cannot be reached ({_system_words(causes) or said})"
            raise Temporary(self.place, problem, remedy) from error
        if not repeatable:
            raise self._unclear(said) from error
        raise Temporary(self.place, f"the connection broke ({said})", "Run again.") from error

    def _unclear(self, problem: str) -> Unclear:
        remedy = "The write may have happened: look before it is sent again."
        return Unclear(self.place, f"no usable answer to a write ({problem})", remedy)

    def _pause(self, state: RetryCallState) -> float:
        policy = self.policy
        growing = wait_exponential(multiplier=policy.first_wait_s, max=policy.longest_wait_s)
        pause = (growing + wait_random(0, policy.first_wait_s))(state)
        error = state.outcome.exception() if state.outcome else None
        return pause if not isinstance(error, Throttled) else max(error.retry_after_s, 0.0) + pause / 10

    def _note_pause(self, state: RetryCallState) -> None:
        self._add_wait(state.upcoming_sleep)
        error = state.outcome.exception() if state.outcome else None
        if state.upcoming_sleep >= _TOLD_FROM_S and isinstance(error, CrmError):
            structlog.get_logger().warning(
                "a request is tried again",
                place=error.place,
                problem=error.problem,
                after_seconds=round(state.upcoming_sleep),
            )

    def _add_wait(self, seconds: float) -> None:
        with self._lock:
            self.waited_s += seconds


def _causes(error: BaseException) -> Iterator[BaseException]:
    """The error and all that it wraps: requests wraps urllib3's errors in args, urllib3 the system's in reason."""
    yield error
    wrapped = (
        *error.args,
        getattr(error, "reason", None),
        getattr(error, "original_error", None),
        error.__cause__,
    )
    for inner in wrapped:
        if isinstance(inner, BaseException) and inner is not error:
            yield from _causes(inner)


def _system_words(causes: Sequence[BaseException]) -> str:
    """The operating system's own words, such as `Connection refused`: libraries wrap them in pool addresses and classes."""
    return next((cause.strerror for cause in causes if isinstance(cause, OSError) and cause.strerror), "")


def brief(body: bytes | str, redact: Redactor) -> str:
    """A vendor's answer for a message: redacted, on one line, at most 300 characters; HTML is only named."""
    text = body.decode(errors="replace") if isinstance(body, bytes) else body
    if re.match(r"\s*<(!doctype|html|head|body)\b", text, re.IGNORECASE):
        return "an HTML page"
    # Redacted before it is cut: half a secret no longer looks like one.
    line = " ".join(redact(text[: 40 * _LONGEST_BODY]).split())
    return line if len(line) <= _LONGEST_BODY else line[: _LONGEST_BODY - 1] + "…"
