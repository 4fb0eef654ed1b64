"""Sends one request to Salesforce's REST API: signed in, renewed once when the session has ended, judged."""

import contextlib
import re
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import IO, Any

import orjson
import requests

from connectors.daily import DailyCalls
from connectors.errors import CrmError, LoginRefused, NotUnderstood, QuotaSpent
from connectors.salesforce.faults import judge_csv_for, judge_for
from connectors.salesforce.login import Session, open_http, sign_in
from connectors.salesforce.settings import SalesforceSettings, SessionToken
from connectors.salesforce.soql import encoded
from connectors.transport import Answer, Kind, Policy, Redactor, Transport

_USAGE = re.compile(r"(?:^|[;,\s])api-usage=(\d+)/(\d+)")
_HEADERS: Mapping[str, str] = {
    "Content-Type": "application/json",
    "Accept": "application/json",
    "Accept-Encoding": "gzip",
    "Sforce-Query-Options": "batchSize=2000",
}
_CSV: Mapping[str, str] = {"Accept": "text/csv"}
_PIECE_BYTES = 1 << 18


class Caller:
    """The one way to Salesforce for one connection; safe to share between threads."""

    def __init__(self, settings: SalesforceSettings, place: str, policy: Policy) -> None:
        self.place = place
        self.redact = Redactor()
        self._day = DailyCalls(
            share=settings.quota_share,
            place=place,
            refilled="when the requests of the last 24 hours are fewer",
        )
        self.transport = Transport(
            place=place,
            policy=policy,
            redact=self.redact,
            gates={"read": (self._day,), "search": (self._day,), "write": (self._day,)},
        )
        self.server_now: datetime | None = None
        """The Date header of the last answer, naive UTC."""
        self._settings = settings
        self._http: requests.Session | None = None
        self._session: Session | None = None
        self._lock = threading.Lock()

    @property
    def calls_left(self) -> int | None:
        """What is left of the org's requests of 24 hours, as the last answer said; None before the first one."""
        return self._day.left

    @property
    def api_version(self) -> float:
        """As the settings say."""
        return float(self._settings.api_version)

    def query(self, soql: str, *, everything: bool = False) -> Answer:
        """The first page; `everything`: deleted and archived records too."""
        resource = "queryAll" if everything else "query"
        return self.get(f"{resource}/?q={encoded(soql)}")

    def get(self, path: str) -> Answer:
        """A read; `path` below the API version, or from the root when it begins with /services."""
        return self._call("GET", path, body=None, repeatable=True, kind="read")

    def order(self, method: str, path: str, *, body: Any = None) -> Answer:
        """A request that changes no record and may be sent twice: it makes or removes a query job."""
        return self._call(method, path, body=body, repeatable=True, kind="read")

    def download(self, path: str, into: IO[bytes]) -> Answer:
        """A read whose body is CSV and goes into the file as it comes, packed or not; the answer has no body then."""
        return self._call("GET", path, body=None, repeatable=True, kind="read", into=into)

    def write(self, method: str, path: str, *, body: Any = None, repeatable: bool) -> Answer:
        """A write; not repeatable: Unclear is raised where it may have happened."""
        return self._call(method, path, body=body, repeatable=repeatable, kind="write")

    def json(self, answer: Answer) -> Any:
        """The answer's JSON; NotUnderstood when it is none."""
        try:
            return orjson.loads(answer.body)
        except orjson.JSONDecodeError as error:
            raise NotUnderstood(
                self.place, "the answer is not JSON", "Check the instance's address."
            ) from error

    def close(self) -> None:
        """Lets go of connections; a later call opens them again."""
        with self._lock:
            if self._http is not None:
                self._http.close()
            self._http = self._session = None

    def _call(
        self,
        method: str,
        path: str,
        *,
        body: Any,
        repeatable: bool,
        kind: Kind,
        into: IO[bytes] | None = None,
    ) -> Answer:
        session, http = self._signed_in()
        data = None if body is None else orjson.dumps(body)
        judge: Callable[[Answer], CrmError | None] = (judge_for if into is None else judge_csv_for)(
            self.place, self.redact
        )

        def request() -> Answer:
            return self._send(http, session, method, path, data=data, into=into)

        try:
            return self.transport.send(request, repeatable=repeatable, judge=judge, kind=kind)
        except LoginRefused:
            if isinstance(self._settings.login, SessionToken):
                raise
            # A request that met an ended session did nothing, so it may follow the new login, once.
            session, http = self._signed_in(instead_of=session)
        return self.transport.send(request, repeatable=repeatable, judge=judge, kind=kind)

    def _signed_in(self, *, instead_of: Session | None = None) -> tuple[Session, requests.Session]:
        with self._lock:
            if self._http is None:
                self._http = open_http(self._settings, self.place)
            if self._session is None or self._session is instead_of:
                self._session = sign_in(self._settings, self._http, transport=self.transport)
            return self._session, self._http

    def _send(
        self,
        http: requests.Session,
        session: Session,
        method: str,
        path: str,
        *,
        data: bytes | None,
        into: IO[bytes] | None,
    ) -> Answer:
        limit = self._settings.call_limit
        if limit is not None and self.transport.calls > limit:
            raise QuotaSpent(
                self.place, f"the {limit} calls of call_limit are used", "Raise call_limit, or run later."
            )
        base = "" if path.startswith("/services/") else f"/services/data/v{self._settings.api_version}/"
        headers = {
            **_HEADERS,
            **({} if into is None else _CSV),
            "Authorization": f"Bearer {session.token}",
        }
        with http.request(
            method,
            f"{session.instance_url}{base}{path}",
            data=data,
            headers=headers,
            allow_redirects=False,
            stream=True,
        ) as response:
            # Read at the source: requests itself would take a body apart in pieces of 10 kB.
            if into is not None and response.status_code == 200:
                _pour(response, into)
                body = b""
            else:
                body = response.raw.read(decode_content=True)
            answer = Answer(status=response.status_code, headers=response.headers, body=body)
        self._note(answer)
        return answer

    def _note(self, answer: Answer) -> None:
        usage = _USAGE.search(answer.header("Sforce-Limit-Info"))
        if usage:
            self._day.heard(total=int(usage[2]), left=int(usage[2]) - int(usage[1]))
        date = answer.header("Date")
        # A date that is none costs the clock check, never the answer: a write stands behind it.
        with contextlib.suppress(ValueError):
            self.server_now = parsedate_to_datetime(date).astimezone(UTC).replace(tzinfo=None)


def _pour(response: requests.Response, into: IO[bytes]) -> None:
    # An earlier attempt may have left its part.
    into.seek(0)
    into.truncate()
    for piece in response.raw.stream(_PIECE_BYTES, decode_content=False):
        into.write(piece)
