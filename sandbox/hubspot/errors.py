"""How HubSpot says no: one exception that knows the body, and the texts that clients match on."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import orjson

PORTAL_ID = 24601001

STATUS_OF_CATEGORY = {
    "VALIDATION_ERROR": 400,
    "INVALID_AUTHENTICATION": 401,
    "MISSING_SCOPES": 403,
    "OBJECT_NOT_FOUND": 404,
    "CONFLICT": 409,
    "OBJECT_ALREADY_EXISTS": 409,
}


class ApiError(Exception):
    """An answer that refuses; raised inside a request it also takes the request's changes back."""

    def __init__(
        self,
        category: str,
        message: str,
        *,
        sub_category: str = "",
        errors: Sequence[Mapping[str, Any]] = (),
        context: Mapping[str, Sequence[str]] | None = None,
        page: bool = False,
    ) -> None:
        super().__init__(message)
        self.category, self.message, self.sub_category = category, message, sub_category
        self.errors, self.context = errors, context
        self.status = STATUS_OF_CATEGORY[category]
        self.page = page
        """HubSpot answers some 404s with an HTML page instead of JSON."""

    def body(self) -> bytes:
        """The answer to a call that failed whole."""
        if self.page:
            return b"<html>\n<head>\n<title>404 Not Found</title>\n</head>\n<body><h2>404 Not Found</h2></body>\n</html>"
        return orjson.dumps(self._parts() | {"correlationId": str(uuid.uuid4())})

    def row(self, trace_id: str | None = None) -> dict[str, Any]:
        """The same refusal as one of the `errors` of a batch; `trace_id` is the caller's objectWriteTraceId."""
        parts = self._parts()
        if trace_id is not None:
            parts["context"] = {**parts.get("context", {}), "objectWriteTraceId": [trace_id]}
        return parts

    def _parts(self) -> dict[str, Any]:
        parts: dict[str, Any] = {"status": "error", "message": self.message, "category": self.category}
        if self.sub_category:
            parts["subCategory"] = self.sub_category
        if self.errors:
            parts["errors"] = list(self.errors)
        if self.context is not None:
            parts["context"] = {name: list(values) for name, values in self.context.items()}
        return parts


def invalid(message: str, **more: Any) -> ApiError:
    """400 VALIDATION_ERROR."""
    return ApiError("VALIDATION_ERROR", message, **more)


def invalid_values(problems: Sequence[tuple[str, str, str]]) -> ApiError:
    """400 for property values, from (property, code, message); the message holds JSON as the vendor's does."""
    details = [
        {
            "isValid": False, "message": message, "error": code, "name": name,
            "localizedErrorMessage": message, "portalId": PORTAL_ID,
        }
        for name, code, message in problems
    ]  # fmt: skip
    errors = [
        {"message": message, "code": code, "context": {"propertyName": [name]}}
        for name, code, message in problems
    ]
    return invalid(f"Property values were not valid: {orjson.dumps(details).decode()}", errors=errors)


def not_found(message: str, **more: Any) -> ApiError:
    """404 OBJECT_NOT_FOUND."""
    return ApiError("OBJECT_NOT_FOUND", message, **more)


def conflict(message: str, **more: Any) -> ApiError:
    """409 CONFLICT."""
    return ApiError("CONFLICT", message, **more)
