"""One request as the handlers see it, and the answers that they give."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson

from sandbox.salesforce.refusals import Refused

MOST_RECORDS = 200
"""Records of one collections call."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A request: `path` holds the named parts of its URL, `origin` is scheme and host as the client wrote them."""

    method: str
    path: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    origin: str

    @property
    def version(self) -> str:
        """`66.0`, as the URL says."""
        return self.path["version"]

    @property
    def base(self) -> str:
        """`/services/data/v66.0`."""
        return f"/services/data/v{self.version}"

    def json(self) -> dict[str, Any]:
        """The body as a JSON object; raises Refused (JSON_PARSER_ERROR)."""
        kind = self.headers.get("content-type", "application/json")
        if "json" not in kind:
            raise Refused("UNSUPPORTED_MEDIA_TYPE", f"Unsupported media type: {kind}", status=415)
        try:
            body = orjson.loads(self.body)
        except orjson.JSONDecodeError as wrong:
            problem = f"{wrong.msg} at [line:{wrong.lineno}, column:{wrong.colno}]"
            raise Refused("JSON_PARSER_ERROR", problem) from wrong
        if not isinstance(body, dict):
            raise Refused("JSON_PARSER_ERROR", "The HTTP entity body must be a JSON object")
        return body


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What goes back: `body` becomes JSON, or goes as it is when it is bytes; None is an empty answer."""

    status: int = 200
    body: Any = None
    kind: str = "application/json;charset=UTF-8"
    headers: Mapping[str, str] = field(default_factory=dict)

    def content(self) -> bytes:
        """The bytes on the wire."""
        if self.body is None:
            return b""
        return self.body if isinstance(self.body, bytes) else orjson.dumps(self.body)
