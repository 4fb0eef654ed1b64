"""Sends one request to HubSpot through the vendor's client, under our own time-outs, repeats and pace."""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any

import orjson
from urllib3 import Timeout

from connectors.errors import CrmError, LoginRefused, Refused, Temporary
from connectors.hubspot.answers import judge
from connectors.hubspot.budget import Budget
from connectors.hubspot.paths import Place, path_of
from connectors.hubspot.settings import HubSpotSettings
from connectors.transport import Answer, Kind, Policy, Redactor, Transport

_CONNECTIONS = 32
"""Kept open at once: more than the threads of any read, so that none opens one for a single request."""
_SLOW_PLACES: Mapping[Place, int] = {"links": 3}
"""Where an answer may take so many times longer: a record with 50,000 links took HubSpot over 30 s (xagent 1240)."""


class HubSpotCalls:
    """The requests of one connection; the vendor's client and the token are fetched at the first one.

    Safe to share between threads.
    """

    def __init__(self, settings: HubSpotSettings, name: str, *, policy: Policy | None = None) -> None:
        self.settings, self.place = settings, f"connections.{name}"
        self.redact = Redactor()
        self._policy = policy or Policy()
        self.budget = Budget(pace=settings.pace, quota_share=settings.quota_share, place=self.place)
        self.transport = Transport(
            place=self.place, policy=self._policy, redact=self.redact, gates=self.budget.gates
        )
        self._line: _Line | None = None
        self._lock = threading.Lock()
        self._heard: tuple[str, float] = ("", 0.0)

    @property
    def calls_left(self) -> int | None:
        """What is left of today's allowance, as the last answer said; None before the first one."""
        return self.budget.today.left

    def get(
        self,
        place: Place,
        query: str = "",
        /,
        *,
        whole: Callable[[bytes], object] = orjson.loads,
        **names: str,
    ) -> bytes:
        """The body of a GET; `query` is encoded already, `whole` raises ValueError for a body that was cut short, which is asked for again."""
        return self._send("GET", place, names, query=query, repeatable=True, kind="read", whole=whole).body

    def post(
        self,
        place: Place,
        body: Mapping[str, Any],
        /,
        *,
        kind: Kind = "read",
        repeatable: bool = True,
        query: str = "",
        whole: Callable[[bytes], object] = orjson.loads,
        **names: str,
    ) -> bytes:
        """The body of a POST; one that is not `repeatable` and got no usable answer raises Unclear."""
        return self._send(
            "POST", place, names, query=query, body=body, repeatable=repeatable, kind=kind, whole=whole
        ).body

    def ask(
        self,
        place: Place,
        body: Mapping[str, Any],
        /,
        *,
        kind: Kind = "read",
        repeatable: bool = True,
        query: str = "",
        **names: str,
    ) -> Any:
        """The answer to a POST as JSON, parsed once: the proof that it came whole is the parsing. None for a 204."""
        read: list[Any] = []

        def whole(answer: bytes) -> None:
            read.append(orjson.loads(answer))

        self.post(place, body, kind=kind, repeatable=repeatable, query=query, whole=whole, **names)
        return read[-1] if read else None

    def token(self) -> str:
        """The token itself, for the one call that carries it in its body."""
        token = self.settings.login.token.read()
        self.redact.know(token)
        return token

    def server_now(self) -> datetime:
        """HubSpot's clock by its last Date header, naive UTC; the machine's own before the first answer."""
        date, heard_s = self._heard
        if not date:
            return datetime.now(UTC).replace(tzinfo=None)
        at = parsedate_to_datetime(date).astimezone(UTC).replace(tzinfo=None)
        return at + timedelta(seconds=int(time.monotonic() - heard_s))

    def close(self) -> None:
        """Closes idle connections; a later call opens new ones."""
        with self._lock:
            if self._line is not None:
                self._line.client.rest_client.pool_manager.clear()
                self._line.client.close()
                self._line = None

    def _send(
        self,
        method: str,
        place: Place,
        names: Mapping[str, str],
        *,
        query: str,
        repeatable: bool,
        kind: Kind,
        whole: Callable[[bytes], object],
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        path = path_of(self.settings.api, place, **names)
        where = f"{self.place}: {method} {path}"
        target = f"{self.settings.api_url}{path}{'?' if query else ''}{query}"
        payload = None if body is None else orjson.dumps(body)
        timeout = Timeout(
            connect=self._policy.connect_s, read=self._policy.read_s * _SLOW_PLACES.get(place, 1)
        )
        used: list[_Line] = []

        def once() -> Answer:
            used.append(self._connected())
            return self._once(used[-1], kind, method, target, payload=payload, timeout=timeout)

        def check(answer: Answer) -> CrmError | None:
            fault = judge(answer, place=where, redact=self.redact)
            return fault or _cut_short(answer, where, whole)

        try:
            return self.transport.send(once, repeatable=repeatable, judge=check, kind=kind)
        except LoginRefused:
            # A request that was not let in did nothing, so it may follow a token that was put in its place, once.
            if not used or not self._renewed(used[-1]):
                raise
        return self.transport.send(once, repeatable=repeatable, judge=check, kind=kind)

    def _once(
        self,
        line: "_Line",
        kind: Kind,
        method: str,
        target: str,
        *,
        payload: bytes | None,
        timeout: Timeout,
    ) -> Answer:
        began = time.monotonic()
        # The client's own pool, below its request methods: those raise errors whose bodies they then fail to
        # decode where they are not UTF-8, and write bodies half as fast.
        answer = line.client.rest_client.pool_manager.request(
            method, target, body=payload, headers=line.headers, timeout=timeout, preload_content=False
        )
        # An answer that breaks off leaves its connection closed; one that is whole gives it back to the pool.
        body = answer.data
        self._heard = (answer.headers.get("Date", ""), time.monotonic())
        self.budget.heard(answer.headers, status=answer.status, kind=kind, began=began)
        return Answer(status=answer.status, headers=answer.headers, body=body)

    def _connected(self) -> "_Line":
        """One ApiClient for all: each look-up through the vendor's HubSpot object would make a new pool."""
        with self._lock:
            if self._line is None:
                self._line = _open(self.settings, self.token(), self.place)
            return self._line

    def _renewed(self, refused: "_Line") -> bool:
        """Whether another token than the refused one is at hand now, as after a rotation."""
        with self._lock:
            if self._line is refused and self.token() != refused.token:
                self._line = None
            return self._line is not refused


@dataclass(frozen=True, slots=True, kw_only=True)
class _Line:
    """The vendor's client, which holds the connections, and what each request carries."""

    client: Any
    headers: Mapping[str, str]
    token: str


def _open(settings: HubSpotSettings, token: str, place: str) -> _Line:
    from hubspot.crm.objects.api_client import ApiClient
    from hubspot.crm.objects.configuration import Configuration

    if not token.isascii() or not token.isprintable() or " " in token:
        problem = "the token holds blanks or signs that no token has"
        raise LoginRefused(f"{place}.login.token", problem, "Copy it again, whole and alone")
    if settings.ca_file and not Path(settings.ca_file).is_file():
        raise Refused(f"{place}.ca_file", f"there is no file {settings.ca_file}", "Name a PEM file")
    configuration = Configuration(host=settings.api_url)
    configuration.access_token = token
    configuration.ssl_ca_cert = settings.ca_file
    configuration.proxy = settings.proxy
    configuration.connection_pool_maxsize = _CONNECTIONS
    configuration.retries = False  # repeats belong to the transport, which knows what may be sent twice
    client = ApiClient(configuration=configuration)
    client.user_agent = "keptword"
    for header in (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Accept-Encoding", "gzip"),
    ):
        client.set_default_header(*header)
    headers = dict(client.default_headers)
    client.update_params_for_auth(headers, None, ["oauth2"])
    return _Line(client=client, headers=headers, token=token)


def _cut_short(answer: Answer, where: str, whole: Callable[[bytes], object]) -> CrmError | None:
    if answer.status == 204:
        return None
    try:
        whole(answer.body)
    except ValueError:
        return Temporary(where, f"the answer of {len(answer.body)} bytes is no whole JSON", "Run again later")
    return None
