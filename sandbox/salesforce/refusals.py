"""How this org refuses: the vendor's error codes, words and HTTP statuses."""

from collections.abc import Sequence
from typing import Any


class Refused(Exception):
    """A request, or one row of one, that is answered with an error.

    `status` counts when the whole request is refused; `code` is errorCode there and statusCode in a row's result.
    """

    def __init__(
        self, code: str, message: str, *, status: int = 400, fields: Sequence[str] | None = None
    ) -> None:
        super().__init__(f"{code}: {message}")
        self.code, self.message, self.status = code, message, status
        self.fields = None if fields is None else list(fields)

    def as_request_error(self) -> list[dict[str, Any]]:
        """The body of the answer when it stands for a whole request."""
        body: dict[str, Any] = {"message": self.message, "errorCode": self.code}
        if self.fields is not None:
            body["fields"] = self.fields
        return [body]

    def as_row_error(self) -> dict[str, Any]:
        """One of the `errors` of a row of a collection."""
        return {"statusCode": self.code, "message": self.message, "fields": self.fields or []}


def not_found(message: str = "The requested resource does not exist") -> Refused:
    """Nothing is there under this path or id."""
    return Refused("NOT_FOUND", message, status=404)


def unsupported_object(name: str) -> Refused:
    """The org has no such object, no licence for it, or this user may not see it."""
    message = (
        f"sObject type '{name}' is not supported. If you are attempting to use a custom object, be sure to append the "
        "'__c' after the entity name. Please reference your WSDL or the describe call for the appropriate names."
    )
    return Refused("INVALID_TYPE", message)


def no_such_column(column: str, entity: str) -> str:
    """The vendor's words for a field that is not there or not granted, in a query."""
    return (
        f"No such column '{column}' on entity '{entity}'. If you are attempting to use a custom field, be sure to append "
        "the '__c' after the custom field name. Please reference your WSDL or the describe call for the appropriate names."
    )


def unknown_member(name: str, entity: str) -> Refused:
    """A record in a request body names a field that is not there or not granted: the whole request is refused."""
    return Refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {entity}")


def unreadable_value(kind: str, value: object) -> Refused:
    """A value in a request body cannot be read as the field's type: the whole request is refused."""
    sort = {str: "VALUE_STRING", bool: "VALUE_TRUE", int: "VALUE_NUMBER_INT", float: "VALUE_NUMBER_FLOAT"}
    token = sort.get(type(value), "START_OBJECT" if isinstance(value, dict) else "START_ARRAY")
    message = (
        f"Cannot deserialize instance of {kind} from {token} value {value} or request may be missing a required field "
        "at [line:1, column:1]"
    )
    return Refused("JSON_PARSER_ERROR", message)
