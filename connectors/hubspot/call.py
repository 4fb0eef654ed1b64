"""Sends one request to HubSpot through the vendor's client, under our own time-outs, repeats and pace."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
from urllib3 import Timeout

from connectors.errors import CrmError, LoginRefused, Refused, Temporary
from connectors.hubspot.answers import judge
from connectors.hubspot.paths import Place, path_of
from connectors.hubspot.settings import HubSpotSettings
from connectors.transport import Answer, Kind, Pace, Policy, Redactor, Transport

Query = Sequence[tuple[str, str]]

_FIRST_PACE = 95
"""Requests in ten seconds that even HubSpot's smallest plan allows (100), with room for other apps' bursts."""
_SHARE = 0.95
_SEARCHES_PER_S = 4
"""One less than HubSpot allows an account, since its other apps search too."""


class HubSpotCalls:
    """The requests of one connection; the vendor's client and the token are fetched at the first one.

    Safe to share between threads.
    """

    def __init__(self, settings: HubSpotSettings, name: str, *, policy: Policy | None = None) -> None:
        self.settings, self.place = settings, f"connections.{name}"
        self.redact = Redactor()
        self._policy = policy or Policy()
        general = Pace(settings.pace or _FIRST_PACE, 10.0)
        self._paces: dict[Kind, Sequence[Pace]] = {
            "login": (general,),
            "read": (general,),
            "write": (general,),
            "search": (Pace(_SEARCHES_PER_S, 1.0), general),
        }
        self._pace_is_known = settings.pace is not None
        self.transport = Transport(
            place=self.place, policy=self._policy, redact=self.redact, paces=self._paces
        )
        self._client: Any = None
        self._lock = threading.Lock()
        self._heard: tuple[datetime, float] | None = None
        self.calls_left: int | None = None
        """What is left of today's allowance, as the last answer said."""

    def get(
        self,
        place: Place,
        query: Query = (),
        /,
        *,
        whole: Callable[[bytes], object] = orjson.loads,
        **names: str,
    ) -> bytes:
        """The body of a GET; `whole` raises ValueError for a body that was cut short, which is asked for again."""
        return self._send("GET", place, names, query=query, repeatable=True, kind="read", whole=whole).body

    def post(
        self,
        place: Place,
        body: Mapping[str, Any],
        /,
        *,
        kind: Kind = "read",
        repeatable: bool = True,
        query: Query = (),
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
        query: Query = (),
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
        if self._heard is None:
            return datetime.now(UTC).replace(tzinfo=None)
        at, heard_s = self._heard
        return at + timedelta(seconds=int(time.monotonic() - heard_s))

    def close(self) -> None:
        """Closes idle connections; a later call opens new ones."""
        with self._lock:
            if self._client is not None:
                self._client.rest_client.pool_manager.clear()
                self._client.close()
                self._client = None

    def _send(
        self,
        method: str,
        place: Place,
        names: Mapping[str, str],
        *,
        query: Query,
        repeatable: bool,
        kind: Kind,
        whole: Callable[[bytes], object],
        body: Mapping[str, Any] | None = None,
    ) -> Answer:
        path = path_of(self.settings.api, place, **names)
        where = f"{self.place}: {method} {path}"

        def once() -> Answer:
            return self._once(method, path, query, body)

        def check(answer: Answer) -> CrmError | None:
            fault = judge(answer, place=where, redact=self.redact)
            return fault or _cut_short(answer, where, whole)

        answer = self.transport.send(once, repeatable=repeatable, judge=check, kind=kind)
        self._listen(answer)
        return answer

    def _once(self, method: str, path: str, query: Query, body: Mapping[str, Any] | None) -> Answer:
        client = self._connected()
        headers = dict(client.default_headers)
        client.update_params_for_auth(headers, None, ["oauth2"])
        # The client's own pool, below its request methods: those raise errors whose bodies they then fail to
        # decode where they are not UTF-8, and write bodies half as fast.
        answer = client.rest_client.pool_manager.request(
            method,
            f"{self.settings.api_url}{path}{'?' if query else ''}{urlencode(query)}",
            body=None if body is None else orjson.dumps(body),
            headers=headers,
            timeout=Timeout(connect=self._policy.connect_s, read=self._policy.read_s),
            preload_content=False,
        )
        return Answer(status=answer.status, headers=dict(answer.headers), body=answer.data)

    def _connected(self) -> Any:
        """One ApiClient for all: each look-up through the vendor's HubSpot object would make a new pool."""
        with self._lock:
            if self._client is None:
                self._client = _open(self.settings, self.token(), self.place)
            return self._client

    def _listen(self, answer: Answer) -> None:
        date = answer.header("Date")
        if date:
            at = parsedate_to_datetime(date).astimezone(UTC).replace(tzinfo=None)
            self._heard = (at, time.monotonic())
        left = answer.header("X-HubSpot-RateLimit-Daily-Remaining")
        if left.isdigit():
            self.calls_left = int(left)
        allowed, window = (
            answer.header(f"X-HubSpot-RateLimit-{n}") for n in ("Max", "Interval-Milliseconds")
        )
        if not self._pace_is_known and allowed.isdigit() and window.isdigit():
            self._adopt_pace(int(allowed), int(window) / 1000)

    def _adopt_pace(self, allowed: int, per_s: float) -> None:
        with self._lock:
            general = Pace(max(1, int(allowed * _SHARE)), per_s)
            for kind, paces in self._paces.items():
                self._paces[kind] = (*paces[:-1], general)
            self._pace_is_known = True


def _open(settings: HubSpotSettings, token: str, place: str) -> Any:
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
    configuration.retries = False  # repeats belong to the transport, which knows what may be sent twice
    client = ApiClient(configuration=configuration)
    client.user_agent = "keptword"
    for header in (
        ("Accept", "application/json"),
        ("Content-Type", "application/json"),
        ("Accept-Encoding", "gzip"),
    ):
        client.set_default_header(*header)
    return client


def _cut_short(answer: Answer, where: str, whole: Callable[[bytes], object]) -> CrmError | None:
    if answer.status == 204:
        return None
    try:
        whole(answer.body)
    except ValueError:
        return Temporary(where, f"the answer of {len(answer.body)} bytes is no whole JSON", "Run again later")
    return None
