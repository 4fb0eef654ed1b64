"""The fault plan: which requests go wrong, and how."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from http import HTTPMethod
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from sandbox.refused import Refused, first_problem, unknown
from sandbox.wire import Answer

Action = Literal["status", "delay_s", "truncate", "reset", "commit_and_drop"]
_ACTIONS: tuple[Action, ...] = ("status", "delay_s", "truncate", "reset", "commit_and_drop")


def _readable(pattern: object) -> object:
    try:
        return re.compile(pattern) if isinstance(pattern, str) else pattern
    except re.error as error:
        raise ValueError(f"{pattern!r} is not a regular expression: {error}") from error


Pattern = Annotated[re.Pattern[str], BeforeValidator(_readable)]
Ordinal = Annotated[int, Field(ge=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _know_every_key(cls, given: Any) -> Any:
        if not isinstance(given, dict):
            raise ValueError(f"must be a table of {', '.join(cls.model_fields)}")  # noqa: TRY004 (pydantic wants ValueError)
        for key in given:
            if key not in cls.model_fields:
                raise ValueError(unknown("key", str(key), cls.model_fields))
        return given


class Match(_Strict):
    """Which requests: all of what is given must hold; nothing given means every request."""

    method: HTTPMethod | None = None
    path: Pattern | None = None
    """Searched in the path, without the query."""
    query: Pattern | None = None
    """Searched in the decoded query."""
    body: Pattern | None = None
    nth: Ordinal | list[Ordinal] | None = None
    """Only these of the requests that match, counted from 1."""
    times: Ordinal | None = None
    """At most so many of them."""


class Fault(_Strict):
    """One thing that goes wrong: what it strikes and exactly one action.

    `status` (with `headers` and `body`) answers so and does not handle the request, nor does `reset`, which
    cuts the connection with a TCP reset. The others handle it whole: `delay_s` then waits with the answer,
    `truncate` sends half of it and hangs up, `commit_and_drop` hangs up without a byte.
    """

    match: Match = Match()
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    headers: dict[str, str] = {}
    body: Any = ""
    """Text, or anything else to be sent as JSON."""
    delay_s: Annotated[float, Field(ge=0, le=600)] | None = None
    truncate: Literal[True] | None = None
    reset: Literal[True] | None = None
    commit_and_drop: Literal[True] | None = None

    @model_validator(mode="after")
    def _one_action(self) -> "Fault":
        given = [name for name in _ACTIONS if getattr(self, name) is not None]
        if len(given) != 1:
            raise ValueError(
                f"needs exactly one action of {', '.join(_ACTIONS)}; has {' and '.join(given) or 'none'}"
            )
        if self.status is None and (self.headers or self.body):
            raise ValueError("headers and body belong to the action status; give one, such as 503")
        return self

    @property
    def action(self) -> Action:
        """The one that is given."""
        return next(name for name in _ACTIONS if getattr(self, name) is not None)

    def answer(self) -> Answer:
        """What to answer where the action is `status`."""
        as_text = isinstance(self.body, str)
        body = (self.body if as_text else json.dumps(self.body)).encode()
        kind = {"content-type": "text/plain; charset=utf-8" if as_text else "application/json"}
        headers = (
            kind
            | {name.lower(): value for name, value in self.headers.items()}
            | {"content-length": str(len(body))}
        )
        return Answer(
            status=self.status or 500,
            headers=[(k.encode(), v.encode()) for k, v in headers.items()],
            body=body,
        )


@dataclass(slots=True)
class _Counted:
    fault: Fault
    matched: int = 0
    struck: int = 0


class FaultPlan:
    """The faults in force; the first that is due strikes, every one that matches counts."""

    def __init__(self) -> None:
        self._faults: list[_Counted] = []

    def add(self, faults: Iterable[Fault]) -> None:
        """Appends faults to the plan."""
        self._faults += [_Counted(fault) for fault in faults]

    def clear(self) -> None:
        """Nothing goes wrong from now on."""
        self._faults.clear()

    def show(self) -> list[dict[str, Any]]:
        """Each fault as given, with how many requests it `matched` and `struck`."""
        return [
            each.fault.model_dump(mode="json", exclude_defaults=True)
            | {"matched": each.matched, "struck": each.struck}
            for each in self._faults
        ]

    def due(self, *, method: str, path: str, query: str, body: bytes) -> Fault | None:
        """The fault that this request meets; call it once for each request."""
        due = None
        for each in self._faults:
            if not _matches(each.fault.match, method, path, query=query, body=body):
                continue
            each.matched += 1
            if due is None and _is_turn(each):
                each.struck += 1
                due = each.fault
        return due


def _matches(match: Match, method: str, path: str, *, query: str, body: bytes) -> bool:
    if match.method is not None and match.method != method:
        return False
    searched = ((match.path, path), (match.query, query))
    if any(pattern is not None and not pattern.search(text) for pattern, text in searched):
        return False
    return match.body is None or match.body.search(body.decode("utf-8", "replace")) is not None


def _is_turn(each: _Counted) -> bool:
    nth, times = each.fault.match.nth, each.fault.match.times
    wanted = [nth] if isinstance(nth, int) else nth
    return (wanted is None or each.matched in wanted) and (times is None or each.struck < times)


def read_faults(given: Any) -> list[Fault]:
    """Faults from parsed JSON: a list of them, or a table with that list under `faults`; raises Refused."""
    if isinstance(given, dict) and set(given) == {"faults"}:
        given = given["faults"]
    if not isinstance(given, list):
        raise Refused('faults: must be a list such as [{"match": {"path": "/query"}, "status": 503}]')
    faults = []
    for n, one in enumerate(given, 1):
        try:
            faults.append(Fault.model_validate(one))
        except ValidationError as error:
            raise Refused(f"fault {n}: {first_problem(error)}") from error
    return faults
