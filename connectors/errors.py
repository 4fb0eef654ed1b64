"""What can go wrong with a CRM, by what can be done about it.

CrmError                 place, problem, remedy
├── Temporary            try again later; nothing is wrong with the request
│   └── Throttled        the CRM's rate limit; `retry_after_s` says when
├── QuotaSpent           today's calls are used up: stop the run
├── LoginRefused         mend the credentials
├── WrongOrg             the login reached another org or portal than the config pins
├── NotAllowed           a person must grant a permission, scope or field
├── Refused              the CRM refuses this request as it stands: mend the request or the mapping
├── Stale                a read that was cut off cannot go on: begin it anew
├── Unclear              a write may or may not have happened: look before sending anything again
└── NotUnderstood        an answer that fits no known shape: stop, nothing was decided on it
"""


class CrmError(Exception):
    """A CRM call that did not do what was asked; the text says where, what and how to mend it."""

    def __init__(self, place: str, problem: str, remedy: str) -> None:
        super().__init__(f"{place}: {problem}. {remedy}")
        self.place, self.problem, self.remedy = place, problem, remedy


class Temporary(CrmError):
    """Network trouble, a busy server, a lock: the same request may succeed later."""


class Throttled(Temporary):
    """The CRM asks for a pause; `retry_after_s` in seconds."""

    def __init__(self, place: str, problem: str, remedy: str, *, retry_after_s: float) -> None:
        super().__init__(place, problem, remedy)
        self.retry_after_s = retry_after_s


class QuotaSpent(CrmError):
    """The day's allowance is gone; other programs of the customer need what is left."""


class LoginRefused(CrmError):
    """The CRM does not accept the credentials."""


class WrongOrg(CrmError):
    """The login works, but reaches another org or portal than the one that the config names."""


class NotAllowed(CrmError):
    """The login lacks a permission or scope for this object, field or call."""


class Refused(CrmError):
    """The CRM understood the request and says no; `code` is the vendor's own word for it."""

    def __init__(self, place: str, problem: str, remedy: str, *, code: str = "", status: int = 0) -> None:
        super().__init__(place, problem, remedy)
        self.code, self.status = code, status


class Stale(CrmError):
    """What a read wanted to go on with, a job, a locator or a cursor, is no longer there or no longer fits."""


class Unclear(CrmError):
    """A write was sent and no answer came back."""


class NotUnderstood(CrmError):
    """The answer is not what the vendor documents."""
