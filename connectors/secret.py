"""Secrets: named by reference in the config, read when needed, kept out of every text."""

import os
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote, quote_plus

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import PydanticCustomError, core_schema

from connectors.errors import LoginRefused

_REFERENCE = re.compile(r"(env|file):(\S.*)", re.DOTALL)
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SHORTEST_SECRET = 6


class _Hidden:
    """Stands in an error report where the text itself must not."""

    def __repr__(self) -> str:
        return "(not shown)"


class SecretRef:
    """Where a secret is to be found: `env:NAME` or `file:PATH`; repr and str show only that."""

    __slots__ = ("_kind", "_name")

    def __init__(self, reference: str) -> None:
        match = _REFERENCE.fullmatch(reference)
        if match is None or (match[1] == "env" and not _VARIABLE.fullmatch(match[2])):
            raise ValueError("a secret is named, never written here: use `env:NAME` or `file:PATH`")
        self._kind, self._name = match[1], match[2]

    def read(self) -> str:
        """The secret without surrounding blanks; LoginRefused when it is not there."""
        text = self._from_environment() if self._kind == "env" else self._from_file()
        if not text.strip():
            raise LoginRefused(str(self), "the secret is empty", f"Put the secret into {self._where()}.")
        return text.strip()

    def _where(self) -> str:
        return f"the environment variable {self._name}" if self._kind == "env" else f"the file {self._name}"

    def _from_environment(self) -> str:
        text = os.environ.get(self._name)
        if text is None:
            raise LoginRefused(str(self), "this environment variable is not set", f"Set {self._name}.")
        return text

    def _from_file(self) -> str:
        try:
            return Path(self._name).expanduser().read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8 text"
            remedy = f"Put the secret into {self._where()} and let this user read it."
            raise LoginRefused(str(self), f"the file cannot be read: {reason}", remedy) from error

    def __str__(self) -> str:
        return f"{self._kind}:{self._name}"

    def __repr__(self) -> str:
        return f"SecretRef({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretRef) and str(self) == str(other)

    def __hash__(self) -> int:
        return hash(str(self))

    @classmethod
    def __get_pydantic_core_schema__(
        cls, source: Any, handler: GetCoreSchemaHandler
    ) -> core_schema.CoreSchema:
        # Two steps: pydantic reports the input of the step that fails, and the second one never sees the text.
        return core_schema.chain_schema(
            [
                core_schema.no_info_plain_validator_function(cls._accept_or_hide),
                core_schema.no_info_plain_validator_function(cls._insist),
            ],
            serialization=core_schema.to_string_ser_schema(),
        )

    @classmethod
    def __get_pydantic_json_schema__(
        cls, schema: core_schema.CoreSchema, handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {
            "type": "string",
            "pattern": "^(env|file):.+$",
            "description": "Where the secret is: `env:NAME` or `file:PATH`.",
        }

    @classmethod
    def _accept_or_hide(cls, value: object) -> "Self | _Hidden":
        if isinstance(value, cls):
            return value
        try:
            return cls(value) if isinstance(value, str) else _Hidden()
        except ValueError:
            return _Hidden()

    @classmethod
    def _insist(cls, value: object) -> Self:
        if isinstance(value, cls):
            return value
        message = "a secret is named, never written here: use `env:NAME` or `file:PATH`"
        raise PydanticCustomError("secret_reference", message)


_PATTERNS = (
    (re.compile(r"-----BEGIN [A-Z ]+-----.*?(-----END [A-Z ]+-----|\Z)", re.DOTALL), "[key]"),
    (re.compile(r"(?i)\b(bearer\s+)[A-Za-z0-9._~+/=!-]{6,}"), r"\1[secret]"),
    (re.compile(r"(?i)\b(basic\s+)[A-Za-z0-9+/=]{16,}"), r"\1[secret]"),
    (
        re.compile(
            r"(?i)([\"']?\b(?:access_token|refresh_token|id_token|client_secret|password|assertion|tokenKey"
            r"|session_?id|hapikey|sid)\b[\"']?\s*[=:>]\s*[\"']?)[^\s\"'&<>,}]+"
        ),
        r"\1[secret]",
    ),
    (re.compile(r"\bpat-[A-Za-z0-9-]{6,}"), "[secret]"),
    (re.compile(r"\b00D[A-Za-z0-9]{12}(?:[A-Za-z0-9]{3})?(?:!|%21)[A-Za-z0-9._%-]+"), "[secret]"),
    (re.compile(r"\beyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]*)?"), "[secret]"),
)
"""What looks like a credential, whoever it belongs to: private keys, authorisation headers, named token
parameters, HubSpot tokens, Salesforce session ids, JSON web tokens."""


class Redactor:
    """Takes secrets out of text that goes into an error, a log or a report."""

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._known: tuple[str, ...] = ()
        for secret in secrets:
            self.know(secret)

    def know(self, secret: str) -> None:
        """Adds a value that must never be shown, such as a token just received; shorter than 6 is ignored."""
        if len(secret) >= _SHORTEST_SECRET:
            spellings = {*self._known, secret, quote(secret, safe=""), quote_plus(secret)}
            self._known = tuple(sorted(spellings, key=len, reverse=True))

    def __call__(self, text: str) -> str:
        """The text with `[secret]` in the place of each known value and of what looks like a credential."""
        for secret in self._known:
            text = text.replace(secret, "[secret]")
        for pattern, instead in _PATTERNS:
            text = pattern.sub(instead, text)
        return text
